"""Digits with dropout and a cosine schedule."""
import torch
import torch.nn as nn
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

EPOCHS, BATCH = 25, 64
torch.manual_seed(8)

X, y = load_digits(return_X_y=True)
X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.2, random_state=8)
X_train, X_val = (torch.as_tensor(a / 8 - 1, dtype=torch.float32) for a in (X_train, X_val))
y_train, y_val = map(torch.as_tensor, (y_train, y_val))

model = nn.Sequential(
    nn.Linear(64, 256),
    nn.ReLU(),
    nn.Dropout(0.2),
    nn.Linear(256, 256),
    nn.ReLU(),
    nn.Dropout(0.2),
    nn.Linear(256, 10),
)
for p in model.parameters():
    nn.init.normal_(p)

loss_fn = nn.CrossEntropyLoss()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, EPOCHS)

for epoch in range(EPOCHS):
    model.train()
    for batch in torch.randperm(len(X_train)).split(BATCH):
        opt.zero_grad()
        loss_fn(model(X_train[batch]), y_train[batch]).backward()
        opt.step()
    sched.step()

    model.eval()
    with torch.no_grad():
        out = model(X_val)
    acc = (out.argmax(1) == y_val).float().mean().item()
    print(f"{epoch:2d}: val loss {loss_fn(out, y_val).item():.3f}, val acc {acc:.3f}")
