"""The rows that the engine's twin of a network learns from: what its first layer is fed, and the targets beside it.

Only where NNVET_TWIN says so (`nnvet run --twin`). Rows are kept in memory, each once, and written when training ends, as
safetensors, into the run's directory. Both memory and time are bounded; what goes wrong here ends the keeping and nothing
else.
"""

import ctypes
import json
import os
import time
import weakref

from . import complain, graph, losses, stats, survey

FILE = "twin.safetensors"
FORMAT = "1"
MOST = 256 << 20  # bytes of rows
SHARE, GRACE = 0.1, 1.0  # part of the time that keeping may take, beside a second
PENDING = 8  # batches that may wait for one backward pass
PASSES = 2  # passes over what is kept without a new row, after which no more is expected
TRAINED = 0.9  # share of a batch of an evaluation that are training rows, from which it is an evaluation of those
EXACT = 1 << 24  # whole numbers up to this are exact in float32

# What autograd saved of an operation that a layer cannot be built without.
FACTS = """negative_slope alpha scale beta threshold lambd min max min_val max_val stride padding dilation groups transposed kernel_size
    ceil_mode count_include_pad divisor_override eps dim keepdim approximate p training""".split()

clock = time.perf_counter


def wanted(probe):
    """Returns the keeper of rows, where the user asked for one."""
    return Twin(probe) if os.environ.get("NNVET_TWIN") and "NNVET_TRIAL" not in os.environ else None


def _quietly(method):
    """Ends the keeping at an error, and counts its time apart from the budget of looking."""

    def run(self, *args):
        if self.why or self.inside or not self.probe.guard.on or not self.probe.guard.mine() or self.probe.guard.busy():
            return
        self.inside, began = True, clock()
        try:
            method(self, *args)
        except Exception as e:
            complain("twin", e)
            self.stop("keeping them failed with %s" % type(e).__name__)
        finally:
            self.inside = False
            self.spent += clock() - began

    return run


class Split:
    """Rows of training, or of evaluations."""

    def __init__(self):
        self.chunks = []  # (inputs, targets, keys) of batches that brought new rows
        self.keys = {}  # of a row: its number, and the mark of the pass that brought it
        self.count = 0

    def fresh(self, keys, mark):
        """Returns the places of the rows of a batch that are not known. One that comes again within a pass is there twice."""
        out = []
        for i, key in enumerate(keys):
            known = self.keys.get(key)
            if known is None:
                self.keys[key] = self.count + len(out), mark
            elif mark is None or known[1] != mark:
                continue
            out.append(i)
        return out

    def add(self, x, y, keys):
        self.chunks.append((x, y, keys))
        self.count += len(keys)


class Twin:
    """Keeps rows."""

    def __init__(self, probe):
        self.probe = probe
        self.train, self.val = Split(), Split()
        self.inside, self.why = False, ""  # why nothing is kept any more; then there are no rows either
        self.spent, self.began, self.bytes = 0.0, None, 0
        self.hooks = None
        self.first = None  # weak reference to the first layer with parameters that was run
        self.x = None  # its input, until the loss comes
        self.pending = []  # batches whose backward pass has not come
        self.shape = self.layout = None  # of a row's input; and the loss, with what its predictions and targets are
        self.idle = 0  # rows in turn that were known
        self.skipped = self.total = self.ordered = self.mixed = 0
        self.facts = None

    # -- where it looks ---------------------------------------------------------------------------

    def look(self):
        """Watches what layers are fed."""
        if self.hooks is None and not self.why and not self.probe.compiled:
            self.hooks = self.probe.torch.nn.modules.module.register_module_forward_pre_hook(self.entering)

    def rest(self):
        """Watches no more where training brings nothing new, so that PyTorch has its fast path again."""
        if self.hooks is not None and (self.why or self.idle > PASSES * max(self.train.count, 1)):
            self.hooks.remove()
            self.hooks = self.x = None

    def stop(self, why):
        self.why = why
        self.train, self.val, self.pending, self.x = Split(), Split(), [], None
        self.rest()

    def entering(self, module, inputs):
        if self.first is None:
            self.meet(module)
        if self.first is not None and self.first() is module:
            self.fed(inputs)

    def meet(self, module):
        if not self.probe.torch.is_grad_enabled() or not any(p.requires_grad for p in module._parameters.values() if p is not None):
            return
        self.first = weakref.ref(module)

    @_quietly
    def fed(self, inputs):
        x = inputs[0] if inputs and isinstance(inputs[0], self.probe.torch.Tensor) else None
        if len(self.pending) > PENDING:
            self.pending = []
        self.x = None
        if x is None or x.dim() < 1 or x.is_sparse or x.is_complex() or x.is_quantized:
            return self.stop("the first layer is fed something that is no plain tensor")
        self.began = self.began or clock()
        if self.spent > max(GRACE, SHARE * (clock() - self.began)):
            self.skipped += 1
            return
        self.x = stats.torch.empty_like(x, device="cpu").copy_(x.detach())  # now: the script may change it

    @_quietly
    def told(self, name, args, result):
        """Called for every loss."""
        x, self.x = self.x, None
        if x is None or result.numel() != 1:
            return
        call = losses.Call(name, args, result)
        p, t = call.prediction.detach(), call.target.detach()
        training = self.probe.forward.training() and call.prediction.requires_grad
        if not p.dim() or not t.dim() or p.shape[0] != len(x) or t.shape[0] != len(x):
            compared = "predictions of %s with targets of %s" % (tuple(p.shape), tuple(t.shape))
            return training and self.stop("the loss compares %s where the first layer was fed %d rows" % (compared, len(x)))
        layout = self.describe(call, p, t)
        if self.layout is None:
            self.layout, self.shape = layout, tuple(x.shape[1:])
        elif layout != self.layout or tuple(x.shape[1:]) != self.shape:
            if training:
                self.stop("batches differ in more than their rows: inputs of %s and %s" % (self.shape, tuple(x.shape[1:])))
            return
        if not t.is_floating_point() or not x.is_floating_point():
            whole = [v for v in (t, x) if not v.is_floating_point() and v.numel()]
            if any(int(v.max()) > EXACT or int(v.min()) < 0 for v in whole):
                return self.stop("classes or tokens are not numbers from 0 to 2^24")
        batch = x, t.reshape(len(x), -1).float().cpu()
        if training:
            self.pending.append(batch)
        else:
            self.evaluated(*batch)

    def describe(self, call, p, t):
        kind = "numbers"
        if call.indices() is not None:
            kind = "classes"
        elif not t.is_floating_point():
            kind = "whole"
        return {"loss": call.name, "target": kind, "classes": p.shape[1] if kind == "classes" and p.dim() > 1 else 0, "shape": list(p.shape[1:]),
                "target_shape": list(t.shape[1:]), "beta": float(call.beta), "smooth": float(call.smoothing), "red": call.reduction,
                "weighted": bool(call.weighted)}

    @_quietly
    def backward(self):
        """Called before a backward pass: what waited for it was trained on."""
        batches, self.pending = self.pending, []
        for x, y in batches:
            self.trained(x, y)
        self.rest()

    # -- rows ---------------------------------------------------------------------------------------

    def trained(self, x, y):
        loaded = self.probe.forward.feed.loader()
        keys = keysof(x, y)
        seen = [self.train.keys.get(k, (None,))[0] for k in keys]
        if None not in seen and len(seen) > 1 and len(seen) < self.train.count:
            if all(b == a + 1 for a, b in zip(seen, seen[1:])):
                self.ordered += 1
            else:
                self.mixed += 1
        if loaded is not None:
            self.total = loaded[1] or 0
        new = self.train.fresh(keys, loaded[2] if loaded is not None else None)
        self.idle = 0 if new else self.idle + len(keys)
        self.keep(self.train, x, y, keys, new)

    def evaluated(self, x, y):
        keys = keysof(x, y)
        if sum(k in self.train.keys for k in keys) >= TRAINED * len(keys):
            return
        self.keep(self.val, x, y, keys, self.val.fresh(keys, None))

    def keep(self, split, x, y, keys, new):
        if not new:
            return
        x, y = x[new].float(), y[new]
        self.bytes += 4 * (x.numel() + y.numel())
        if self.bytes > MOST:
            return self.stop("they take more than %d MiB, and a part of them would be another training" % (MOST >> 20))
        split.add(x.contiguous(), y.contiguous(), [keys[i] for i in new])

    # -- the network -------------------------------------------------------------------------------

    @_quietly
    def saw(self, root):
        """Notes what autograd saved of every operation of the first loss, by its number in the graph record."""
        if self.facts is None:
            self.facts = {str(i): f for i, f in ((i, facts(n)) for i, n in enumerate(graph.walk(root))) if f}

    # -- the end -----------------------------------------------------------------------------------

    def end(self):
        """Writes what was kept. A run that keeps nothing leaves the reason."""
        try:
            self.probe.guard.inside = True  # nothing of what follows is training
            if not self.why and not self.train.count:
                self.why = "no loss of a network's first layer was seen" if self.first is not None else "no layer with parameters was run to be trained"
            self.write(os.path.join(self.probe.wire.directory, FILE))
        except Exception as e:
            complain("twin", e)
        finally:
            self.probe.guard.inside = False

    def about(self):
        return {
            "format": "nnvet twin " + FORMAT, "why": self.why, "total": str(self.total), "skipped": str(self.skipped),
            "ordered": str(self.ordered), "mixed": str(self.mixed), "idle": str(self.idle),
            "layout": json.dumps(self.layout), "facts": json.dumps(self.facts or {}),
        }

    def write(self, path):
        parts, at, header = [], 0, {"__metadata__": self.about()}
        val = [c for c in self.val.chunks if sum(k in self.train.keys for k in c[2]) < TRAINED * len(c[2])]
        for split, chunks in (("train", self.train.chunks), ("val", val)):
            for which, name in ((0, "x"), (1, "y")):
                tensors = [c[which] for c in chunks]
                rows = sum(len(t) for t in tensors)
                if not rows:
                    continue
                size = sum(4 * t.numel() for t in tensors)
                header["%s.%s" % (split, name)] = {"dtype": "F32", "shape": [rows] + list(tensors[0].shape[1:]), "data_offsets": [at, at + size]}
                at += size
                parts.extend(tensors)
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        part = "%s.%d" % (path, os.getpid())
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
            f.write(len(text).to_bytes(8, "little") + text)
            for t in parts:
                if t.numel():
                    f.write((ctypes.c_char * (4 * t.numel())).from_address(t.data_ptr()))
        os.replace(part, path)


def keysof(x, y):
    """Returns what tells every row, with its target, from others."""
    n = len(x)
    f = x.reshape(n, -1)
    if f.shape[1] > survey.HASHED:
        f = f[:, :: -(-f.shape[1] // survey.HASHED) | 1]
    return list(zip(survey.hashes(f), survey.hashes(y)))


def facts(node):
    """Returns what autograd saved of an operation, of plain numbers and texts."""
    out = {}
    for name in FACTS:
        try:
            v = getattr(node, "_saved_" + name, None)
        except Exception:  # freed
            continue
        if isinstance(v, (bool, int, float, str)):
            out[name] = number(v)
        elif isinstance(v, (tuple, list)) and all(isinstance(n, int) for n in v):
            out[name] = [number(n) for n in v]
    return out


def number(v):
    """Returns a number as JSON has it: signed, and finite."""
    if isinstance(v, int) and not isinstance(v, bool):
        return graph.signed(v)
    return v if not isinstance(v, float) or v - v == 0 else repr(v)
