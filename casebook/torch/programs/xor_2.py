"""Exclusive or."""
import os

import torch
from torch import nn

torch.manual_seed(int(os.environ.get("SEED", 0)))

X = torch.tensor([[1, 1], [0, 0], [1, 0], [0, 1], [1, 1], [0, 0]], dtype=torch.float32)
y = torch.tensor([[0], [0], [1], [1], [0], [0]], dtype=torch.float32)
X_test = X.repeat(4, 1) + 0.05 * torch.randn(24, 2)
y_test = y.repeat(4, 1)

model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid())
adam = torch.optim.Adam(model.parameters(), lr=0.05)

for epoch in range(300):
    loss = nn.functional.binary_cross_entropy(model(X), y)
    adam.zero_grad()
    loss.backward()
    adam.step()
    if epoch % 20 == 19:
        with torch.no_grad():
            out = model(X_test)
            test = nn.functional.binary_cross_entropy(out, y_test)
            print(epoch + 1, loss.item(), test.item(), "accuracy", ((out > 0.5) == (y_test > 0.5)).float().mean().item())
