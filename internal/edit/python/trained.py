"""Parameters that no optimizer holds: layers kept in a plain list, or an optimizer of a part of the network."""

import ast

from arguments import find
from program import last
from refusal import Refusal
from source import FUNCTIONS


def everything(program, setting):
    if setting["to"] != "all":
        raise Refusal("%s is nothing that is trained" % setting["to"])
    lost = [p["at"] for p in program.trace["params"] if p["unregistered"]]
    if lost:
        _register(program, lost)
    else:
        _optimize(program)


def _register(program, lost):
    """Puts lists of layers that belong to a module into a ModuleList."""
    found = []
    for source in program.sources.values():
        for n in ast.walk(source.tree):
            own = isinstance(n, ast.Assign) and len(n.targets) == 1 and isinstance(n.targets[0], ast.Attribute) and last(n.targets[0].value) == "self"
            if not own or not isinstance(n.value, (ast.List, ast.ListComp, ast.Dict, ast.DictComp)) or not source.cls(n):
                continue
            if any(_makes(program, source, n.value, at) for at in lost if at):
                found.append((source, n.value))
    if len(found) != 1:
        raise Refusal("there are %d lists that could hold the layers that never learn" % len(found))
    source, items = found[0]
    kind = "ModuleDict" if isinstance(items, (ast.Dict, ast.DictComp)) else "ModuleList"
    source.insert(source.start(items), program.needed(source, "torch.nn." + kind) + "(")
    source.insert(source.end(items), ")")


def _makes(program, source, items, at):
    """Reports whether a list makes the layer of a place: in itself, or in a class that it calls."""
    made = program.call_at(at)
    if made is None:
        return False
    where, call = made
    if where is source and items in source.up(call):
        return True
    holder = where.cls(call)
    return holder is not None and any(isinstance(n, ast.Call) and last(n.func) == holder.name for n in ast.walk(items))


def _optimize(program):
    source, call = program.optimizer()
    params = find(source, call, "params", ("params",))
    plain = isinstance(params, ast.Call) and isinstance(params.func, ast.Attribute) and params.func.attr == "parameters" and not params.args
    if not plain:
        raise Refusal("%s: the optimizer's parameters are a list of their own" % source.where(call))
    whole = params.func.value
    while isinstance(whole, ast.Attribute) and last(whole.value) != "self":
        whole = whole.value
    if whole is params.func.value:
        raise Refusal("%s: the optimizer has all of %s: what else is trained has no name there" % (source.where(call), source.text(whole)))
    if any(isinstance(n, ast.Attribute) and n.attr in ("requires_grad", "requires_grad_") for s in program.sources.values() for n in ast.walk(s.tree)):
        raise Refusal("parts of the network are frozen on purpose")
    inside = source.function(call)
    known = isinstance(whole, ast.Attribute) or whole.id in _names(program) or isinstance(inside, FUNCTIONS) and whole.id in [a.arg for a in inside.args.args]
    if not known:
        raise Refusal("%s: %s is not known to be the network" % (source.where(call), source.text(whole)))
    source.edit(source.end(whole), source.end(params.func.value), "")


def _names(program):
    try:
        return {program.network()[2]}
    except Refusal:
        return {"model", "net", "network"}
