"""Statistics of tensors, cheap enough to take inside a training step.

Nothing here consumes random numbers, changes a tensor, or keeps one alive. Large tensors are sampled at an odd stride:
an even one can line up with the rows and see the same columns always.
"""

import math

SAMPLE = 16384  # elements looked at per tensor: a standard deviation is then good to 0.6 %
COLUMNS = 256  # columns of a batch looked at
ROWS = 1024  # rows of a batch looked at
BLOCK = 4000  # entries of a stat block: a line has a limit
FEW = 8  # below so many rows a minimum is somebody's value

torch = None  # set by attach


def sample(x):
    """Returns a flat view or copy of at most about SAMPLE elements."""
    f = x.reshape(-1)
    n = f.numel()
    return f if n <= SAMPLE else f[:: (n // SAMPLE) | 1]


def summary(x):
    """Returns (n, mean, std, min, max, l2, nonzero, nonfinite) of a flat tensor; over its finite elements."""
    f = x if x.dtype == torch.float32 or x.dtype == torch.float64 else x.float()
    n = f.numel()
    if n == 0:
        return (0, math.nan, math.nan, math.nan, math.nan, 0.0, 0, 0)
    f = f.contiguous()
    lo, hi = torch.aminmax(f)
    total, squares, lo, hi, nonzero = torch.stack((f.sum(), torch.dot(f, f), lo, hi, torch.count_nonzero(f).to(f.dtype))).tolist()
    if squares - squares != 0:  # NaN or infinity: rare, so worth a second pass
        good = f[torch.isfinite(f)].double()
        m = good.numel()
        if m == 0:
            return (n, math.nan, math.nan, math.nan, math.nan, math.nan, int(nonzero), n)
        mean = good.mean().item()
        std = math.sqrt(max(0.0, (good - mean).square().mean().item()))
        return (n, mean, std, good.min().item(), good.max().item(), good.norm().item(), int(nonzero), n - m)
    mean = total / n
    variance = squares / n - mean * mean
    if variance < 1e-4 * mean * mean:  # float32 cancels there
        variance = (f.double() - mean).square().mean().item()
    return (n, mean, math.sqrt(max(0.0, variance)), lo, hi, math.sqrt(squares), int(nonzero), 0)


def block(ids, rows):
    """Returns the stat block of some summaries (docs/trace.md)."""
    n, mean, std, lo, hi, l2, nz, nf = zip(*rows) if rows else ((),) * 8
    return {"i": list(ids), "n": n, "mean": short(mean), "std": short(std), "min": short(lo), "max": short(hi), "l2": short(l2), "nz": nz, "nf": nf}


def short(values):
    """Rounds to six digits, which is what a float32 holds, to keep lines short."""
    return [float("%.6g" % v) for v in values]


def table(x, channels):
    """Lays a batch out as rows by columns. Returns (rows x columns tensor, layout, columns in all).

    Images have their channels as columns where `channels` says that the network convolves; sequences have their last
    dimension as columns; everything else, all that follows the first dimension."""
    if x.dim() == 0:
        return x.reshape(1, 1), "values", 1
    if x.dim() == 1:
        return x.reshape(-1, 1), "values", 1
    if channels and x.dim() >= 3:
        return x.transpose(0, 1).reshape(x.shape[1], -1).t(), "channels", x.shape[1]
    if x.dim() == 3:
        return x.reshape(-1, x.shape[-1]), "tokens", x.shape[-1]
    return x.reshape(x.shape[0], -1), "features", math.prod(x.shape[1:])


def enough(few, key, x):
    """Returns a batch where it has enough rows to be summed up, else what has been gathered of the key's batches when
    that is enough, else None: a mean of one row is that row."""
    if x.dim() and x.shape[0] >= FEW:
        return x
    gathered = few.setdefault(key, [])
    x = x.detach().clone().reshape((1,) if not x.dim() else x.shape)
    if gathered and gathered[0].shape[1:] != x.shape[1:]:
        gathered.clear()
    gathered.append(x)
    if sum(len(t) for t in gathered) < FEW:
        return None
    return torch.cat(few.pop(key))


def columns(x, channels=False):
    """Returns the fields of a `data` record about the columns of a batch."""
    f, layout, of = table(x, channels)
    step = (f.shape[1] // COLUMNS | 1) if f.shape[1] > COLUMNS else 1
    f = f[:, ::step]
    rows = f.shape[0]
    if rows > ROWS:
        f = f[:: (rows // ROWS) | 1]
    f = f.double()
    good = torch.isfinite(f)
    n = good.sum(0)
    z = torch.where(good, f, torch.zeros((), dtype=f.dtype, device=f.device))
    mean = z.sum(0) / n
    d = torch.where(good, f - mean, torch.zeros((), dtype=f.dtype, device=f.device))
    std = (d.square().sum(0) / n).sqrt()
    out = {"layout": layout, "of": of, "rows": f.shape[0], "cols": list(range(0, f.shape[1] * step, step)), "n": n.tolist(),
           "mean": short(mean.tolist()), "std": short(std.tolist()), "nz": (z != 0).sum(0).tolist(),
           "nf": (f.shape[0] - n).tolist(), "whole": (z == z.round()).all(0).int().tolist()}
    if f.shape[0] >= FEW:
        inf = torch.full((), math.inf, dtype=f.dtype, device=f.device)
        out["min"] = short(torch.where(good, f, inf).amin(0).tolist())
        out["max"] = short(torch.where(good, f, -inf).amax(0).tolist())
    return out


def ranges(x):
    """Counts the elements of a target by the ranges that final activations can reach."""
    f = sample(x.detach()).double()
    marks = torch.stack((f < -1, f < 0, f > 0, f > 1, f == -1, f == 0, f == 1)).sum(1).tolist()
    return dict(zip(("lm1", "l0", "g0", "g1", "am1", "a0", "a1"), marks), n=f.numel())


def row_sums(x):
    """Returns the least and the greatest sum over the columns of a row, where there are a few columns and enough rows."""
    f, _, of = table(x.detach(), False)
    if not 2 <= of <= COLUMNS or f.shape[0] < FEW:
        return None
    sums = f.double().sum(1)
    lo, hi = sums.min().item(), sums.max().item()
    return dict(zip(("lo", "hi"), short((lo, hi)))) if hi - lo >= 0 else None


def fingerprints(w):
    """Returns a number for every row of a matrix; equal rows have equal numbers, and others almost never.

    A fixed irrational weighting, not a random one: the user's random numbers stay his."""
    f = w.reshape(w.shape[0], -1).double()
    v = torch.arange(1, f.shape[1] + 1, dtype=torch.float64, device=f.device).mul_(0.7548776662466927).frac_().add_(0.5)
    return (f * v).sum(1).tolist()


def groups(numbers):
    """Maps equal numbers (to rounding) to equal small integers."""
    order = sorted(range(len(numbers)), key=numbers.__getitem__)
    scale = max((abs(v) for v in numbers if v - v == 0), default=0.0)
    out, current, last = [0] * len(numbers), -1, None
    for i in order:
        v = numbers[i]
        if last is None or not abs(v - last) <= 1e-12 * scale:
            current += 1
        out[i], last = current, v
    return out


def twins(labels):
    """Counts the entries that share their label with another."""
    count = {}
    for v in labels:
        count[v] = count.get(v, 0) + 1
    return sum(c for c in count.values() if c > 1)
