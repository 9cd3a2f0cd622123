"""Consumption of cars, scaled; a custom data set."""
import os

import torch
from cars import table
from torch import nn
from torch.utils.data import DataLoader, Dataset, Subset

torch.manual_seed(int(os.environ.get("SEED", 0)))


class Cars(Dataset):
    def __init__(self, chosen):
        rows = torch.tensor(table(), dtype=torch.float32)
        origin = nn.functional.one_hot(rows[:, 7].long(), 3).float()
        train = rows[chosen]
        scaled = (rows - train.mean(0)) / train.std(0)
        self.target = scaled[:, :1]
        self.features = torch.cat([scaled[:, 1:7], origin], dim=1)

    def __len__(self):
        return len(self.target)

    def __getitem__(self, i):
        return self.features[i], self.target[i]


def he(m):
    if isinstance(m, nn.Linear):
        nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
        nn.init.zeros_(m.bias)


order = torch.randperm(392).tolist()
cars = Cars(order[:314])
train_set, test_set = Subset(cars, order[:314]), Subset(cars, order[314:])
train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
test_loader = DataLoader(test_set, batch_size=78)

net = nn.Sequential(nn.Linear(9, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1)).apply(he)
mse = nn.MSELoss(reduction="sum")
adam = torch.optim.Adam(net.parameters(), weight_decay=1e-5)
for epoch in range(100):
    net.train()
    for x, y in train_loader:
        adam.zero_grad()
        loss = mse(net(x), y)
        loss.backward()
        adam.step()
    net.eval()
    with torch.no_grad():
        x, y = next(iter(test_loader))
        test = mse(net(x), y).item() / len(y)
    if epoch % 10 == 9:
        print(f"[{epoch + 1}] loss {loss.item():.3f} test {test:.3f} r2 {1 - test / y.var(unbiased=False).item():.4f}")
