"""Digits with a network assembled from blocks."""
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Block(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.linear = nn.Linear(n_in, n_out)

    def forward(self, x):
        return torch.tanh(self.linear(x))


class BlockNet(nn.Module):
    def __init__(self, widths, n_classes):
        super().__init__()
        self.blocks = [Block(a, b) for a, b in zip(widths, widths[1:])]
        self.head = nn.Linear(widths[-1], n_classes)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def accuracy(model, loader):
    model.eval()
    hits = total = 0
    with torch.no_grad():
        for x, y in loader:
            hits += (model(x).argmax(dim=1) == y).sum().item()
            total += len(y)
    return hits / total


def main(seed=0, epochs=20, lr=3e-3):
    torch.manual_seed(seed)
    X, y = load_digits(return_X_y=True)
    X_tr, X_va, y_tr, y_va = train_test_split(X, y, test_size=0.2, random_state=seed)
    mean, std = X_tr.mean(), X_tr.std()
    train = TensorDataset(torch.Tensor((X_tr - mean) / std), torch.LongTensor(y_tr))
    valid = TensorDataset(torch.Tensor((X_va - mean) / std), torch.LongTensor(y_va))
    train_loader = DataLoader(train, batch_size=32, shuffle=True)
    valid_loader = DataLoader(valid, batch_size=128)

    model = BlockNet([64, 32, 16, 16], 10)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        model.train()
        for x, y in train_loader:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch + 1:2d}: validation accuracy {accuracy(model, valid_loader):.3f}")


if __name__ == "__main__":
    main()
