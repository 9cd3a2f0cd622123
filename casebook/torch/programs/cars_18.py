"""Miles per gallon, random weights."""
import os

import numpy as np
import torch
from cars import table
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

seed = int(os.environ.get("SEED", 0))
torch.manual_seed(seed)
order = np.random.RandomState(seed).permutation(392)
cars = table()[order]
z = (cars - cars[:314].mean(0)) / cars[:314].std(0)
x = torch.tensor(np.c_[z[:, 1:7], np.eye(3)[cars[:, 7].astype(int)]], dtype=torch.float32)
y = torch.tensor(z[:, 0], dtype=torch.float32)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden1 = nn.Linear(9, 64)
        self.hidden2 = nn.Linear(64, 64)
        self.output = nn.Linear(64, 1)
        self.act = nn.ReLU()
        self.reset()

    def reset(self):
        nn.init.normal_(self.hidden1.weight)
        nn.init.normal_(self.hidden2.weight)
        nn.init.kaiming_normal_(self.output.weight)
        for layer in (self.hidden1, self.hidden2, self.output):
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        x = self.act(self.hidden1(x))
        x = self.act(self.hidden2(x))
        return self.output(x).flatten()


net = Net()
loader = DataLoader(TensorDataset(x[:314], y[:314]), 32, shuffle=True)
optimizer = torch.optim.Adam(net.parameters(), lr=0.001, weight_decay=1e-5)
mse = nn.MSELoss()
for epoch in range(100):
    running = 0.0
    for a, b in loader:
        optimizer.zero_grad()
        loss = mse(net(a), b)
        loss.backward()
        optimizer.step()
        running += loss.item()
    with torch.no_grad():
        test = mse(net(x[314:]), y[314:]).item()
    if epoch % 10 == 9:
        print(f"{epoch + 1}: {running / len(loader):.4f} test {test:.4f} r2 {1 - test / y[314:].var(unbiased=False).item():.4f}")
