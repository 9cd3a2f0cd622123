"""Miles per gallon: layers in a ModuleList."""
import os

import numpy as np
import torch
import torch.nn.functional as F
from cars import table
from torch import nn

seed = int(os.environ.get("SEED", 0))
torch.manual_seed(seed)


def features(rows, mean, std):
    z = (rows[:, 1:7] - mean[1:7]) / std[1:7]
    return torch.tensor(np.hstack([z, np.eye(3)[rows[:, 7].astype(int)]]), dtype=torch.float32)


def targets(rows, mean, std):
    return torch.tensor((rows[:, :1] - mean[0]) / std[0], dtype=torch.float32)


class Net(nn.Module):
    def __init__(self, sizes=(9, 64, 64), bias=-5.0):
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])])
        self.last = nn.Linear(sizes[-1], 1)
        for layer in self.hidden:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.constant_(layer.bias, bias)
        nn.init.kaiming_normal_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, x):
        for layer in self.hidden:
            x = F.relu(layer(x))
        return self.last(x)


rows = np.random.RandomState(seed).permutation(table())
train, test = rows[:314], rows[314:]
mean, std = train.mean(0), train.std(0)
x, y = features(train, mean, std), targets(train, mean, std)
x_test, y_test = features(test, mean, std), targets(test, mean, std)

net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.001, weight_decay=1e-5)
for epoch in range(100):
    net.train()
    for batch in torch.randperm(len(x)).split(32):
        loss = F.mse_loss(net(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        error = F.mse_loss(net(x_test), y_test).item()
    if epoch % 10 == 9:
        print(f"epoch {epoch + 1}, loss {loss.item():.4f}, test {error:.4f}, r2 {1 - error / y_test.var(unbiased=False).item():.4f}")
