"""Do rows that are alike have targets that are alike? What nearest neighbours tell. survey.go says what each figure is."""

import math

from . import figures, stats

PERMUTATIONS, RESAMPLES = 99, 400
PERIODS = (math.pi, 2 * math.pi, 7, 12, 24, 52, 60, 180, 360, 365.25)
PARTS, LEAST, MOST = 10, 0.02, 0.25  # of a range that is filled: parts, and what each holds of the rows
SEAM_PAIRS = 8  # neighbours on two sides of a seam, to be no slips
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
    out = []
    for k in range(min(OUTPUTS, y.shape[1])):
        v = y[:, k:k + 1]
        for period in lengths(v[:, 0]):
            turned = stats.torch.cat(((v * (2 * math.pi / period)).sin(), (v * (2 * math.pi / period)).cos()), 1)
            before = (v - v[near]).square().sum(1) / figures.variance(v)
            after = (turned - turned[near]).square().sum(1) / figures.variance(turned)
            if not after.sum() > 0:
                continue
            far = (v - v[near])[:, 0].abs() > period / 2
            ratios = resampled(before, after, far).sort()[0]
            out.append({"out": k, "period": period, "ratio": (before.sum() / after.sum()).item(),
                        "low": figures.quantile(ratios, 0.025).item()})
    return out


def lengths(v):
    """Returns after what numbers may come round: the periods that they about fill, and what they fill themselves."""
    low, reach = v.min().item(), (v.max() - v.min()).item()
    known = [p for p in PERIODS if 0.8 * p <= reach <= 1.03 * p]
    own = extent(v, low, reach)
    return known + [own] if own and all(abs(own - p) > 0.03 * p for p in known) else known


def extent(v, low, reach):
    """Returns the range of numbers that fill it evenly, and one step more where they stand on a grid; 0 of others."""
    if not reach > 0:
        return 0.0
    held = ((v - low) / reach * PARTS).long().clamp(max=PARTS - 1).bincount(minlength=PARTS).double() / len(v)
    return reach + figures.step(v.unique()) if held.min() >= LEAST and held.max() <= MOST else 0.0


def resampled(before, after, far):
    """Returns ratios of sums over rows that were drawn with replacement. How many of them stand at the seam is held,
    unless they are so few that they may be slips."""
    parts = [far, ~far] if int(far.sum()) >= SEAM_PAIRS else [far | ~far]
    above = below = 0.0
    for part in parts:
        b, a = before[part], after[part]
        if len(b):
            picks = mixed(RESAMPLES * len(b)).remainder(len(b)).reshape(RESAMPLES, len(b))
            above, below = above + b[picks].sum(1), below + a[picks].sum(1)
    return above / below


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
