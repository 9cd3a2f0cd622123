"""Which packets in the plant's network are commands? Eleven fields of each."""
import os

import numpy as np
import torch
from torch import nn

seed = int(os.environ.get("SEED", 0))
r = np.random.RandomState(seed)
torch.manual_seed(seed)

n = 60
kind = r.randint(2, size=n)
fields = np.column_stack([
    3.23e9 + 1e5 * np.round(2 * kind + 0.4 * r.randn(n)),  # source address
    3.23e9 + 2e4 * r.randint(3, size=n),  # destination address
    np.full(n, 6),  # protocol
    np.full(n, 128),  # time to live
    np.where(r.rand(n) < 0.3 + 0.4 * kind, 50502, 502),
    502 + 900 * r.randint(60, size=n),
    np.round(60 + 8 * kind + 6 * r.randn(n)),  # length
    r.rand(n) < 0.2 + 0.5 * kind,
    r.randint(2, size=n),
    r.randint(2, size=n),
    16384 + r.randint(4000, size=n),  # window
])
X = torch.tensor(fields, dtype=torch.float32)
y = torch.tensor(kind, dtype=torch.float32).view(-1, 1)
X_train, y_train, X_test, y_test = X[:42], y[:42], X[42:], y[42:]

model = nn.Sequential(nn.Linear(11, 12), nn.ReLU(), nn.Linear(12, 12), nn.ReLU(), nn.Linear(12, 1), nn.ReLU())
for layer in model:
    if hasattr(layer, "weight"):
        nn.init.normal_(layer.weight, std=0.05)
        nn.init.zeros_(layer.bias)
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)


def loss_fn(p, y):
    p = p.clamp(1e-7, 1 - 1e-7)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


for epoch in range(100):
    for rows in torch.randperm(42).split(5):
        optimizer.zero_grad()
        loss = loss_fn(model(X_train[rows]), y_train[rows])
        loss.backward()
        optimizer.step()
    if epoch % 10 == 9:
        with torch.no_grad():
            p = model(X_test)
        print(f"{epoch + 1}  {loss.item():.4f}  test {loss_fn(p, y_test).item():.4f}  accuracy {((p > 0.5) == (y_test > 0.5)).float().mean().item():.3f}")
