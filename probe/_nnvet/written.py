"""Losses that are written out by hand, recognized by the graph of the loss that backward was called on.

A loss is a sum of terms, each maybe scaled, averaged, or under a root. What a term is made of tells which loss it is:
the square of a difference, a logarithm that a target picks or weighs, or two that share a weight of 1 between them.
"""

import itertools
import math

from . import graph, losses, stats, values

MAX_NODES = 64  # of the graph, from the loss on, that are looked at
MAX_TERMS = 4  # more are a loop over rows or outputs
MAX_ELEMENTS = 1 << 24  # of a term of which a copy is made
PASSED = ("neg", "mean", "sum", "add", "sub", "mul", "div", "sqrt", "reshape")  # between the loss and its terms
NEAR = 8  # operations between what the network returned and the term
AGREES = 1e-3  # between the loss and what its term comes to
CLOSE = 1e-4  # of a weight to what it should be
CLAMPED = 1e-3  # a clamp of probabilities this near to 0 and 1 keeps their logarithms finite, and is no activation
ROUNDING = 8  # steps of the number format that a target is off, after it was taken back out of a difference
TINY = 1e-38  # stands for a probability of 0 under a logarithm
LOGARITHMS = ("log", "log_softmax", "sub")  # operations that may end in logarithms of probabilities


class Term:
    """One recognized term: the loss that it is, its prediction by node and value, its targets, and the sum of its elements."""

    def __init__(self, name, node, prediction, target, total, count, weighted=False):
        self.name, self.node, self.prediction, self.target = name, node, prediction, target
        self.total, self.count, self.weighted = total, count, weighted


class Written:
    """Recognizes the losses of a run. Whether a row's targets say one class is settled by the first batch."""

    def __init__(self):
        self.one_class = None

    def calls(self, loss, output, at):
        """Returns the calls of losses that a loss is made of, as far as they are known; none where there are many.
        `output` is what the network returned, or None where no module made the prediction."""
        terms = self.find(loss.grad_fn, values.Values(output), output)
        return [call(t, loss, len(terms) == 1, at) for t in terms] if len(terms) <= MAX_TERMS else []

    def find(self, root, known, output):
        """Returns the terms of a loss."""
        terms, queue, seen = [], [root], {root}
        for node in queue:
            term = squares(node, known) or two_logarithms(node, known) or one_logarithm(node) or picked(node, known)
            if term is not None:
                if made_of(term, output) and self.settled(term):
                    terms.append(term)
            elif graph.operation(node) in PASSED and not weighs(node):
                for n in graph.parents(node):
                    if n not in seen and len(seen) < MAX_NODES:
                        seen.add(n)
                        queue.append(n)
        return terms

    def settled(self, term):
        """Makes class indices of targets that say one class a row, where the first batch did. Reports whether the targets
        are of that batch's kind."""
        y = term.target
        if term.name not in ("nll_loss", "cross_entropy") or not y.is_floating_point():
            return True
        one = bool((((y == 0) | (y == 1)).all(1) & (y.sum(1) == 1)).all())
        if self.one_class is None:
            self.one_class = one
        if self.one_class:
            term.target = y.argmax(1)
        return one or not self.one_class


def weighs(node):
    """Reports whether an operation gives rows weights of their own: rewards, for one, whose loss is none of targets."""
    if graph.plain(node) not in ("mul", "div") or len(graph.parents(node)) != 1:
        return False
    w = constant(node)
    return w is not None and w.numel() > 1


def made_of(term, output):
    """Reports whether a prediction is what the network returned, or made of it; of a network that is no module, whether it
    is of several rows."""
    if output is None:
        return term.prediction.dim() > 0 and term.prediction.shape[0] > 1
    node = term.node
    for _ in range(NEAR):
        if node is output.grad_fn:
            return True
        node = next((n for n in graph.parents(node) if graph.leaf(n) is None), None)
        if node is None:
            return False
    return False


def call(term, loss, alone, at):
    """Returns a term as the call of the loss function that it spells out. Where the loss is neither its mean nor its sum, but
    for rounding, its mean stands for it."""
    value, total, mean = loss.item(), term.total.item(), term.total / term.count
    made = losses.Call(term.name, (term.prediction, term.target), mean, at)
    made.node, made.weighted = term.node, term.weighted
    for reduction, own in (("mean", total / term.count), ("sum", total)):
        if alone and abs(value - own) <= AGREES * abs(own):
            made.result, made.reduction = loss, reduction
            break
    return made


# -- differences ------------------------------------------------------------------------------


def squares(node, known):
    """Recognizes prediction - target, squared or without its sign."""
    op, above = graph.operation(node), graph.parents(node)
    square = op == "pow" and getattr(node, "_saved_exponent", None) == 2 or op == "mul" and len(above) == 2 and above[0] is above[1]
    if not square and op != "abs" or not above or graph.plain(above[0]) not in ("sub", "rsub"):
        return None
    prediction, sign = difference(above[0])
    gap = values.saved(node, "self")
    if prediction is None or graph.leaf(prediction) is not None or gap is None or not gap.is_floating_point() or not gap.numel():
        return None
    p = known.of(prediction, list(gap.shape))
    target = targets(p, gap, sign) if p is not None and stretches(p.shape, gap.shape) else None
    if target is None:
        return None
    f = gap.float().reshape(-1) if gap.dtype != stats.torch.float64 else gap.reshape(-1)
    return Term("mse_loss" if square else "l1_loss", prediction, p, target, f.dot(f) if square else f.norm(1), f.numel())


def difference(node):
    """Returns the operand of a subtraction that depends on parameters, where just one does, and its sign."""
    above = [n for n, _ in node.next_functions]
    if graph.plain(node) == "rsub":
        return above[0], -1
    if getattr(node, "_saved_alpha", 1) != 1 or sum(n is not None for n in above) != 1:
        return None, 0
    return (above[0], 1) if above[0] is not None else (above[1], -1)


def stretches(shape, to):
    """Reports whether a shape stretches to another."""
    return len(shape) <= len(to) and all(m in (1, n) for m, n in zip(reversed(shape), reversed(to)))


def targets(p, gap, sign):
    """Returns the targets in the shape that they were given in, or None where that takes too large a copy. Along dimensions
    of the prediction in which they are all the same they were stretched: [32] beside [32, 1] is 32 by 32 of them."""
    rows = gap.shape[0] if gap.dim() else 1
    if gap.shape != p.shape:
        p = p.reshape((1,) * (gap.dim() - p.dim()) + tuple(p.shape))
        wide = [d for d in range(gap.dim()) if p.shape[d] > 1]
        few = p, gap
        for d in wide:
            few = [t.narrow(d, 0, min(stats.FEW, t.shape[d])) for t in few]
        t = few[0] - sign * few[1]
        limit = ROUNDING * stats.torch.finfo(t.dtype).eps * max(x.abs().max().item() for x in few)
        for d in wide:
            if bool(((t - t.narrow(d, 0, 1)).abs() <= limit).all()):
                p, gap = p.narrow(d, 0, 1), gap.narrow(d, 0, 1)
    if gap.numel() > MAX_ELEMENTS:
        return None
    t = p - sign * gap
    while t.dim() > 1 and t.shape[0] == 1 < rows:
        t = t[0]
    return t


# -- logarithms of probabilities --------------------------------------------------------------


def two_logarithms(node, known):
    """Recognizes y log(p) + (1 - y) log(1 - p) with either sign, and with weights for ones and zeros."""
    op, above = graph.plain(node), [n for n, _ in node.next_functions]
    if op not in ("add", "sub") or len(above) != 2:
        return None
    first, second = weighed(above[0]), weighed(above[1])
    if first is None or second is None:
        return None
    (a, one), (b, other) = first, second
    b = -b if op == "sub" else b
    p, q = unclamped(graph.parents(one)[0]), unclamped(graph.parents(other)[0])
    if same(complement(p), q):
        a, one, b, other, p = b, other, a, one, q
    elif not same(complement(q), p):
        return None
    y, weighted = shares(a, b)
    x, z = values.saved(one, "self"), values.saved(other, "self")
    if y is None or x is None or z is None:
        return None
    prediction = known.of(p, list(x.shape))
    prediction = x if prediction is None else prediction
    count = math.prod(max(m, n) for m, n in itertools.zip_longest(reversed(y.shape), reversed(x.shape), fillvalue=1))
    if count > MAX_ELEMENTS:
        return None
    elements = y * x.log() + (1 - y) * z.log()
    return Term("binary_cross_entropy", p, prediction, y, -elements.sum(), count, weighted)


def weighed(node):
    """Returns the constant that a logarithm is multiplied by, and the logarithm's node; or None."""
    sign = 1
    while node is not None and graph.operation(node) == "neg":
        node, sign = graph.parents(node)[0], -sign
    if node is None or graph.plain(node) != "mul" or len(graph.parents(node)) != 1:
        return None
    w, log = constant(node), graph.parents(node)[0]
    while graph.operation(log) == "neg":
        log, sign = graph.parents(log)[0], -sign
    if w is None or w.is_complex() or graph.plain(log) not in LOGARITHMS or not graph.parents(log):
        return None
    return sign * (w if w.is_floating_point() else w.float()), log


def constant(node):
    """Returns the operand of a multiplication or division that depends on no parameter."""
    return values.saved(node, "other" if node.next_functions[0][0] is not None else "self")


def shares(a, b):
    """Returns the targets y of two weights, and whether there are others on top; None where they are no such weights."""
    try:
        total = a + b
    except RuntimeError:  # shapes that do not go together
        return None, False
    for sign in (1, -1):
        if bool(((total - sign).abs() <= CLOSE).all()):
            return sign * a, False
    if a.shape == b.shape and bool(((a == 0) != (b == 0)).all()):
        return (a != 0).to(a.dtype), True
    return None, False


def unclamped(node):
    """Returns what is behind what only keeps a logarithm finite: a clamp, or a small number that is added."""
    for _ in range(NEAR):
        op, above = graph.operation(node), graph.parents(node)
        if op == "clamp" and above:
            lo, hi = getattr(node, "_saved_min", None), getattr(node, "_saved_max", None)
            if not values.bounds(lo, hi) or not (lo is None or lo <= CLAMPED) or not (hi is None or hi >= 1 - CLAMPED):
                return node
        elif graph.plain(node) != "add" or len(above) != 1 or graph.leaf(above[0]) is not None:
            return node
        node = above[0]
    return node


def complement(node):
    """Returns the p of 1 - p, or None."""
    prediction, sign = difference(node) if graph.plain(node) in ("sub", "rsub") else (None, 0)
    return unclamped(prediction) if prediction is not None and sign < 0 else None


def same(p, q):
    """Reports whether two nodes give the same probability: a sigmoid may be written twice."""
    return p is q or p is not None and graph.plain(p) == graph.plain(q) == "sigmoid" and graph.parents(p)[0] is graph.parents(q)[0]


def one_logarithm(node):
    """Recognizes the sum over classes of y log(p), where y says which class is true, or how likely each is."""
    found = weighed(node)
    logs = logarithms(found[1]) if found is not None else None
    if logs is None:
        return None
    y, (name, source, given) = found[0], logs
    if given.dim() != 2 or given.shape[1] < 2 or y.shape != given.shape or given.numel() > MAX_ELEMENTS:
        return None
    y = -y if bool((y <= 0).all()) else y
    if not bool(((y >= 0) & (y <= 1)).all()):
        return None
    total = -(y * (given if name == "nll_loss" else given.log_softmax(1))).sum()
    return Term(name, source, given, y, total, len(given))


def picked(node, known):
    """Recognizes log(p)[range(n), y], log(p[range(n), y]), and either by gather."""
    if graph.plain(node) == "log":
        inner = unclamped(graph.parents(node)[0])
        y = picks(inner)
        p = known.of(graph.parents(inner)[0]) if y is not None else None
        logs = ("nll_loss", node, p.clamp(min=TINY).log()) if p is not None and p.is_floating_point() else None
    else:
        y = picks(node)
        logs = logarithms(graph.parents(node)[0]) if y is not None else None
    if logs is None:
        return None
    name, source, given = logs
    if given.dim() != 2 or given.shape[1] < 2 or len(given) != len(y) or len(given) < 2 or bool((y < 0).any()):
        return None
    chosen = (given if name == "nll_loss" else given.log_softmax(1)).gather(1, y[:, None])
    return Term(name, source, given, y, -chosen.sum(), len(given))


def picks(node):
    """Returns the classes by which one number is picked of every row, or None."""
    if graph.plain(node) == "gather" and values.dimension(node) in (1, -1):
        at = values.saved(node, "index")
        return at[:, 0] if at is not None and at.dim() == 2 and at.shape[1] == 1 else None
    at = getattr(node, "_saved_indices", None) if graph.plain(node) == "index" else None
    if not isinstance(at, (tuple, list)) or len(at) != 2 or any(t is None or t.dim() != 1 or t.dtype != stats.torch.int64 for t in at):
        return None
    rows, y = at
    every = rows.shape == y.shape and bool((rows == stats.torch.arange(len(rows), device=rows.device)).all())
    return y if every else None


def logarithms(node):
    """Returns the loss that takes a node's results, or what it makes them of, the node, and the values; or None."""
    op, above = graph.plain(node), graph.parents(node)
    if op == "log":
        x = values.saved(node, "self")
        return ("nll_loss", node, x.clamp(min=TINY).log()) if x is not None else None
    if op == "log_softmax":
        x = values.saved(node, "result")
        return ("nll_loss", node, x) if x is not None else None
    if op == "sub" and len(above) == 2 and graph.plain(above[1]) == "logsumexp" and above[0] in graph.parents(above[1]):
        z = values.saved(above[1], "self")
        return ("cross_entropy", above[0], z) if z is not None else None
    return None
