"""Dead and saturated units, and outputs at a bound, over windows of many rows: a few rows make live units look dead."""

from . import network, stats

ROWS, BATCHES = 1000, 8  # with 32 rows, a unit active on 1 % of them looks dead 0.99^32 = 72 % of the time
# Where bounded activations are flat: |z| > 3 for tanh, > 6 for sigmoid.
BOUNDS = {"Tanh": (-0.99505, 0.99505), "Sigmoid": (0.0024726, 0.9975274)}
# Where hard activations end. That ReLU6 is 0 is what a ReLU is for.
ENDS = {"Hardtanh": lambda m: (m.min_val, m.max_val), "ReLU6": lambda m: (None, 6.0), "Hardsigmoid": lambda m: (0.0, 1.0)}


class Units:
    """Gathers one window after the other."""

    def __init__(self):
        self.clear()

    def clear(self):
        self.first, self.rows, self.batches = None, 0, 0
        self.alive = {}  # parameter number: which units had a gradient
        self.flat = {}  # module number: shares of flat outputs, a sample each
        self.ended = {}  # module number: shares of outputs that are exactly at a bound

    def output(self, number, module, values):
        """Looks at the sampled outputs of a bounded activation."""
        kind = type(module).__name__
        bounds = BOUNDS.get(kind)
        if bounds:
            far = (values < bounds[0]) | (values > bounds[1])
            self.flat.setdefault(number, []).append(far.sum().item() / max(1, values.numel()))
        if kind in ENDS:
            self.clamped(number, values, ENDS[kind](module))

    def clamped(self, number, values, bounds):
        """Counts the sampled values that are exactly at a bound."""
        at = sum((values == b).sum().item() for b in bounds if b is not None)
        self.ended.setdefault(number, []).append(at / max(1, values.numel()))

    def gradients(self, step, rows, weights):
        """Marks the units that have a gradient. A unit is dead where none of its incoming weights has one, and its bias
        has none exactly when they have none. `weights` maps numbers to (weight, bias or None)."""
        if self.first is None:
            self.first = step
        self.rows += rows or 0
        self.batches += 1
        for number, (weight, bias) in weights.items():
            weight, bias = weight(), bias() if bias is not None else None
            alive = _alive(weight, bias)
            if alive is not None:
                seen = self.alive.get(number)
                self.alive[number] = alive if seen is None else seen | alive

    def record(self, step):
        """Returns the record of a full window and begins the next, or returns None."""
        if self.rows < ROWS or self.batches < BATCHES:
            return None
        ids = list(self.alive)
        record = {"k": "units", "s": [self.first, step], "rows": self.rows, "batches": self.batches,
                  "dead": {"i": ids, "dead": [int((~self.alive[i]).sum()) for i in ids], "units": [self.alive[i].numel() for i in ids]},
                  "sat": {"i": list(self.flat), "share": _means(self.flat)}}
        if self.ended:
            record["bound"] = {"i": list(self.ended), "share": _means(self.ended)}
        self.clear()
        return record


def _means(shares):
    return stats.short(sum(v) / len(v) for v in shares.values())


def _alive(weight, bias):
    if weight is None or weight.grad is None or weight.grad.is_sparse:
        return None
    if bias is not None and bias.grad is not None:
        return bias.grad.detach() != 0
    if weight.numel() <= network.MAX_ROWS:
        return (weight.grad.detach().reshape(weight.shape[0], -1) != 0).any(1)
    return None
