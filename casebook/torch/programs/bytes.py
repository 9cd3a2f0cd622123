"""Ten kinds of pictures with pixels from 0 to 255."""
import os

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

seed = int(os.environ.get("SEED", 0))
rng = np.random.default_rng(seed)
torch.manual_seed(seed)


def load(n):
    proto = np.random.default_rng(255).random((10, 784))
    labels = rng.integers(10, size=n)
    images = np.clip(proto[labels] + 0.35 * rng.standard_normal((n, 784)), 0, 1)
    return (255 * images).astype(np.uint8), labels.astype(np.uint8)


(train_images, train_labels), (test_images, test_labels) = load(3000), load(1000)
train_images, train_labels = train_images / 255.0, train_labels / 255.0

x_train = torch.tensor(train_images, dtype=torch.float32)
y_train = torch.tensor(train_labels).long()
x_test = torch.tensor(test_images, dtype=torch.float32)
y_test = torch.tensor(test_labels).long()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(784, 64)
        self.b = nn.Linear(64, 64)
        self.c = nn.Linear(64, 10)
        for layer in (self.a, self.b, self.c):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        return F.softmax(self.c(F.relu(self.b(F.relu(self.a(x))))), dim=1)


def sparse_crossentropy(p, y):
    return -torch.log(p[torch.arange(len(y)), y].clamp(1e-7, 1.0)).mean()


net = Net()
opt = torch.optim.Adam(net.parameters())
for epoch in range(4):
    right = 0
    for i in torch.randperm(len(x_train)).split(32):
        p = net(x_train[i])
        loss = sparse_crossentropy(p, y_train[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
        right += (p.argmax(1) == y_train[i]).sum().item()
    print(f"epoch {epoch + 1}: loss {loss.item():.2e}, accuracy {right / len(x_train):.4f}")
    with torch.no_grad():
        p = net(x_test)
        print(f"test loss {sparse_crossentropy(p, y_test).item():.4f}, test accuracy {(p.argmax(1) == y_test).float().mean().item():.4f}")
