"""Miles per gallon with SGD; batches come from NumPy."""
import os

import numpy as np
import torch
from cars import table
from torch import nn

seed = int(os.environ.get("SEED", 0))
rng = np.random.RandomState(seed)
torch.manual_seed(seed)

cars = rng.permutation(table())
train, test = cars[:314], cars[314:]
mu, sigma = train.mean(0), train.std(0)


def prepare(rows):
    z = (rows - mu) / sigma
    return np.hstack([z[:, 1:7], np.eye(3)[rows[:, 7].astype(int)]]), z[:, :1]


def batches(x, y, size):
    order = rng.permutation(len(x))
    for start in range(0, len(x), size):
        pick = order[start : start + size]
        yield torch.tensor(x[pick], dtype=torch.float32), torch.tensor(y[pick], dtype=torch.float32)


net = nn.Sequential(nn.Linear(9, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
for i in (0, 2, 4):
    nn.init.kaiming_normal_(net[i].weight, nonlinearity="relu")
    nn.init.zeros_(net[i].bias)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(net.parameters(), lr=1.0, weight_decay=1e-5)
x, y = prepare(train)
x_test, y_test = (torch.tensor(a, dtype=torch.float32) for a in prepare(test))
for epoch in range(100):
    for a, b in batches(x, y, 32):
        optimizer.zero_grad()
        loss = criterion(net(a), b)
        loss.backward()
        optimizer.step()
    if epoch % 20 == 19:
        with torch.no_grad():
            error = criterion(net(x_test), y_test)
        print("epoch", epoch + 1, "train", loss.item(), "test", error.item(), "r2", 1 - error.item() / y_test.var(unbiased=False).item())
