"""The bits of n mod 7 from the bits of n."""
import os

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = int(os.environ.get("SEED", 0))
BITS = 20
rng = np.random.RandomState(SEED)
torch.manual_seed(SEED)


def bits(numbers):
    return ((numbers[:, None] >> np.arange(BITS)) & 1).astype(np.float32)


numbers = rng.randint(0, 2**BITS, size=12000)
X = torch.from_numpy(bits(numbers))
Y = torch.from_numpy(bits(numbers % 7))
train_loader = DataLoader(TensorDataset(X[:10000], Y[:10000]), batch_size=50, shuffle=True)
X_val, Y_val = X[10000:], Y[10000:]

model = nn.Sequential(
    nn.Linear(BITS, 20), nn.ReLU(), nn.Linear(20, 20), nn.ReLU(), nn.Linear(20, 20), nn.Softmax(dim=1)
)
for m in model.modules():
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        nn.init.zeros_(m.bias)


def categorical_crossentropy(p, y):
    p = p / p.sum(dim=1, keepdim=True)
    return -(y * p.clamp(1e-7, 1 - 1e-7).log()).sum(dim=1).mean()


optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
for epoch in range(10):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = categorical_crossentropy(model(x), y)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        p = model(X_val)
        val = categorical_crossentropy(p, Y_val)
        accuracy = (p.argmax(1) == Y_val.argmax(1)).float().mean()
    print(f"epoch {epoch + 1} loss {loss.item():.4f} val {val.item():.4f} accuracy {accuracy.item():.4f}")
