"""Gradient descent on a line."""
import os

import numpy as np
import torch

seed = int(os.environ.get("SEED", 0))
np.random.seed(seed)

x = np.random.permutation(100).astype(np.float32)
X = torch.tensor(np.column_stack([np.ones(100), x]), dtype=torch.float32)
y = torch.tensor(2 * x + 4 + 10 * np.random.rand(100), dtype=torch.float32)
X, X_test, y, y_test = X[:80], X[80:], y[:80], y[80:]

theta = torch.zeros(2, requires_grad=True)
optimizer = torch.optim.SGD([theta], lr=0.5)
for step in range(100):
    cost = ((X @ theta - y) ** 2).mean() / 2
    optimizer.zero_grad()
    cost.backward()
    optimizer.step()
    if step % 10 == 9:
        with torch.no_grad():
            test = ((X_test @ theta - y_test) ** 2).mean()
        print(step + 1, cost.item(), test.item())
print("theta", theta.tolist(), "r2", 1 - test.item() / y_test.var(unbiased=False).item())
