"""Fit y = x^2 + 3 between -10 and 10, both scaled."""
import os

import numpy as np
import torch
import torch.nn as nn

seed = int(os.environ.get("SEED", "0"))
np.random.seed(seed)
torch.manual_seed(seed)

x = np.linspace(-10, 10, 201)
np.random.shuffle(x)
y = x**2 + 3
x = (x - x[:150].mean()) / x[:150].std()
y = (y - y[:150].mean()) / y[:150].std()
x = torch.from_numpy(x).float().unsqueeze(1)
y = torch.from_numpy(y).float().unsqueeze(1)
x_train, x_test = x[:150], x[150:]
y_train, y_test = y[:150], y[150:]

net = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1))
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(120):
    for rows in torch.randperm(150).split(16):
        optimizer.zero_grad()
        loss = criterion(net(x_train[rows]), y_train[rows])
        loss.backward()
        optimizer.step()
    if epoch % 10 == 9:
        with torch.no_grad():
            test = criterion(net(x_test), y_test)
        print(epoch + 1, loss.item(), test.item())
print("r2", 1 - test.item() / y_test.var(unbiased=False).item())
