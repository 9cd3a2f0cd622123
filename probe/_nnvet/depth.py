"""How a batch fares on its way through the layers: how alike its rows become, and what gradient comes back."""

import math

from . import stats

ROWS, WIDTH = 64, 1024  # rows, and numbers of each, that are compared
AGAIN = 8  # the first step after 0 at which to look again; then they thin out by two


class Depth:
    """Follows the first batch of a step."""

    def __init__(self):
        self.due = 0  # the step from which to look again
        self.clear()

    def clear(self):
        self.cosine, self.rank, self.gradient = {}, {}, {}  # by module number

    def output(self, number, output):
        """Looks at the output of a layer, at its first call. Returns a function that takes its gradient, or None."""
        if number in self.cosine or output.dim() < 2 or output.shape[0] < stats.FEW:
            return None
        self.cosine[number], self.rank[number] = alike(output.detach())

        def take(gradient):
            if number not in self.gradient:
                self.gradient[number] = stats.sample(gradient).float().square().mean()

        return take

    def records(self, step, rows):
        """Returns the records of a step, one a figure, since not every layer has all; `rows` undoes a loss's mean."""
        figures = {"cos": self.cosine, "rank": self.rank,
                   "grad": {i: rows * math.sqrt(v.item()) for i, v in self.gradient.items()}}
        out = []
        for name, values in figures.items():
            known = [(i, v) for i, v in values.items() if v - v == 0]
            if known:
                out.append({"k": "depth", "s": step, "i": [i for i, _ in known], name: stats.short(v for _, v in known)})
        if self.cosine:
            self.due = max(AGAIN, 2 * step)
        self.clear()
        return out


def alike(x):
    """Returns the mean cosine between rows, and the participation ratio of their covariance. Rows of zeros have no
    direction."""
    h = x[:ROWS].reshape(min(ROWS, x.shape[0]), -1)
    if h.shape[1] > WIDTH:
        h = h[:, :: h.shape[1] // WIDTH | 1]
    h = h.double()
    norms = h.square().sum(1).sqrt()
    some = norms > 0
    unit = h[some] / norms[some][:, None]
    n = unit.shape[0]
    c = h - h.mean(0)
    gram = c @ c.t()
    total, trace, squares = stats.torch.stack((unit.sum(0).square().sum(), gram.diagonal().sum(), gram.square().sum())).tolist()
    return (total - n) / (n * (n - 1)) if n >= stats.FEW else math.nan, trace * trace / squares if squares > 0 else math.nan
