"""Breast cancer from cell measurements: plain tensors, mini-batches, logits into the loss."""
import torch
import torch.nn.functional as F
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

torch.manual_seed(0)

X, y = load_breast_cancer(return_X_y=True)
X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.25, stratify=y, random_state=0)
mean, std = X_train.mean(axis=0), X_train.std(axis=0)
X_train = torch.tensor((X_train - mean) / std, dtype=torch.float32)
X_val = torch.tensor((X_val - mean) / std, dtype=torch.float32)
y_train = torch.tensor(y_train, dtype=torch.float32)
y_val = torch.tensor(y_val, dtype=torch.float32)

model = torch.nn.Sequential(
    torch.nn.Linear(30, 32),
    torch.nn.ReLU(),
    torch.nn.Linear(32, 16),
    torch.nn.ReLU(),
    torch.nn.Linear(16, 1),
)
optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=1e-3)

for epoch in range(30):
    model.train()
    for rows in torch.randperm(len(X_train)).split(16):
        logits = model(X_train[rows]).squeeze(1)
        loss = F.binary_cross_entropy_with_logits(logits, y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    model.eval()
    with torch.no_grad():
        logits = model(X_val).squeeze(1)
        val_loss = F.binary_cross_entropy_with_logits(logits, y_val)
        accuracy = ((logits > 0) == (y_val > 0.5)).float().mean()
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1}: validation loss {val_loss:.4f}, accuracy {accuracy:.3f}")
