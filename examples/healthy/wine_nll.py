"""Wine cultivars with log-probabilities, an early look at the data and a held-out third."""
import torch
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.nn import functional as F


def fit(model, X, y, X_val, y_val, *, lr, epochs, batch_size):
    optimizer = torch.optim.RMSprop(model.parameters(), lr=lr)
    for epoch in range(epochs):
        model.train()
        for X_batch, y_batch in zip(*(t.split(batch_size) for t in shuffled(X, y))):
            loss = F.nll_loss(model(X_batch), y_batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        yield epoch, *score(model, X_val, y_val)


def shuffled(*tensors):
    order = torch.randperm(len(tensors[0]))
    return [t[order] for t in tensors]


@torch.inference_mode()
def score(model, X, y):
    model.eval()
    log_p = model(X)
    return F.nll_loss(log_p, y).item(), (log_p.argmax(1) == y).float().mean().item()


torch.manual_seed(13)
wine = load_wine()
X, y = wine.data, wine.target
for name, column in zip(wine.feature_names, X.T):
    print(f"{name:30} {column.mean():8.2f} +- {column.std():.2f}")
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=1 / 3, stratify=y, random_state=13)
scale = StandardScaler().fit(X_train)
X_train, X_test = (torch.tensor(scale.transform(a), dtype=torch.float32) for a in (X_train, X_test))
y_train, y_test = (torch.tensor(a) for a in (y_train, y_test))

net = nn.Sequential(
    nn.Linear(13, 24), nn.Tanh(), nn.Dropout(0.1), nn.Linear(24, 3), nn.LogSoftmax(dim=1)
)
for epoch, loss, accuracy in fit(net, X_train, y_train, X_test, y_test, lr=1e-3, epochs=60, batch_size=8):
    if (epoch + 1) % 10 == 0:
        print(f"{epoch + 1:3d} epochs: held-out loss {loss:.3f}, accuracy {accuracy:.3f}")
