"""What autograd knows: which operations stand between the loss and the parameters.

Only the structure of the graph is read, and plain numbers on its nodes. Saved tensors are not touched here, except by
`culprit` after the loss stopped being finite: inside checkpointed regions, reading them computes forward again.
"""

import re

_SUFFIX = re.compile(r"Backward\d*$")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

# Autograd's names to those of docs/trace.md, where they are not the same but for case.
_NAMES = {name: operation for operation, names in {
    "linear": "addmm mm mv addmv baddbmm bmm linear mkldnn_linear",
    "conv": "convolution mkldnn_convolution cudnn_convolution thnn_conv2d slow_conv2d",
    "embedding": "embedding",
    "norm": "native_layer_norm native_batch_norm cudnn_batch_norm native_group_norm fused_rms_norm",
    "softmax": "safe_softmax",
    "clamp": "clamp_min clamp_max",
    "dropout": "native_dropout",
    "reshape": "view unsafe_view _unsafe_view reshape_alias _reshape_alias squeeze unsqueeze transpose permute expand t alias clone to_copy _to_copy",
    "select": "slice index select gather narrow split unbind",
    "vector_norm": "norm linalg_vector_norm",
    "log_sigmoid": "log_sigmoid log_sigmoid_forward",
    "silu": "silu",
    "leaky_relu": "prelu prelu_kernel",
}.items() for name in names.split()}
_KNOWN = set(_NAMES.values()) | set("""softmax log_softmax sigmoid tanh relu leaky_relu elu gelu softplus hardtanh clamp exp log abs neg add sub mul
    div pow sum mean cat dropout round sqrt rsqrt atan2 acos asin""".split())
TERMINAL = {"linear", "conv", "embedding", "norm"}
MAX_NODES = 4000
MAX_CHAIN = 16


def plain(node):
    """Returns PyTorch's name of a node's operation."""
    return _CAMEL.sub("_", _SUFFIX.sub("", node.name().rsplit("::", 1)[-1])).lower()


def operation(node):
    """Returns the name of a node's operation in the terms of docs/trace.md."""
    name = plain(node)
    return _NAMES.get(name, name if name in _KNOWN else "other")


def leaf(node):
    """Returns the parameter of an AccumulateGrad node, or None."""
    return getattr(node, "variable", None)


def parents(node):
    return [n for n, _ in node.next_functions if n is not None]


def walk(root, limit=MAX_NODES):
    """Yields the nodes from a loss to the leaves, breadth first, at most `limit` of them."""
    seen, queue = {root}, [root]
    for node in queue:
        yield node
        for n in parents(node):
            if n not in seen and len(seen) < limit:
                seen.add(n)
                queue.append(n)


def record(root, step, src, number):
    """Returns the `graph` record of a loss; number(parameter) is its number, or None."""
    nodes = list(walk(root))
    index = {n: i for i, n in enumerate(nodes)}
    rows = []
    for n in nodes:
        variable = leaf(n)
        row = ["leaf" if variable is not None else _raw(n), [index[p] for p in parents(n) if p in index]]
        if variable is not None:
            known = number(variable)
            row.append(-1 if known is None else known)
        rows.append(row)
    r = {"k": "graph", "s": step, "nodes": rows}
    if src:
        r["src"] = src
    if len(nodes) >= MAX_NODES:
        r["cut"] = True
    return r


def leaves(root):
    """Yields the parameters that a loss depends on."""
    for n in walk(root):
        v = leaf(n)
        if v is not None:
            yield v


def chain(node):
    """Yields (operation, node) from a prediction back to the last operation that has parameters."""
    for _ in range(MAX_CHAIN):
        if node is None or leaf(node) is not None:
            return
        op = operation(node)
        above = parents(node)
        has_parameters = op in TERMINAL and any(leaf(p) is not None or any(leaf(q) is not None for q in parents(p)) for p in above)
        yield op, node
        if has_parameters:
            return
        node = next((p for p in above if leaf(p) is None), None)


def parameters_of(node):
    """Yields the parameters that enter an operation directly, or through a transpose."""
    for p in parents(node):
        v = leaf(p)
        if v is not None:
            yield v
            continue
        for q in parents(p):
            v = leaf(q)
            if v is not None:
                yield v


def signed(n):
    """Returns a number that autograd tells without its sign: a negative one is told as 2^64 more."""
    return n - (1 << 64) if n >= 1 << 63 else n


def facts(op, node, shape):
    """Returns what a chain entry says of its operation: the dimension of a softmax, the bounds of a clamp."""
    out = {}
    if op in ("softmax", "log_softmax"):
        dim = getattr(node, "_saved_dim", None)
        if isinstance(dim, int):
            dim = signed(dim)
            out["dim"] = dim
            if shape and -len(shape) <= dim < len(shape):
                out["size"] = shape[dim]
    for field, names in (("lo", ("_saved_min", "_saved_min_val")), ("hi", ("_saved_max", "_saved_max_val"))):
        for name in names if op in ("clamp", "hardtanh") else ():
            v = getattr(node, name, None)
            if isinstance(v, (int, float)):
                out[field] = float(v)
    return out


_SAVED = ("_saved_self", "_saved_input", "_saved_mat1", "_saved_other", "_saved_mat2", "_saved_target", "_saved_result")
# Operations that make something not finite of a finite number, the tensor that tells, and where it does.
_POLES = {"log": ("_saved_self", lambda t: t <= 0), "div": ("_saved_other", lambda t: t == 0), "sqrt": ("_saved_result", lambda t: t == 0),
          "acos": ("_saved_self", lambda t: t.abs() >= 1), "asin": ("_saved_self", lambda t: t.abs() >= 1)}


def culprit(root):
    """Finds what first was not finite, from the inputs on: "input", "target", "parameter", "operation NAME", or None."""
    nodes = list(reversed(list(walk(root))))
    for node in nodes:
        for name in _SAVED:
            t = _tensor(node, name)
            if t is None or bool(t.isfinite().all()):
                continue
            if name == "_saved_result":
                return "operation " + _raw(node)
            source = _producer(node, name)
            if source is None:
                return "target" if name == "_saved_target" else "input"
            return "parameter" if leaf(source) is not None else "operation " + _raw(source)
    for node in nodes:  # what was not finite was not saved: look for numbers that cannot be taken
        name, bad = _POLES.get(operation(node), (None, None))
        t = _tensor(node, name) if name else None
        if t is not None and bool(bad(t).any()):
            return "operation " + operation(node)
    return None


def _tensor(node, name):
    """Returns a tensor of real numbers that a node saved, or None."""
    try:
        t = getattr(node, name, None)
    except Exception:  # freed, or changed in place since
        return None
    return t.detach() if hasattr(t, "isfinite") and t.is_floating_point() else None


def _raw(node):
    op = operation(node)
    return op if op != "other" else _SUFFIX.sub("", node.name()).lower()


def _producer(node, saved):
    """Returns the node that made a saved input, or None where it is no result of an operation."""
    at = {"_saved_self": 0, "_saved_input": 0, "_saved_mat1": 1 if operation(node) == "linear" and len(node.next_functions) == 3 else 0,
          "_saved_other": 1, "_saved_mat2": -1, "_saved_target": 1}[saved]
    try:
        return node.next_functions[at][0]
    except IndexError:
        return None


def steep(root):
    """Returns the operations near the loss whose gradient is infinite at some finite input."""
    found = set()
    for node in walk(root, 64):
        op = operation(node)
        exponent = getattr(node, "_saved_exponent", 1) if op == "pow" else 1
        if op in ("sqrt", "rsqrt", "acos", "asin", "vector_norm") or isinstance(exponent, (int, float)) and exponent < 1:
            found.add(op)
    return sorted(found)
