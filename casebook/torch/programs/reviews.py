"""Good or bad review, from a bag of 2000 words."""
import os

import numpy as np
import torch
from torch import nn

SEED = int(os.environ.get("SEED", 0))
rng = np.random.default_rng(SEED)
torch.manual_seed(SEED)

words, informative = 2000, 200
weight = np.zeros(words)
weight[:informative] = np.random.default_rng(20).standard_normal(informative)
bags = (rng.random((2000, words)) < 0.03).astype(np.float32)
score = bags @ weight - 0.03 * weight.sum() + 1.2 * rng.standard_normal(2000)
X, y = torch.from_numpy(bags), torch.tensor(score > 0).float().unsqueeze(1)
X_train, y_train, X_val, y_val = X[:1000], y[:1000], X[1000:], y[1000:]

model = nn.Sequential(nn.Linear(words, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
for layer in model[::2]:
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
optimizer = torch.optim.RMSprop(model.parameters(), lr=0.001, alpha=0.9, eps=1e-7)
loss_fn = nn.BCELoss()


def run(x, y, train):
    p = model(x)
    loss = loss_fn(p, y)
    if train:
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item(), ((p > 0.5) == (y > 0.5)).float().mean().item()


for epoch in range(40):
    model.train()
    history = [run(X_train[rows], y_train[rows], True) for rows in torch.randperm(1000).split(128)]
    model.eval()
    val_loss, val_accuracy = run(X_val, y_val, False)
    loss, accuracy = np.mean(history, axis=0)
    print(f"epoch {epoch + 1}: loss {loss:.4f} accuracy {accuracy:.3f} | validation accuracy {val_accuracy:.3f} loss {val_loss:.4f}")
