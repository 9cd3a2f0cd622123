"""What stands between the last layer and the loss."""

import ast

from program import last
from refusal import Refusal

_CALLS = {
    "softmax": ("softmax", "log_softmax"), "sigmoid": ("sigmoid", "logsigmoid"), "tanh": ("tanh",), "relu": ("relu",), "softplus": ("softplus",),
    "log_softmax": ("log_softmax",), "clamp": ("clamp", "clip"), "hardtanh": ("hardtanh",), "leaky_relu": ("leaky_relu",),
}
_CLASSES = {"softmax": "Softmax", "sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU", "softplus": "Softplus", "log_softmax": "LogSoftmax"}


def activation(program, setting):
    was, to = setting["from"], setting["to"]
    op = next((o for h in program.trace["heads"] for o in h["chain"] if o["op"] in _CALLS and (not was or o["op"] == was)
               and setting["site"] in ("", o["layer"])), None)
    layer = program.layer(setting["site"])
    kind = op["op"] if op else was
    if layer is not None and layer["kind"] == _CLASSES.get(kind):
        _module(program, layer, to)
        return
    _call(program, kind, op, layer, to)


def _module(program, layer, to):
    """Changes an activation that is a module of the network."""
    found = program.call_at(layer["at"], layer["kind"])
    if found is None:
        raise Refusal("the place where %s is made is not known" % layer["name"])
    source, call = found
    if to != "none":
        if to not in _CLASSES:
            raise Refusal("%s is no final activation" % to)
        source.replace(call, "%s()" % program.needed(source, "torch.nn." + _CLASSES[to]))
        return
    take_out_module(program, source, call)


def take_out_module(program, source, call):
    """Takes a module out of where it is made: the last of a Sequential vanishes, others become the identity, and of an
    attribute the call goes."""
    holder = source.parent[call]
    items = holder.args if isinstance(holder, ast.Call) else getattr(holder, "elts", None)
    if items and call in items and items[-1] is call and len(items) > 1:
        source.list_item(items, call)
    elif isinstance(holder, ast.Assign) and isinstance(holder.targets[0], ast.Attribute) and last(holder.targets[0].value) == "self":
        name = holder.targets[0].attr
        uses = [n for n in ast.walk(source.tree) if isinstance(n, ast.Attribute) and n.attr == name and isinstance(n.ctx, ast.Load)]
        calls = [source.parent[n] for n in uses if isinstance(source.parent[n], ast.Call) and source.parent[n].func is n]
        if len(uses) != 1 or len(calls) != 1:
            raise Refusal("%s: self.%s is used in %d places" % (source.where(call), name, len(uses)))
        unwrap(source, calls[0], calls[0].args[0])
        source.take_out(holder)
    else:
        source.replace(call, program.needed(source, "torch.nn.Identity") + "()")


def _call(program, kind, op, layer, to):
    """Changes an activation that is a call: of a function, or of a method of a tensor."""
    names = _CALLS.get(kind)
    if names is None:
        raise Refusal("it is not known which call the final activation is")
    found = program.call_at(op["at"], *names) if op and op["at"] else None
    if found is None:
        those = [(s, n) for s, f in program.functions_of_loss() for n in ast.walk(f) if isinstance(n, ast.Call) and last(n.func) in names]
        those = list({n: (s, n) for s, n in those}.values())
        if layer is not None:  # the one around the layer's own call
            attr = layer["name"].rpartition(".")[2]
            those = [(s, n) for s, n in those if any(isinstance(i, ast.Attribute) and i.attr == attr for i in ast.walk(n))]
        if len(those) != 1:
            raise Refusal("there are %d calls of %s on the way to the loss" % (len(those), kind))
        found = those[0]
    source, call = found
    inner = operand(program, source, call)
    if to == "none":
        unwrap(source, call, inner)
    elif to in _CALLS:
        source.replace(call, "%s(%s)" % (program.needed(source, ("torch." if to in ("tanh", "sigmoid") else "torch.nn.functional.") + to), source.text(inner)))
    else:
        raise Refusal("%s is no final activation" % to)


def operand(program, source, call):
    """Returns what a call such as F.softmax(x, dim=1) or x.softmax(1) works on."""
    if isinstance(call.func, ast.Attribute):
        base = source.text(call.func.value)
        if base != "self" and program.imports[source].get(base.split(".")[0], "").split(".")[0] != "torch":
            return call.func.value
    given = call.args[:1] or [k.value for k in call.keywords if k.arg == "input"]
    if not given or isinstance(given[0], ast.Starred):
        raise Refusal("%s: it is not plain what the call works on" % source.where(call))
    return given[0]


def unwrap(source, call, inner):
    """Puts what a call works on into its place; a statement that would then do nothing goes."""
    holder = source.parent[call]
    text = source.text(inner)
    if isinstance(holder, ast.Assign) and len(holder.targets) == 1 and source.text(holder.targets[0]) == text:
        source.take_out(holder)
        return
    free = isinstance(holder, (ast.Assign, ast.Return)) or isinstance(holder, ast.Call) and holder.func is not call
    text = text if free else source.bracketed(inner)
    # Only what is around goes, so that comments and lines within stay.
    inside = source.text(call)
    if free and "\n" not in inside:
        source.edit(source.start(call), source.start(inner), "")
        source.edit(source.end(inner), source.end(call), "")
    else:
        source.replace(call, text)
