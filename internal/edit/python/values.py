"""Where a value comes from: the literal, default or option that it is written as."""

import ast

from program import last
from refusal import Refusal
from source import FUNCTIONS

_CASTS = ("float", "int")
_DEEPEST = 12


def number(node):
    """Returns the number that an expression of literals alone is, or None."""
    if not all(isinstance(n, (ast.Constant, ast.UnaryOp, ast.BinOp, ast.operator, ast.unaryop, ast.expr_context)) for n in ast.walk(node)):
        return None
    if any(isinstance(n, ast.Constant) and (isinstance(n.value, bool) or not isinstance(n.value, (int, float))) for n in ast.walk(node)):
        return None
    if any(isinstance(n, ast.BinOp) and not isinstance(n.op, (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)) for n in ast.walk(node)):
        return None
    powers = [n for n in ast.walk(node) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Pow)]
    if len(powers) > 1 or any(not isinstance(p.left, ast.Constant) or len(ast.dump(p.right)) > 120 for p in powers):
        return None
    try:
        return float(eval(compile(ast.Expression(node), "", "eval"), {"__builtins__": {}}))
    except (ArithmeticError, ValueError, TypeError):
        return None


def is_literal(node):
    return number(node) is not None or isinstance(node, ast.Constant)


class Values:
    def __init__(self, program):
        self.program = program
        self.flag = ""  # the option of the command line that the value went through
        self.key = None  # the file of settings that it was read from, and its keys there

    def set(self, source, node, setting, new=None, shift=0, most=None):
        """Writes a setting's value where an expression gets its own from. From a number on, the run may have used less
        than it says."""
        new = setting["to"] if new is None else new
        try:
            at, literal = self.origin(source, node)
        except Refusal as r:
            if self.key and not shift:
                self.program.keys.append({"file": self.key[0], "keys": self.key[1], "from": setting["from"], "to": new})
                return
            if self.flag and not r.instead:
                r.instead = self._given(new)
            raise
        was, value = asnumber(setting["from"]), number(literal)
        if most is not None and value is not None and value >= most and was == most:
            was = value
        if was is not None and value is not None and abs(value - shift - was) > 0.02 * max(abs(was), abs(value)):
            raise Refusal("%s says %s, and the run used %s: it is set elsewhere, as on the command line" % (
                at.where(literal), at.text(literal), setting["from"]), self._given(new) if self.flag else "")
        at.replace(literal, new)

    def _given(self, new):
        return "give %s %s on the command line" % (self.flag, new)

    def origin(self, source, node, depth=0):
        """Returns the source and the node of the literal that an expression stands for."""
        if depth > _DEEPEST:
            raise Refusal("%s: the value goes through many hands" % source.where(node))
        if is_literal(node):
            return source, node
        step = self._step(source, node)
        if step is None:
            self.key = self._read(source, node)
            raise Refusal("%s: the value is %s: %s" % (source.where(node), "read from %s" % self.key[0] if self.key else "computed", source.text(node)))
        return self.origin(*step, depth=depth + 1)

    def _read(self, source, node):
        """Returns the file of settings that cfg["train"]["lr"] or cfg.train.lr comes from, and the keys; None where it does not."""
        keys = []
        while isinstance(node, (ast.Subscript, ast.Attribute)) and last(getattr(node, "value", None)) != "self":
            key = node.attr if isinstance(node, ast.Attribute) else _key(node)
            if not isinstance(key, str):
                return None
            keys.insert(0, key)
            node = node.value
        if not keys or not isinstance(node, (ast.Name, ast.Attribute)):
            return None
        try:
            at, made = self._made(source, node)
        except Refusal:
            return None
        if not isinstance(made, ast.Call):
            return None
        names = _settings(made)
        for n in ast.walk(made):  # with open("config.yaml") as f: cfg = yaml.safe_load(f)
            for w in at.up(made) if isinstance(n, ast.Name) else ():
                for item in w.items if isinstance(w, ast.With) else ():
                    if last(item.optional_vars) == n.id:
                        names += _settings(item.context_expr)
        return (names[0], keys) if len(names) == 1 else None

    def _step(self, source, node):
        if isinstance(node, ast.Name):
            return self._name(source, node)
        if isinstance(node, ast.Attribute):
            return self._attribute(source, node)
        if isinstance(node, ast.Subscript):
            return self._item(source, node)
        if isinstance(node, ast.Call) and last(node.func) in _CASTS and len(node.args) == 1:
            return source, node.args[0]
        return None

    def _name(self, source, node):
        inside = source.function(node)
        while inside is not None:
            if node.id in _parameters(inside):
                return self._parameter(source, inside, node.id)
            found = list(_assigned(inside, node.id, source, inside))
            if found:
                return source, _only(source, found, node.id)
            inside = source.function(inside)
        found = list(_assigned(source.tree, node.id, source, None))
        if found:
            return source, _only(source, found, node.id)
        imported = self.program.imports[source].get(node.id)
        if imported:
            for path, other in self.program.sources.items():
                module, _, name = imported.rpartition(".")
                if path[:-3].replace("/", ".").endswith(module.lstrip(".")) and module:
                    return other, _only(other, list(_assigned(other.tree, name, other, None)), name)
        raise Refusal("%s: %s is set in no file that the trace names" % (source.where(node), node.id))

    def _parameter(self, source, function, name):
        """A parameter is what the only call passes, or its default where none does."""
        if source.parent.get(function) is not None and isinstance(source.parent[function], ast.ClassDef) and function.name == "__init__":
            calls = self.program.calls(source.parent[function].name)
        else:
            calls = self.program.calls(function.name)
        method = isinstance(source.parent.get(function), ast.ClassDef)
        given, without = [], 0
        for at, call in calls:
            if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
                raise Refusal("%s: %s is called with starred arguments" % (at.where(call), function.name))
            passed = _argument(function, call, name, method)
            if passed is None:
                without += 1
            else:
                given.append((at, passed))
        default = _default(function, name)
        if len(given) == 1 and not without:
            return given[0]
        if not given and default is not None:
            return source, default
        raise Refusal("%s: %d calls of %s give %s, and %d do not" % (source.where(function), len(given), function.name, name, without))

    def _attribute(self, source, node):
        base = node.value
        if isinstance(base, ast.Name) and base.id == "self":
            holder = source.cls(node)
            found = [n.value for n in ast.walk(holder) if isinstance(n, (ast.Assign, ast.AnnAssign)) and n.value is not None
                     and any(isinstance(t, ast.Attribute) and t.attr == node.attr and last(t.value) == "self" for t in _targets(n))] if holder else []
            return source, _only(source, found, "self." + node.attr)
        if not isinstance(base, (ast.Name, ast.Attribute)):
            return None
        at, made = self._made(source, base)
        if isinstance(made, ast.ClassDef):
            return at, _only(at, _fields(made, node.attr), node.attr)
        if isinstance(made, ast.Call) and last(made.func) in ("parse_args", "parse_known_args"):
            return self._option(node)
        if isinstance(made, ast.Call):
            for k in made.keywords:
                if k.arg == node.attr:
                    return at, k.value
            found = self.program.class_of(last(made.func))
            if found and not made.args and not any(k.arg is None for k in made.keywords):
                return found[0], _only(found[0], _fields(found[1], node.attr), node.attr)
        return None

    def _made(self, source, node):
        """Follows names to what made an object."""
        for _ in range(_DEEPEST):
            if isinstance(node, ast.Name) and self.program.class_of(node.id):
                return self.program.class_of(node.id)
            if not isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
                return source, node
            step = self._step(source, node)
            if step is None:
                return source, node
            source, node = step
        return source, node

    def unpacked(self, source, call, name):
        """Returns the source and the node of an argument that stands in a dict which a call unpacks: f(**cfg["optimizer"])."""
        found = []
        for k in call.keywords:
            if k.arg is None:
                at, made = self._made(source, k.value)
                if not isinstance(made, ast.Dict) or not all(isinstance(key, ast.Constant) for key in made.keys):
                    raise Refusal("%s: the call has starred arguments" % source.where(call))
                found += [(at, v) for key, v in zip(made.keys, made.values) if key.value == name]
        return found[0] if len(found) == 1 else None

    def _option(self, node):
        found = []
        for at, call in self.program.calls("add_argument"):
            dest = next((k.value.value for k in call.keywords if k.arg == "dest" and isinstance(k.value, ast.Constant)), None)
            flags = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            long = next((f for f in flags if f.startswith("--")), flags[0] if flags else "")
            if (dest or long.lstrip("-").replace("-", "_")) == node.attr:
                self.flag = long
                default = [k.value for k in call.keywords if k.arg == "default"]
                if not default:
                    raise Refusal("%s: %s has no default: it is given on the command line" % (at.where(call), long))
                found.append((at, default[0]))
        if len(found) != 1:
            raise Refusal("the option %s is made in %d places" % (node.attr, len(found)))
        return found[0]

    def _item(self, source, node):
        key = _key(node)
        if key is None:
            return None
        at, made = self._made(source, node.value)
        if isinstance(made, ast.Dict):
            return at, _only(at, [v for k, v in zip(made.keys, made.values) if isinstance(k, ast.Constant) and k.value == key], repr(key))
        if isinstance(made, ast.Call) and last(made.func) == "dict":
            return at, _only(at, [k.value for k in made.keywords if k.arg == key], repr(key))
        return None


def _key(node):
    """Returns the constant that an item is taken by, or None."""
    key = node.slice if isinstance(node.slice, ast.Constant) else getattr(node.slice, "value", None)  # Python 3.8 wraps it
    return key.value if isinstance(key, ast.Constant) else None


def _settings(call):
    """Returns the names of files of settings that a call is given."""
    texts = [n.value for n in ast.walk(call) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return [t for t in texts if t.endswith((".yaml", ".yml", ".json", ".toml"))]


def asnumber(text):
    try:
        return float(text)
    except ValueError:
        return None


def _only(source, found, name):
    if len(found) != 1 or found[0] is None:
        raise Refusal("%s: %s is set in %d places" % (source.path, name, len(found)))
    return found[0]


def _targets(statement):
    return statement.targets if isinstance(statement, ast.Assign) else [statement.target]


def _assigned(tree, name, source, inside):
    """Yields what is assigned to a name in a scope, None for what is no plain assignment."""
    for n in ast.walk(tree):
        if isinstance(n, ast.Global) and name in n.names:
            yield None
        if not isinstance(n, ast.Name) or n.id != name or not isinstance(n.ctx, ast.Store) or source.function(n) is not inside:
            continue
        if isinstance(source.cls(n), ast.ClassDef) and source.function(source.cls(n)) is inside and inside is None and source.function(n) is None:
            continue  # a field of a class
        holder = source.parent[n]
        if isinstance(holder, (ast.Assign, ast.AnnAssign)):
            yield holder.value
        elif isinstance(holder, ast.Tuple) and isinstance(source.parent[holder], ast.Assign) and isinstance(source.parent[holder].value, ast.Tuple):
            yield source.parent[holder].value.elts[holder.elts.index(n)]
        else:
            yield None


def _parameters(function):
    a = function.args
    return [p.arg for p in a.posonlyargs + a.args + a.kwonlyargs + [v for v in (a.vararg, a.kwarg) if v]]


def _default(function, name):
    a = function.args
    plain = a.posonlyargs + a.args
    pairs = list(zip(plain[len(plain) - len(a.defaults):], a.defaults)) + list(zip(a.kwonlyargs, a.kw_defaults))
    return next((d for p, d in pairs if p.arg == name), None)


def _argument(function, call, name, method):
    for k in call.keywords:
        if k.arg == name:
            return k.value
    names = [p.arg for p in function.args.posonlyargs + function.args.args]
    if method and isinstance(function, FUNCTIONS) and not any(last(d) == "staticmethod" for d in function.decorator_list):
        names = names[1:]
    at = names.index(name) if name in names else len(call.args)
    return call.args[at] if at < len(call.args) else None


def _fields(holder, name):
    return [n.value for n in holder.body if isinstance(n, (ast.Assign, ast.AnnAssign)) and name in [last(t) for t in _targets(n)]]
