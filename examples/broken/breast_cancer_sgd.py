"""Train a breast cancer classifier with mini-batch gradient descent."""
import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_breast_cancer
from torch import nn

rng = np.random.default_rng(4)
torch.manual_seed(4)


def split(X, y, fraction=0.75):
    order = rng.permutation(len(X))
    n = int(fraction * len(X))
    return X[order[:n]], y[order[:n]], X[order[n:]], y[order[n:]]


def train_one_epoch(model, optimizer, X, y, batch_size):
    model.train()
    losses = []
    for batch in np.array_split(rng.permutation(len(X)), len(X) // batch_size):
        logits = model(X[batch]).squeeze(1)
        loss = F.binary_cross_entropy_with_logits(logits, y[batch])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return np.mean(losses)


def validate(model, X, y):
    model.eval()
    with torch.no_grad():
        logits = model(X).squeeze(1)
        loss = F.binary_cross_entropy_with_logits(logits, y).item()
    return loss, ((logits > 0).float() == y).float().mean().item()


X, y = load_breast_cancer(return_X_y=True)
X_train, y_train, X_val, y_val = split(X.astype(np.float32), y.astype(np.float32))
mean, std = X_train.mean(axis=0), X_train.std(axis=0)
X_train, X_val = torch.from_numpy((X_train - mean) / std), torch.from_numpy((X_val - mean) / std)
y_train, y_val = torch.from_numpy(y_train), torch.from_numpy(y_val)

model = nn.Sequential(
    nn.Linear(30, 64), nn.ReLU(),
    nn.Linear(64, 32), nn.ReLU(),
    nn.Linear(32, 1),
)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

for epoch in range(1, 41):
    train_loss = train_one_epoch(model, optimizer, X_train, y_train, batch_size=16)
    val_loss, val_acc = validate(model, X_val, y_val)
    if epoch % 10 == 0:
        print(f"epoch {epoch:3d}  train {train_loss:.3f}  val {val_loss:.3f}  accuracy {val_acc:.3f}")
