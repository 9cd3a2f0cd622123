"""Miles per gallon from nine features."""
import os

import numpy as np
import torch
from cars import table
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = int(os.environ.get("SEED", 0))
torch.manual_seed(SEED)
rows = table()[np.random.RandomState(SEED).permutation(392)]
y, numeric, origin = rows[:, :1], rows[:, 1:7], rows[:, 7].astype(int)
numeric = (numeric - numeric[:314].mean(0)) / numeric[:314].std(0)
y = (y - y[:314].mean()) / y[:314].std()
x = torch.tensor(np.hstack([numeric, np.eye(3)[origin]]), dtype=torch.float32)
y = torch.tensor(y, dtype=torch.float32)
train = DataLoader(TensorDataset(x[:314], y[:314]), batch_size=32, shuffle=True)
test = DataLoader(TensorDataset(x[314:], y[314:]), batch_size=78)


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(9, 64)
        self.fc2 = nn.Linear(64, 64)
        self.fc3 = nn.Linear(64, 1)
        for layer in (self.fc1, self.fc2, self.fc3):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        return self.fc3(x)


model = Regressor()
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
for epoch in range(100):
    model.train()
    for a, b in train:
        optimizer.zero_grad()
        loss = criterion(model(a), b)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        for a, b in test:
            error = criterion(model(a), b).item()
            r2 = 1 - error / b.var(unbiased=False).item()
    if epoch % 10 == 9:
        print(f"epoch {epoch + 1}: train {loss.item():.4f}, test {error:.4f}, r2 {r2:.4f}")
