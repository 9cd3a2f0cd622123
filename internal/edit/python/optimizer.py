"""Settings of the optimizer: learning rate, decay, momentum, betas, eps; and which one it is."""

import ast

from arguments import find, insert
from program import last
from refusal import Refusal
from values import Values

# Parameters by position.
_POSITIONS = {
    "SGD": ("params", "lr", "momentum", "dampening", "weight_decay", "nesterov"),
    "Adam": ("params", "lr", "betas", "eps", "weight_decay"), "AdamW": ("params", "lr", "betas", "eps", "weight_decay"),
    "NAdam": ("params", "lr", "betas", "eps", "weight_decay"), "RAdam": ("params", "lr", "betas", "eps", "weight_decay"),
    "Adamax": ("params", "lr", "betas", "eps", "weight_decay"), "RMSprop": ("params", "lr", "alpha", "eps", "weight_decay", "momentum"),
    "Adagrad": ("params", "lr", "lr_decay", "weight_decay"), "Adadelta": ("params", "lr", "rho", "eps", "weight_decay"),
}
_ELSEWHERE = {"SGD": ("eps", "betas"), "Adam": ("momentum",), "AdamW": ("momentum",), "NAdam": ("momentum",), "RAdam": ("momentum",),
              "Adamax": ("momentum",), "RMSprop": ("betas",), "Adagrad": ("betas", "momentum", "eps"), "Adadelta": ("betas", "momentum")}
_CLASSES = {"sgd": "SGD", "momentum": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}


def argument(program, setting):
    """Edits lr, weight decay, momentum and eps."""
    name = setting["name"].replace(" ", "_")
    source, call = program.optimizer()
    if setting["site"]:
        raise Refusal("%s: %s is one of several groups" % (source.where(call), setting["site"]))
    kind = _kind(program, source, call)
    if name in _ELSEWHERE.get(kind, ()):
        raise Refusal("%s: %s has no %s" % (source.where(call), kind, name))
    groups = [n for a in call.args for n in ast.walk(a) if isinstance(n, ast.Dict)]
    if any(isinstance(k, ast.Constant) and k.value == name for g in groups for k in g.keys):
        raise Refusal("%s: groups of parameters have their own %s" % (source.where(call), name))
    given = Values(program).unpacked(source, call, name) if not any(isinstance(a, ast.Starred) for a in call.args) else None
    if given is not None:
        Values(program).set(*given, setting)
        return
    node = find(source, call, name, _POSITIONS.get(kind, ("params", "lr")))
    if node is None:
        insert(source, call, "%s=%s" % (name, setting["to"]))
    else:
        Values(program).set(source, node, setting)


def beta(program, setting):
    source, call = program.optimizer()
    kind = _kind(program, source, call)
    if "betas" in _ELSEWHERE.get(kind, ()):
        raise Refusal("%s: %s has no betas" % (source.where(call), kind))
    i = 0 if setting["name"] == "beta1" else 1
    node = find(source, call, "betas", _POSITIONS.get(kind, ()))
    if node is None:
        # The other of two keeps what torch takes where nothing is said.
        pair = [setting["to"], "0.999"] if i == 0 else ["0.9", setting["to"]]
        insert(source, call, "betas=(%s)" % ", ".join(pair))
    elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
        Values(program).set(source, node.elts[i], setting)
    else:
        raise Refusal("%s: the betas are no pair that is written out" % source.where(call))


def kind(program, setting):
    source, call = program.optimizer()
    new = _CLASSES.get(setting["to"])
    if new is None or not isinstance(call.func, ast.Attribute):
        raise Refusal("%s: the optimizer is called in a way that is not edited" % source.where(call))
    plain = ("params", "lr", "weight_decay")
    if len(call.args) > 2 or any(k.arg not in plain for k in call.keywords):
        raise Refusal("%s: the optimizer has settings that %s would not have" % (source.where(call), new))
    end = source.end(call.func)
    source.edit(end - len(call.func.attr), end, new)
    if setting["to"] == "momentum":
        insert(source, call, "momentum=0.9")


def _kind(program, source, call):
    """The class of an optimizer that was imported under another name."""
    return program.imports[source].get(last(call.func), last(call.func)).rpartition(".")[2]
