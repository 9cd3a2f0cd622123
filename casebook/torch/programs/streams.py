"""Learn from a stream of readings, one at a time."""
import math
import os
import random

import torch
from torch import nn

seed = int(os.environ.get("SEED", 0))
random.seed(seed)
torch.manual_seed(seed)


def reading():
    a, b = random.uniform(-1, 1), random.uniform(-1, 1)
    return torch.tensor([[a, b]]), torch.tensor([[math.sin(2 * a) + b * b - 0.3 + random.gauss(0, 0.05)]])


held_out = [reading() for _ in range(200)]
test_x, test_y = torch.cat([x for x, _ in held_out]), torch.cat([y for _, y in held_out])

net = nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 1))
mse = nn.MSELoss()
sgd = torch.optim.SGD(net.parameters(), lr=0.02)
for n in range(1, 6001):
    x, y = reading()
    sgd.zero_grad()
    loss = mse(net(x), y)
    loss.backward()
    sgd.step()
    if n % 500 == 0:
        with torch.no_grad():
            error = mse(net(test_x), test_y).item()
        print(f"after {n} readings: error {error:.4f}, r2 {1 - error / test_y.var(unbiased=False).item():.3f}")
