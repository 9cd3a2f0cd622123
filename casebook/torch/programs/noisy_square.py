"""A noisy parabola with two hidden layers."""
import os

import numpy as np
import torch
from torch import nn

SEED = int(os.environ.get("SEED", 0))


def data(n):
    x = np.random.permutation(np.arange(0, 5, 5 / n))
    y = 5 * x**2 + np.random.randn(len(x)) ** 3
    return torch.tensor(x, dtype=torch.float32)[:, None], torch.tensor(y, dtype=torch.float32)[:, None]


def build():
    net = nn.Sequential(nn.Linear(1, 50), nn.ReLU(), nn.Linear(50, 30), nn.ReLU(), nn.Linear(30, 1))
    nn.init.xavier_uniform_(net[0].weight)
    nn.init.uniform_(net[2].weight, -0.05, 0.05)
    nn.init.xavier_uniform_(net[4].weight)
    for layer in net[::2]:
        nn.init.zeros_(layer.bias)
    return net


def train(net, x, y, x_test, y_test, epochs=1000, lr=0.1, batch=32):
    opt = torch.optim.SGD(net.parameters(), lr=lr)
    mse = nn.MSELoss()
    for epoch in range(epochs):
        net.train()
        order = torch.randperm(len(x))
        for start in range(0, len(x), batch):
            idx = order[start : start + batch]
            opt.zero_grad()
            loss = mse(net(x[idx]), y[idx])
            loss.backward()
            opt.step()
        if (epoch + 1) % 100 == 0:
            net.eval()
            with torch.no_grad():
                test = mse(net(x_test), y_test)
            print("epoch", epoch + 1, "loss", loss.item(), "test", test.item())
    return test.item()


if __name__ == "__main__":
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    x, y = data(50)
    x_test, y_test = data(20)
    final = train(build(), x, y, x_test, y_test)
    print("R2: %.4f" % (1 - final / y_test.var(unbiased=False).item()))
