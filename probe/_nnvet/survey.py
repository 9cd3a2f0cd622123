"""A sample of training rows, inputs beside their targets, and of validation rows. Only figures of it are written.

What is kept of a row is at most 256 numbers of its inputs, 64 of its targets, and two hashes, by which rows are told
from each other. Rows of later passes over the data are the same rows again, and count once.
"""

import collections
import functools
import math

from . import alike, figures, stats

ROWS = 1500  # training rows, and validation rows, in the sample
FIRST = 512  # rows from which a first survey is made while training goes on
UNPAID = 1000  # rows of the last survey where time has not paid for all of them
LEAST = 64  # rows for figures that are not counts
BATCH = 512  # rows taken of one batch
HASHED = 4096  # numbers of a row that are hashed
ELEMENTS = 1 << 18  # numbers of a batch that are looked at
OUTPUTS = 64
KNOWN = 1 << 16  # training rows known by their hashes
PAUSE = 63  # sampled steps, at most, that are let pass once batches bring little new
BARREN = 8  # batches of evaluations without a new row, after which no more are expected
PIXELS = 4096  # of a batch, for colours
CHANCE = 3  # standard deviations of a binomial that a batch's count lies off
SECONDS = 5e-10  # a multiply and add takes, about


class Rows:
    """Rows of one split, or of one set that was evaluated."""

    def __init__(self):
        self.x = []  # tensors of rows
        self.keys = []  # hashes of the rows' inputs
        self.batches = []  # number of the batch that brought each row
        self.seen = {}  # hash of a row's inputs: the mark of the pass in which it was first seen

    def count(self):
        return len(self.keys)

    def drop(self, batches):
        """Drops the rows of some batches."""
        if not batches:
            return
        kept = [i for i, b in enumerate(self.batches) if b not in batches]
        self.x = [stats.torch.cat(self.x)[kept]]
        self.keys, self.batches = [self.keys[i] for i in kept], [self.batches[i] for i in kept]


class Survey:
    """Gathers the sample, and makes the record of it."""

    def __init__(self, put):
        self.put = put
        self.site = self.head = None
        self.batches = 0  # training batches that gave rows
        self.pause = self.wait = 0  # sampled steps to let pass after the next batch, and before it
        self.pending = None  # rows of the step that goes on, until their targets come
        self.of, self.step, self.shape, self.tokens = 0, 1, (), False
        self.total = 0  # rows of the training set
        self.train = Rows()
        self.y, self.classes = [], None  # targets of the rows, and how many classes there are where they are classes
        self.follows = []  # whether a row stood behind the one before it in the sample
        self.latest = -2  # the step of the last row
        self.first = {}  # hashes of a row's inputs and targets: the mark of the pass in which it was first seen
        self.inputs = set()  # hashes of inputs of all training rows that were looked at
        self.repeated = self.contradicting = 0
        self.counted = 0  # training rows looked at, those of one pass
        self.sets = {}  # what tells a set that was evaluated: Rows
        self.barren = 0  # batches of evaluations, one after the other, that gave no new row
        self.colours = None
        self.last = 0, 0  # rows of either split in the last record

    # -- what the network is fed ----------------------------------------------------------------

    def fed(self, x, feed, site, step):
        """Takes rows of a training batch, before the network may change it."""
        self.pending = None
        if self.site is None and x.dim() and not x.is_complex() and not x.is_sparse and not x.is_quantized and x.numel():
            self.site, self.shape = site, tuple(x.shape[1:])
            self.of = math.prod(self.shape)
            self.step = 1 if self.of <= stats.COLUMNS else -(-self.of // stats.COLUMNS) | 1
            self.tokens = not x.is_floating_point()
        self.wait -= 1
        if self.wait >= 0 or not self.fits(x, site) or len(self.first) >= KNOWN:
            return
        if feed.total:
            self.total = feed.total
        picked, rows, keys = self.take(x)
        self.batches += 1
        self.pending = x.shape[0], picked, rows, keys, feed.mark, step
        self.look_at_colours(x)

    def fits(self, x, site):
        return self.site == site and x.dim() and x.shape[0] > 0 and tuple(x.shape[1:]) == self.shape and not x.is_sparse

    def take(self, x):
        """Returns which rows of a batch are taken, a copy of their columns, and hashes of them whole."""
        n = x.shape[0]
        room = max(1, min(BATCH, ELEMENTS // max(1, min(self.of, HASHED))))
        every = -(-n // room)
        picked = slice(self.batches % every if every > 1 else 0, None, every)
        f = x.detach()[picked].reshape(-1, self.of)
        whole = f if self.of <= HASHED else f[:, :: -(-self.of // HASHED) | 1]
        return picked, f[:, ::self.step].to("cpu", stats.torch.float64, copy=True), hashes(whole)

    def look_at_colours(self, x):
        """Adds up the channels of colour images, and their products."""
        if len(self.shape) != 3 or 3 not in (self.shape[0], self.shape[2]) or self.tokens:
            return
        f = x.detach()[:BATCH]
        f = f.transpose(0, 1).reshape(3, -1) if self.shape[0] == 3 else f.reshape(-1, 3).t()
        f = f[:, :: f.shape[1] // PIXELS | 1].cpu().double()
        f = f[:, f.isfinite().all(0)]
        sums = stats.torch.cat((f.new_tensor([f.shape[1]]), f.sum(1), (f @ f.t()).reshape(-1)))
        self.colours = sums if self.colours is None else self.colours + sums

    def told(self, head, call):
        """Joins the rows of this step with the targets that a loss compares with."""
        if self.pending is None or self.head not in (None, head):
            return
        n, picked, rows, keys, mark, step = self.pending
        t = call.target.detach()
        if not t.dim() or t.shape[0] != n or t.is_complex() or t.is_sparse:
            return
        if t.is_floating_point():
            t = t.reshape(n, -1)
            t = t[picked] if t.shape[1] <= OUTPUTS else t[picked, :: -(-t.shape[1] // OUTPUTS) | 1]
            classes = None
        elif t.dim() == 1 and call.indices() is not None and call.prediction.dim() > 1:
            t, classes = t[picked].reshape(-1, 1), call.prediction.shape[1]
        else:
            return
        self.head, self.classes, self.pending = head, classes, None
        self.add(rows, keys, t.cpu().double(), hashes(t), mark, step)

    def stepped(self):
        """Ends a step: rows whose targets never came are rows without."""
        if self.pending is not None and self.head is None:
            n, picked, rows, keys, mark, step = self.pending
            self.add(rows, keys, None, [0] * len(keys), mark, step)
        self.pending = None

    def add(self, rows, keys, targets, ys, mark, step):
        good = rows.isfinite().all(1)
        if targets is not None:
            good &= targets.isfinite().all(1)
            if self.classes is not None:
                good &= (targets[:, 0] >= 0) & (targets[:, 0] < self.classes)
        kept, known = [], len(self.first)
        for i, fine in enumerate(good.tolist()):
            if not fine:
                continue
            key = keys[i], ys[i]
            if key in self.first:
                if mark is not None and self.first[key] == mark:
                    self.repeated += 1
                    self.counted += 1
                continue
            self.counted += 1
            if keys[i] in self.inputs:
                self.contradicting += 1
            self.first[key] = mark
            self.inputs.add(keys[i])
            if self.train.count() < ROWS:
                self.train.keys.append(keys[i])
                self.follows.append(bool(kept) or step == self.latest + 1)
                kept.append(i)
        little = self.train.count() >= ROWS or 2 * (len(self.first) - known) < len(keys)
        self.wait = self.pause = min(PAUSE, 2 * self.pause + 1) if little else 0
        if kept:
            self.latest = step
            self.train.x.append(rows[kept])
            if targets is not None:
                self.y.append(targets[kept])

    # -- evaluations ---------------------------------------------------------------------------

    def wants_validation(self):
        return self.train.count() > 0 and self.barren < BARREN and self.evaluated() < ROWS

    def evaluated(self):
        return sum(s.count() for s in self.sets.values())

    def validate(self, x, feed, site):
        """Takes rows of a batch that the network is evaluated on, unless it is the training set again."""
        self.barren += 1
        if not self.fits(x, site) or not self.wants_validation() or feed.origin is not None and feed.origin == feed.trained:
            return
        held = self.sets.setdefault(feed.origin, Rows())
        _, rows, keys = self.take(x)
        good = rows.isfinite().all(1).tolist()
        room = ROWS - self.evaluated()
        kept = []
        for i, key in enumerate(keys):
            if good[i] and len(kept) < room and held.seen.setdefault(key, feed.mark) == feed.mark:
                held.keys.append(key)
                held.batches.append(feed.given)
                kept.append(i)
        if kept:
            self.barren = 0
            held.x.append(rows[kept])

    def validation(self):
        """Returns the rows that were evaluated. A set that is mostly training rows, beside one that is not, is the
        training set, looked at in evaluation; it is left out. So are such batches of a set."""
        for s in self.sets.values():
            s.drop(trained_batches([k in self.inputs for k in s.keys], s.batches))
        share = {key: sum(k in self.inputs for k in s.keys) / max(1, s.count()) / (self.coverage() or 1) for key, s in self.sets.items()}
        if min(share.values(), default=1) <= 0.5:
            share = {key: v for key, v in share.items() if v <= 0.5}
        return [self.sets[key] for key in share]

    def coverage(self):
        return min(1.0, self.counted / self.total) if self.total else None

    # -- the record ----------------------------------------------------------------------------

    def ready(self):
        return not self.last[0] and self.train.count() >= FIRST

    def cost(self):
        """Returns about how many seconds a record takes."""
        n, d = self.train.count(), min(self.of, stats.COLUMNS)
        return SECONDS * (n * n * (d + 40) + n * d * (100 + d)) + 1e-4 * d

    def end(self, step, affordable):
        """Makes the last record, of a smaller sample where time has not paid for all of it."""
        if (self.train.count(), self.evaluated()) != self.last:
            self.record(step, ROWS if affordable else UNPAID)

    def record(self, step, most=ROWS):
        n = self.train.count()
        self.last = n, self.evaluated()
        if n < stats.FEW:
            return
        x = stats.torch.cat(self.train.x)
        y = stats.torch.cat(self.y) if self.y else None
        record = {"k": "survey", "s": step, "site": self.site, "rows": n, "of": self.of, "cols": [],
                  "repeated": self.repeated, "contra": self.contradicting}
        if self.head is not None:
            record["h"] = self.head
        sets = self.validation()
        if sets:
            record["overlap"] = overlap = {"rows": sum(s.count() for s in sets), "shared": sum(k in self.inputs for s in sets for k in s.keys)}
            if self.total:
                overlap["coverage"] = stats.short([self.coverage()])[0]
        targets = figures.coordinates(y, self.classes is not None) if y is not None else None
        image = len(self.shape) >= 3
        if n >= LEAST or self.tokens:
            record.update(figures.order(targets, y if self.classes is not None else None, self.follows))
        if n >= LEAST and not self.tokens:
            part = stats.torch.arange(min(n, most)) * n // min(n, most)
            record.update(whole(x[part], y[part] if y is not None else None, self.classes is not None, image))
            record["rows"] = len(x[part])
            record["cols"] = list(range(0, self.of, self.step))
            if self.colours is not None:
                record.update(figures.brightness(self.colours))
            if sets:
                overlap.update(figures.overlap(x, stats.torch.cat([t for s in sets for t in s.x])))
        self.put(rounded(record))


def whole(x, y, classes, image):
    """Returns the figures of rows that are finite and differ from each other: all but counts, order and overlap."""
    out = figures.columns(x, None if y is None or image else figures.coordinates(y, classes))
    out.update(figures.spread(x))
    if y is not None:
        out.update(figures.target_rank(y, classes))
    out.update(alike.neighbours(x, y, classes))
    return out


def trained_batches(shared, batches):
    """Returns the batches that hold more training rows than the rest, where chance does not make such differences: they are
    of the training rows, and the others are not. Rows that were torn apart by a split are in all batches alike."""
    rows, hits = collections.Counter(batches), collections.Counter(b for b, hit in zip(batches, shared) if hit)
    share = sum(shared) / max(1, len(shared))
    off = {b: (hits[b] - n * share) / math.sqrt(n * share * (1 - share)) for b, n in rows.items()} if 0 < share < 1 else {}
    apart = min(off.values(), default=0) < -CHANCE and max(off.values()) > CHANCE
    return {b for b, z in off.items() if z > 0} if apart else set()


def hashes(f):
    """Returns a number for every row; rows that are equal have equal ones, and others almost never."""
    if f.is_floating_point():
        f = (f.cpu().double() + 0.0).contiguous().view(stats.torch.int64)  # -0 is 0
    else:
        f = f.cpu().long()
    f = f * alike.GOLDEN
    return ((f ^ (f >> 32)) * weights(f.shape[1])).sum(1).tolist()


@functools.lru_cache(maxsize=4)
def weights(count):
    return alike.mixed(count) | 1


def rounded(v):
    if isinstance(v, float):
        return stats.short([v])[0]
    if isinstance(v, dict):
        return {k: rounded(a) for k, a in v.items()}
    return [rounded(a) for a in v] if isinstance(v, list) else v
