"""Predict how far diabetes has progressed after a year, from ten baseline measurements."""
import torch
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 1
BATCH_SIZE = 32
EPOCHS = 60

torch.manual_seed(SEED)

X, y = load_diabetes(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=SEED)
scaler = StandardScaler().fit(X_train)


def as_dataset(X, y):
    X = torch.as_tensor(scaler.transform(X), dtype=torch.float32)
    y = torch.as_tensor(y, dtype=torch.float32).unsqueeze(1)
    return TensorDataset(X, y)


train_loader = DataLoader(as_dataset(X_train, y_train), batch_size=BATCH_SIZE, shuffle=True)
test_loader = DataLoader(as_dataset(X_test, y_test), batch_size=128)


class Regressor(nn.Module):
    def __init__(self, n_features, n_hidden):
        super().__init__()
        self.hidden = nn.Linear(n_features, n_hidden)
        self.out = nn.Linear(n_hidden, 1)

    def forward(self, x):
        return self.out(torch.relu(self.hidden(x)))


def r2(model, loader):
    model.eval()
    pred, true = [], []
    with torch.no_grad():
        for xb, yb in loader:
            pred.append(model(xb))
            true.append(yb)
    pred, true = torch.cat(pred), torch.cat(true)
    return 1 - ((true - pred) ** 2).sum() / ((true - true.mean()) ** 2).sum()


model = Regressor(10, 64)
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

for epoch in range(EPOCHS):
    model.train()
    total = 0.0
    for xb, yb in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(xb)
    if (epoch + 1) % 10 == 0:
        score = r2(model, test_loader)
        print(f"epoch {epoch + 1:3d}  train mse {total / len(X_train):10.2f}  test r2 {score:.3f}")

print(f"test r2 {r2(model, test_loader):.3f}")
