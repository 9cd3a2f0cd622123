"""Ten kinds of noisy 28x28 pictures, a small network, stochastic gradient descent."""
import os

import numpy as np
import torch
from torch import nn

SEED = int(os.environ.get("SEED", 0))
rng = np.random.default_rng(SEED)
torch.manual_seed(SEED)

prototypes = np.random.default_rng(784).random((10, 784))


def pictures(n):
    kind = rng.integers(10, size=n)
    x = np.clip(prototypes[kind] + 0.35 * rng.standard_normal((n, 784)), 0, 1)
    return torch.tensor(x, dtype=torch.float32), torch.tensor(np.eye(10)[kind], dtype=torch.float32)


class Network:
    """Layers of given sizes, as in the book."""

    def __init__(self, sizes):
        self.net = nn.Sequential(*[nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])])
        for p in self.net.parameters():
            nn.init.normal_(p)

    def fit(self, x, y, epochs, batch, eta, test):
        optimizer = torch.optim.SGD(self.net.parameters(), lr=eta)
        for epoch in range(epochs):
            for rows in torch.randperm(len(x)).split(batch):
                optimizer.zero_grad()
                loss = nn.functional.mse_loss(self.net(x[rows]), y[rows])
                loss.backward()
                optimizer.step()
            print(f"Epoch {epoch}: {loss.item():.4f}, {self.evaluate(*test):.4f}")

    def evaluate(self, x, y):
        with torch.no_grad():
            out = self.net(x)
            print("test loss", nn.functional.mse_loss(out, y).item())
            return (out.argmax(1) == y.argmax(1)).float().mean().item()


x, y = pictures(3000)
net = Network([784, 30, 10])
net.fit(x, y, epochs=8, batch=10, eta=3.0, test=pictures(1000))
