"""Fit y = x^2 + 3 between -10 and 10."""
import os

import numpy as np
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(1, 5)
        self.out = nn.Linear(5, 1)
        for layer in (self.hidden, self.out):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        return torch.sigmoid(self.out(torch.sigmoid(self.hidden(x))))


seed = int(os.environ.get("SEED", "0"))
np.random.seed(seed)
torch.manual_seed(seed)

x = np.linspace(-10, 10, 201)
np.random.shuffle(x)
y = x**2 + 3
x = torch.from_numpy(x).float().unsqueeze(1)
y = torch.from_numpy(y).float().unsqueeze(1)
x_train, x_test = x[:150], x[150:]
y_train, y_test = y[:150], y[150:]

net = Net()
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for epoch in range(1000):
    optimizer.zero_grad()
    loss = criterion(net(x_train), y_train)
    loss.backward()
    optimizer.step()
    if epoch % 100 == 99:
        with torch.no_grad():
            test = criterion(net(x_test), y_test)
        print(epoch + 1, loss.item(), test.item())
print("r2", 1 - test.item() / y_test.var(unbiased=False).item())
