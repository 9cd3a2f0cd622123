"""The files of a program together, and what the trace knows of them."""

import ast

from refusal import Refusal
from source import FUNCTIONS, Source


class Place:
    """A place in the source as traces name it: lines and columns from 1, in bytes; no columns before Python 3.11."""

    def __init__(self, at):
        self.file, self.line, self.col, self.end_line, self.end_col = at

    def holds(self, node):
        if self.col:
            mine = (self.line, self.col - 1, self.end_line, self.end_col - 1)
            return (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset) == mine
        return node.lineno <= self.line <= node.end_lineno


class Program:
    def __init__(self, request):
        self.sources = {path: Source(path, text) for path, text in sorted(request["files"].items())}
        self.settings = request["settings"]
        self.trace = request["trace"]
        self.keys = []  # values to be set in files of settings
        self.imports = {source: _imports(source) for source in self.sources.values()}

    def calls(self, *names):
        """Yields all calls of functions whose last name is one of those."""
        for source in self.sources.values():
            for node in ast.walk(source.tree):
                if isinstance(node, ast.Call) and (not names or last(node.func) in names):
                    yield source, node

    def call_at(self, at, *names):
        """Returns the only call at a place of the trace, or None. Where columns are not known the name decides."""
        place = Place(at) if at else None
        source = self.sources.get(place.file) if place else None
        if source is None:
            return None
        found = [n for n in ast.walk(source.tree) if isinstance(n, ast.Call) and place.holds(n) and (not names or last(n.func) in names)]
        if len(found) > 1:  # of several lines of calls, the one that begins there
            found = [n for n in found if n.lineno == place.line]
        return (source, found[0]) if len(found) == 1 else None

    def optimizer(self):
        """Returns the construction of the only optimizer."""
        made = {tuple(o["at"]): o for o in self.trace["optimizers"] if o["at"]}
        if len(made) != 1:
            raise Refusal("the place of the optimizer is not known" if not made else "there are %d optimizers" % len(made))
        (o,) = made.values()
        found = self.call_at(o["at"], o["kind"]) or self.call_at(o["at"])
        if found is None:
            raise Refusal("the optimizer is made in another way than by a call of %s" % o["kind"])
        return found

    def backward(self):
        """Returns the only call of backward."""
        found = [(s, n) for s, n in self.calls("backward") if isinstance(n.func, ast.Attribute)]
        if len(found) != 1:
            raise Refusal("there are %d calls of backward()" % len(found))
        return found[0]

    def step(self):
        """Returns the call of the optimizer's step in the function of backward, and how the optimizer is called there."""
        source, back = self.backward()
        inside = source.function(back)
        found = []
        for s, n in self.calls("step"):
            if s is not source or source.function(n) is not inside or not isinstance(n.func, ast.Attribute):
                continue
            if n.args and "scaler" in source.text(n.func.value).lower():  # mixed precision: scaler.step(optimizer)
                found.append((n, n.args[0]))
            elif "sched" not in source.text(n.func.value).lower() and not self.is_scheduler(source, n.func.value):
                found.append((n, n.func.value))
        if len(found) != 1:
            raise Refusal("there are %d calls of an optimizer's step() beside backward()" % len(found))
        return (source,) + found[0]

    def is_scheduler(self, source, node):
        made = [n.value for n in ast.walk(source.tree) if isinstance(n, ast.Assign) and source.text(n.targets[0]) == source.text(node)]
        return any(isinstance(v, ast.Call) and last(v.func).endswith(("LR", "Restarts", "Plateau")) for v in made)

    def root(self):
        """Returns the network that was fed: its record in the trace."""
        if not self.trace["root"]:
            raise Refusal("the trace knows no network that is a module")
        return self.trace["root"]

    def layer(self, name):
        return next((r for r in self.trace["layers"] if r["name"] == name), None)

    def class_of(self, kind):
        """Returns the user's only class of that name, or None."""
        found = [(s, n) for s in self.sources.values() for n in ast.walk(s.tree) if isinstance(n, ast.ClassDef) and n.name == kind]
        return found[0] if len(found) == 1 else None

    def network(self):
        """Returns the statement that makes the network, and what it calls it."""
        root = self.root()
        found = self.call_at(root["at"], root["kind"]) or self.call_at(root["at"])
        if found is None:
            raise Refusal("the place where the network is made is not known")
        source, node = found
        statement = self._sent(source, node)
        if isinstance(statement, ast.Return):  # by a function that builds it: where its only call is kept
            inside = source.function(statement)
            calls = list(self.calls(inside.name)) if isinstance(inside, FUNCTIONS) else []
            if len(calls) != 1:
                raise Refusal("%s: the network is built by a function with %d calls" % (source.where(node), len(calls)))
            source, node = calls[0]
            statement = self._sent(source, node)
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1 or not isinstance(statement.targets[0], (ast.Name, ast.Attribute)):
            raise Refusal("%s: the network is not made by an assignment" % source.where(node))
        return source, statement, source.text(statement.targets[0])

    def _sent(self, source, node):
        """Returns the statement that a network which a call makes goes into. To send it to a device returns the network itself."""
        statement = source.parent[node]
        while isinstance(statement, (ast.Attribute, ast.Call)) and not (isinstance(statement, ast.Call) and node in statement.args):
            if isinstance(statement, ast.Attribute) and statement.attr not in ("to", "cuda", "cpu", "float", "double", "train"):
                break
            statement = source.parent[statement]
        return statement

    def spell(self, source, name):
        """Returns how a file calls what torch calls "torch.nn.ReLU", or None where it imports none of it."""
        known = self.imports[source]
        parts = name.split(".")
        for n in range(len(parts), 0, -1):
            for alias, full in known.items():
                if full == ".".join(parts[:n]):
                    return ".".join([alias] + parts[n:])
        return None

    def needed(self, source, name):
        text = self.spell(source, name)
        if text is None:
            raise Refusal("%s does not import torch" % source.path)
        return text

    def functions_of_loss(self):
        """Yields what the loss is computed by: the statement that makes it, and the bodies of the user's functions
        that this calls, and the networks' forward functions."""
        source, back = self.backward()
        pending = [(source, back)]
        if isinstance(back.func.value, ast.Name):
            inside = source.function(back) or source.tree
            name = back.func.value.id
            pending += [(source, n.value) for n in ast.walk(inside) if isinstance(n, ast.Assign) and name in [last(t) for t in n.targets]]
        defined = {}
        for s in self.sources.values():
            for n in ast.walk(s.tree):
                if isinstance(n, FUNCTIONS):
                    defined.setdefault(n.name, []).append((s, n))
        pending += defined.get("forward", [])
        seen = set()
        while pending:
            s, node = pending.pop()
            if node in seen:
                continue
            seen.add(node)
            yield s, node
            for n in ast.walk(node):
                if isinstance(n, ast.Call):
                    pending += defined.get(last(n.func), [])


def last(node):
    """Returns the last name of an expression such as torch.nn.ReLU, or ""."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _imports(source):
    known = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for a in node.names:
                known[a.asname or a.name.split(".")[0]] = a.name if a.asname else a.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module:
            for a in node.names:
                known[a.asname or a.name] = node.module + "." + a.name
    return known
