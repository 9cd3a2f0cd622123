"""Three groups of points, in millimetres."""
import os

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

seed = int(os.environ.get("SEED", 0))
rng = np.random.RandomState(seed)
torch.manual_seed(seed)

centres = 100 * np.array([[-6, 3], [2, 2], [7, 7]])
kind = rng.randint(3, size=1000)
points = centres[kind] + 200 * rng.randn(1000, 2)
x, y = torch.tensor(points, dtype=torch.float32), torch.tensor(kind)
x_train, y_train, x_test, y_test = x[:700], y[:700], x[700:], y[700:]


def dense(n_in, n_out):
    layer = nn.Linear(n_in, n_out)
    nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
    nn.init.zeros_(layer.bias)
    return layer


model = nn.Sequential(dense(2, 5), nn.ReLU(), dense(5, 5), nn.ReLU(), dense(5, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(30):
    order = torch.randperm(700)
    for start in range(0, 700, 32):
        rows = order[start : start + 32]
        loss = F.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if (epoch + 1) % 5 == 0:
        with torch.no_grad():
            out = model(x_test)
        print(f"{epoch + 1}: {F.cross_entropy(out, y_test).item():.4f} {(out.argmax(1) == y_test).float().mean().item():.4f}")
