"""Where batches come from: the DataLoader that gave the last one, the tensor that it is a slice of, or the variable whose
rows it is a copy of."""

import weakref

from . import source

TRIES = 8  # batches for whose rows the variables are searched
SOUGHT = 3  # rows that are searched for
COLUMNS = 32  # of a row that are compared
MAX_ROWS = 1 << 20  # of a variable that is searched


class Feed:
    """Knows, of the batch that the network is given, the set that it was drawn from."""

    def __init__(self):
        self.iterator = None  # weak reference to the DataLoader's iterator that gave a batch last
        self.fresh = False  # no network has been given that batch yet, as far as was looked
        self.evaluated = False  # nor has a loss been computed, or backward been called, since it came
        self.known = None  # what tells that iterator's set, its rows, and the mark: once for an iterator's pass
        self.passes = 0  # that DataLoaders have begun
        self.whole = None  # weak reference to the last batch that was no slice, and its version
        self.given = 0  # batches
        self.origin = None  # what tells the set from others; None where unknown
        self.total = 0  # rows of the set; 0 where unknown
        self.mark = None  # equal for batches of one pass over the set; None where a pass may give a row twice
        self.trained = None  # the origin of the training batches
        self.bare = False  # the batch came of no DataLoader
        self.pool = None  # weak reference to the variable that batches are rows of
        self.tries = 0

    def loaded(self, iterator):
        """Called after a DataLoader gave a batch."""
        begins = getattr(iterator, "_num_yielded", 0) == 1
        if begins or self.iterator is None or self.iterator() is not iterator:
            self.iterator, self.known = weakref.ref(iterator), None
            self.passes += begins
        self.fresh = self.evaluated = True

    def gives(self, x, training):
        """Notices the batch that a network is given."""
        self.given += 1
        loaded, self.fresh = self.loader() if self.fresh else None, False
        self.bare = loaded is None
        if loaded is not None:
            self.origin, self.total, self.mark = loaded
        else:
            self.by_hand(x)
        if training and self.origin is not None:
            self.trained = self.origin

    def by_hand(self, x):
        self.mark = "batch", self.given
        if x.is_inference():  # knows neither its base nor its version
            self.origin, self.total = None, 0
            return
        base = x._base
        if base is not None and base.dim() and base.shape[1:] == x.shape[1:] and len(base) >= len(x):
            self.origin, self.total = id(base), len(base)
            return
        again = self.whole is not None and self.whole[0]() is x and self.whole[1] == x._version
        self.whole = weakref.ref(x), x._version
        self.origin, self.total = (id(x), len(x)) if again else (None, 0)

    def indexed(self, x, frame):
        """Returns the rows of the variable that the batch was picked out of by indices, or 0. It is sought behind a frame of
        the user's code. A row that a variable has twice tells nothing: another one may have it too."""
        if self.total or not self.bare or not x.dim() or x.is_sparse or x.numel() == 0:
            return 0
        rows = [x.detach()[i].reshape(-1) for i in sorted({0, len(x) // 2, len(x) - 1})[:SOUGHT]]
        pool = self.pool() if self.pool is not None else None
        if pool is not None and larger(pool, x) and times(pool, rows[0]):
            return len(pool)
        if self.tries >= TRIES:
            return 0
        self.tries += 1
        found = [t for t in source.variables(frame, type(x.detach())) if larger(t, x) and all(times(t, row) == 1 for row in rows)]
        if not found:
            return 0
        pool = min(found, key=len)
        self.pool = weakref.ref(pool)
        return len(pool)

    def training_set(self):
        """Reports whether a loss that was computed without gradients is of a batch of the training set again."""
        if not self.evaluated:
            return False
        self.evaluated = False
        loaded = self.loader()
        return loaded is not None and self.trained is not None and loaded[0] == self.trained

    def loader(self):
        """Returns origin, total and mark of the DataLoader's last batch, or None."""
        iterator = self.iterator() if self.iterator is not None else None
        if self.known is None and iterator is not None:
            dataset, batches = getattr(iterator, "_dataset", None), getattr(iterator, "_index_sampler", None)
            sampler = batches
            while hasattr(sampler, "sampler"):  # of batches
                sampler = sampler.sampler
            if sampler is batches and getattr(iterator, "_auto_collation", False):
                sampler = None  # gives whole batches, and does not tell of how many rows
            drawn, held = _length(sampler), _length(dataset)
            if hasattr(sampler, "num_replicas"):  # of several processes, each draws its part
                drawn = held
            total = min(drawn, held) if drawn and held else drawn or held
            mark = None if getattr(sampler, "replacement", False) else ("pass", self.passes)
            self.known = id(dataset) if total == held else id(batches), total, mark
        return self.known


def larger(t, x):
    """Reports whether a tensor could be one that a batch was picked out of."""
    return (t.dim() == x.dim() and t.shape[1:] == x.shape[1:] and len(x) < len(t) <= MAX_ROWS and t.dtype == x.dtype
            and t.device == x.device and t.layout == x.layout)


def times(t, row):
    """Returns how often a tensor has a row, by some of their columns. The first is one in the middle: at the edges, images
    are often the same."""
    f, n = t.detach().reshape(len(t), -1), row.numel()
    columns = sorted(range(0, n, -(-n // COLUMNS)), key=lambda c: abs(c - n // 2))
    same = (f[:, columns[0]] == row[columns[0]]).nonzero()[:, 0]
    for c in columns[1:]:
        if len(same) < 2:
            break
        same = same[f[same, c] == row[c]]
    return int((f[same] == row).all(1).sum()) if len(same) < 2 else len(same)


def _length(x):
    try:
        return len(x)
    except Exception:  # a stream has none
        return 0
