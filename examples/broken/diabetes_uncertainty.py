"""Regression that also says how sure it is: a mean and a variance for every patient."""
import math

import torch
import torch.nn as nn
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


class MeanVariance(nn.Module):
    def __init__(self, n_in, n_hidden=32):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(n_in, n_hidden), nn.Tanh())
        self.mean = nn.Linear(n_hidden, 1)
        self.variance = nn.Linear(n_hidden, 1)

    def forward(self, x):
        h = self.body(x)
        return self.mean(h), torch.relu(self.variance(h))


def negative_log_likelihood(mean, variance, y):
    return 0.5 * (torch.log(variance) + (y - mean) ** 2 / variance + math.log(2 * math.pi)).mean()


def train(model, X, y, X_val, y_val, epochs=60, lr=2e-3, batch_size=32):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(1, epochs + 1):
        model.train()
        for rows in torch.randperm(len(X)).split(batch_size):
            mean, variance = model(X[rows])
            loss = negative_log_likelihood(mean, variance, y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if epoch % 10 == 0:
            model.eval()
            with torch.no_grad():
                mean, variance = model(X_val)
                nll = negative_log_likelihood(mean, variance, y_val).item()
                r2 = 1 - ((mean - y_val) ** 2).mean().item() / y_val.var(unbiased=False).item()
            print(f"epoch {epoch}: validation nll {nll:.3f}, r2 {r2:.3f}")


def main():
    torch.manual_seed(2)
    X, y = load_diabetes(return_X_y=True)
    X, X_val, y, y_val = train_test_split(X, y.reshape(-1, 1), test_size=0.25, random_state=2)
    x_scaler, y_scaler = StandardScaler().fit(X), StandardScaler().fit(y)
    X, X_val = (torch.tensor(x_scaler.transform(a), dtype=torch.float32) for a in (X, X_val))
    y, y_val = (torch.tensor(y_scaler.transform(a), dtype=torch.float32) for a in (y, y_val))
    train(MeanVariance(X.shape[1]), X, y, X_val, y_val)


if __name__ == "__main__":
    main()
