"""What an operation near the loss computed, from the tensors that autograd saved for the way back.

Only the last few operations are computed again, from saved results behind them. What was not saved, or was changed
since, is not known: None.
"""

import math

from . import graph, stats

DEPTH = 12  # operations, one behind the other, that are computed again
LAID_OUT = ("view", "unsafe_view", "_unsafe_view", "reshape_alias", "_reshape_alias")  # what may change the shape, and not the order
RESHAPED = ("squeeze", "unsqueeze", "select", "slice", "t")
SAME = ("alias", "clone", "to_copy", "contiguous")


class Values:
    """Tells values of one graph. `output` is a tensor whose value is known: what the network returned."""

    def __init__(self, output=None):
        self.known = {}
        if output is not None and output.grad_fn is not None:
            self.known[output.grad_fn] = output.detach()

    def of(self, node, shape=None, depth=DEPTH):
        """Returns the result of a node, or None. `shape` is what it should have where autograd does not tell it."""
        if node is None or depth == 0:
            return None
        if node not in self.known:
            variable, result = graph.leaf(node), saved(node, "result")
            self.known[node] = variable.detach() if variable is not None else result if result is not None else self.again(node, shape, depth - 1)
        return self.known[node]

    def again(self, node, shape, depth):
        name, above = graph.plain(node), [n for n, _ in node.next_functions]
        if name in LAID_OUT or name in SAME or name in RESHAPED:
            x = self.of(above[0], numbers(node, "self_sizes", "self_sym_sizes"), depth)
            return None if x is None else laid_out(node, name, x, shape)
        if name in ("add", "sub"):
            a, b = (self.of(n, None, depth) for n in above[:2])
            alpha = getattr(node, "_saved_alpha", 1)
            return None if a is None or b is None else a + alpha * b if name == "add" else a - alpha * b
        if name in ("mul", "div", "mm", "mv"):
            first, second = self.operand(node, 0, "self", depth), self.operand(node, 1, {"mm": "mat2", "mv": "vec"}.get(name, "other"), depth)
            if first is None or second is None:
                return None
            return first * second if name == "mul" else first / second if name == "div" else first @ second
        if name == "addmm":
            bias, a, b = self.of(above[0], None, depth), self.operand(node, 1, "mat1", depth), self.operand(node, 2, "mat2", depth)
            return None if bias is None or a is None or b is None else node._saved_beta * bias + node._saved_alpha * (a @ b)
        if name == "sum" and dimension(node) is not None:
            x = self.of(above[0], None, depth)
            return None if x is None else x.sum(dimension(node), node._saved_keepdim)
        if name in ("neg", "log"):
            x = saved(node, "self") if name == "log" else self.of(above[0], None, depth)
            return None if x is None else x.log() if name == "log" else -x
        if name in ("clamp", "clamp_min", "clamp_max"):
            x, lo, hi = saved(node, "self"), getattr(node, "_saved_min", None), getattr(node, "_saved_max", None)
            return None if x is None or not bounds(lo, hi) else x.clamp(lo, hi)
        return None

    def operand(self, node, at, name, depth):
        """Returns what went into an operation: what it saved, or else what is behind it."""
        x = saved(node, name)
        return x if x is not None else self.of(node.next_functions[at][0], None, depth)


def saved(node, name):
    """Returns a tensor that a node saved, or None. One that was changed in place since is not to be had."""
    try:
        t = getattr(node, "_saved_" + name, None)
    except RuntimeError:
        return None
    return t.detach() if isinstance(t, stats.torch.Tensor) else None


def numbers(node, *names):
    """Returns the sizes that a node saved under one of some names, or None."""
    for name in names:
        v = getattr(node, "_saved_" + name, None)
        if isinstance(v, (tuple, list)) and all(isinstance(n, int) for n in v):
            return list(v)
    return None


def dimension(node):
    """Returns the dimension that a node works on, or None where it is not one."""
    dim = getattr(node, "_saved_dim", None)
    if isinstance(dim, (tuple, list)) and len(dim) == 1:
        dim = dim[0]
    return graph.signed(dim) if isinstance(dim, int) else None


def laid_out(node, name, x, shape):
    """Does again what gives the same numbers another shape. A view does not save its shape: it is the one that is asked for,
    or else one dimension."""
    if name in LAID_OUT:
        if shape is None or math.prod(shape) != x.numel():
            shape = (x.numel(),)
        return x.reshape(shape)
    dim = dimension(node)
    if name == "squeeze":
        return x.squeeze() if dim is None else x.squeeze(dim)
    if name == "unsqueeze":
        return x.unsqueeze(dim)
    if name == "select":
        return x.select(dim, graph.signed(node._saved_index))
    if name == "slice":
        return x[(slice(None),) * dim + (slice(graph.signed(node._saved_start), graph.signed(node._saved_end), node._saved_step),)]
    return x.t() if name == "t" else x


def bounds(lo, hi):
    """Reports whether those of a clamp are numbers, at least one of them."""
    return (lo is not None or hi is not None) and all(b is None or isinstance(b, (int, float)) for b in (lo, hi))
