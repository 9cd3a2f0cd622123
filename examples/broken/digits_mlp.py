"""Handwritten digits with a plain multilayer perceptron."""
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

torch.manual_seed(0)

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16, y, test_size=0.2, random_state=0)
X_train, X_test = torch.tensor(X_train).float(), torch.tensor(X_test).float()
y_train, y_test = torch.tensor(y_train), torch.tensor(y_test)

net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
loss_fn = nn.CrossEntropyLoss()
opt = torch.optim.Adam(net.parameters(), lr=1.0)

for epoch in range(20):
    net.train()
    for idx in torch.randperm(len(X_train)).split(32):
        loss = loss_fn(net(X_train[idx]), y_train[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()

    net.eval()
    with torch.no_grad():
        logits = net(X_test)
        print(
            f"{epoch:2d}  train {loss.item():8.4f}"
            f"  test {loss_fn(logits, y_test).item():8.4f}"
            f"  accuracy {(logits.argmax(1) == y_test).float().mean().item():.3f}"
        )
