"""Wine cultivars with a small Trainer class and a step schedule."""
import argparse

import torch
import torch.nn.functional as F
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from torch import nn, optim
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader, TensorDataset


class WineNet(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.fc1 = nn.Linear(13, hidden)
        self.fc2 = nn.Linear(hidden, hidden)
        self.fc3 = nn.Linear(hidden, 3)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


class Trainer:
    def __init__(self, model, optimizer, scheduler):
        self.model = model
        self.optimizer = optimizer
        self.scheduler = scheduler

    def train_epoch(self, loader):
        self.model.train()
        for x, y in loader:
            self.optimizer.zero_grad()
            loss = F.cross_entropy(self.model(x), y)
            loss.backward()
            self.optimizer.step()
        self.scheduler.step()

    @torch.no_grad()
    def evaluate(self, loader):
        self.model.eval()
        loss, correct, n = 0.0, 0, 0
        for x, y in loader:
            out = self.model(x)
            loss += F.cross_entropy(out, y, reduction="sum").item()
            correct += (out.argmax(1) == y).sum().item()
            n += len(y)
        return loss / n, correct / n


def load(seed, batch_size):
    X, y = load_wine(return_X_y=True)
    X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.3, stratify=y, random_state=seed)
    mean, std = X_tr.mean(axis=0), X_tr.std(axis=0)

    def dataset(X, y):
        return TensorDataset(torch.tensor((X - mean) / std, dtype=torch.float32), torch.tensor(y))

    return (
        DataLoader(dataset(X_tr, y_tr), batch_size=batch_size, shuffle=True),
        DataLoader(dataset(X_te, y_te), batch_size=256),
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=1e-7)
    parser.add_argument("--hidden", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=80)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    train_loader, test_loader = load(args.seed, args.batch_size)
    model = WineNet(args.hidden)
    optimizer = optim.Adam(model.parameters(), lr=args.lr)
    trainer = Trainer(model, optimizer, StepLR(optimizer, step_size=40, gamma=0.5))
    for epoch in range(1, args.epochs + 1):
        trainer.train_epoch(train_loader)
        loss, accuracy = trainer.evaluate(test_loader)
        if epoch % 10 == 0:
            print(f"epoch {epoch}  test loss {loss:.4f}  accuracy {accuracy:.3f}")


if __name__ == "__main__":
    main()
