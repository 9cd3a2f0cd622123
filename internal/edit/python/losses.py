"""Which loss is lowered."""

import ast

from program import last
from refusal import Refusal
from values import Values, number

# By knob: the class, the function.
_NAMES = {
    "mse": ("MSELoss", "mse_loss"), "l1": ("L1Loss", "l1_loss"), "huber": ("HuberLoss", "huber_loss"), "cross-entropy": ("CrossEntropyLoss", "cross_entropy"),
    "nll": ("NLLLoss", "nll_loss"), "bce": ("BCELoss", "binary_cross_entropy"), "bce-logits": ("BCEWithLogitsLoss", "binary_cross_entropy_with_logits"),
}
# What takes the same predictions and targets, so that the name alone changes; of bce the final activation changes too.
_ALIKE = ({"mse", "l1", "huber"}, {"bce", "bce-logits"}, {"nll", "cross-entropy"})


def of_training(program, kind=None):
    """Returns the call of the loss that is trained on, and the one that made it where it is an object."""
    for head in program.trace["heads"]:
        if kind is None or head["loss"] == kind:
            found = program.call_at(head["at"]) or program.call_at(head["at"], *_NAMES.get(head["loss"], ()))
            if found is None:
                continue
            return found
    raise Refusal("the place of the loss is not known")


def kind(program, setting):
    was, to = setting["from"], setting["to"]
    if to not in _NAMES or was not in _NAMES or not any({was, to} <= alike for alike in _ALIKE):
        raise Refusal("%s takes other targets and predictions than %s" % (to, was))
    if len({tuple(h["at"] or ()) for h in program.trace["heads"] if h["loss"] == was}) > 1:
        raise Refusal("there are several losses %s" % was)
    classes, functions = zip(_NAMES[was], _NAMES[to])
    calls = [(s, c, functions[1]) for s, c in program.calls(functions[0]) if not is_figure(s, c)] + [(s, c, classes[1]) for s, c in program.calls(classes[0])]
    if not calls:
        raise Refusal("the loss %s is made in no file that the trace names" % was)
    for source, call, name in calls:
        for k in call.keywords:
            if k.arg == "weight" and to == "bce-logits":
                continue
            if k.arg not in ("reduction", "input", "target"):
                raise Refusal("%s: the loss has a setting, %s, that the other may not have" % (source.where(call), k.arg))
        _rename(program, source, call, name)
    if (was, to) == ("bce", "bce-logits"):
        _thresholds(program)


def _rename(program, source, call, name):
    if isinstance(call.func, ast.Attribute):
        end = source.end(call.func)
        source.edit(end - len(call.func.attr.encode()), end, name)
        return
    room = "torch.nn." if name[0].isupper() else "torch.nn.functional."
    source.replace(call.func, program.needed(source, room + name))


def _thresholds(program):
    """A probability above 0.5 is a logit above 0: comparisons of what the network gave."""
    for source in program.sources.values():
        for n in ast.walk(source.tree):
            if isinstance(n, ast.Call) and last(n.func) == "round" and any(_from_network(program, source, a) for a in _operands(n)):
                raise Refusal("%s rounds a probability, and would round a logit" % source.where(n))
            if not isinstance(n, ast.Compare) or len(n.comparators) != 1 or number(n.comparators[0]) is None:
                continue
            if _from_network(program, source, n.left):
                if number(n.comparators[0]) != 0.5:
                    raise Refusal("%s compares a probability with %s" % (source.where(n), source.text(n.comparators[0])))
                source.replace(n.comparators[0], "0")


def _operands(call):
    return call.args + ([call.func.value] if isinstance(call.func, ast.Attribute) else [])


def _from_network(program, source, node):
    """Reports whether an expression is what the network gave: a call of it, or a name that holds one."""
    names = _network_names(program)
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("squeeze", "view", "reshape", "flatten", "detach", "cpu"):
        node = node.func.value
    if isinstance(node, ast.Call):
        return source.text(node.func) in names
    if not isinstance(node, ast.Name):
        return False
    made = [n.value for n in ast.walk(source.function(node) or source.tree) if isinstance(n, ast.Assign) and last(n.targets[0]) == node.id]
    return any(not isinstance(m, ast.Name) and _from_network(program, source, m) for m in made)


def _network_names(program):
    names = {"model", "net", "self.model", "self.net", "network"}
    try:
        return names | {program.network()[2]}
    except Refusal:
        return names


def delta(program, setting):
    found = list(program.calls("HuberLoss", "huber_loss"))
    if len(found) != 1:
        raise Refusal("there are %d Huber losses" % len(found))
    source, call = found[0]
    given = [k.value for k in call.keywords if k.arg == "delta"]
    if given:
        Values(program).set(source, given[0], setting)
    else:
        source.insert(source.end(call) - 1, (", " if call.args or call.keywords else "") + "delta=" + setting["to"])


def is_figure(source, call):
    """Reports whether a figure is computed by the call, such as R2 or the root of the error, and no loss."""
    for n in source.up(call):
        if isinstance(n, ast.stmt):
            return False
        if isinstance(n, ast.BinOp) and isinstance(n.op, (ast.Sub, ast.Pow)) or isinstance(n, ast.Call) and last(n.func) == "sqrt":
            return True
    return False
