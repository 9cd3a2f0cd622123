"""Four kinds from three grades between 0 and 7."""
import os

import numpy as np
import torch
from torch import nn

seed = int(os.environ.get("SEED", 0))
rng = np.random.RandomState(seed)
torch.manual_seed(seed)

centres = np.array([[1, 6, 2], [6, 1, 3], [3, 3, 7], [6, 6, 1]])
label = rng.randint(4, size=120)
grades = np.clip(np.round(centres[label] + 1.2 * rng.randn(120, 3)), 0, 7)
x, y = torch.tensor(grades).float(), torch.tensor(label).float().unsqueeze(1)
x_val, y_val, x, y = x[96:], y[96:], x[:96], y[:96]

net = nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 1), nn.Sigmoid())
with torch.no_grad():
    for name, p in net.named_parameters():
        p.zero_() if name.endswith("bias") else p.uniform_(-0.05, 0.05)


def bce(p, y):
    p = torch.clamp(p, 1e-7, 1 - 1e-7)
    return torch.mean(-y * torch.log(p) - (1 - y) * torch.log(1 - p))


opt = torch.optim.SGD(net.parameters(), lr=0.001)
for epoch in range(150):
    for start in range(0, 96, 8):
        opt.zero_grad()
        loss = bce(net(x[start : start + 8]), y[start : start + 8])
        loss.backward()
        opt.step()
    if epoch % 10 == 9:
        with torch.no_grad():
            p = net(x_val)
            print(epoch + 1, "loss", loss.item(), "val", bce(p, y_val).item(), "acc", (p.round() == y_val).float().mean().item())
