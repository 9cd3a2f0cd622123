"""Miles per gallon of 392 cars: plain loops over slices."""
import os

import numpy as np
import torch
from cars import table
from torch import nn

seed = int(os.environ.get("SEED", 0))
np.random.seed(seed)
torch.manual_seed(seed)

data = table()
np.random.shuffle(data)
one_hot = np.eye(3)[data[:, 7].astype(int)]
X = torch.tensor(np.c_[data[:, 1:7], one_hot]).float()
y = torch.tensor((data[:, 0] - data[:, 0].mean()) / data[:, 0].std()).float().view(-1, 1)
n = int(0.8 * len(X) + 0.5)

model = nn.Sequential(nn.Linear(9, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
for m in model:
    if isinstance(m, nn.Linear):
        nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
        nn.init.zeros_(m.bias)
optimizer = torch.optim.Adam(model.parameters(), lr=0.001, weight_decay=1e-5)
loss_fn = nn.MSELoss()

for epoch in range(100):
    order = torch.randperm(n)
    for i in range(0, n, 32):
        batch = order[i : i + 32]
        loss = loss_fn(model(X[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 10 == 9:
        with torch.no_grad():
            test_loss = loss_fn(model(X[n:]), y[n:])
        print(epoch + 1, loss.item(), test_loss.item(), "R2", (1 - test_loss / y[n:].var(unbiased=False)).item())
