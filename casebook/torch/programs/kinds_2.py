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
x, y = torch.tensor(grades / 3.5 - 1).float(), torch.tensor(label)
x_val, y_val, x, y = x[96:], y[96:], x[:96], y[:96]

net = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 4))
cross_entropy = nn.CrossEntropyLoss()
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(60):
    for rows in torch.randperm(96).split(8):
        opt.zero_grad()
        loss = cross_entropy(net(x[rows]), y[rows])
        loss.backward()
        opt.step()
    if epoch % 5 == 4:
        with torch.no_grad():
            p = net(x_val)
            print(epoch + 1, "loss", loss.item(), "val", cross_entropy(p, y_val).item(), "acc", (p.argmax(1) == y_val).float().mean().item())
