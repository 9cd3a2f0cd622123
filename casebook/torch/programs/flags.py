"""Which of 300 rare flags matter? Logistic regression with a hidden layer on sparse rows."""
import os

import numpy as np
import torch
from torch import nn

seed = int(os.environ.get("SEED", 0))
rng = np.random.default_rng(seed)
torch.manual_seed(seed)

effect = np.random.default_rng(300).standard_normal(300)
rows = (rng.random((6000, 300)) < 0.02).astype(np.float32)
chance = 1 / (1 + np.exp(-3 * (rows @ effect)))
label = (rng.random(6000) < chance).astype(np.float32)
x, y = torch.from_numpy(rows), torch.from_numpy(label)
x, x_val = x[:5000], x[5000:]
y, y_val = y[:5000], y[5000:]

net = nn.Sequential(nn.Linear(300, 32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 1), nn.Flatten(0))
bce = nn.BCEWithLogitsLoss()
opt = torch.optim.AdamW(net.parameters(), lr=0.003, weight_decay=0.05)
for epoch in range(8):
    net.train()
    for batch in torch.randperm(5000).split(64):
        opt.zero_grad()
        bce(net(x[batch]), y[batch]).backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        z = net(x_val)
        print(f"epoch {epoch + 1}: {bce(z, y_val).item():.4f}, right {((z > 0) == (y_val > 0.5)).float().mean().item():.4f}")
