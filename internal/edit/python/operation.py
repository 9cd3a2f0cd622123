"""Operations that have no gradient, or none that is finite, at zero."""

import ast

from final import operand, unwrap
from program import last
from refusal import Refusal
from values import asnumber, number

_COUNTS = ("len", "numel", "size", "item", "var", "std", "max", "sum", "float", "sqrt", "norm")


def eps(program, setting):
    op, to = setting["site"], setting["to"]
    if to == "none":
        _take_out(program, op)
        return
    small = to[4:].strip() if to.startswith("eps ") else ""
    if asnumber(small) is None:
        raise Refusal("%s is nothing that an operation is changed to" % to)
    found = list(_places(program, op))
    if not found:
        raise Refusal("no %s was found on the way to the loss" % op)
    if len(found) > 1:
        raise Refusal("there are %d of %s on the way to the loss: %s" % (len(found), op, ", ".join(s.where(n) for s, n in found[:4])))
    source, inner = found[0]
    holder = source.parent[inner]
    text = "%s + %s" % (source.text(inner), small)
    alone = isinstance(holder, ast.Call) and inner in holder.args
    source.replace(inner, text if alone else "(%s)" % text)


def _places(program, op):
    """Yields what an operation on the way to the loss works on: under a root or a logarithm, or what is divided by."""
    seen = set()
    for source, scope in program.functions_of_loss():
        for n in ast.walk(scope):
            if n in seen:
                continue
            seen.add(n)
            if isinstance(n, ast.Call) and last(n.func) == op and op in ("sqrt", "log", "rsqrt"):
                room = source.text(n.func.value) if isinstance(n.func, ast.Attribute) else ""
                inner = operand(program, source, n)
                if room not in ("math", "np", "numpy") and number(inner) is None:
                    yield source, inner
            elif op == "div" and isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div) and not _count(n.right):
                yield source, n.right
            elif op in ("sqrt", "pow") and isinstance(n, ast.BinOp) and isinstance(n.op, ast.Pow) and number(n.right) in (0.5, -0.5):
                if number(n.left) is None:
                    yield source, n.left


def _count(node):
    return number(node) is not None or isinstance(node, ast.Call) and last(node.func) in _COUNTS or last(node).isupper()


def _take_out(program, op):
    found = [(s, n) for s, f in program.functions_of_loss() for n in ast.walk(f) if isinstance(n, ast.Call) and last(n.func) == op]
    found = list({n: (s, n) for s, n in found}.values())
    if len(found) != 1:
        raise Refusal("there are %d calls of %s on the way to the loss" % (len(found), op))
    source, call = found[0]
    unwrap(source, call, operand(program, source, call))
