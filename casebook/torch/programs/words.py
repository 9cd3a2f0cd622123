"""Copy 8-bit words through a small network."""
import os
import random

import torch
import torch.nn as nn

SEED = int(os.environ.get("SEED", 0))
random.seed(SEED)
torch.manual_seed(SEED)

words = [[float(c) for c in format(n, "08b")] for n in range(256)]
random.shuffle(words)
train, held_out = torch.tensor(words[:200]), torch.tensor(words[200:])


class Copier(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(8, width), nn.Linear(width, width), nn.Linear(width, 8)])
        for layer in self.layers:
            nn.init.normal_(layer.weight, std=0.05)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        for layer in self.layers:
            x = torch.sigmoid(layer(x))
        return x


net = Copier()
loss_fn = nn.MSELoss()
opt = torch.optim.SGD(net.parameters(), lr=0.01)
for epoch in range(1000):
    for batch in train[torch.randperm(200)].split(50):
        opt.zero_grad()
        loss_fn(net(batch), batch).backward()
        opt.step()
    if (epoch + 1) % 50 == 0:
        out = net(held_out).detach()
        print(epoch + 1, "error", loss_fn(out, held_out).item(), "bits right", ((out > 0.5) == (held_out > 0.5)).float().mean().item())
