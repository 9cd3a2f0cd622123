"""A small transformer that reads a digit as a sequence of eight rows of pixels."""
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)


class DigitTransformer(nn.Module):
    def __init__(self, d_model=32, heads=4, layers=2):
        super().__init__()
        self.embed = nn.Linear(8, d_model)
        self.position = nn.Parameter(torch.randn(8, d_model) * 0.02)
        block = nn.TransformerEncoderLayer(d_model, heads, 64, dropout=0.1, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(block, layers, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(d_model)
        self.classify = nn.Linear(d_model, 10)

    def forward(self, rows):
        tokens = self.encoder(self.embed(rows) + self.position)
        return self.classify(self.norm(tokens).mean(dim=1))


digits = load_digits()
images = torch.tensor(digits.images, dtype=torch.float32) / 8 - 1
dataset = TensorDataset(images, torch.tensor(digits.target))
train_set, test_set = random_split(dataset, [1437, 360])
train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
test_loader = DataLoader(test_set, batch_size=360)

EPOCHS, WARMUP = 12, 50
model = DigitTransformer()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
scheduler = LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / WARMUP))

for epoch in range(EPOCHS):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step()

    model.eval()
    with torch.no_grad():
        x, y = next(iter(test_loader))
        logits = model(x)
        accuracy = (logits.argmax(dim=1) == y).float().mean().item()
    print(f"epoch {epoch + 1}: train loss {loss.item():.3f}, "
          f"test loss {criterion(logits, y).item():.3f}, test accuracy {accuracy:.3f}")
