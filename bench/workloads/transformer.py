"""A small transformer that predicts the next token: two layers of width 128, four heads, sequences of 64; batches of 32, AdamW."""

import stopwatch
import torch
import torch.nn.functional as F
from torch import nn

BATCH, LENGTH, VOCABULARY, WIDTH = 32, 64, 64, 128


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(VOCABULARY, WIDTH)
        self.position = nn.Parameter(0.02 * torch.randn(LENGTH, WIDTH))
        layer = nn.TransformerEncoderLayer(WIDTH, 4, 4 * WIDTH, dropout=0.1, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.out = nn.Linear(WIDTH, VOCABULARY)
        self.register_buffer("mask", torch.full((LENGTH, LENGTH), float("-inf")).triu(1))

    def forward(self, tokens):
        return self.out(self.encoder(self.embed(tokens) + self.position, mask=self.mask))


def sequences(n):
    """Every token is the sum of the two before it, but for one in five, which is any."""
    tokens = torch.randint(VOCABULARY, (n, LENGTH + 1))
    for t in range(2, LENGTH + 1):
        follows = torch.rand(n) < 0.8
        tokens[:, t] = torch.where(follows, (tokens[:, t - 1] + tokens[:, t - 2]) % VOCABULARY, tokens[:, t])
    return tokens


def next_token_loss(net, tokens):
    logits = net(tokens[:, :-1])
    return F.cross_entropy(logits.reshape(-1, VOCABULARY), tokens[:, 1:].reshape(-1))


def main():
    steps, peer = stopwatch.arguments()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    tokens = sequences(8192 + 128)
    train, val = tokens[:8192], tokens[8192:]

    net = Transformer()
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
    if peer is not None:
        import wandb

        wandb.init(project="overhead")
        wandb.watch(net, **peer)

    clock = stopwatch.Stopwatch(steps)
    for step in clock.steps():
        i = step * BATCH % len(train)
        optimizer.zero_grad()
        loss = next_token_loss(net, train[i : i + BATCH])
        loss.backward()
        optimizer.step()
        if step % 50 == 49:
            train_loss = loss.item()
            if peer is not None:
                wandb.log({"loss": train_loss})
        if step % 50 == 49:
            net.eval()
            with torch.no_grad():
                for j in range(0, len(val), BATCH):
                    next_token_loss(net, val[j : j + BATCH]).item()
            net.train()
    clock.report(net, loss)


main()
