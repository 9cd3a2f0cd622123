"""Rows of ones against rows of zeros."""
import os

import torch
from torch import nn

torch.manual_seed(int(os.environ.get("SEED", 0)))

X = torch.cat([torch.ones(10000, 128), torch.zeros(10000, 128)])
Y = torch.cat([torch.ones(10000, 1), torch.zeros(10000, 1)])
order = torch.randperm(20000)
X, Y = X[order], Y[order]
X_train, Y_train, X_val, Y_val = X[:16000], Y[:16000], X[16000:], Y[16000:]

model = nn.Sequential(
    nn.Linear(128, 50),
    nn.ReLU(),
    nn.Dropout(0.2),
    nn.Linear(50, 50),
    nn.ReLU(),
    nn.Dropout(0.2),
    nn.Linear(50, 1),
    nn.Softmax(dim=1),
)
for layer in model:
    if isinstance(layer, nn.Linear):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
optimizer = torch.optim.RMSprop(model.parameters(), lr=0.001, alpha=0.9, eps=1e-7)


def binary_crossentropy(p, y):
    p = p.clamp(1e-7, 1 - 1e-7)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


for _ in range(1):
    model.train()
    for i in range(0, len(X_train), 128):
        optimizer.zero_grad()
        loss = binary_crossentropy(model(X_train[i : i + 128]), Y_train[i : i + 128])
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        p = model(X_val)
        print("loss", binary_crossentropy(p, Y_val).item())
        print("accuracy", ((p > 0.5) == (Y_val > 0.5)).float().mean().item())
