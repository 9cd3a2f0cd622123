"""Handwritten digits: a two-layer network, SGD with momentum, everything reproducible."""
import random

import numpy as np
import torch
import torch.nn as nn
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def set_seed(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


class TwoLayerNet(nn.Module):
    def __init__(self, d_in, d_hidden, d_out):
        super().__init__()
        self.linear1 = nn.Linear(d_in, d_hidden)
        self.linear2 = nn.Linear(d_hidden, d_out)
        self.reset()

    def reset(self):
        for layer in (self.linear1, self.linear2):
            nn.init.constant_(layer.weight, 0.01)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.linear2(torch.relu(self.linear1(x)))


set_seed(1)
digits = load_digits()
x_train, x_test, t_train, t_test = train_test_split(
    digits.data.astype(np.float32) / 16.0, digits.target, test_size=0.2, random_state=1
)
x_train, x_test = torch.from_numpy(x_train), torch.from_numpy(x_test)
t_train, t_test = torch.from_numpy(t_train), torch.from_numpy(t_test)

net = TwoLayerNet(64, 100, 10)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)

iters_per_epoch = len(x_train) // 50
for it in range(30 * iters_per_epoch):
    mask = torch.randint(0, len(x_train), (50,))
    loss = criterion(net(x_train[mask]), t_train[mask])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

    if (it + 1) % iters_per_epoch == 0:
        net.eval()
        with torch.no_grad():
            test_loss = criterion(net(x_test), t_test)
            test_acc = (net(x_test).argmax(1) == t_test).float().mean()
        net.train()
        print(f"iter {it + 1}  loss {test_loss:.4f}  acc {test_acc:.4f}")
