"""Miles per gallon of old cars, a long run."""
import os

import numpy as np
import torch
from cars import table
from torch import nn

SEED = int(os.environ.get("SEED", 0))
torch.manual_seed(SEED)

cars = np.random.RandomState(SEED).permutation(table())
x = np.hstack([cars[:, 1:7], np.eye(3)[cars[:, 7].astype(int)]])
y = cars[:, :1]
split = int(len(x) * 0.8) + 1
mean, std = x[:split, :6].mean(0), x[:split, :6].std(0)
x[:, :6] = (x[:, :6] - mean) / std
y = (y - y[:split].mean()) / y[:split].std()
x, y = torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)


def train(model, optimizer, x, y, batch=32):
    model.train()
    total = 0.0
    for rows in torch.randperm(len(x)).split(batch):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / len(x)


def validate(model, x, y):
    model.eval()
    with torch.no_grad():
        return nn.functional.mse_loss(model(x), y).item()


model = nn.Sequential(nn.Linear(9, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
for p in model.parameters():
    nn.init.kaiming_normal_(p, nonlinearity="relu") if p.dim() > 1 else nn.init.zeros_(p)
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
for epoch in range(400):
    error = train(model, optimizer, x[:split], y[:split])
    val = validate(model, x[split:], y[split:])
    if epoch % 50 == 49:
        print(f"epoch {epoch + 1}: train {error:.4f} validation {val:.4f} r2 {1 - val / y[split:].var(unbiased=False).item():.4f}")
