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
X = (X - X[:2000].mean(0)) / X[:2000].std(0)
Y = torch.tensor(topics, dtype=torch.float32)
X_train, Y_train, X_val, Y_val = X[:2000], Y[:2000], X[2000:], Y[2000:]

net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 3))
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=0.003)
for epoch in range(12):
    net.train()
    for rows in torch.randperm(2000).split(20):
        optimizer.zero_grad()
        loss = criterion(net(X_train[rows]), Y_train[rows])
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        out = net(X_val)
        right = ((out > 0) == (Y_val > 0.5)).float().mean()
        print(f"epoch {epoch + 1}: {loss.item():.4f}, validation {criterion(out, Y_val).item():.4f}, right {right.item():.4f}")
