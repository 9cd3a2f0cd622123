"""Learn an embedding in which digits of a kind lie close together, then classify by the nearest neighbour."""
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

torch.manual_seed(11)
MARGIN = 1.0


def pairwise_distances(z):
    diff = z.unsqueeze(0) - z.unsqueeze(1)
    return torch.sqrt((diff ** 2).sum(dim=-1))


def contrastive_loss(z, labels):
    d = pairwise_distances(z)
    same = labels.unsqueeze(0) == labels.unsqueeze(1)
    pull = d[same] ** 2
    push = torch.clamp(MARGIN - d[~same], min=0) ** 2
    return pull.mean() + push.mean()


@torch.no_grad()
def nearest_neighbour_accuracy(model, X_ref, y_ref, X, y):
    model.eval()
    dist = torch.cdist(model(X), model(X_ref))
    model.train()
    return (y_ref[dist.argmin(dim=1)] == y).float().mean().item()


X, y = load_digits(return_X_y=True)
X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.25, random_state=11, stratify=y)
mu, sigma = X_train.mean(), X_train.std()
X_train = torch.tensor((X_train - mu) / sigma, dtype=torch.float32)
X_val = torch.tensor((X_val - mu) / sigma, dtype=torch.float32)
y_train, y_val = torch.tensor(y_train), torch.tensor(y_val)

encoder = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 8))
optimizer = torch.optim.Adam(encoder.parameters(), lr=1e-3)

for epoch in range(15):
    total = 0.0
    for rows in torch.randperm(len(X_train)).split(64):
        optimizer.zero_grad()
        loss = contrastive_loss(encoder(X_train[rows]), y_train[rows])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    accuracy = nearest_neighbour_accuracy(encoder, X_train, y_train, X_val, y_val)
    print(f"epoch {epoch + 1:2d}  loss {total / len(X_train):.4f}  1-nn accuracy {accuracy:.3f}")
