"""The network and its optimizers: numbers and names for modules and parameters, and the records that describe them."""

import sys
import weakref

from . import source, stats

_WRAPPERS = {"DistributedDataParallel": "module.", "DataParallel": "module.", "OptimizedModule": "_orig_mod."}
MAX_MADE = 100_000  # modules whose place is remembered, before those that are gone are forgotten
MAX_ROOTS = 64  # root modules that are described: some programs make a new one in every step
MAX_ROWS = 1 << 22  # elements of a weight up to which its rows are compared


class Network:
    """Knows the root modules that were run, their parts, and the parameters in optimizers."""

    def __init__(self, torch, put):
        self.torch, self.put = torch, put
        self.made = {}  # id(module): (weak reference, where it was made)
        self.roots = {}  # id(module): weak reference
        self.modules = {}  # id(module): (weak reference, number)
        self.described = 0  # modules
        self.numbers = {}  # id(parameter): number
        self.refs = []  # weak references to parameters, by number
        self.names = set()
        self.labels = {}  # number of a matrix: labels of its rows, equal where rows began equal; None where none did
        self.still = set()  # numbers of those whose gradients were 0 so far
        self.units = {}  # number of a weight whose rows are units: weak references to it and to its bias, or None
        self.owners = {}  # id(parameter): weak reference to its module
        self.outputs = {}  # autograd node: the activation module that made it, during the first sampled steps
        self.optimizers = []  # weak references, by number
        self.modal = None  # a kind of layer that works differently in training and evaluation
        self.has_units = (torch.nn.Linear, torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d)
        self.files = set()
        self.calls = []  # in those files, as source.read gives them

    def module_number(self, m):
        """Returns the number of a module, or None."""
        ref, i = self.modules.get(id(m), (None, None))
        return i if ref is not None and ref() is m else None

    def number(self, p):
        """Returns the number of a parameter, or None. An id may be used again, so that the reference decides."""
        i = self.numbers.get(id(p))
        return i if i is not None and self.refs[i]() is p else None

    # -- where things were made ---------------------------------------------------------

    def module_made(self, module, frame):
        if len(self.made) > MAX_MADE:
            self.made = {i: entry for i, entry in self.made.items() if entry[0]() is not None}
        self.made[id(module)] = (weakref.ref(module), source.caller(frame, module))

    def place(self, module):
        ref, at = self.made.get(id(module), (None, None))
        if ref is None or ref() is not module:  # the id was used again
            return None
        return self.seen(at)

    def seen(self, at):
        """Renders a place, and records the source file that it lies in."""
        if at is None:
            return None
        self.read(at[0].co_filename)
        return source.place(at)

    def read(self, file):
        if file and file not in self.files and len(self.files) < 50:
            self.files.add(file)
            record = source.read(file)
            if record:
                self.calls.extend(record["calls"])
                self.put(record)

    def only_call(self, operation):
        """Returns the place of the only call of a function by that name in the user's source, if there is just one."""
        places = {c["src"] for c in self.calls if c["f"] == operation and c["in"]}
        return places.pop() if len(places) == 1 else None

    # -- modules ----------------------------------------------------------------------------

    def is_root(self, module):
        ref = self.roots.get(id(module))
        return ref is not None and ref() is module

    def is_whole(self, module):
        """Reports whether a module is a root, or what a wrapper that is one wraps."""
        if self.is_root(module):
            return True
        roots = [r for r in (ref() for ref in self.roots.values()) if type(r).__name__ in _WRAPPERS]
        return any(getattr(r, _WRAPPERS[type(r).__name__][:-1], None) is module for r in roots)

    def add_root(self, module, step, frame):
        """Describes a module that was called from outside any other, once."""
        if self.is_root(module) or len(self.roots) >= MAX_ROOTS:
            return
        self.roots[id(module)] = weakref.ref(module)
        if not any(True for _ in module.parameters()):
            return
        prefix = ""
        if self.modules or not module._modules:
            name = source.variable(frame, module) or type(module).__name__
            prefix = self.unique(name)
        mods, params = [], []
        strip = _WRAPPERS.get(type(module).__name__, "")
        for path, m in module.named_modules():
            if self.module_number(m) is not None:
                continue
            i, self.described = self.described, self.described + 1
            self.modules[id(m)] = weakref.ref(m), i
            path = path[len(strip):] if strip and path.startswith(strip) else path
            name = ".".join(p for p in (prefix, path) if p) or type(module).__name__
            mods.append(_trim({"i": i, "n": name, "c": type(m).__name__, "src": self.place(m), "leaf": not m._modules, "a": _settings(m)}))
            for short, p in m._parameters.items():
                if p is not None and self.number(p) is None:
                    self.owners[id(p)] = weakref.ref(m)
                    params.append(self.param(p, (name + "." if path or prefix else "") + short, i))
            weight, bias = getattr(m, "weight", None), getattr(m, "bias", None)
            if weight is not None and isinstance(m, self.has_units) and self.number(weight) is not None:
                self.units[self.number(weight)] = weakref.ref(weight), weakref.ref(bias) if bias is not None else None
            if not self.modal and type(m).__name__.startswith(("Dropout", "BatchNorm")) and getattr(m, "p", 1) > 0:
                self.modal = type(m).__name__
        for at in range(0, max(len(mods), len(params), 1), stats.BLOCK):
            part = slice(at, at + stats.BLOCK)
            self.put(_trim({"k": "model", "s": step, "c": type(module).__name__, "src": self.place(module), "mods": mods[part], "params": params[part]}))
        file = getattr(sys.modules.get(type(module).__module__), "__file__", None)
        if file and not source.is_library(file):
            self.read(file)
        self.initial([p["i"] for p in params])

    def owner(self, p):
        """Returns the module that holds a parameter, or None."""
        ref = self.owners.get(id(p))
        return ref() if ref is not None else None

    def unique(self, name):
        n, candidate = 1, name
        while candidate in self.names:
            n += 1
            candidate = "%s#%d" % (name, n)
        self.names.add(candidate)
        return candidate

    def param(self, p, name, module):
        """Numbers a parameter; returns its entry for a record."""
        i = self.numbers[id(p)] = len(self.refs)
        self.refs.append(weakref.ref(p))
        return {"i": i, "n": name, "m": module, "shape": list(p.shape), "dt": str(p.dtype)[6:], "rg": p.requires_grad}

    def initial(self, ids):
        """Records what parameters look like before the first update."""
        rows, units, twins, kept = [], [], [], []
        for i in ids:
            p = self.refs[i]()
            if p is None or not p.is_floating_point() or p.numel() == 0 or p.is_sparse or _lazy(p):
                continue
            w = p.detach()
            kept.append(i)
            rows.append(stats.summary(stats.sample(w)))
            units.append(w.shape[0] if w.dim() >= 2 else 0)
            twins.append(0)
            if w.dim() >= 2 and w.shape[0] > 1 and w.numel() <= MAX_ROWS:
                labels = stats.groups(stats.fingerprints(w))
                twins[-1] = stats.twins(labels)
                self.labels[i] = labels if twins[-1] else None
        for at in range(0, len(kept), stats.BLOCK):
            part = slice(at, at + stats.BLOCK)
            self.put({"k": "init", "w": stats.block(kept[part], rows[part]), "rows": units[part], "dup": twins[part]})

    def initial_gradients(self, optimizer):
        """Records, at an optimizer's first step, which of the units that began equal have equal gradients too: they
        will stay equal. A matrix without equal units has none to compare. Gradients of 0, as before a layer that
        begins at zero, are equal without meaning it: they are recorded again once they are not 0."""
        ids, twins = [], []
        for p in (p for g in optimizer.param_groups for p in g["params"]):
            number = self.number(p)
            if number not in self.labels or p.grad is None or p.grad.is_sparse:
                continue
            labels = self.labels[number]
            if labels and not p.grad.any():
                if number in self.still:
                    continue
                self.still.add(number)
            else:
                del self.labels[number]
            ids.append(number)
            twins.append(stats.twins(zip(labels, stats.groups(stats.fingerprints(p.grad.detach())))) if labels else 0)
        if ids:
            self.put({"k": "initgrad", "i": ids, "dup": twins})

    # -- optimizers ----------------------------------------------------------------------------

    def add_optimizer(self, optimizer, at, names):
        """Describes an optimizer before its first step. `names` gives names to tensors that belong to no module."""
        number = len(self.optimizers)
        self.optimizers.append(weakref.ref(optimizer))
        loose = []
        groups = []
        for g in optimizer.param_groups:
            ids = []
            for p in g["params"]:
                if self.number(p) is None:
                    loose.append(self.param(p, self.unique(names.get(id(p)) or "param"), -1))
                ids.append(self.number(p))
            groups.append({"a": _numbers(g), "p": ids})
        if loose:
            self.put({"k": "model", "s": 0, "c": "", "mods": [], "params": loose})
            self.initial([p["i"] for p in loose])
        self.put(_trim({"k": "optim", "i": number, "c": type(optimizer).__name__, "src": self.seen(at), "groups": groups}))

    def rates(self):
        """Returns the learning rates of now, per optimizer and group."""
        out = []
        for ref in self.optimizers:
            optimizer = ref()
            out.append([float(g["lr"]) for g in optimizer.param_groups if "lr" in g] if optimizer is not None else [])
        return out

    def orphan(self, p, step):
        """Describes a trainable tensor that trains with the network but that no root module and no optimizer holds."""
        owner = next(((ref(), n) for ref, _ in list(self.made.values()) if ref() is not None
                      for n, q in ref()._parameters.items() if q is p), None)
        module, short = owner or (None, "tensor")
        name = self.unique("%s.%s" % (type(module).__name__, short) if module is not None else short)
        entry = self.param(p, name, -1)
        record = {"k": "orphan", "s": step, "i": entry["i"], "n": name, "shape": entry["shape"]}
        if module is not None:
            record.update({"c": type(module).__name__, "src": self.place(module)})
        self.put(_trim(record))


def convolves(module):
    """Reports whether a layer's input has its channels in the second dimension."""
    return type(module).__name__.startswith(("Conv", "LazyConv", "BatchNorm2d", "BatchNorm3d"))


def _lazy(p):
    return type(p).__name__ == "UninitializedParameter"


def _settings(m):
    """Returns a module's hyper-parameters: its public attributes that are numbers."""
    return {k: float(v) for k, v in vars(m).items()
            if not k.startswith("_") and k != "training" and isinstance(v, (int, float, bool)) and abs(v) < 1e15}


def _numbers(group):
    """Returns an optimizer group's settings that are numbers; pairs such as betas get a number each."""
    out = {}
    for k, v in group.items():
        if k == "params":
            continue
        if isinstance(v, (int, float, bool)):
            out[k] = float(v)
        elif hasattr(v, "item") and v.numel() == 1:  # a rate may be a tensor
            out[k] = float(v)
        elif isinstance(v, (tuple, list)) and all(isinstance(x, (int, float)) for x in v):
            out.update({"%s%d" % (k[:-1] if k.endswith("s") else k, n + 1): float(x) for n, x in enumerate(v)})
    return out


def _trim(record):
    return {k: v for k, v in record.items() if v is not None}
