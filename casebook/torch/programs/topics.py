"""Three independent topics from counts of 20 words."""
import os

import numpy as np
import torch
from torch import nn

SEED = int(os.environ.get("SEED", 0))
rng = np.random.RandomState(SEED)
torch.manual_seed(SEED)

likes = np.random.RandomState(3).rand(3, 20) * np.random.RandomState(4).rand(3, 20)
topics = (rng.rand(2500, 3) < 0.5).astype(float)
chance = 0.15 + topics @ likes
counts = np.array([rng.multinomial(50, p / p.sum()) for p in chance])
X = torch.tensor(counts, dtype=torch.float32)
Y = torch.tensor(topics, dtype=torch.float32)
X_train, Y_train, X_val, Y_val = X[:2000], Y[:2000], X[2000:], Y[2000:]


class Topics(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(20, 20), nn.ReLU(), nn.Dropout(0.5), nn.Linear(20, 20), nn.ReLU(), nn.Dropout(0.5))
        self.head = nn.Linear(20, 3)
        self.apply(self.start)

    @staticmethod
    def start(m):
        if isinstance(m, nn.Linear):
            nn.init.xavier_uniform_(m.weight)
            nn.init.zeros_(m.bias)

    def forward(self, x):
        return torch.softmax(self.head(self.body(x)), dim=1)


net = Topics()
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for epoch in range(20):
    net.train()
    for rows in torch.randperm(2000).split(20):
        optimizer.zero_grad()
        loss = criterion(net(X_train[rows]), Y_train[rows])
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        out = net(X_val)
        right = ((out > 0.5) == (Y_val > 0.5)).float().mean()
        print(f"epoch {epoch + 1}: {loss.item():.4f}, validation {criterion(out, Y_val).item():.4f}, right {right.item():.4f}")
