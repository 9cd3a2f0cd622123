"""What a sample of rows tells, column by column and as a whole. survey.go in the package nnvet says what each figure is.

Rows are float64, finite, and no two of them are equal. Nothing here consumes random numbers.
"""

import math

from . import stats

BINS, SEAM, SEAM_ROWS = 20, 50, 250
CATEGORIES = 32  # columns whose pairs are looked at
OFF, PLACES = 0.01, 10  # of a grid: how far values lie from it, in steps, and its places for one value, at most
RIDGE = 0.1  # of the classifier that tells splits apart


def coordinates(y, classes):
    """Returns targets as coordinates: numbers standardized, classes as an indicator of each that occurs; None of a
    constant."""
    if classes:
        labels = y[:, 0].unique()
        return (y == labels).double() if len(labels) > 1 else None
    z = standardized(y)
    return z if z.shape[1] else None


def standardized(x, by=None):
    """Returns the columns that are not constant in `by`, less their mean over their standard deviation there."""
    by = x if by is None else by
    some = by.amin(0) < by.amax(0)
    x, by = x[:, some], by[:, some]
    m = by.mean(0)
    return (x - m) / (by - m).square().mean(0).sqrt()


def variance(t):
    """Returns the variance, summed over coordinates."""
    return (t - t.mean(0)).square().mean(0).sum().item()


# -- columns -------------------------------------------------------------------------------------


def columns(x, targets):
    """Returns arrays over the columns."""
    torch = stats.torch
    n, d = x.shape
    ordered, order = x.sort(0)
    changes = torch.ones_like(ordered, dtype=torch.bool)
    changes[1:] = ordered[1:] != ordered[:-1]
    group = changes.long().cumsum(0) - 1  # of equal values, by rising value
    counts = torch.zeros((n, d), dtype=torch.int64).scatter_add_(0, group, torch.ones_like(group))
    below = torch.where(changes, torch.arange(n)[:, None], torch.zeros((), dtype=torch.int64)).cummax(0)[0]  # rows with less
    most, which = counts.max(0)
    first = (group == first_of(counts, most)).long().argmax(0)
    varies = ordered[0] < ordered[-1]
    median = quantile(ordered, 0.5)
    mad = quantile((x - median).abs().sort(0)[0], 0.5)
    nan = torch.full((d,), math.nan, dtype=x.dtype)
    centred = x - x.mean(0)
    std = centred.square().mean(0).sqrt()
    rises, moves = (x[1:] > x[:-1]).sum(0), (x[1:] != x[:-1]).sum(0)
    out = {
        "distinct": (group[-1] + 1).tolist(),
        "mode": torch.where(most >= stats.FEW, ordered.gather(0, first[None])[0], nan).tolist(),
        "modeshare": (most.double() / n).tolist(),
        "median": median.tolist(), "mad": mad.tolist(),
        "tail": torch.where(mad > 0, ((x - median).abs() > 8 * 1.4826 * mad).sum(0).double() / n, nan).tolist(),
        "maxz": torch.where(varies, centred.abs().amax(0) / std, nan).tolist(),
        "skew": torch.where(varies, (centred / std).pow(3).mean(0), nan).tolist(),
        "rising": torch.where(moves >= stats.FEW, rises.double() / moves, nan).tolist(),
    }
    out.update(spikes(ordered, counts, group))
    if targets is not None:
        out.update(alone(x, ordered, order, group, below, targets, varies.tolist(), out["distinct"]))
    return out


def first_of(counts, most):
    """Returns the first place at which each column of counts has its greatest."""
    n = counts.shape[0]
    places = stats.torch.arange(n)[:, None].expand_as(counts)
    return stats.torch.where(counts == most, places, stats.torch.full_like(places, n)).amin(0)


def quantile(ordered, q):
    """Returns a quantile of the sorted rows, between neighbours by interpolation."""
    at = q * (ordered.shape[0] - 1)
    i = min(int(at), max(0, ordered.shape[0] - 2))
    return ordered[i] + (at - i) * (ordered[min(i + 1, ordered.shape[0] - 1)] - ordered[i])


def spikes(ordered, counts, group):
    """Returns the smallest or the largest value of each column where it lies apart."""
    out = {"spike": [], "spikeshare": [], "spikegap": []}
    n = ordered.shape[0]
    least, most = counts[0].tolist(), counts.gather(0, group[-1:])[0].tolist()
    for j in range(ordered.shape[1]):
        best = math.nan, math.nan, 0.0
        for low, count in ((True, least[j]), (False, most[j])):
            others = ordered[count:, j] if low else ordered[:n - count, j]
            if count < 2 or len(others) < stats.FEW:
                continue
            width = (quantile(others, 0.75) - quantile(others, 0.25)).item()
            end = (ordered[0, j] if low else ordered[-1, j]).item()
            gap = abs((others[0] if low else others[-1]).item() - end) / width if width > 0 else 0.0
            if gap > best[2]:
                best = end if count >= stats.FEW else math.nan, count / n, gap
        for name, v in zip(out, best):
            out[name].append(v if best[2] else math.nan)
    return out


def alone(x, ordered, order, group, below, targets, varies, distinct):
    """Returns what each column alone tells about the targets."""
    out = {"alone": [], "rough": [], "within": [], "seam": []}
    n = x.shape[0]
    centred = targets - targets.mean(0)
    total = centred.square().sum().item()
    for j in range(x.shape[1]):
        figures = dict.fromkeys(out, math.nan)
        if varies[j] and total > 0:
            t = centred[order[:, j]]
            counts, sums = gathered(below[:, j] * BINS // n, t, BINS)
            if n > len(counts):
                inside = 1 - (sums.square().sum(1) / counts).sum().item() / total
                figures["alone"] = 1 - inside * (n - 1) / (n - len(counts))
            figures["seam"] = seam(below[:, j], t)
            if 3 <= distinct[j] <= n / 5 and whole(x[:, j].unique()):
                counts, sums = gathered(group[:, j], t, distinct[j])
                figures["within"] = 1 - (sums.square().sum(1) / counts).sum().item() / total
                some = counts >= 5
                m = sums[some] / counts[some][:, None]
                spread_of = variance(m) if len(m) >= 3 else 0
                if spread_of > 0:
                    figures["rough"] = (m[1:] - m[:-1]).square().sum(1).mean().item() / 2 / spread_of
        for name, v in figures.items():
            out[name].append(v)
    return out


def whole(values):
    """Tells whether rising values are whole, or stand on a grid, as what was whole does however it was scaled."""
    return bool((values == values.round()).all()) or step(values) > 0


def step(values):
    """Returns the step of the grid that rising values stand on; 0 where they stand on none, or are few for its size."""
    if len(values) < 3:
        return 0.0
    gaps = values[1:] - values[:-1]
    places = (gaps / gaps.min()).round().cumsum(0)
    by = (values[-1] - values[0]) / places[-1]
    off = ((values[1:] - values[0]) / by - places).abs().max()
    return by.item() if off <= OFF and places[-1] <= PLACES * len(values) else 0.0


def gathered(bins, t, count):
    """Returns the rows and the sums of targets in each bin that is not empty."""
    counts = bins.bincount(minlength=count).double()
    sums = t.new_zeros((count, t.shape[1])).index_add_(0, bins, t)
    some = counts > 0
    return counts[some], sums[some]


def seam(below, t):
    n = len(below)
    counts, sums = gathered(below * SEAM // n, t, SEAM)
    if n < SEAM_ROWS or len(counts) < 5:
        return math.nan
    m = sums / counts[:, None]
    jumps = (m[1:] - m[:-1]).square().sum(1).sqrt().mean().item()
    return (m[-1] - m[0]).square().sum().sqrt().item() / jumps if jumps > 0 else math.nan


# -- the whole -----------------------------------------------------------------------------------


def spread(x):
    """Returns condition numbers, and the directions that inputs have."""
    z = standardized(x)
    if not z.shape[1]:
        return {}
    some = x[:, x.amin(0) < x.amax(0)]
    some = some - some.mean(0)
    correlation = eigenvalues(z)
    return {"cov": condition(eigenvalues(some)), "corr": condition(correlation), "inrank": rank(correlation)}


def target_rank(y, classes):
    if classes:
        return {"outrank": len(y.unique()) - 1}
    z = standardized(y)
    return {"outrank": rank(eigenvalues(z)), "outz": z.abs().max().item()} if z.shape[1] else {}


def eigenvalues(centred):
    return stats.torch.linalg.eigvalsh(centred.t() @ centred / len(centred))


def condition(v):
    ridge = 1e-6 * v.mean()
    return ((v.max() + ridge) / (v.min() + ridge)).item()


def rank(v):
    return int((v > 1e-4 * v.sum()).sum())


def order(targets, labels, follows):
    """Returns how alike the targets of rows are that stood one behind the other."""
    behind = stats.torch.tensor(follows[1:], dtype=stats.torch.bool)
    if targets is None or not bool(behind.any()):
        return {}
    if labels is not None:
        chance = targets.mean(0).square().sum().item()
        same = (labels[1:, 0] == labels[:-1, 0])[behind].double().mean().item()
        return {"order": (same - chance) / (1 - chance)}
    c = targets - targets.mean(0)
    return {"order": (c[1:] * c[:-1]).sum(1)[behind].mean().item() / variance(targets)}


def brightness(sums):
    """Returns the share of the first principal component of three channels, from their number, sums and products."""
    n = sums[0]
    m = sums[1:4] / n
    v = stats.torch.linalg.eigvalsh(sums[4:].reshape(3, 3) / n - m[:, None] * m)
    total = v.clamp(min=0).sum().item()
    return {"bright": v.max().item() / total} if total > 0 else {}


# -- validation rows -----------------------------------------------------------------------------


def overlap(x, validation):
    """Compares validation rows with those of the sample."""
    out = {"outside": beyond_range(x, validation), "newpairs": new_pairs(x, validation)}
    if min(len(x), len(validation)) >= 64:
        out["auc"] = told_apart(x, validation)
    return out


def beyond(own, other):
    return max(0.0, other.double().mean().item() - own.double().mean().item())


def beyond_range(x, validation):
    lo, hi = x.amin(0), x.amax(0)
    lowest, highest = x == lo, x == hi
    own = ((lowest & (lowest.sum(0) == 1)) | (highest & (highest.sum(0) == 1))).any(1)
    return beyond(own, ((validation < lo) | (validation > hi)).any(1))


def new_pairs(x, validation):
    """Returns the share of rows with a pair of categories that the sample has not."""
    torch = stats.torch
    n, held = len(x), []
    for j in range(x.shape[1]):
        if len(held) == CATEGORIES:
            break
        values = x[:, j].unique()
        if 2 <= len(values) <= min(50, n / 5) and whole(values):
            at = torch.searchsorted(values, validation[:, j].contiguous()).clamp(max=len(values) - 1)
            code = torch.where(values[at] == validation[:, j], at, torch.full_like(at, -1))  # -1: not even the value
            held.append((len(values), torch.searchsorted(values, x[:, j].contiguous()), code))
    if len(held) < 2:
        return math.nan
    own, new = torch.zeros(n, dtype=torch.bool), torch.zeros(len(validation), dtype=torch.bool)
    for i, (_, a, va) in enumerate(held):
        for size, b, vb in held[:i]:
            counts = (a * size + b).bincount(minlength=held[i][0] * size)
            own |= counts[a * size + b] == 1
            new |= (va < 0) | (vb < 0) | (counts[(va * size + vb).clamp(min=0)] == 0)
    return beyond(own, new)


def told_apart(x, validation):
    """Returns the area under the curve of ridge regression, cross-fitted in halves."""
    torch = stats.torch
    both = standardized(torch.cat((x, validation)))
    t, v = both[:len(x)], both[len(x):]
    found = []
    for half in (0, 1) if both.shape[1] else ():
        z = torch.cat((t[half::2], v[half::2]))
        label = z.new_zeros(len(z))
        label[len(t[half::2]):] = 1
        c = z - z.mean(0)
        a = c.t() @ c / len(z) + RIDGE * torch.eye(z.shape[1], dtype=z.dtype)
        w = torch.linalg.solve(a, c.t() @ (label - label.mean()) / len(z))
        scores = (both * w).sum(1)  # not a product of matrices, which may round equal rows differently
        low, high = scores[:len(x)][1 - half::2].sort()[0], scores[len(x):][1 - half::2].contiguous()
        wins = torch.searchsorted(low, high) + torch.searchsorted(low, high, right=True)
        found.append(wins.double().mean().item() / 2 / len(low))
    return sum(found) / 2 if found else math.nan
