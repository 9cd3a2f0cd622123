"""Exclusive or."""
import os

import torch
from torch import nn

torch.manual_seed(int(os.environ.get("SEED", 0)))

X = torch.tensor([[1, 1], [0, 0], [1, 0], [0, 1], [1, 1], [0, 0]], dtype=torch.float32)
y = torch.tensor([[0], [0], [1], [1], [0], [0]], dtype=torch.float32)
X_test = X.repeat(4, 1) + 0.05 * torch.randn(24, 2)
y_test = y.repeat(4, 1)

model = nn.Sequential(
    nn.Linear(2, 2), nn.Sigmoid(),
    nn.Linear(2, 3), nn.Sigmoid(),
    nn.Linear(3, 1), nn.Sigmoid(),
)  # fmt: skip
for p in model.parameters():
    if p.dim() == 2:
        p.data.uniform_(-0.05, 0.05)
    else:
        p.data.zero_()
sgd = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)

for epoch in range(10000):
    for rows in torch.randperm(6).split(4):
        out = model(X[rows])
        loss = nn.functional.mse_loss(out, y[rows])
        sgd.zero_grad()
        loss.backward()
        sgd.step()
    if epoch % 100 < 99:
        continue
    with torch.no_grad():
        out = model(X_test)
        print(epoch, loss.item(), nn.functional.mse_loss(out, y_test).item(), "accuracy", ((out > 0.5) == (y_test > 0.5)).float().mean().item())
