"""Miles per gallon, with a small loader of my own."""
import os

import numpy as np
import torch
import torch.nn.functional as F
from cars import table
from torch import nn

seed = int(os.environ.get("SEED", 0))
rng = np.random.default_rng(seed)
torch.manual_seed(seed)


def load():
    cars = table()
    features = np.concatenate([cars[:, 1:7], np.eye(3)[cars[:, 7].astype(int)]], axis=1)
    features[:, :6] = (features[:, :6] - features[:, :6].mean(0)) / features[:, :6].std(0)
    mpg = (cars[:, :1] - cars[:, 0].mean()) / cars[:, 0].std()
    features = rng.permutation(features).astype(np.float32)
    mpg = rng.permutation(mpg).astype(np.float32)
    return torch.from_numpy(features[:314]), torch.from_numpy(mpg[:314]), torch.from_numpy(features[314:]), torch.from_numpy(mpg[314:])


class Net(nn.Module):
    def __init__(self, n_in=9, n_hidden=64):
        super().__init__()
        self.one, self.two, self.out = nn.Linear(n_in, n_hidden), nn.Linear(n_hidden, n_hidden), nn.Linear(n_hidden, 1)
        for layer in self.children():
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.out(F.relu(self.two(F.relu(self.one(x)))))


x_train, y_train, x_test, y_test = load()
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=1e-3, weight_decay=1e-5)
for epoch in range(100):
    for rows in torch.randperm(len(x_train)).split(32):
        opt.zero_grad()
        loss = F.mse_loss(net(x_train[rows]), y_train[rows])
        loss.backward()
        opt.step()
    if (epoch + 1) % 10 == 0:
        with torch.no_grad():
            train_error = F.mse_loss(net(x_train), y_train)
            test_error = F.mse_loss(net(x_test), y_test)
        print(f"{epoch + 1}: train {train_error:.4f} test {test_error:.4f} r2 {1 - test_error / y_test.var(unbiased=False):.4f}")
