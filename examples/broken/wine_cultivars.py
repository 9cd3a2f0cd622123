"""Tell three grape cultivars apart from a chemical analysis of their wine."""
import torch
from sklearn.datasets import load_wine
from torch import nn

torch.manual_seed(0)

wine = load_wine()
X = torch.tensor(wine.data, dtype=torch.float32)
y = torch.tensor(wine.target)

model = nn.Sequential(
    nn.Linear(13, 64),
    nn.ReLU(),
    nn.Linear(64, 32),
    nn.ReLU(),
    nn.Linear(32, 3),
)
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

for epoch in range(300):
    correct = 0
    order = torch.randperm(len(X))
    for i in range(0, len(X), 16):
        rows = order[i:i + 16]
        logits = model(X[rows])
        loss = loss_fn(logits, y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        correct += (logits.argmax(dim=1) == y[rows]).sum().item()
    if (epoch + 1) % 50 == 0:
        print(f"epoch {epoch + 1}: loss {loss.item():.3f}, accuracy {correct / len(X):.3f}")
