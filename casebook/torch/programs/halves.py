"""Learn to halve a number from five examples."""
import os

import torch
from torch import nn

torch.manual_seed(int(os.environ.get("SEED", 0)))
g = torch.Generator().manual_seed(1)

x = torch.tensor([[0.5], [1.0], [0.4], [5.0], [25.0]])
y = x / 2
x_new = 0.4 + 24 * torch.rand(15, 1, generator=g)
y_new = x_new / 2

model = nn.Sequential(nn.Linear(1, 1), nn.ReLU(), nn.Linear(1, 9), nn.ReLU(), nn.Linear(9, 1), nn.ReLU())
for m in model[::2]:
    nn.init.xavier_uniform_(m.weight)
    nn.init.zeros_(m.bias)
opt = torch.optim.Adam(model.parameters(), lr=0.01)
mse = nn.MSELoss()

for epoch in range(10):
    opt.zero_grad()
    loss = mse(model(x), y)
    loss.backward()
    opt.step()
    with torch.no_grad():
        new = mse(model(x_new), y_new)
    print(f"{epoch}: {loss.item():.4f}, new numbers {new.item():.4f}")
print("r2", round(1 - new.item() / y_new.var(unbiased=False).item(), 4))
