"""Do rows that are alike have targets that are alike? What nearest neighbours tell. survey.go says what each figure is."""

import math

from . import figures, stats

PERMUTATIONS, RESAMPLES = 99, 400
PERIODS = (math.pi, 2 * math.pi, 7, 12, 24, 52, 60, 180, 360, 365.25)
OUTPUTS = 8  # that may be angles
QUATERNIONS = 16  # groups that are looked at
CHUNK = 512  # rows whose distances are held at once
GOLDEN = -7046029254386353131  # 2^64 over the golden ratio, odd
TIES = 1e9  # distances that differ by less than this part of a unit are equal


def neighbours(x, y, classes):
    """Returns what depends on nearest neighbours in the standardized columns."""
    out, z = {}, figures.standardized(x)
    targets = figures.coordinates(y, classes) if y is not None else None
    if targets is not None and z.shape[1]:
        near = nearest(z)
        out["smooth"] = smooth(targets, y[:, 0] if classes else None, near)
        if not classes:
            out["wraps"] = wraps(y, near)
    found = quaternions(x)
    if found:
        out["quats"] = found
    return out


def nearest(z):
    """Returns the nearest other row of each, the first of several."""
    squares = z.square().sum(1)
    out = []
    for at in range(0, len(z), CHUNK):
        part = z[at:at + CHUNK]
        d = (squares[at:at + CHUNK, None] + squares - 2 * part @ z.t()).mul_(TIES).round_()
        rows = stats.torch.arange(len(part))
        d[rows, rows + at] = math.inf
        out.append(d.argmin(1))
    return stats.torch.cat(out)


def smooth(targets, labels, near):
    """Returns the ratio of the delta test, and how it stands among random pairings."""
    n = len(targets)
    pairings = shuffled(PERMUTATIONS, n)
    if labels is not None:
        ratio = (labels != labels[near]).double().mean().item()
        others = (labels[pairings] != labels[pairings[:, near]]).double().mean(1)
    else:
        ratio = (targets - targets[near]).square().sum(1).mean().item()
        others = stats.torch.stack([(t - t[near]).square().sum(1).mean() for t in (targets[p] for p in pairings)])
    small = int((others <= ratio * (1 + 1e-12)).sum())
    scale = figures.variance(targets) * (1 if labels is not None else 2)
    return {"ratio": ratio / scale, "p": (1 + small) / (1 + PERMUTATIONS), "of": PERMUTATIONS}


def wraps(y, near):
    """Looks for outputs that are angles: whose sine and cosine are smoother than they are."""
    out, n = [], len(y)
    for k in range(min(OUTPUTS, y.shape[1])):
        v = y[:, k:k + 1]
        reach = (v.max() - v.min()).item()
        for period in PERIODS:
            if not 0.8 * period <= reach <= 1.03 * period:
                continue
            turned = stats.torch.cat(((v * (2 * math.pi / period)).sin(), (v * (2 * math.pi / period)).cos()), 1)
            before = (v - v[near]).square().sum(1) / figures.variance(v)
            after = (turned - turned[near]).square().sum(1) / figures.variance(turned)
            if not after.sum() > 0:
                continue
            picks = mixed(RESAMPLES * n).remainder(n).reshape(RESAMPLES, n)
            ratios = (before[picks].sum(1) / after[picks].sum(1)).sort()[0]
            out.append({"out": k, "period": period, "ratio": (before.sum() / after.sum()).item(),
                        "low": figures.quantile(ratios, 0.025).item()})
    return out


def quaternions(x):
    """Looks for groups of four columns of norm 1, and how often they change their sign."""
    out, j, d = [], 0, x.shape[1]
    while j + 4 <= d and len(out) < QUATERNIONS:
        q = x[:, j:j + 4]
        if bool(((q.square().sum(1) - 1).abs() > 1e-3).any()) or bool(((q == 0) | (q == 1)).all()):
            j += 1
            continue
        others = figures.standardized(stats.torch.cat((x[:, :j], x[:, j + 4:]), 1))
        flips = ((q * q[nearest(others)]).sum(1) < -0.9).double().mean().item() if others.shape[1] else math.nan
        out.append({"col": j, "flips": flips})
        j += 4
    return out


def mixed(count):
    """Returns 64-bit numbers that look random and are always the same (SplitMix64, Steele 2014): the user's random
    numbers stay his."""
    z = stats.torch.arange(1, count + 1) * GOLDEN
    z = (z ^ ((z >> 30) & ((1 << 34) - 1))) * -4658895280553007687
    z = (z ^ ((z >> 27) & ((1 << 37) - 1))) * -7723592293110705685
    return z ^ ((z >> 31) & ((1 << 33) - 1))


def shuffled(count, n):
    """Returns so many random orders of n rows."""
    return mixed(count * n).reshape(count, n).argsort(1)
