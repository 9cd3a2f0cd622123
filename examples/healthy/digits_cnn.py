"""Digits with a convolutional network, batch normalization and a cosine learning rate."""
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(16)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(32)
        self.drop = nn.Dropout(0.2)
        self.fc = nn.Linear(32 * 2 * 2, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        return self.fc(self.drop(x.flatten(1)))


def load(seed):
    images, labels = load_digits(return_X_y=True)
    train_x, valid_x, train_y, valid_y = train_test_split(images, labels, test_size=0.2, random_state=seed)
    mean, std = train_x.mean(), train_x.std()

    def dataset(x, y):
        return TensorDataset(torch.tensor((x - mean) / std).float().view(-1, 1, 8, 8), torch.tensor(y))

    return (DataLoader(dataset(train_x, train_y), batch_size=64, shuffle=True),
            DataLoader(dataset(valid_x, valid_y), batch_size=180))


def main(epochs=15, seed=0):
    torch.manual_seed(seed)
    train_loader, valid_loader = load(seed)
    net = ConvNet()
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.SGD(net.parameters(), lr=0.02, momentum=0.9, weight_decay=1e-4)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)

    for epoch in range(epochs):
        net.train()
        for x, y in train_loader:
            optimizer.zero_grad()
            loss = criterion(net(x), y)
            loss.backward()
            optimizer.step()
        scheduler.step()

        net.eval()
        hits = 0
        with torch.no_grad():
            for x, y in valid_loader:
                out = net(x)
                valid_loss = criterion(out, y)
                hits += (out.argmax(1) == y).sum().item()
        print(f"epoch {epoch + 1:2d} lr {scheduler.get_last_lr()[0]:.4f} "
              f"validation loss {valid_loss:.4f} accuracy {hits / len(valid_loader.dataset):.3f}")


if __name__ == "__main__":
    main()
