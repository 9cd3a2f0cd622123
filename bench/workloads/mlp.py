"""A multilayer perceptron, 784-512-512-10, on synthetic images; batches of 128, Adam."""

import stopwatch
import torch
from torch import nn

BATCH = 128


def images(n):
    """Ten classes of noisy pictures; every fifth label is any. With the decay below, the loss never vanishes."""
    labels = torch.randint(10, (n,))
    x = 0.1 * torch.randn(10, 784)[labels] + torch.randn(n, 784)
    wrong = torch.rand(n) < 0.2
    return x, torch.where(wrong, torch.randint(10, (n,)), labels)


def main():
    steps, peer = stopwatch.arguments()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    x, y = images(20480)
    x_val, y_val = x[-1024:], y[-1024:]
    x, y = x[:-1024], y[:-1024]

    net = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, weight_decay=3e-3)
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
        if step % 500 == 499:
            net.eval()
            with torch.no_grad():
                criterion(net(x_val), y_val).item()
            net.train()
    clock.report(net, loss)


main()
