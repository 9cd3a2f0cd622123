"""The loop of training: batches, epochs, gradients that are zeroed."""

import ast
import re

from arguments import find, insert
from program import last
from refusal import Refusal
from source import FUNCTIONS
from values import Values, asnumber, number

_LOADER = ("dataset", "batch_size", "shuffle")


def zero_grad(program, setting):
    source, back = program.backward()
    _, step, name = program.step()
    stepped, backed = source.statement(step), source.statement(back)
    if source.parent[stepped] is not source.parent[backed]:
        raise Refusal("%s: the step is not taken beside backward(), so that gradients may be gathered on purpose" % source.where(step))
    text = source.text(name) + ".zero_grad()"
    block = next(b for b in (getattr(source.parent[backed], f, None) for f in ("body", "orelse", "finalbody")) if b and backed in b)
    if any(isinstance(s, ast.Expr) and source.text(s) == text for s in block):
        raise Refusal("%s: zero_grad() is called there already" % source.where(backed))
    source.insert_before(backed, text)


def batch(program, setting):
    loader = _loader(program)
    if loader is not None:
        source, call = loader
        node = find(source, call, "batch_size", _LOADER)
        if node is None:
            insert(source, call, "batch_size=" + setting["to"])
        else:  # a batch of more rows than there are holds them all
            Values(program).set(source, node, setting, most=program.trace["rows"])
        return
    places, sliced = {}, 0
    for source, node in _sliced(program):
        at, literal = Values(program).origin(source, node)
        if _says(program, literal, setting):
            places[at.path, at.start(literal)] = (at, literal)
            sliced += 1
    for source, node in _counts(program):  # batches an epoch, so that the epoch stays one
        if number(node) == asnumber(setting["from"]):
            places[source.path, source.start(node)] = (source, node)
    if not sliced:
        raise Refusal("no place was found that says a batch of %s rows" % setting["from"])
    for at, literal in places.values():
        at.replace(literal, setting["to"])


def _says(program, literal, setting):
    """Reports whether a literal is the batch that the run had: that of all rows, where it is no less than these."""
    value, was, rows = number(literal), asnumber(setting["from"]), program.trace["rows"]
    return value == was or value is not None and rows is not None and was == rows and value >= rows


def _loader(program):
    found = list(program.calls("DataLoader"))
    if len(found) > 1:
        shuffled = [(s, c) for s, c in found if _true(find(s, c, "shuffle", _LOADER)) or find(s, c, "sampler", ()) is not None]
        found = shuffled if len(shuffled) == 1 else [(s, c) for s, c in found if _named(s, c, "train")]
        if len(found) != 1:
            raise Refusal("it is not certain which DataLoader is the training's")
    return found[0] if found else None


def _true(node):
    return isinstance(node, ast.Constant) and node.value is True


def _named(source, call, word):
    statement = source.statement(call)
    return isinstance(statement, ast.Assign) and word in source.text(statement.targets[0]).lower()


def _sliced(program):
    """Yields the expressions that say how many rows a batch has, where batches are cut by hand: in the loops around
    backward, and in the functions that these loops go over."""
    source, back = program.backward()
    scopes = [(source, n) for n in source.up(back) if isinstance(n, (ast.For, ast.While))][:1]
    for _, loop in list(scopes):
        for n in ast.walk(loop.iter) if isinstance(loop, ast.For) else ():
            if isinstance(n, ast.Call):
                scopes += [(o, f) for o in program.sources.values() for f in ast.walk(o.tree) if isinstance(f, FUNCTIONS) and f.name == last(n.func)]
    for s, scope in scopes:
        for n in ast.walk(scope):
            if isinstance(n, ast.Call) and last(n.func) in ("split", "chunk") and len(n.args) == 1:
                yield s, n.args[0]
            elif isinstance(n, ast.Call) and last(n.func) == "range" and len(n.args) == 3:
                yield s, n.args[2]
            elif isinstance(n, ast.Call) and last(n.func) == "randint":
                for a in list(n.args) + [k.value for k in n.keywords if k.arg == "size"]:
                    if isinstance(a, ast.Tuple) and len(a.elts) == 1:
                        yield s, a.elts[0]
            elif isinstance(n, ast.Call) and last(n.func) == "array_split" and len(n.args) == 2:
                if isinstance(n.args[1], ast.BinOp) and isinstance(n.args[1].op, ast.FloorDiv):
                    yield s, n.args[1].right
            elif isinstance(n, ast.Slice) and isinstance(n.upper, ast.BinOp) and isinstance(n.upper.op, ast.Add):
                yield s, n.upper.right


def _counts(program):
    """Yields what a number of rows is divided by, to whole numbers."""
    for source in program.sources.values():
        for n in ast.walk(source.tree):
            if isinstance(n, ast.BinOp) and isinstance(n.op, ast.FloorDiv) and isinstance(n.left, ast.Call) and last(n.left.func) == "len":
                yield source, n.right


def shuffle(program, setting):
    loader = _loader(program)
    if loader is None:
        raise Refusal("the training rows come from no DataLoader")
    source, call = loader
    new = setting["to"].capitalize()
    node = find(source, call, "shuffle", _LOADER)
    if node is None:
        insert(source, call, "shuffle=" + new)
    elif isinstance(node, ast.Constant):
        source.replace(node, new)
    else:
        raise Refusal("%s: shuffle is computed" % source.where(call))


def epochs(program, setting):
    found = []
    for source in program.sources.values():
        for n in ast.walk(source.tree):
            if isinstance(n, ast.For) and isinstance(n.iter, ast.Call) and last(n.iter.func) in ("range", "trange"):
                if re.search(r"epoch|^ep$|^e$", source.text(n.target)):
                    found.append((source, n.iter))
    if len(found) != 1:
        raise Refusal("there are %d loops over epochs" % len(found))
    source, call = found[0]
    stop = call.args[0] if len(call.args) == 1 else call.args[1]
    first = number(call.args[0]) if len(call.args) == 2 else 0.0
    if len(call.args) > 2 or first is None:
        raise Refusal("%s: the epochs are counted in a way of their own" % source.where(call))
    if isinstance(stop, ast.BinOp) and isinstance(stop.op, ast.Add) and number(stop.right) == first and number(stop) is None:
        stop, first = stop.left, 0.0
    count = asnumber(setting["to"])
    if count is None or count != int(count):
        raise Refusal("%s epochs are no whole number" % setting["to"])
    Values(program).set(source, stop, setting, new=str(int(count + first)), shift=first)
