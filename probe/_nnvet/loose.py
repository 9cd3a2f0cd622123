"""What a network of loose tensors is fed, where no module has an input: what its operations multiply parameters with."""

from . import graph, stats

MAX_NODES = 256  # of the graph, from the loss on, that are looked at
# The names under which operations save their two factors, and where those stand among what they were computed from.
FACTORS = {"mul": (("self", 0), ("other", 1)), "mm": (("self", 0), ("mat2", 1)), "mv": (("self", 0), ("vec", 1)), "addmm": (("mat1", 1), ("mat2", 2))}


def fed(root, rows):
    """Returns the inputs behind a loss over so many rows, side by side where there are several, or None."""
    found = []
    for node in graph.walk(root, MAX_NODES):
        x = factor(node)
        if x is None or not x.is_floating_point() or not x.dim():
            continue
        if graph.plain(node) == "mm" and x.shape[0] != rows:
            x = x.t()  # weights times columns
        if x.shape[0] == rows and not any(x.data_ptr() == y.data_ptr() and x.shape == y.shape for y in found):
            found.append(x)
    if len(found) < 2:
        return found[0] if found else None
    return stats.torch.cat([x.detach().reshape(rows, -1) for x in reversed(found)], 1)


def factor(node):
    """Returns what a node multiplies a parameter with, or None."""
    for (name, at), (_, other) in pairs(FACTORS.get(graph.plain(node), ())):
        edges = node.next_functions
        if edges[at][0] is None and edges[other][0] is not None and bare(edges[other][0]):
            try:
                return getattr(node, "_saved_" + name, None)
            except RuntimeError:  # it was changed in place since
                return None
    return None


def pairs(two):
    return (two, two[::-1]) if two else ()


def bare(node):
    """Reports whether a node is a parameter, maybe in another shape."""
    while graph.leaf(node) is None:
        if graph.operation(node) != "reshape" or len(graph.parents(node)) != 1:
            return False
        node = graph.parents(node)[0]
    return True
