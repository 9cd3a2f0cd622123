"""Is a number in the lower half?"""
import os

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(int(os.environ.get("SEED", 0)))

x = torch.randint(15, 25000, (1250, 1)).float()
y = (x < 12500).float()
train = DataLoader(TensorDataset(x[:1000], y[:1000]), batch_size=200, shuffle=True)
x_val, y_val = x[1000:], y[1000:]

model = nn.Sequential()
model.add_module("hidden", nn.Linear(1, 1))
model.add_module("act", nn.Sigmoid())
model.add_module("out", nn.Linear(1, 1))
model.add_module("prob", nn.Sigmoid())
nn.init.xavier_uniform_(model.hidden.weight)
nn.init.zeros_(model.hidden.bias)
nn.init.normal_(model.out.weight, std=0.05)
nn.init.zeros_(model.out.bias)

criterion = nn.BCELoss()
optimizer = torch.optim.RMSprop(model.parameters(), lr=0.001, alpha=0.9, eps=1e-7)
for epoch in range(100):
    model.train()
    for a, b in train:
        optimizer.zero_grad()
        loss = criterion(model(a), b)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        p = model(x_val)
        if epoch % 10 == 9:
            print(epoch + 1, loss.item(), criterion(p, y_val).item(), ((p > 0.5).float() == y_val).float().mean().item())
