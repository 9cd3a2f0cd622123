"""x to the fourth between -100 and 100."""
import os

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(int(os.environ.get("SEED", 0)))

x = torch.arange(-100, 100, 0.5)
x = x[torch.randperm(len(x))].view(-1, 1)
y = x**4
x, x_val = x[:320], x[320:]
y, y_val = y[:320], y[320:]

l1, l2, l3 = nn.Linear(1, 50), nn.Linear(50, 50), nn.Linear(50, 1)
for layer in (l1, l2, l3):
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
params = [*l1.parameters(), *l2.parameters(), *l3.parameters()]
opt = torch.optim.Adam(params)


def f(x):
    return l3(F.elu(l2(torch.sigmoid(l1(x)))))


for epoch in range(1000):
    loss = F.mse_loss(f(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if epoch % 50 == 49:
        with torch.no_grad():
            val = F.mse_loss(f(x_val), y_val)
            print(f"{epoch + 1:4d}  {loss.item():.3e}  {val.item():.3e}  r2 {1 - (val / y_val.var(unbiased=False)).item():.4f}")
