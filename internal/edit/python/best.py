"""The weights of the best evaluation, kept through the epochs and given back after them."""

import ast
import re

from program import last
from refusal import Refusal
from source import FUNCTIONS

_BY_HAND = "keep a copy of model.state_dict() whenever the validation loss is the best so far, and load it at the end"
_EPOCH = re.compile(r"epoch|^ep$|^e$")
_VALIDATION = re.compile(r"^(val|valid|validation|dev|test)_?loss$|^loss_?(val|valid|validation|dev|test)$")


def early_stopping(program, setting):
    if setting["to"] != "on":
        raise Refusal("early stopping is on or it is not", _BY_HAND)
    source, loop = _loop(program)
    if loop.orelse or any("state_dict" in source.text(n.func) for n in ast.walk(loop) if isinstance(n, ast.Call)):
        raise Refusal("%s: the loop keeps weights, or ends in a way of its own" % source.where(loop), _BY_HAND)
    taken = {n.id for n in ast.walk(source.tree) if isinstance(n, ast.Name)} & {"best_loss", "best_weights"}
    if taken:
        raise Refusal("%s: there is a %s already" % (source.where(loop), sorted(taken)[0]), _BY_HAND)
    loss, net = _validation(source, loop), _network(program, source, loop)
    source.insert_before(loop, 'best_loss, best_weights = float("inf"), None')
    inner = source.indent(loop.body[0])
    if inner is None:
        raise Refusal("%s holds several statements" % source.where(loop), _BY_HAND)
    step = inner[len(source.indent(loop)):]
    keep = "best_loss, best_weights = %s, {k: v.clone() for k, v in %s.state_dict().items()}" % (loss, net)
    more = "if %s < best_loss:\n%s%s" % (loss, step, keep)
    give = "if best_weights is not None:\n%s%s.load_state_dict(best_weights)" % (step, net)
    # Both stand behind the loop's last line, the first within it.
    ends = loop.body[-1]
    lines = inner + more.replace("\n", "\n" + inner) + "\n" + source.indent(loop) + give.replace("\n", "\n" + source.indent(loop)) + "\n"
    at, stop = source.end(ends), source.line_end(source.end(ends))
    rest = source.between(at, stop).strip()
    if rest and not rest.startswith("#"):
        raise Refusal("%s holds several statements" % source.where(ends), _BY_HAND)
    source.insert(stop, lines if source.between(at, stop).endswith(("\n", "\r")) else "\n" + lines.rstrip("\n"))


def _loop(program):
    """Returns the only loop over epochs, which trains."""
    found = []
    for source in program.sources.values():
        for n in ast.walk(source.tree):
            if isinstance(n, ast.For) and isinstance(n.iter, ast.Call) and last(n.iter.func) in ("range", "trange") and _EPOCH.search(source.text(n.target)):
                found.append((source, n))
    if len(found) != 1:
        raise Refusal("there are %d loops over epochs" % len(found), _BY_HAND)
    return found[0]


def _validation(source, loop):
    """Returns the name that holds the validation loss at the end of every epoch."""
    names = set()
    for statement in loop.body:
        inner = statement.body if isinstance(statement, ast.With) else [statement]
        for s in inner:
            targets = s.targets if isinstance(s, ast.Assign) else []
            for t in targets:
                for n in t.elts if isinstance(t, ast.Tuple) else [t]:
                    if isinstance(n, ast.Name) and _VALIDATION.match(n.id):
                        names.add(n.id)
    if len(names) != 1:
        why = "no validation loss has a name of its own there" if not names else "there are several validation losses"
        raise Refusal("%s: %s" % (source.where(loop), why), _BY_HAND)
    return names.pop()


def _network(program, source, loop):
    """Returns what the network is called in the loop: what is set to training or evaluation there, or what is called
    there by the name that it was made under, or handed to the functions that train."""
    calls = [n.func for n in ast.walk(loop) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    modes = {source.text(f.value) for f in calls if f.attr in ("train", "eval")}
    if len(modes) == 1:
        return modes.pop()
    if modes:
        raise Refusal("%s: it is not certain what the network is called there" % source.where(loop), _BY_HAND)
    made, statement, name = program.network()
    uses = any(isinstance(n, (ast.Name, ast.Attribute)) and source.text(n) == name for n in ast.walk(loop))
    inside = source.function(loop)
    same = made is source and (source.function(statement) is inside or source.function(statement) is None)
    hidden = isinstance(inside, FUNCTIONS) and name in [a.arg for a in inside.args.args] and source.function(statement) is not inside
    if not uses or not same and not hidden:
        raise Refusal("%s: it is not certain what the network is called there" % source.where(loop), _BY_HAND)
    return name
