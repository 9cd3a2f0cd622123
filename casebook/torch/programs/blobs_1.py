"""Three groups of points."""
import os

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

seed = int(os.environ.get("SEED", 0))
rng = np.random.RandomState(seed)
torch.manual_seed(seed)

centres = np.array([[-6, 3], [2, 2], [7, 7]])
kind = rng.randint(3, size=1000)
points = torch.tensor(centres[kind] + 2 * rng.randn(1000, 2)).float()
kind = torch.tensor(kind)
train = DataLoader(TensorDataset(points[:700], kind[:700]), batch_size=32, shuffle=True)
test_x, test_y = points[700:], kind[700:]


class Net(nn.Module):
    def __init__(self, depth, width):
        super().__init__()
        sizes = [2] + [width] * depth
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.out = nn.Linear(width, 3)
        for layer in [*self.hidden, self.out]:
            bound = (6 / layer.in_features) ** 0.5
            nn.init.uniform_(layer.weight, -bound, bound)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.sigmoid(layer(x))
        return self.out(x)


net = Net(depth=10, width=5)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(30):
    for x, y in train:
        optimizer.zero_grad()
        loss = criterion(net(x), y)
        loss.backward()
        optimizer.step()
    if epoch % 3 == 2:
        with torch.no_grad():
            out = net(test_x)
            print(epoch + 1, "loss", criterion(out, test_y).item(), "accuracy", (out.argmax(1) == test_y).float().mean().item())
