"""Inputs and targets brought to one scale, by figures of the training rows that the trace holds."""

import ast

from losses import is_figure, of_training
from program import last
from refusal import Refusal
from source import FUNCTIONS

_WIDE = 100  # characters of a line

_STANDARDIZE = '''

class Standardize({nn}.Module):
    """Brings every input to mean 0 and standard deviation 1."""

    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)

    def forward(self, x):
        return (x - self.mean) / self.std
'''

_UNSTANDARDIZE = '''

class Unstandardize({nn}.Module):
    """Gives outputs the mean and the standard deviation of the targets."""

    def __init__(self, mean, std):
        super().__init__()
        self.mean, self.std = mean, std

    def forward(self, y):
        return y * self.std + self.mean
'''


def inputs(program, setting):
    figures = program.trace["inputs"]
    if setting["to"] == "standardize":
        if not figures:
            raise Refusal("the trace does not hold the mean and std of every input")
        if setting["site"]:
            raise Refusal("one column alone is standardized where the table is made")
    elif setting["site"] or setting["to"] != "log" and not setting["to"].startswith("/"):
        raise Refusal("inputs %s is a change of the table" % setting["to"])
    if setting["to"] == "standardize" and set(figures["mean"]) <= {"0.0"} and set(figures["scale"]) <= {"1.0"}:
        raise Refusal("the inputs have about mean 0 and standard deviation 1 already")
    root = program.root()
    if root["kind"] == "Sequential":
        _first_layer(program, setting, figures)
        return
    source, forward = _forward(program, root["kind"])
    names = [a.arg for a in forward.args.posonlyargs + forward.args.args][1:]
    if not names or forward.args.vararg:
        raise Refusal("%s: forward takes no plain input" % source.where(forward))
    if len(names) > 1 and len(forward.args.defaults) < len(names) - 1:
        raise Refusal("%s: forward takes %d inputs" % (source.where(forward), len(names)))
    x = names[0]
    body = forward.body[1:] if ast.get_docstring(forward) is not None and len(forward.body) > 1 else forward.body
    source.insert_before(body[0], "%s = %s" % (x, _scaled(program, source, setting, x)))
    if setting["to"] == "standardize":
        after_imports(source, _constants(program, source, "INPUT", figures))


def _scaled(program, source, setting, x):
    if setting["to"] == "log":
        return "%s.log1p(%s)" % (program.needed(source, "torch"), x)
    if setting["to"] != "standardize":
        return "%s / %s" % (x, setting["to"][1:])
    there = "" if program.trace["device"] in ("", "cpu") else ".to(%s.device)" % x
    return "(%s - INPUT_MEAN%s) / INPUT_STD%s" % (x, there, there)


def _first_layer(program, setting, figures):
    """A Sequential has no forward of the user's: what scales its inputs is a layer of its own before the others, which
    every call passes through and that is saved and sent to a device with them."""
    if setting["to"] != "standardize":
        raise Refusal("the network is a Sequential, which has no place for it")
    source, call = _sequential(program)
    if not call.args or any(k for k in call.keywords) or last(getattr(call.args[0], "func", None)) == "OrderedDict":
        raise Refusal("%s: the layers are named" % source.where(call))
    name = _name_of(program)
    for s in program.sources.values():
        for n in ast.walk(s.tree):
            counts = isinstance(n, ast.Subscript) and (s.text(n.value) == name or name is None and _is_layer(s, n))
            if isinstance(n, ast.Call) and last(n.func) == "load_state_dict" or counts:
                raise Refusal("%s counts on the numbers of the layers" % s.where(n))
    _add_item(source, call, "Standardize(INPUT_MEAN, INPUT_STD)", first=True)
    after_imports(source, _constants(program, source, "INPUT", figures) + _STANDARDIZE.format(nn=program.needed(source, "torch.nn")))


def _is_layer(source, subscript):
    """Reports whether something of the item of a number is asked for, as model[2].bias: of a network without a known name."""
    index = getattr(subscript.slice, "value", subscript.slice)  # before Python 3.9 there is an ast.Index between
    number = getattr(index, "value", index)
    return isinstance(number, int) and isinstance(source.parent[subscript], ast.Attribute) and isinstance(subscript.value, (ast.Name, ast.Attribute))


def _sequential(program):
    found = program.call_at(program.root()["at"], "Sequential")
    if found is None:
        raise Refusal("the place where the network is made is not known")
    return found


def _name_of(program):
    try:
        return program.network()[2]
    except Refusal:
        return None


def _add_item(source, call, text, first):
    """Adds a layer to a Sequential, on a line of its own where the others have theirs."""
    anchor = call.args[0] if first else call.args[-1]
    indent = source.indent(anchor) if not isinstance(anchor, ast.Starred) else None
    between = ",\n" + indent if indent is not None else ", "
    if first:
        source.insert(source.start(anchor), text + between)
    else:
        source.insert(source.end(anchor), between + text)


def _forward(program, kind):
    found = program.class_of(kind)
    if found is None:
        raise Refusal("the class %s is in no file that the trace names" % kind)
    source, holder = found
    forward = [n for n in holder.body if isinstance(n, FUNCTIONS) and n.name == "forward"]
    if len(forward) != 1:
        raise Refusal("%s has no forward of its own" % kind)
    return source, forward[0]


def _constants(program, source, name, figures):
    torch = program.spell(source, "torch")
    bring = "" if torch else "import torch\n\n"
    out = bring + "# Of the training rows, as the network was fed them.\n"
    for part, numbers in (("MEAN", figures["mean"]), ("STD", figures["scale"])):
        if len(numbers) == 1:
            out += "%s_%s = %s\n" % (name, part, "%s.tensor(%s)" % (torch or "torch", numbers[0]) if name == "INPUT" else numbers[0])
        else:
            out += _tensor("%s_%s" % (name, part), torch or "torch", numbers, figures["shape"])
    return out


def _tensor(name, torch, numbers, shape):
    lines, line = [], "   "
    for n in numbers:
        if len(line) + len(n) + 2 > _WIDE:
            lines, line = lines + [line], "   "
        line += " %s," % n
    lines.append(line)
    one = "%s = %s.tensor([%s])%s\n" % (name, torch, ", ".join(numbers), shape)
    return one if len(one) <= _WIDE else "%s = %s.tensor([\n%s\n])%s\n" % (name, torch, "\n".join(lines), shape)


def after_imports(source, text):
    """Puts lines behind the imports at the top of the file: behind all that they need, as where other statements stand
    between, such as os.environ[...] = before `import torch`."""
    used = {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    block, over = [], False
    for n in source.tree.body:
        if _imports(n) and (not over or used & _bound(n)):
            if over:
                block, over = [], False
            block.append(n)
            used -= _bound(n)
        elif block and not _imports(n):
            over = True
    if not block:
        raise Refusal("%s begins without imports" % source.path)
    stop = source.line_end(source.end(block[-1]))
    ends_in_class = text.startswith("\n") or "\nclass " in text
    source.insert(stop, "\n" + text + ("\n" if ends_in_class else ""))


def _imports(node):
    plain = (ast.Import, ast.ImportFrom)
    return isinstance(node, plain) or isinstance(node, ast.Try) and all(isinstance(m, plain) for m in node.body)


def _bound(node):
    """Returns the names that imports bind."""
    return {(a.asname or a.name).split(".")[0] for n in ast.walk(node) if isinstance(n, (ast.Import, ast.ImportFrom)) for a in n.names}


def targets(program, setting):
    """The network's outputs stay in the user's units, and the loss compares them, and the targets, by the targets' spread."""
    figures = program.trace["targets"]
    if setting["to"] != "standardize" or setting["site"]:
        raise Refusal("targets %s is a change of the table" % setting["to"])
    if not figures:
        raise Refusal("the trace does not hold the mean and std of every target")
    kind = program.trace["heads"][0]["loss"] if program.trace["heads"] else ""
    if kind not in ("mse", "l1", "huber", "smooth-l1"):
        raise Refusal("the loss %s sees more than differences" % (kind or "written by hand"))
    if len(figures["mean"]) > 1 and program.trace["device"] not in ("", "cpu"):
        raise Refusal("there are several targets, on a device")
    root = program.root()
    if root["kind"] == "Sequential":
        source, call = _sequential(program)
        _add_item(source, call, "Unstandardize(TARGET_MEAN, TARGET_STD)", first=False)
        more = _UNSTANDARDIZE.format(nn=program.needed(source, "torch.nn"))
    else:
        source, forward = _forward(program, root["kind"])
        _outputs(source, forward)
        more = ""
    losses = list(_losses(program))
    for at, call in losses:
        if at is not source:
            raise Refusal("the loss is taken in another file than the network is in")
        for a in call.args[:2]:
            at.replace(a, "%s / TARGET_STD" % at.bracketed(a))
    after_imports(source, _constants(program, source, "TARGET", figures) + more)


def _outputs(source, forward):
    found = [n for n in ast.walk(forward) if isinstance(n, ast.Return) and source.function(n) is forward]
    if not found:
        raise Refusal("%s returns nothing" % source.where(forward))
    for n in found:
        if n.value is None or isinstance(n.value, (ast.Tuple, ast.List, ast.Dict)):
            raise Refusal("%s returns several things" % source.where(n))
        source.insert(source.end(n.value), " * TARGET_STD + TARGET_MEAN")
        if source.bracketed(n.value) != source.text(n.value):
            source.edits.pop()
            source.replace(n.value, source.bracketed(n.value) + " * TARGET_STD + TARGET_MEAN")


def _losses(program):
    """Yields the calls of the loss in training, and of the same in evaluations. What a figure is computed by, as R2 or
    the root of the error, stays in the user's units."""
    source, train = of_training(program)
    if len(train.args) < 2:
        raise Refusal("%s: predictions and targets are not the first two arguments" % source.where(train))
    name = source.text(train.func)
    for s, call in program.calls(last(train.func)):
        if s.text(call.func) == name and len(call.args) >= 2 and (call is train or not is_figure(s, call)):
            yield s, call
