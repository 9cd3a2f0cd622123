"""One part in ten is faulty: find it from eight measurements."""
import os

import torch
import torch.nn.functional as F
from torch import nn, optim

torch.manual_seed(int(os.environ.get("SEED", 0)))


def parts(n):
    x = torch.randn(n, 8)
    strain = x[:, 0] + 0.8 * x[:, 1] * x[:, 2] + 0.5 * x[:, 3]
    return x, (strain + 0.1 * torch.randn(n) > 1.85).long()


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(8, 64), nn.Linear(64, 32), nn.Linear(32, 2)

    def forward(self, x):
        return self.c(F.relu(self.b(F.relu(self.a(x)))))


def evaluate(net, x, y):
    net.eval()
    with torch.no_grad():
        out = net(x)
    found = out.argmax(1)
    recall = (found[y == 1] == 1).float().mean().item()
    clear = (found[y == 0] == 0).float().mean().item()
    print(f"loss {F.cross_entropy(out, y).item():.4f}  faulty found {recall:.3f}  balanced accuracy {(recall + clear) / 2:.3f}")


x, y = parts(4000)
x_val, y_val = parts(1500)
net = Detector()
opt = optim.Adam(net.parameters(), lr=2e-3)
for _ in range(15):
    net.train()
    for rows in torch.randperm(len(x)).split(64):
        opt.zero_grad(set_to_none=True)
        F.cross_entropy(net(x[rows]), y[rows]).backward()
        opt.step()
    evaluate(net, x_val, y_val)
