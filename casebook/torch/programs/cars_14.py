"""Miles per gallon, from blocks; the loss written out."""
import os

import numpy as np
import torch
from cars import table
from torch import nn

seed = int(os.environ.get("SEED", 0))
torch.manual_seed(seed)
cars = table()[np.random.RandomState(seed).permutation(392)]
scaled = (cars - cars[:314].mean(0)) / cars[:314].std(0)
X = torch.tensor(np.hstack([scaled[:, 1:7], np.eye(3)[cars[:, 7].astype(int)]]), dtype=torch.float32)
Y = torch.tensor(scaled[:, :1], dtype=torch.float32)


def block(n_in, n_out, activation):
    linear = nn.Linear(n_in, n_out)
    nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
    nn.init.zeros_(linear.bias)
    return nn.Sequential(linear, activation)


model = nn.Sequential(block(9, 64, nn.ReLU()), block(64, 64, nn.ReLU()), block(64, 1, nn.Sigmoid()))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-5)
for epoch in range(100):
    model.train()
    for rows in torch.randperm(314).split(32):
        loss = ((model(X[rows]) - Y[rows]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        test = ((model(X[314:]) - Y[314:]) ** 2).mean().item()
    if epoch % 10 == 9:
        print(f"{epoch + 1} {loss.item():.4f} {test:.4f} r2 {1 - test / Y[314:].var(unbiased=False).item():.4f}")
