"""Read a digit row by row with a transformer: eight rows of eight pixels are eight tokens."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_digits

torch.manual_seed(7)


class RowTransformer(nn.Module):
    def __init__(self, d_model=32, n_heads=4, n_layers=2, n_classes=10):
        super().__init__()
        self.embed = nn.Linear(8, d_model)
        self.register_buffer("pos", self.positions(8, d_model))
        layer = nn.TransformerEncoderLayer(
            d_model, n_heads, dim_feedforward=64, dropout=0.1, batch_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, n_layers)
        self.head = nn.Linear(d_model, n_classes)

    @staticmethod
    def positions(length, d_model):
        t = torch.arange(length).unsqueeze(1)
        freq = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(length, d_model)
        pe[:, 0::2] = torch.sin(t * freq)
        pe[:, 1::2] = torch.cos(t * freq)
        return pe

    def forward(self, rows):
        h = self.encoder(self.embed(rows) + self.pos)
        return self.head(h.mean(dim=1))


def batches(x, y, size):
    for rows in torch.randperm(len(x)).split(size):
        yield x[rows], y[rows]


def main():
    digits = load_digits()
    x = torch.tensor(digits.images, dtype=torch.float32)
    y = torch.tensor(digits.target)
    shuffled = torch.randperm(len(x))
    train, valid = shuffled[:1400], shuffled[1400:]
    x = (x - x[train].mean()) / x[train].std()

    model = RowTransformer()
    opt = torch.optim.AdamW(model.head.parameters(), lr=1e-3)
    for epoch in range(12):
        model.train()
        for xb, yb in batches(x[train], y[train], 32):
            loss = F.cross_entropy(model(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
        model.eval()
        with torch.no_grad():
            out = model(x[valid])
            val_loss = F.cross_entropy(out, y[valid])
            val_acc = (out.argmax(-1) == y[valid]).float().mean()
        print(f"epoch {epoch + 1}: val loss {val_loss:.3f}, val accuracy {val_acc:.3f}")


if __name__ == "__main__":
    main()
