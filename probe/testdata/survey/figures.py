"""Writes the vectors beside it: small samples of rows, and the figures of a survey that they have.

Everything is computed the slow, straightforward way, in plain Python, from the words of survey.go. Whoever computes a
survey is held to these files. Run it again after a change of the words: python3 figures.py

A file holds the sample in the order in which it was first fed: `x` rows of inputs, and `y` rows of outputs that are
numbers or `classes`; (`shape` of one input, where it is an image), (`tokens` true where inputs are indices of tokens),
(`names`), (`validation` rows of inputs), (`total` training rows that there are). `want` is the record of docs/trace.md
without its step, site and head; "nan" is a figure that was not measured. `between` holds what depends on random
numbers: [place in the record, least, greatest].
"""

import json
import math
import os

NAN = math.nan
PERIODS = (math.pi, 2 * math.pi, 7, 12, 24, 52, 60, 180, 360, 365.25)
COLUMNS = ("mode modeshare median mad tail maxz skew rising spike spikeshare spikegap alone rough within seam").split()


# -- statistics ----------------------------------------------------------------------------------


def mean(v):
    return math.fsum(v) / len(v)


def variance(v):
    m = mean(v)
    return mean([(a - m) ** 2 for a in v])


def quantile(v, q):
    v, at = sorted(v), q * (len(v) - 1)
    i = min(int(at), len(v) - 2)
    return v[i] + (at - i) * (v[i + 1] - v[i]) if len(v) > 1 else v[0]


def column(rows, j):
    return [r[j] for r in rows]


def standardized(rows, by=None):
    """Returns the columns that vary in `by`, less their mean, over their standard deviation there, as rows."""
    by = by or rows
    kept = [j for j in range(len(by[0])) if min(column(by, j)) < max(column(by, j))]
    m = {j: mean(column(by, j)) for j in kept}
    s = {j: math.sqrt(variance(column(by, j))) for j in kept}
    return [[(r[j] - m[j]) / s[j] for j in kept] for r in rows]


def squared_distance(a, b):
    return math.fsum((p - q) ** 2 for p, q in zip(a, b))


def nearest(rows):
    out = []
    for i, a in enumerate(rows):
        best, at = math.inf, None
        for k, b in enumerate(rows):
            d = squared_distance(a, b)
            if k != i and d < best:
                best, at = d, k
        out.append(at)
    return out


def spread(points):
    """The variance of points, summed over their coordinates."""
    return math.fsum(variance(column(points, j)) for j in range(len(points[0])))


def middle(points):
    return [mean(column(points, j)) for j in range(len(points[0]))]


def eigenvalues(a):
    """Jacobi's rotations."""
    a, n = [row[:] for row in a], len(a)
    for _ in range(60):
        for p in range(n):
            for q in range(p + 1, n):
                if a[p][q] == 0:
                    continue
                angle = 0.5 * math.atan2(2 * a[p][q], a[q][q] - a[p][p])
                c, s = math.cos(angle), math.sin(angle)
                for k in range(n):
                    a[k][p], a[k][q] = c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]
                for k in range(n):
                    a[p][k], a[q][k] = c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]
    return sorted(a[i][i] for i in range(n))


def covariance(rows):
    m, d = middle(rows), len(rows[0])
    return [[mean([(r[i] - m[i]) * (r[j] - m[j]) for r in rows]) for j in range(d)] for i in range(d)]


def condition(rows):
    v = eigenvalues(covariance(rows))
    ridge = 1e-6 * mean(v)
    return (max(v) + ridge) / (min(v) + ridge)


def rank(rows):
    v = eigenvalues(covariance(rows))
    return sum(e > 1e-4 * math.fsum(v) for e in v)


def solve(a, b):
    """Gauss's elimination."""
    n = len(b)
    a = [row[:] + [b[i]] for i, row in enumerate(a)]
    for i in range(n):
        p = max(range(i, n), key=lambda k: abs(a[k][i]))
        a[i], a[p] = a[p], a[i]
        for k in range(i + 1, n):
            f = a[k][i] / a[i][i]
            a[k] = [x - f * y for x, y in zip(a[k], a[i])]
    x = [0.0] * n
    for i in reversed(range(n)):
        x[i] = (a[i][n] - math.fsum(a[i][k] * x[k] for k in range(i + 1, n))) / a[i][i]
    return x


# -- columns -------------------------------------------------------------------------------------


def feature(v, targets, image):
    n, values = len(v), sorted(set(v))
    counts = {a: v.count(a) for a in values}
    f = dict.fromkeys(COLUMNS, NAN)
    f["distinct"] = len(values)
    most = max(counts.values())
    f["modeshare"] = most / n
    if most >= 8:
        f["mode"] = min(a for a in values if counts[a] == most)
    f["median"] = quantile(v, 0.5)
    f["mad"] = quantile([abs(a - f["median"]) for a in v], 0.5)
    if f["mad"] > 0:
        f["tail"] = sum(abs(a - f["median"]) > 8 * 1.4826 * f["mad"] for a in v) / n
    if len(values) > 1:
        m, s = mean(v), math.sqrt(variance(v))
        f["maxz"] = max(abs(a - m) for a in v) / s
        f["skew"] = mean([((a - m) / s) ** 3 for a in v])
    changes = [b > a for a, b in zip(v, v[1:]) if a != b]
    if len(changes) >= 8:
        f["rising"] = sum(changes) / len(changes)
    f.update(spike(v, counts))
    if len(values) > 1 and targets and not image:
        f.update(alone(v, targets))
        if whole(values) and 3 <= len(values) <= n / 5:
            f.update(levels(v, targets))
    return f


def step(values):
    """The step of the grid that rising values stand on; 0 without."""
    if len(values) < 3:
        return 0
    least = min(b - a for a, b in zip(values, values[1:]))
    places = [0]
    for a, b in zip(values, values[1:]):
        places.append(places[-1] + round((b - a) / least))
    by = (values[-1] - values[0]) / places[-1]
    on = all(abs((a - values[0]) / by - p) <= 0.01 for a, p in zip(values, places))
    return by if on and places[-1] <= 10 * len(values) else 0


def whole(values):
    return all(a == int(a) for a in values) or step(values) > 0


def spike(v, counts):
    best = {}
    for end, step in ((min(v), 1), (max(v), -1)):
        others = [a for a in v if a != end]
        if counts[end] < 2 or len(others) < 8:
            continue
        width = quantile(others, 0.75) - quantile(others, 0.25)
        if width <= 0:
            continue
        gap = (min(others) - end if step > 0 else end - max(others)) / width
        if gap > best.get("spikegap", 0):
            best = {"spikegap": gap, "spikeshare": counts[end] / len(v), "spike": end if counts[end] >= 8 else NAN}
    return best


def bins(v, count):
    """Returns which rows each bin that is not empty holds, in the order of the values."""
    held = {}
    for i, a in enumerate(v):
        held.setdefault(count * sum(b < a for b in v) // len(v), []).append(i)
    return [held[b] for b in sorted(held)]


def within(groups, targets):
    """The share of the targets' variance that is within groups of rows."""
    inside = math.fsum(len(g) * spread([targets[i] for i in g]) for g in groups)
    return inside / len(targets) / spread(targets)


def alone(v, targets):
    n, f = len(v), {}
    held = bins(v, 20)
    if n > len(held):
        f["alone"] = 1 - within(held, targets) * (n - 1) / (n - len(held))
    held = bins(v, 50)
    if n >= 250 and len(held) >= 5:
        m = [middle([targets[i] for i in g]) for g in held]
        jumps = [math.sqrt(squared_distance(a, b)) for a, b in zip(m, m[1:])]
        f["seam"] = math.sqrt(squared_distance(m[-1], m[0])) / mean(jumps)
    return f


def levels(v, targets):
    groups = [[i for i, a in enumerate(v) if a == value] for value in sorted(set(v))]
    m = [middle([targets[i] for i in g]) for g in groups if len(g) >= 5]
    f = {"within": within(groups, targets)}
    if len(m) >= 3:
        f["rough"] = mean([squared_distance(a, b) for a, b in zip(m, m[1:])]) / 2 / spread(m)
    return f


# -- the whole -----------------------------------------------------------------------------------


def periods(v):
    low, reach = min(v), max(v) - min(v)
    known = [p for p in PERIODS if 0.8 * p <= reach <= 1.03 * p]
    tenths = [0] * 10
    for a in v:
        tenths[min(9, int(10 * (a - low) / reach))] += 1
    if all(0.02 * len(v) <= c <= 0.25 * len(v) for c in tenths):
        own = reach + step(sorted(set(v)))
        if all(abs(own - p) > 0.03 * p for p in known):
            return known + [own]
    return known


def wraps(y, near):
    out = []
    for k in range(min(8, len(y[0]))):
        v = column(y, k)
        raw = mean([(v[i] - v[near[i]]) ** 2 for i in range(len(v))]) / 2 / variance(v) if max(v) > min(v) else 0
        for period in periods(v) if raw else ():
            turned = [(math.sin(a * 2 * math.pi / period), math.cos(a * 2 * math.pi / period)) for a in v]
            after = mean([squared_distance(turned[i], turned[near[i]]) for i in range(len(v))]) / 2 / spread(turned)
            out.append({"out": k, "period": period, "ratio": raw / after})
    return out


def order(targets, classes):
    if classes is not None:
        chance = math.fsum((classes.count(c) / len(classes)) ** 2 for c in set(classes))
        same = mean([float(a == b) for a, b in zip(classes, classes[1:])])
        return (same - chance) / (1 - chance)
    m = middle(targets)
    return mean([math.fsum((p - c) * (q - c) for p, q, c in zip(a, b, m)) for a, b in zip(targets, targets[1:])]) / spread(targets)


def outside(row, rows):
    return any(a < min(column(rows, j)) or a > max(column(rows, j)) for j, a in enumerate(row))


def new_pair(row, rows, categories):
    return any(not any(r[i] == row[i] and r[j] == row[j] for r in rows) for i in categories for j in categories if i < j)


def beyond(test, validation, rows):
    """The share of validation rows that a test is true of, less that of the sample's rows against all others of it."""
    own = mean([float(test(r, rows[:i] + rows[i + 1:])) for i, r in enumerate(rows)])
    return max(0.0, mean([float(test(r, rows)) for r in validation]) - own)


def auc(rows, validation):
    both = standardized(rows + validation)
    t, v = both[:len(rows)], both[len(rows):]
    found = []
    for half in (0, 1):
        fit = [(r, 0.0) for r in t[half::2]] + [(r, 1.0) for r in v[half::2]]
        z, y = [r for r, _ in fit], [label for _, label in fit]
        m, c, my = middle(z), covariance(z), mean(y)
        for i in range(len(c)):
            c[i][i] += 0.1
        w = solve(c, [mean([(r[j] - m[j]) * (a - my) for r, a in fit]) for j in range(len(m))])
        def score(r, w=w):
            return math.fsum(a * b for a, b in zip(r, w))
        low, high = [score(r) for r in t[1 - half::2]], [score(r) for r in v[1 - half::2]]
        found.append(mean([(b > a) + 0.5 * (b == a) for a in low for b in high]))
    return mean(found)


def quaternions(rows):
    out, j, d = [], 0, len(rows[0])
    while j + 4 <= d:
        four = [r[j:j + 4] for r in rows]
        if any(abs(math.fsum(a * a for a in q) - 1) > 1e-3 for q in four) or all(a in (0, 1) for q in four for a in q):
            j += 1
            continue
        others = standardized([r[:j] + r[j + 4:] for r in rows]) if d > 4 else [[]]
        flips = NAN
        if others[0]:
            near = nearest(others)
            flips = mean([float(math.fsum(a * b for a, b in zip(four[i], four[near[i]])) < -0.9) for i in range(len(rows))])
        out.append({"col": j, "flips": flips})
        j += 4
    return out


def survey(case):
    x, y, classes = case["x"], case.get("y"), case.get("classes")
    given = [(tuple(a), tuple(y[i]) if y else (classes[i],) if classes else ()) for i, a in enumerate(x)]
    given = [(a, b) for a, b in given if all(map(math.isfinite, a + b))]
    distinct = list(dict.fromkeys(given))
    rows = [list(a) for a, _ in distinct]
    n = len(rows)
    want = {"rows": n, "of": len(rows[0]), "repeated": len(given) - n,
            "contra": n - len({a for a, _ in distinct})}
    if classes is not None:
        classes = [b[0] for _, b in distinct]
        targets = [[float(c == k) for k in sorted(set(classes))] for c in classes]
    else:
        targets = standardized([list(b) for _, b in distinct]) if y else None
    validation = [r for r in case.get("validation", []) if all(map(math.isfinite, r))]
    if validation:
        held = {tuple(r) for r in rows}
        want["overlap"] = {"rows": len(validation), "shared": sum(tuple(r) in held for r in validation)}
        if case.get("total"):
            want["overlap"]["coverage"] = len(given) / case["total"]
    if targets and (n >= 64 or case.get("tokens")):
        want["order"] = order(targets, classes)
    if n < 64 or case.get("tokens"):
        return want
    features = [feature(column(rows, j), targets, "shape" in case) for j in range(len(rows[0]))]
    want["cols"] = list(range(len(rows[0])))
    for name in ["distinct"] + COLUMNS:
        want[name] = column(features, name)
    z = standardized(rows)
    want["cov"] = condition([[r[j] for j in range(len(r)) if features[j]["distinct"] > 1] for r in rows])
    want["corr"], want["inrank"] = condition(z), rank(z)
    if targets:
        if y:
            want["outz"] = max(abs(a) for t in targets for a in t)
        want["outrank"] = len(set(classes)) - 1 if classes else rank(targets)
        near = nearest(z)
        want["smooth"] = {"ratio": mean([squared_distance(targets[i], targets[near[i]]) for i in range(n)]) / 2 / spread(targets), "of": 99}
        if y:
            want["wraps"] = wraps([list(b) for _, b in distinct], near)
    if validation:
        categories = [j for j in range(len(rows[0])) if 2 <= features[j]["distinct"] <= min(50, n / 5) and whole(sorted(set(column(rows, j))))][:32]
        want["overlap"]["outside"] = beyond(outside, validation, rows)
        want["overlap"]["newpairs"] = beyond(lambda r, rs: new_pair(r, rs, categories), validation, rows) if len(categories) > 1 else NAN
        want["overlap"]["auc"] = auc(rows, validation) if len(validation) >= 64 else NAN
    want["quats"] = quaternions(rows)
    if "shape" in case:
        pixels = case["shape"][1] * case["shape"][2]
        v = eigenvalues(covariance([[r[c * pixels + p] for c in range(3)] for r in rows for p in range(pixels)]))
        want["bright"] = max(v) / math.fsum(v)
    return want


# -- the samples ---------------------------------------------------------------------------------


class Numbers:
    """A linear congruential generator (Knuth's MMIX): the same rows wherever this runs."""

    def __init__(self, seed):
        self.state = seed

    def u(self):
        """Returns a number in [0, 1)."""
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        return (self.state >> 11) / (1 << 53)

    def normal(self):
        """Returns the sum of twelve, less six: nearly normal."""
        return sum(self.u() for _ in range(12)) - 6

    def whole(self, n):
        return int(self.u() * n)


def exact(v):
    """Rounds to what a float32 holds without loss."""
    return round(v * 1024) / 1024


def numbers():
    g, x, y = Numbers(1), [], []
    level = [2, -1, 0.5, 3, -2, 1, -3, 2.5, 0, -1.5]
    for i in range(300):
        hour, code = g.whole(24), g.whole(10)
        a = exact(g.normal())
        x.append([a, hour, code, -999 if g.u() < 0.05 else exact(20 + 5 * g.normal()), exact(1 / (0.01 + g.u())), 1000 + 3 * i, 7])
        y.append([exact(a + math.sin(2 * math.pi * hour / 24) + 0.1 * g.normal()), exact(100 * (level[code] + 0.2 * g.normal()))])
    x += [x[5], x[9], x[11], x[30]]
    y += [y[5], y[9], y[11], [y[30][0] + 1, y[30][1]]]  # the last contradicts
    validation = [[exact(g.normal() + 0.7), g.whole(24), g.whole(11), exact(20 + 5 * g.normal()), exact(1 / (0.01 + g.u())), 1000 + g.whole(900), 7]
                  for _ in range(70)] + [x[i] for i in (0, 10, 20, 30, 40)] + [[NAN] * 7]
    return {"x": x, "y": y, "validation": validation, "total": 608}


def classes():
    g, x, c = Numbers(2), [], []
    for i in range(210):
        k = i // 70
        x.append([exact(g.normal() + 2 * k), exact(g.normal()), 1.5, exact(g.normal() * 100), 0 if g.u() < 0.6 else 1])
        c.append(k)
    x[3], c[3] = [NAN, 0, 0, 0, 0], 0
    x[4] = [0, math.inf, 0, 0, 0]
    return {"x": x, "classes": c, "validation": [[exact(v) for v in (g.normal(), g.normal(), 1.5, 0, 1)] for _ in range(40)]}


def unrelated():
    g = Numbers(3)
    x = [[exact(g.normal()) for _ in range(4)] for _ in range(128)]
    return {"x": x, "classes": [g.whole(2) for _ in x], "between": [["smooth.p", 0.06, 1]]}


def angle():
    g, x, y = Numbers(4), [], []
    for _ in range(150):
        a, r = 360 * g.u(), 0.5 + g.u()
        x.append([exact(r * math.cos(math.radians(a))), exact(r * math.sin(math.radians(a)))])
        y.append([exact(a)])
    return {"x": x, "y": y, "between": [["smooth.p", 0.0099, 0.0101], ["wraps.0.low", 0.3, 0.35]]}


def scaled():
    """Codes, and an angle, that were standardized."""
    g, x, y = Numbers(9), [], []
    level = [2, -1, 0.5, 3, -2, 1, -3, 2.5, 0]
    for _ in range(400):
        a, r, code = g.u(), 1 + g.u(), g.whole(9)
        x.append([exact(r * math.cos(2 * math.pi * a)), exact(r * math.sin(2 * math.pi * a)), exact((code - 4) / 2.58), g.whole(3) / 4])
        y.append([exact((a - 0.5) * 3.4641), exact(level[code] + 0.1 * g.normal()), exact(0.3 * g.whole(20))])
    validation = [[exact(g.normal()), exact(g.normal()), exact((g.whole(9) - 4) / 2.58), g.whole(4) / 4] for _ in range(70)]
    return {"x": x, "y": y, "validation": validation, "between": [["smooth.p", 0.0099, 0.0101], ["wraps.0.low", 1.2, 20]]}


def few():
    g = Numbers(5)
    x = [[g.whole(3), g.whole(2)] for _ in range(30)]
    return {"x": x, "y": [[g.whole(2)] for _ in x], "validation": [[1, 1], [5, 5]] * 4, "total": 30}


def tokens():
    g = Numbers(6)
    x = [[g.whole(50) for _ in range(6)] for _ in range(80)]
    x += [x[0], x[1]]
    return {"x": x, "tokens": True, "classes": [i // 20 for i in range(80)] + [0, 1], "validation": [x[2], [1] * 6], "total": 82}


def turning():
    g, x, y = Numbers(7), [], []
    for _ in range(90):
        t = g.u()
        sign = -1 if g.u() < 0.3 else 1
        x.append([exact(10 * t)] + [sign * v for v in (math.cos(t), math.sin(t) * 0.6, math.sin(t) * 0.8, 0.0)])
        y.append([exact(t + 0.01 * g.normal())])
    return {"x": x, "y": y, "between": [["smooth.p", 0.0099, 0.0101]]}


def colour():
    g, x = Numbers(8), []
    for _ in range(70):
        grey = [g.u() for _ in range(4)]
        x.append([exact(grey[p] + 0.03 * g.normal()) for _ in range(3) for p in range(4)])
    return {"x": x, "shape": [3, 2, 2], "classes": [int(sum(r) > 6) for r in x]}


def plain(v):
    """Gives what is not finite, and the record's NaN, as strings."""
    if isinstance(v, float):
        return v if math.isfinite(v) else "nan" if v != v else "inf" if v > 0 else "-inf"
    if isinstance(v, dict):
        return {k: plain(a) for k, a in v.items()}
    return [plain(a) for a in v] if isinstance(v, (list, tuple)) else v


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    for make in (numbers, classes, unrelated, angle, scaled, few, tokens, turning, colour):
        case = make()
        case["want"] = survey(case)
        with open(os.path.join(here, make.__name__ + ".json"), "w") as f:
            f.write("{\n" + ",\n".join("%s: %s" % (json.dumps(k), json.dumps(plain(v))) for k, v in case.items()) + "\n}\n")


if __name__ == "__main__":
    main()
