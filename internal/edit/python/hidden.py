"""Layers within the network: activations, dropout, units, layers taken out."""

import ast
import re

from arguments import find, insert
from final import operand, take_out_module, unwrap
from program import last
from refusal import Refusal
from values import Values, asnumber, number

_FUNCTIONS = {"relu": "relu", "leaky_relu": "leaky_relu", "tanh": "tanh", "gelu": "gelu", "elu": "elu", "sigmoid": "sigmoid"}
_CLASSES = {"relu": "ReLU", "leaky_relu": "LeakyReLU", "tanh": "Tanh", "gelu": "GELU", "elu": "ELU", "sigmoid": "Sigmoid", "none": "Identity"}
_ROOMS = {"tanh": "torch.", "sigmoid": "torch."}
_TO = re.compile(r"(\w+)(?:\((.*)\))?$")


def activation(program, setting):
    match = _TO.match(setting["to"])
    was = next((k for k, kind in _CLASSES.items() if kind == setting["from"]), setting["from"])  # a layer's kind
    if match is None or match.group(1) not in _CLASSES or was not in _FUNCTIONS:
        raise Refusal("an activation %s in the place of %s is not written" % (setting["to"], setting["from"]))
    name, inside = match.group(1), match.group(2) or ""
    modules = list(program.calls(_CLASSES[was]))
    functions = list(program.calls(_FUNCTIONS[was]))
    if setting["site"]:  # a module that several layers share is called behind each
        names = {p.targets[0].attr for s, c in modules for p in [s.parent[c]] if isinstance(p, ast.Assign) and isinstance(p.targets[0], ast.Attribute)}
        functions = list({c: (s, c) for s, c in functions + [f for f in program.calls(*names) if names and f[1].args]}.values())
    if setting["site"]:
        modules, functions = _behind(program, setting["site"], modules, functions)
    else:
        modules, functions = _hidden(program, was, modules, functions)
    if not modules and not functions:
        raise Refusal("no %s was found that is certain" % setting["from"])
    for source, call in modules:
        source.replace(call, "%s(%s)" % (program.needed(source, "torch.nn." + _CLASSES[name]), inside))
    for source, call in functions:
        inner = operand(program, source, call)
        if name == "none":
            unwrap(source, call, inner)
        else:
            more = ", " + inside if inside else ""
            source.replace(call, "%s(%s%s)" % (program.needed(source, _ROOMS.get(name, "torch.nn.functional.") + name), source.text(inner), more))


def _hidden(program, was, modules, functions):
    """Leaves out what ends the network, as the sigmoid before a loss of probabilities."""
    for op in (o for h in program.trace["heads"] for o in h["chain"] if o["op"] == was):
        layer = program.layer(op["layer"])
        made = program.call_at(layer["at"], _CLASSES[was]) if layer else None
        called = program.call_at(op["at"], _FUNCTIONS[was]) if op["at"] else None
        if made is None and called is None:
            raise Refusal("it is not certain which %s ends the network" % was)
        modules = [m for m in modules if made is None or m[1] is not made[1]]
        functions = [f for f in functions if called is None or f[1] is not called[1]]
    return modules, functions


def _behind(program, site, modules, functions):
    """Keeps the activation that follows a layer: the next of its Sequential, or the call around the layer's."""
    layer = program.layer(site)
    found = program.call_at(layer["at"], layer["kind"]) if layer else None
    if found:
        source, call = found
        holder = source.parent[call]
        items = holder.args if isinstance(holder, ast.Call) else getattr(holder, "elts", [])
        if any(c is call for _, c in modules):  # it is the activation itself
            return [found], []
        if call in items:
            following = items[items.index(call) + 1:][:1]
            return [(s, c) for s, c in modules if c in following], []
    attr = site.rpartition(".")[2]
    around = [(s, c) for s, c in functions if any(isinstance(i, ast.Attribute) and i.attr == attr for i in ast.walk(operand(program, s, c)))]
    if len(around) == 1:
        return [], around
    raise Refusal("it is not certain which activation follows %s" % site)


def dropout(program, setting):
    names = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout")
    found = list(program.calls(*names))
    if setting["site"]:
        layer = program.layer(setting["site"])
        at = program.call_at(layer["at"], *names) if layer else None
        found = [at] if at else []
    if not found:
        raise Refusal("there is no dropout that could be changed")
    for source, call in found:
        node = find(source, call, "p", ("p",))
        if node is None:
            insert(source, call, "p=" + setting["to"])
        else:
            Values(program).set(source, node, setting)


def units(program, setting):
    """Changes a width that is written as a number, in the layer and where the next one takes it."""
    dense = [r for r in program.trace["layers"] if r["kind"] == "Linear"]
    at = [i for i, r in enumerate(dense) if r["name"] == setting["site"]]
    if not at or at[0] + 1 == len(dense):
        raise Refusal("the width of the last layer is what the task asks for" if at else "%s is no dense layer" % setting["site"])
    if any(not r["kind"].startswith(("Linear", "ReLU", "LeakyReLU", "Tanh", "GELU", "ELU", "Sigmoid", "Dropout", "SiLU"))
           for r in program.trace["layers"] if r["leaf"]):
        raise Refusal("other layers than dense ones may take that width too")
    values = Values(program)
    for record, name in ((dense[at[0]], "out_features"), (dense[at[0] + 1], "in_features")):
        found = program.call_at(record["at"], "Linear")
        node = find(found[0], found[1], name, ("in_features", "out_features")) if found else None
        if node is None:
            raise Refusal("the place where %s is made is not known" % record["name"])
        values.set(found[0], node, setting)
    # One literal for both ends must not serve another layer as well.
    wrote = sum(len(s.edits) for s in program.sources.values())
    if wrote == 1:
        was = asnumber(setting["from"])
        same = [r for r in dense if r["shape"] and was in r["shape"]]
        if len(same) > 2:
            raise Refusal("the width of %s is that of other layers too" % setting["site"])


def take_out(program, setting):
    layer = program.layer(setting["site"])
    found = program.call_at(layer["at"], layer["kind"]) if layer else None
    if found is None or setting["to"] != "none":
        raise Refusal("the place where %s is made is not known" % (setting["site"] or "the layer"))
    if layer["shape"]:
        raise Refusal("%s has weights of its own" % setting["site"])
    take_out_module(program, *found)


def dim(program, setting):
    """Changes the dimension along which an operation works."""
    found = []
    for head in program.trace["heads"]:
        for op in head["chain"]:
            if setting["site"] in ("", op["op"], op["layer"]) and op["at"]:
                found += [program.call_at(op["at"])]
    layer = program.layer(setting["site"])
    if layer:
        found.append(program.call_at(layer["at"], layer["kind"]))
    found = [f for f in found if f and any(k.arg in ("dim", "axis") for k in f[1].keywords) or f and last(f[1].func).lower().endswith("softmax")]
    if not found:
        raise Refusal("the place of the dimension is not known")
    source, call = found[0]
    given = [k.value for k in call.keywords if k.arg in ("dim", "axis")]
    module = last(call.func)[0].isupper() or operand(program, source, call) not in call.args
    given = given or call.args[0 if module else 1:][:1]
    if given and number(given[0]) is not None:
        source.replace(given[0], setting["to"])
    elif given:
        raise Refusal("%s: the dimension is computed" % source.where(call))
    else:
        insert(source, call, "dim=" + setting["to"])
