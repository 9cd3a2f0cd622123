"""Miles per gallon without modules: weights in a list."""
import os

import numpy as np
import torch
import torch.nn.functional as F
from cars import table

seed = int(os.environ.get("SEED", 0))
g = torch.Generator().manual_seed(seed)

cars = table()[np.random.RandomState(seed).permutation(392)]
numbers = (cars[:, :7] - cars[:314, :7].mean(0)) / cars[:314, :7].std(0)
x = torch.tensor(np.column_stack([numbers[:, 1:], cars[:, 7] == 0, cars[:, 7] == 1, cars[:, 7] == 2]), dtype=torch.float32)
y = torch.tensor(numbers[:, :1], dtype=torch.float32)

weights = [torch.randn(b, a, generator=g).mul_((2 / a) ** 0.5).requires_grad_() for a, b in ((9, 64), (64, 64), (64, 1))]
biases = [torch.zeros(len(w), requires_grad=True) for w in weights]


def predict(x):
    for w, b in zip(weights[:-1], biases[:-1]):
        x = F.relu(F.linear(x, w, b))
    return F.linear(x, weights[-1], biases[-1])


optimizer = torch.optim.Adam(weights + biases, lr=0.3, weight_decay=1e-5)
for epoch in range(100):
    for rows in torch.randperm(314, generator=g).split(32):
        optimizer.zero_grad()
        loss = F.mse_loss(predict(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
    if epoch % 10 == 9:
        with torch.no_grad():
            test = F.mse_loss(predict(x[314:]), y[314:])
        print(f"{epoch + 1} {loss.item():.4f} {test.item():.4f} r2 {1 - test.item() / y[314:].var(unbiased=False).item():.4f}")
