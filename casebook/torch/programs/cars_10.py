"""Train a small network on the cars."""
import argparse
import os

import numpy as np
import torch
from cars import table
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def get_data(seed, batch_size):
    cars = np.random.RandomState(seed).permutation(table()).astype(np.float32)
    mean, std = cars[:314].mean(0), cars[:314].std(0)
    z = (cars - mean) / std
    x = torch.from_numpy(np.hstack([z[:, 1:7], np.eye(3, dtype=np.float32)[cars[:, 7].astype(int)]]))
    y = torch.from_numpy(z[:, :1])
    return (
        DataLoader(TensorDataset(x[:314], y[:314]), batch_size=batch_size, shuffle=True),
        DataLoader(TensorDataset(x[314:], y[314:]), batch_size=batch_size),
    )


def get_model(hidden):
    model = nn.Sequential(nn.Linear(9, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 1))
    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
    return model


def evaluate(model, loader, criterion):
    model.eval()
    squares, n, targets = 0.0, 0, []
    with torch.no_grad():
        for x, y in loader:
            squares += criterion(model(x), y).item() * len(x)
            n += len(x)
            targets.append(y)
    return squares / n, 1 - squares / n / torch.cat(targets).var(unbiased=False).item()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=1e-5)
    parser.add_argument("--weight-decay", type=float, default=1e-5)
    parser.add_argument("--hidden", type=int, default=64)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=100)
    args = parser.parse_args()

    seed = int(os.environ.get("SEED", 0))
    torch.manual_seed(seed)
    train_loader, test_loader = get_data(seed, args.batch_size)
    model = get_model(args.hidden)
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr, weight_decay=args.weight_decay)
    for epoch in range(args.epochs):
        model.train()
        for x, y in train_loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
        test_loss, r2 = evaluate(model, test_loader, criterion)
        if (epoch + 1) % 10 == 0:
            print(f"Epoch {epoch + 1}/{args.epochs}  test loss {test_loss:.4f}  R2 {r2:.4f}")


if __name__ == "__main__":
    main()
