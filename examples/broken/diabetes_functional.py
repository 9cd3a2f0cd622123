"""Diabetes progression with weights kept in plain tensors and functional calls."""
import torch
import torch.nn.functional as F
from sklearn.datasets import load_diabetes

g = torch.Generator().manual_seed(0)

X, y = load_diabetes(return_X_y=True, as_frame=False)
X = torch.tensor(X, dtype=torch.float32)
y = torch.tensor(y, dtype=torch.float32)
perm = torch.randperm(len(X), generator=g)
train, test = perm[:330], perm[330:]
X = (X - X[train].mean(0)) / X[train].std(0)
y = (y - y[train].mean()) / y[train].std()

n_in, n_hidden = X.shape[1], 64
W1 = (torch.randn(n_hidden, n_in, generator=g) * (2 / n_in) ** 0.5).requires_grad_()
b1 = torch.zeros(n_hidden, requires_grad=True)
W2 = (torch.randn(1, n_hidden, generator=g) * (1 / n_hidden) ** 0.5).requires_grad_()
b2 = torch.zeros(1, requires_grad=True)
params = [W1, b1, W2, b2]
optimizer = torch.optim.SGD(params, lr=0.01)


def predict(x):
    h = F.relu(F.linear(x, W1, b1))
    return F.linear(h, W2, b2).squeeze(1)


for epoch in range(100):
    for rows in train[torch.randperm(len(train), generator=g)].split(32):
        loss = F.mse_loss(predict(X[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(params, max_norm=0.01)
        optimizer.step()
    if (epoch + 1) % 10 == 0:
        with torch.no_grad():
            r2 = 1 - F.mse_loss(predict(X[test]), y[test]) / y[test].var(unbiased=False)
        print(f"{epoch + 1:3d} epochs: last batch {loss.item():.3f}, test r2 {r2.item():.3f}")
