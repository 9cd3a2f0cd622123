"""How weights and biases start."""

import ast
import math

from program import last
from refusal import Refusal
from values import asnumber

_INITS = set("""constant_ normal_ uniform_ zeros_ ones_ eye_ xavier_uniform_ xavier_normal_ kaiming_uniform_ kaiming_normal_ orthogonal_
    trunc_normal_ sparse_""".split())
_CALLS = {"he": 'kaiming_normal_(%s, nonlinearity="relu")', "xavier": "xavier_normal_(%s)", "lecun": 'kaiming_normal_(%s, nonlinearity="linear")'}
_NEAR = 0.05  # share by which a std may be off the law that it is taken for


def weights(program, setting):
    law = _law(program, setting)
    found = _places(program, "weight", setting["site"])
    if setting["to"] == "default":
        for source, call, _ in found:
            if not isinstance(source.parent[call], ast.Expr):
                raise Refusal("%s: the call is part of another" % source.where(call))
            statement = source.parent[call]
            while source.alone(statement) and isinstance(source.parent[statement], ast.For):  # a loop that would do nothing
                statement = source.parent[statement]
            source.take_out(statement)
        return
    if not found:
        _after_network(program, setting["site"], law, "weight")
    for source, call, target in found:
        text = source.text(target)
        room = _room(program, source, call)
        own = isinstance(target, ast.Attribute) and setting["site"] and last(target.value) == setting["site"].rpartition(".")[2]
        new = room + ((law if own else _shared(program, law)) % text)
        if not text.endswith(".weight"):  # vectors are biases or scales, which no law holds for
            if isinstance(source.parent[call], ast.Expr):
                new = "%s if %s.dim() > 1 else %szeros_(%s)" % (new, text, room, text)
            else:
                raise Refusal("%s: the call is part of another" % source.where(call))
        source.replace(call, new)


def biases(program, setting):
    if asnumber(setting["to"]) is None:
        raise Refusal("a bias of %s is no number" % setting["to"])
    found = _places(program, "bias", setting["site"])
    zero = asnumber(setting["to"]) == 0
    if not found:
        _after_network(program, setting["site"], "zeros_(%s)" if zero else "constant_(%%s, %s)" % setting["to"], "bias")
    for source, call, target in found:
        text = source.text(target)
        room = _room(program, source, call)
        new = room + ("zeros_(%s)" % text if zero else "constant_(%s, %s)" % (text, setting["to"]))
        if not text.endswith(".bias"):
            if any(s["name"] == "weight init" for s in program.settings):
                continue  # which writes the biases of this call as well
            if not isinstance(source.parent[call], ast.Expr):
                raise Refusal("%s: the call is part of another" % source.where(call))
            new = "%s if %s.dim() > 1 else %s" % (source.text(call), text, new)
        source.replace(call, new)


def _law(program, setting):
    """Returns the initialization as a call; one law for layers whose stds follow it."""
    if setting["to"] in _CALLS or setting["to"] == "default":
        return _CALLS.get(setting["to"], "")
    std = asnumber(setting["to"].replace("std", "").strip()) if setting["to"].startswith("std ") else None
    if std is None:
        raise Refusal("an initialization %s is not known" % setting["to"])
    layer = program.layer(setting["site"])
    if layer and len(layer["shape"]) > 1:
        fan_in = math.prod(layer["shape"][1:])
        for name, law in (("he", math.sqrt(2 / fan_in)), ("lecun", math.sqrt(1 / fan_in))):
            if abs(std / law - 1) < _NEAR:
                return _CALLS[name]
    return "normal_(%%s, std=%g)" % std


def _shared(program, law):
    """Returns the law of most of the layers, for a call that starts them all. The last layer's is smaller by the root of 2."""
    laws = [_law(program, s) for s in program.settings if s["name"] == "weight init"]
    return max(laws, key=laws.count) if set(laws) <= {_CALLS["he"], _CALLS["lecun"]} else law


def _places(program, what, site):
    """Returns the calls that start weights, or biases: those of what is named so, and those of any parameter."""
    other = "bias" if what == "weight" else "weight"
    found = []
    for source, call in program.calls(*_INITS):
        if not call.args or not isinstance(call.func, ast.Attribute) and program.imports[source].get(last(call.func), "").rpartition(".")[0] != "torch.nn.init":
            continue
        name = last(call.args[0])
        if name != other and not (isinstance(call.args[0], ast.Attribute) and name not in (what, other, "data")):
            found.append((source, call, call.args[0]))
    own = site.rpartition(".")[2]
    exact = [f for f in found if isinstance(f[2], ast.Attribute) and last(f[2].value) == own and own]
    if exact:
        return exact
    # A call of a certain other layer's weight is none of this one's.
    return [f for f in found if not (site and isinstance(f[2], ast.Attribute) and isinstance(f[2].value, ast.Attribute))]


def _room(program, source, call):
    if isinstance(call.func, ast.Attribute):
        return source.text(call.func.value) + "."
    return program.needed(source, "torch.nn.init") + "."


def _after_network(program, site, law, what):
    source, statement, name = program.network()
    init = program.needed(source, "torch.nn.init") + "."
    if site:
        target = name + "".join("[%s]" % p if p.isdigit() else "." + p for p in site.split(".")) + "." + what
        if program.layer(site) is None:
            raise Refusal("%s is no layer of the network" % site)
        source.insert_after(statement, init + law % target)
        return
    nn = program.needed(source, "torch.nn")
    source.insert_after(statement, "for layer in %s.modules():\n    if isinstance(layer, (%s.Linear, %s.Conv1d, %s.Conv2d)):\n        %s%s" % (
        name, nn, nn, nn, init, law % ("layer." + what)))


def output_bias(program, setting):
    source, statement, name = program.network()
    dense = [r for r in program.trace["layers"] if r["kind"] == "Linear" and setting["site"] in ("", r["name"])]
    if not dense:
        raise Refusal("the network ends in no dense layer")
    target = name + "".join("[%s]" % p if p.isdigit() else "." + p for p in dense[-1]["name"].split("."))
    torch = program.needed(source, "torch")
    values = [v.strip() for v in setting["to"].split(",")]
    if any(asnumber(v) is None for v in values):
        raise Refusal("%s are no numbers" % setting["to"])
    source.insert_after(statement, "%s.bias.data = %s.tensor([%s])" % (target, torch, ", ".join(values)))
