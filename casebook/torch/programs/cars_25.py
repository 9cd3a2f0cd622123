"""Miles per gallon with a stack of ReLU layers."""
import os

import numpy as np
import torch
from cars import table
from torch import nn

seed = int(os.environ.get("SEED", 0))
torch.manual_seed(seed)
cars = np.random.RandomState(seed).permutation(table())
z = (cars - cars[:314].mean(0)) / cars[:314].std(0)
x = torch.tensor(np.hstack([z[:, 1:7], np.eye(3)[cars[:, 7].astype(int)]]), dtype=torch.float32)
y = torch.tensor(z[:, :1], dtype=torch.float32)

layers, width = [], 9
for _ in range(20):
    layers += [nn.Linear(width, 64), nn.ReLU()]
    width = 64
net = nn.Sequential(*layers, nn.Linear(width, 1))
for layer in net:
    if isinstance(layer, nn.Linear):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)

loss_fn = nn.MSELoss()
opt = torch.optim.Adam(net.parameters(), lr=0.001, weight_decay=1e-5)
for epoch in range(60):
    for rows in torch.randperm(314).split(32):
        opt.zero_grad()
        loss = loss_fn(net(x[rows]), y[rows])
        loss.backward()
        opt.step()
    if epoch % 6 == 5:
        with torch.no_grad():
            test = loss_fn(net(x[314:]), y[314:])
        print(f"{epoch + 1} {loss.item():.4f} {test.item():.4f} r2 {1 - test.item() / y[314:].var(unbiased=False).item():.4f}")
