"""Predictions beside the truth: what a head said over the rows of an evaluation, or of some training batches.

Batches wait until there are enough of them to be summed up together: to copy two tensors is cheap, to look at them one
batch at a time is not.
"""

import math

from . import stats

OUTPUTS, CLASSES, NAMED = 64, 64, 8
BINS = 15  # of calibration; fewer where one would hold less than stats.FEW rows
JOINT = 16  # bins a side of the joint histogram, over three standard deviations of the truth to either side
WAITING = 1 << 16  # elements that wait
PIXELS = 65536  # numbers of a batch that has a target at every pixel
KEPT = 1 << 20  # rows whose loss and confidence are kept
NUMBERS = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
CLASS = ("cross_entropy", "nll_loss")
BINARY = ("binary_cross_entropy", "binary_cross_entropy_with_logits")


class Results:
    """Sums up one head over some batches."""

    def __init__(self, name, edges, first=0):
        self.name, self.first = name, first
        self.edges = edges  # of the joint histogram, in a list: they stay the same for a head once they are known
        self.rows = 0  # that went by, looked at or not: they number the rows
        self.known = 0  # that were looked at
        self.waiting, self.elements = [], 0  # (number of the first row, prediction, target)
        self.ignore, self.beta = None, 1.0
        self.shift = self.sums = self.joint = self.matrix = None
        self.numbers, self.losses, self.confidence, self.right = [], [], [], []

    def skip(self, rows):
        self.rows += rows

    def add(self, call):
        """Takes a copy of what a loss was given; a shape that fits no loss of its kind only counts."""
        p, t = call.prediction.detach(), call.target.detach()
        rows = p.shape[0] if p.dim() else 1
        laid = _lay_out(self.name, p, t)
        if laid is not None and self.known < KEPT:
            if laid[0].dim() == 3:  # pixels: some of them, before anything is copied
                every = laid[0].numel() // PIXELS | 1
                laid = laid[0][..., ::every], laid[1][..., ::every]
            self.ignore, self.beta = call.ignore, call.beta
            self.waiting.append((self.rows, laid[0].clone(), laid[1].clone()))
            self.known += rows
            self.elements += laid[0].numel()
            if self.elements > WAITING:
                self.reduce()
        self.rows += rows

    def reduce(self):
        """Sums up the batches that wait."""
        if not self.waiting:
            return
        torch = stats.torch
        numbers = torch.cat([torch.arange(at, at + p.shape[0]) for at, p, _ in self.waiting])
        p = torch.cat([p for _, p, _ in self.waiting]).cpu().double()
        t = torch.cat([t for _, _, t in self.waiting]).cpu()
        self.waiting, self.elements = [], 0
        of = self.of_numbers if self.name in NUMBERS else self.of_classes if self.name in CLASS else self.of_binary
        of(numbers, p, t)

    def of_numbers(self, numbers, p, t):
        t = t.double()
        good = (p.isfinite() & t.isfinite()).all(1)
        numbers, p, t = numbers[good], p[good], t[good]
        if not len(t):
            return
        if self.shift is None:  # so that sums of squares do not cancel
            self.shift = t.mean(0), p.mean(0)
            self.sums = p.new_zeros((7, p.shape[1]))
            self.fix_edges(t)
        y, q, error = t - self.shift[0], p - self.shift[1], (p - t).abs()
        self.sums = self.sums + stats.torch.stack((stats.torch.ones_like(y), y, y * y, q, q * q, y * q, error)).sum(1)
        if self.edges:
            inner = p.new_tensor(self.edges[1:-1])
            places = stats.torch.bucketize(t, inner, right=True) * JOINT + stats.torch.bucketize(p, inner, right=True)
            counts = places.reshape(-1).bincount(minlength=JOINT * JOINT)
            self.joint = counts if self.joint is None else self.joint + counts
        self.keep(numbers, _distance(self.name, error, self.beta).mean(1))

    def fix_edges(self, t):
        """Fixes the bins of the joint histogram by the first rows that a head is seen with."""
        if self.edges or t.numel() < stats.FEW:
            return
        mean, reach = t.mean().item(), 3 * t.std(unbiased=False).item()
        edges = stats.short(mean - reach + 2 * reach * i / JOINT for i in range(JOINT + 1))
        if all(a < b for a, b in zip(edges, edges[1:])):
            self.edges.extend(edges)

    def of_classes(self, numbers, p, t):
        classes = p.shape[1]
        places = p.shape[2] if p.dim() == 3 else 1  # of several targets in one row
        if p.dim() == 3:
            p = p.transpose(1, 2).reshape(-1, classes)
            numbers, t = numbers.repeat_interleave(places), t.reshape(-1)
        good = p.isfinite().all(1)
        numbers, p, t = numbers[good], p[good], t[good]
        logs = p.log_softmax(1) if self.name == "cross_entropy" else p
        if t.is_floating_point():
            losses, true = -(t.double() * logs).sum(1), t.argmax(1)
        else:
            good = (t >= 0) & (t < classes) if self.ignore is None else (t >= 0) & (t < classes) & (t != self.ignore)
            logs, numbers, true = logs[good], numbers[good], t[good].long()
            losses = -logs.gather(1, true[:, None])[:, 0]
        if not len(true):
            return
        sure, said = logs.max(1)
        if classes <= CLASSES:
            counts = (true * classes + said).bincount(minlength=classes * classes)
            self.matrix = counts if self.matrix is None else self.matrix + counts
        self.confidence.append(sure.exp())
        self.right.append((said == true).double())
        self.keep(numbers, losses)

    def of_binary(self, numbers, p, t):
        t = t.double()
        good = (p.isfinite() & t.isfinite()).all(1)
        numbers, p, t = numbers[good], p[good], t[good]
        if not len(t):
            return
        if self.name == "binary_cross_entropy":
            losses = -(t * p.log().clamp(min=-100) + (1 - t) * (1 - p).log().clamp(min=-100))
        else:
            losses = p.clamp(min=0) - p * t + (-p.abs()).exp().log1p()
            p = p.sigmoid()
        if p.shape[1] == 1 and bool(((t == 0) | (t == 1)).all()):
            counts = (t.long() * 2 + (p > 0.5).long()).reshape(-1).bincount(minlength=4)
            self.matrix = counts if self.matrix is None else self.matrix + counts
        self.confidence.append(p.reshape(-1))
        self.right.append(t.reshape(-1))
        self.keep(numbers, losses.mean(1))

    def keep(self, numbers, losses):
        self.numbers.append(numbers)
        self.losses.append(losses)

    # -- the record ---------------------------------------------------------------------------

    def record(self, step, head, split):
        """Returns the record, or None where there are too few rows for one."""
        self.reduce()
        if self.known < stats.FEW or not self.losses:
            return None
        record = {"k": "results", "s": step, "h": head, "split": split, "rows": self.known}
        if self.sums is not None:
            record["outs"] = self.outputs()
        if self.joint is not None:
            record.update(edges=self.edges, joint=self.joint.reshape(JOINT, JOINT).tolist())
        if self.matrix is not None:
            side = math.isqrt(len(self.matrix))
            record["matrix"] = self.matrix.reshape(side, side).tolist()
        if self.confidence:
            record["bins"] = self.bins()
        record.update(self.by_loss(split))
        return record

    def outputs(self):
        out = []
        for i, (n, y, yy, p, pp, yp, error) in enumerate(self.sums.t().tolist()):
            if n < stats.FEW:
                continue
            y, p = y / n, p / n
            figures = {"y": self.shift[0][i].item() + y, "ystd": math.sqrt(max(0.0, yy / n - y * y)),
                       "p": self.shift[1][i].item() + p, "pstd": math.sqrt(max(0.0, pp / n - p * p)), "cov": yp / n - y * p, "mae": error / n}
            out.append(dict({"i": i, "n": int(n)}, **{k: stats.short([v])[0] for k, v in figures.items()}))
        return out

    def bins(self):
        sure, order = stats.torch.cat(self.confidence).sort()
        right = stats.torch.cat(self.right)[order]
        n, count = len(sure), max(1, min(BINS, len(sure) // stats.FEW))
        ends = [n * i // count for i in range(count + 1)]
        return [{"n": b - a, "conf": stats.short([sure[a:b].mean().item()])[0], "right": stats.short([right[a:b].mean().item()])[0]}
                for a, b in zip(ends, ends[1:])]

    def by_loss(self, split):
        """Returns the share of the costliest hundredth, and which rows cost most and least. The rows of training batches
        have no lasting number."""
        numbers, losses = stats.torch.cat(self.numbers), stats.torch.cat(self.losses)
        if len(numbers) > 1 and bool((numbers[1:] == numbers[:-1]).any()):  # several targets in one row
            numbers, group, count = numbers.unique_consecutive(return_inverse=True, return_counts=True)
            losses = losses.new_zeros(len(numbers)).index_add_(0, group, losses) / count
        losses, order = losses.sort()
        n, out = len(losses), {}
        total = losses.sum().item()
        if n >= 100 and 0 < total < math.inf:
            out["top"] = stats.short([losses[n - n // 100:].sum().item() / total])[0]
        if split == "val":
            ordered, middle, few = numbers[order], n // 2, min(NAMED, n)
            out.update(best=ordered[:few].tolist(), median=ordered[max(0, middle - NAMED // 2):middle + NAMED // 2].tolist(),
                       worst=ordered[n - few:].flip(0).tolist())
        return out


def _lay_out(name, p, t):
    """Returns prediction and target as rows by outputs, or as rows by classes (by places) and indices; None of others."""
    if name in CLASS:
        if p.dim() < 2 or p.shape[0] != t.shape[0] or t.is_floating_point() and (p.dim() != 2 or p.shape != t.shape):
            return None
        return (p, t) if p.dim() == 2 else (p.reshape(p.shape[0], p.shape[1], -1), t.reshape(t.shape[0], -1))
    if name not in NUMBERS and name not in BINARY or p.shape != t.shape or p.dim() == 0 or p.numel() == 0 or p.is_complex():
        return None
    p, t = p.reshape(p.shape[0], -1), t.reshape(p.shape[0], -1)
    step = -(-p.shape[1] // OUTPUTS) | 1 if p.shape[1] > OUTPUTS else 1
    return p[:, ::step], t[:, ::step]


def _distance(name, error, beta):
    if name == "mse_loss":
        return error * error
    if name == "l1_loss" or not beta > 0:
        return error
    near = 0.5 * error * error
    if name == "smooth_l1_loss":
        return stats.torch.where(error < beta, near / beta, error - 0.5 * beta)
    return stats.torch.where(error < beta, near, beta * (error - 0.5 * beta))
