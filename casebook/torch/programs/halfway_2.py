"""Is a number in the lower half?"""
import os

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(int(os.environ.get("SEED", 0)))

x = torch.randint(15, 25000, (1250, 1)).float()
y = (x < 12500).float()
x = (x - x[:1000].mean()) / x[:1000].std()
train = DataLoader(TensorDataset(x[:1000], y[:1000]), batch_size=32, shuffle=True)
x_val, y_val = x[1000:], y[1000:]

model = nn.Sequential()
model.add_module("hidden", nn.Linear(1, 8))
model.add_module("act", nn.Tanh())
model.add_module("out", nn.Linear(8, 1))

criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(30):
    model.train()
    for a, b in train:
        optimizer.zero_grad()
        loss = criterion(model(a), b)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        p = model(x_val)
        if epoch % 3 == 2:
            print(epoch + 1, loss.item(), criterion(p, y_val).item(), ((p > 0).float() == y_val).float().mean().item())
