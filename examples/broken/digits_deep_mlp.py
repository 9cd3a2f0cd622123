"""Digits again, this time with three hidden layers and weights of our own."""
import torch
import torch.nn as nn
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(5)


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
        nn.init.constant_(m.bias, -10.0)


def make_loaders():
    X, y = load_digits(return_X_y=True)
    X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.25, random_state=5)
    mean, std = X_train.mean(), X_train.std()
    to_set = lambda X, y: TensorDataset(torch.from_numpy((X - mean) / std).float(), torch.from_numpy(y))
    return (DataLoader(to_set(X_train, y_train), batch_size=32, shuffle=True),
            DataLoader(to_set(X_val, y_val), batch_size=450))


model = nn.Sequential(
    nn.Linear(64, 128), nn.ReLU(),
    nn.Linear(128, 128), nn.ReLU(),
    nn.Linear(128, 128), nn.ReLU(),
    nn.Linear(128, 10),
)
model.apply(init_weights)

train_loader, val_loader = make_loaders()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

for epoch in range(20):
    model.train()
    epoch_loss = 0
    for data, target in train_loader:
        optimizer.zero_grad()
        output = model(data)
        loss = criterion(output, target)
        loss.backward()
        optimizer.step()
        epoch_loss += loss.item()

    model.eval()
    with torch.no_grad():
        for data, target in val_loader:
            accuracy = (model(data).argmax(dim=1) == target).float().mean().item()
    print(f"Epoch {epoch + 1}: loss {epoch_loss / len(train_loader):.4f} | val acc {accuracy:.4f}")
