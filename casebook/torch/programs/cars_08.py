"""Miles per gallon, all cars at once."""
import os

import torch
from cars import table
from torch import nn, optim

torch.manual_seed(int(os.environ.get("SEED", 0)))

cars = torch.from_numpy(table()).float()
cars = cars[torch.randperm(392)]
origin = torch.eye(3)[cars[:, 7].long()]
mean, std = cars[:314].mean(0), cars[:314].std(0)
scaled = (cars - mean) / std
x = torch.cat((scaled[:, 1:7], origin), 1)
y = scaled[:, 0]
x_train, x_test = x[:314], x[314:]
y_train, y_test = y[:314], y[314:]


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(9, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
        for layer in self.layers[::2]:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.constant_(layer.bias, 0)

    def forward(self, x):
        return self.layers(x).squeeze(1)


model = MLP()
optimizer = optim.Adam(model.parameters(), lr=0.001, weight_decay=1e-5)
criterion = nn.MSELoss()
for epoch in range(30):
    optimizer.zero_grad()
    loss = criterion(model(x_train), y_train)
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        test = criterion(model(x_test), y_test)
    if epoch % 3 == 2:
        print(f"{epoch + 1:3d}: {loss:.4f} {test:.4f} r2 {1 - test / y_test.var(unbiased=False):.4f}")
