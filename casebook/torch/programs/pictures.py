"""Classify noisy pictures with four layers."""
import argparse
import os

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, default=100)
parser.add_argument("--lr", type=float, default=0.003)
parser.add_argument("--batch-size", type=int, default=100)
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED", 0)))
args = parser.parse_args()

rng = np.random.RandomState(args.seed)
torch.manual_seed(args.seed)
prototypes = np.random.RandomState(28).rand(10, 784)


def make(n):
    y = rng.randint(10, size=n)
    x = prototypes[y] + 1.2 * rng.randn(n, 784)
    return TensorDataset(torch.tensor(x, dtype=torch.float32), torch.tensor(y))


class Classifier(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1 = nn.Linear(784, width)
        self.fc2 = nn.Linear(width, width)
        self.fc3 = nn.Linear(width, width)
        self.fc4 = nn.Linear(width, 10)
        for p in self.parameters():
            nn.init.normal_(p, 0.0, 1.0)

    def forward(self, x):
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        x = torch.relu(self.fc3(x))
        return self.fc4(x)


train, val = make(3000), make(1000)
model = Classifier(args.width)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
for epoch in range(args.epochs):
    model.train()
    for x, y in DataLoader(train, batch_size=args.batch_size, shuffle=True):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    model.eval()
    right, total = 0, 0.0
    with torch.no_grad():
        for x, y in DataLoader(val, batch_size=250):
            out = model(x)
            total += criterion(out, y).item() * len(y)
            right += (out.argmax(1) == y).sum().item()
    print(f"epoch {epoch + 1}: {loss.item():.3f}, val loss {total / len(val):.3f}, val accuracy {right / len(val):.3f}")
