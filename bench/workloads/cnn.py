"""A convolutional network on synthetic 3x32x32 images; batches of 64, SGD with momentum."""

import stopwatch
import torch
from torch import nn

BATCH = 64


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv3 = nn.Conv2d(32, 64, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.out = nn.Linear(64 * 4 * 4, 10)

    def forward(self, x):
        x = self.pool(torch.relu(self.conv1(x)))
        x = self.pool(torch.relu(self.conv2(x)))
        x = self.pool(torch.relu(self.conv3(x)))
        return self.out(x.flatten(1))


def images(n):
    """Ten classes of noisy pictures; every fifth label is any. With the decay below, the loss never vanishes."""
    labels = torch.randint(10, (n,))
    x = 0.2 * torch.randn(10, 3, 32, 32)[labels] + torch.randn(n, 3, 32, 32)
    wrong = torch.rand(n) < 0.2
    return x, torch.where(wrong, torch.randint(10, (n,)), labels)


def main():
    steps, peer = stopwatch.arguments()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    x, y = images(4096 + 256)
    x_val, y_val = x[4096:], y[4096:]
    x, y = x[:4096], y[:4096]

    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9, weight_decay=3e-3)
    criterion = nn.CrossEntropyLoss()
    if peer is not None:
        import wandb

        wandb.init(project="overhead")
        wandb.watch(net, **peer)

    clock = stopwatch.Stopwatch(steps)
    for step in clock.steps():
        i = step * BATCH % len(x)
        optimizer.zero_grad()
        loss = criterion(net(x[i : i + BATCH]), y[i : i + BATCH])
        loss.backward()
        optimizer.step()
        if step % 50 == 49:
            train_loss = loss.item()
            if peer is not None:
                wandb.log({"loss": train_loss})
        if step % 200 == 199:
            net.eval()
            with torch.no_grad():
                for j in range(0, len(x_val), BATCH):
                    criterion(net(x_val[j : j + BATCH]), y_val[j : j + BATCH]).item()
            net.train()
    clock.report(net, loss)


main()
