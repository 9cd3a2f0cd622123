"""The worst case: a network so small, 20-64-64-10 in batches of 32, that a step takes little more than 0.1 ms."""

import stopwatch
import torch
from torch import nn

BATCH = 32


def main():
    steps, peer = stopwatch.arguments()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    x = torch.randn(8192, 20)
    y = (x @ torch.randn(20, 10) + 3 * torch.randn(8192, 10)).argmax(1)

    net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.02)
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
    clock.report(net, loss)


main()
