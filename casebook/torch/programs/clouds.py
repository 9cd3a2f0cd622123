"""Two clouds of points in the plane."""
import os

import numpy as np
import torch
from torch import nn

rng = np.random.RandomState(int(os.environ.get("SEED", 0)))
torch.manual_seed(int(os.environ.get("SEED", 0)))

a = rng.uniform(0.2, 0.4, size=(130, 2))
b = rng.uniform(0.5, 0.7, size=(130, 2))
X = np.vstack([a, b])
Y = np.eye(2)[[0] * 130 + [1] * 130]
order = rng.permutation(260)
X, Y = torch.tensor(X[order]).float(), torch.tensor(Y[order]).float()
X_train, Y_train, X_test, Y_test = X[:200], Y[:200], X[200:], Y[200:]

hidden, out = nn.Linear(2, 2), nn.Linear(2, 2)
net = nn.Sequential(hidden, nn.Sigmoid(), out, nn.Softmax(1))
for layer in (hidden, out):
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
optimizer = torch.optim.Adam(net.parameters(), lr=0.001)


def cross_entropy(p, y):
    return -(y * torch.log(p.clamp(1e-7, 1 - 1e-7))).sum(1).mean()


for epoch in range(5):
    for i in torch.randperm(200).split(32):
        loss = cross_entropy(net(X_train[i]), Y_train[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        p = net(X_test)
        print(f"epoch {epoch}  loss {loss.item():.4f}  test loss {cross_entropy(p, Y_test).item():.4f}")
print("accuracy %.3f" % (p.argmax(1) == Y_test.argmax(1)).float().mean().item())
