"""Yield of garden beds from five readings."""
import os

import numpy as np
import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_
from torch.utils.data import DataLoader, TensorDataset

seed = int(os.environ.get("SEED", 0))
rng = np.random.RandomState(seed)
torch.manual_seed(seed)

X = 50 + 20 * rng.randn(600, 5)
y = X @ np.array([1.5, -2.0, 0.7, 0.3, 1.0]) + 3 * rng.randn(600)
X, y = torch.tensor(X).float(), torch.tensor(y).float()
train = DataLoader(TensorDataset(X[:500], y[:500]), batch_size=32, shuffle=True)
X_val, y_val = X[500:], y[500:]

model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
loss_fn = nn.MSELoss()
for epoch in range(60):
    model.train()
    for a, b in train:
        optimizer.zero_grad()
        loss_fn(model(a), b).backward()
        clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    model.eval()
    with torch.no_grad():
        val = loss_fn(model(X_val), y_val).item()
    if epoch % 5 == 4:
        print(f"{epoch + 1:3d} {val:9.3f}  r2 {1 - val / y_val.var(unbiased=False).item():.4f}")
