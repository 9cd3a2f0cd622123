"""Losses: what they were given, what they made of it, in training and in evaluation."""

import time

from . import graph, results, stats

REDUCTIONS = {0: "none", 1: "mean", 2: "sum"}
# The functions that compute losses, by the name that docs/trace.md gives them: where they live, and the position of
# the reduction among their arguments.
FUNCTIONS = {
    "cross_entropy": ("_C._nn.cross_entropy_loss", 3),
    "nll_loss": ("_C._nn.nll_loss_nd", 3),
    "binary_cross_entropy": ("_C._nn.binary_cross_entropy", 3),
    "mse_loss": ("_C._nn.mse_loss", 2),
    "l1_loss": ("_C._nn.l1_loss", 2),
    "smooth_l1_loss": ("_C._nn.smooth_l1_loss", 2),
    "huber_loss": ("_C._nn.huber_loss", 2),
    "binary_cross_entropy_with_logits": ("binary_cross_entropy_with_logits", 4),
    "poisson_nll_loss": ("poisson_nll_loss", 5),
}
_CLASSES = {"cross_entropy", "nll_loss"}
_BINARY = {"binary_cross_entropy": 0.5, "binary_cross_entropy_with_logits": 0.0}
MAX_CLASSES = 10000
ENOUGH = 256  # rows of training batches that are summed up together
AGAIN = 8  # the first step after 0 at which to sum them up again; then they thin out by two
EVALUATED = 2  # batches of an evaluation that are looked at whatever it costs
SPACING = 1.5  # evaluations are looked at whole, though time has not paid for it, at steps that thin out by this factor
LIMIT = 0.05  # seconds that one of those may take

clock = time.perf_counter


class Call:
    """One computation of a loss. It lives until its step ends."""

    def __init__(self, name, args, result, at=None):
        self.name, self.result, self.at = name, result, at
        self.prediction, self.target = args[0], args[1]
        self.node = self.prediction.grad_fn  # the operation that made the prediction
        position = FUNCTIONS[name][1] if name in FUNCTIONS else 9
        reduction = args[position] if len(args) > position else 1
        self.reduction = REDUCTIONS.get(reduction, "mean")
        self.weighted = any(a is not None for a in args[2:3 if name != "binary_cross_entropy_with_logits" else 4]) and name not in (
            "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "poisson_nll_loss")
        if name == "poisson_nll_loss" and len(args) > 3 and args[3]:
            self.name = "poisson_nll_full"  # Stirling's term is in it, by which its constant's loss is another
        self.ignore = args[4] if name in _CLASSES and len(args) > 4 else None
        self.smoothing = args[5] if name == "cross_entropy" and len(args) > 5 else 0.0
        self.beta = args[3] if name in ("smooth_l1_loss", "huber_loss") and len(args) > 3 else 1.0

    def kind(self):
        """What makes two calls the same head: the loss, and the shape but for the rows."""
        p = self.prediction
        return self.name, p.dim(), p.shape[1] if self.name in _CLASSES and p.dim() > 1 else 0

    def rows(self):
        if self.name in _CLASSES and not self.target.is_floating_point():
            return self.target.numel()
        return self.prediction.shape[0] if self.prediction.dim() else 1

    def indices(self):
        """Returns the target as class indices without those ignored, or None."""
        t = self.target
        if self.name not in _CLASSES or t.is_floating_point():
            return None
        t = t.detach().reshape(-1)
        return t[t != self.ignore] if self.ignore is not None and self.ignore >= 0 else t[t >= 0]

    def accuracy(self):
        """Returns (rows right, rows), or None where the loss is not one of classes."""
        p, t = self.prediction.detach(), self.target.detach()
        if self.name in _BINARY:
            if p.shape != t.shape or not bool(((t == 0) | (t == 1)).all()):
                return None
            right = (p > _BINARY[self.name]) == (t > 0.5)
            return int(right.sum()), right.numel()
        if self.name not in _CLASSES or t.is_floating_point() or p.dim() < 2:
            return None
        counted = t >= 0 if self.ignore is None or self.ignore < 0 else t != self.ignore
        return int(((p.argmax(1) == t) & counted).sum()), int(counted.sum())


class Evaluation:
    """The losses of one evaluation. They are read together, at its end, since to read one can wait for an accelerator."""

    def __init__(self, name, edges, whole):
        self.results = results.Results(name, edges)
        self.whole, self.spent = whole, 0.0  # it is looked at from end to end; seconds that this took
        self.losses, self.rows, self.sums = [], [], []  # a value, its rows, and what it is a sum over, of every batch
        self.right = self.counted = 0

    def add(self, loss, rows, over):
        self.losses.append(loss)
        self.rows.append(rows)
        self.sums.append(over)

    def mean(self):
        """Returns the mean over rows."""
        values = [v.item() for v in self.losses] if self.losses[0].is_cpu else stats.torch.stack([v.reshape(()).float() for v in self.losses]).tolist()
        rows = sum(self.rows)
        return sum(v / (over or 1) * n for v, n, over in zip(values, self.rows, self.sums)) / rows if rows else float("nan")


class Losses:
    """Numbers the heads, and gathers what evaluations showed."""

    def __init__(self, network, put):
        self.network, self.put = network, put
        self.heads = {}  # (kind, place): number
        self.by_kind = {}  # kind: number of the first head of that kind
        self.due = {}  # (split, head or "input"): the step from which to look at such data again
        self.evaluations = {}  # kind: totals
        self.batches = self.rows = self.batches_seen = 0
        self.train_mode = False
        self.few = {}  # (split, head): targets of batches of a few rows, until they are enough
        self.last = {}  # head: the last step with a record of its predictions
        self.edges = {}  # kind: edges of its joint histogram, once they are known
        self.training, self.sum_up = {}, {}  # head: results of training batches, and the step from which to record them
        self.whole = {}  # kind: the step from which to look at an evaluation whole
        self.clamps = {}  # head: the bounds that clamp its predictions, where no module does
        self.total = {}  # split: rows of the set that batches are drawn from

    # -- training ---------------------------------------------------------------------------

    def trained(self, call, root, step):
        """Records a loss that was computed on a training batch; `root` says that backward was called on it alone. Returns
        the number of its head, or None."""
        key = call.kind(), call.at
        h = self.heads.get(key)
        if h is None:
            if len(self.heads) >= 64:
                return None
            h = self.heads[key] = len(self.heads)
            self.by_kind.setdefault(call.kind(), h)
            self.describe(h, call, root, step)
        if self.last.get(h) != step:  # of several batches that go into one step, the first
            self.last[h] = step
            self.predicted(h, call, "train", step)
        self.targets(h, call, "train", step)
        self.sum_up_training(h, call, step)
        return h

    def sum_up_training(self, h, call, step):
        """Adds a training batch to those whose results are recorded now and then. What is old is forgotten: the network
        was another then."""
        gathered = self.training.get(h)
        if gathered is None or step > 2 * gathered.first + AGAIN:
            gathered = self.training[h] = results.Results(call.name, self.edges.setdefault(call.kind(), []), step)
        gathered.add(call)
        if gathered.known >= ENOUGH and step >= self.sum_up.get(h, 0):
            self.sum_up[h] = max(AGAIN, 2 * step)
            self.put_results(self.training.pop(h), step, h, "train")

    def put_results(self, gathered, step, h, split):
        record = gathered.record(step, h, split)
        if record:
            self.put(record)

    def end(self, step):
        """Records the results of the last training batches that were looked at."""
        for h, gathered in self.training.items():
            self.put_results(gathered, step, h, "train")
        self.training = {}

    def describe(self, h, call, root, step):
        shape = list(call.prediction.shape)
        entries = []
        kept = True  # the shape is still the prediction's
        for op, node in graph.chain(call.node):
            entry = {"op": op}
            entry.update(graph.facts(op, node, shape if kept else _shape(node)))
            layer = self.network.outputs.get(node) or self.owner(op, node)
            if layer is not None:
                entry["m"] = self.network.module_number(layer)
            entry["src"] = self.network.place(layer) if layer is not None else self.network.only_call(op)
            entries.append({k: v for k, v in entry.items() if v is not None})
            kept = kept and op not in ("reshape", "select", "cat", "sum", "mean", "other")
        last = next((e for e in entries if e["op"] not in ("reshape", "select")), {})
        if last.get("op") in ("clamp", "hardtanh") and "m" not in last:
            self.clamps[h] = last.get("lo"), last.get("hi")
        record = {"k": "head", "s": step, "h": h, "loss": call.name, "red": call.reduction, "root": root, "shape": shape, "chain": entries}
        place = self.network.seen(call.at)
        if place:
            record["src"] = place
        if call.weighted:
            record["weighted"] = True
        if call.smoothing:
            record["smooth"] = float(call.smoothing)
        self.put(record)

    def owner(self, op, node):
        """Returns the module whose parameters an operation uses, if it uses any."""
        if op not in graph.TERMINAL:
            return None
        return next(filter(None, map(self.network.owner, graph.parameters_of(node))), None)

    def predicted(self, h, call, split, step):
        p = call.prediction.detach()
        record = {"k": "pred", "s": step, "h": h, "split": split}
        if p.dim() and p.shape[0] >= stats.FEW:
            n, mean, std, lo, hi, _, _, nf = stats.summary(stats.sample(p))
            record.update(n=n, mean=mean, std=std, nf=nf, min=lo, max=hi)
        if call.result.numel() == 1:
            record["loss"] = call.result.item()
        accuracy = call.accuracy()
        if accuracy and accuracy[1]:
            record["acc"] = accuracy[0] / accuracy[1]
        self.put(record)

    def targets(self, h, call, split, step):
        """Records statistics of the targets, at steps that thin out."""
        if step < self.due.get((split, h), 0):
            return
        t = call.target.detach()
        record = {"k": "data", "s": step, "role": "target", "split": split, "site": str(h), "dt": str(t.dtype)[6:], "shape": list(t.shape)}
        indices = call.indices()
        t = stats.enough(self.few, (split, h), t if indices is None else indices)
        if t is None:
            return
        self.due[split, h] = thin_out(step)
        if self.total.get(split):
            record["total"] = self.total[split]
        if indices is not None:
            indices = t
            classes = call.prediction.shape[1] if call.prediction.dim() > 1 else 0
            if not 0 < classes <= MAX_CLASSES or indices.numel() == 0 or int(indices.max()) >= classes:
                return
            # On the CPU: an accelerator's bincount is not deterministic, and fails where that is asked for.
            counts = indices.cpu().bincount(minlength=classes).tolist()
            record.update(layout="classes", of=classes, rows=indices.numel(), classes=counts)
        else:
            record.update(stats.columns(t))
            record["ranges"] = stats.ranges(t)
            sums = stats.row_sums(t)
            if sums:
                record["rowsum"] = sums
        self.put(record)

    # -- evaluation ---------------------------------------------------------------------------

    def evaluated(self, call, step, affordable):
        """Adds a loss that was computed without gradients to the evaluation that goes on; with its accuracy, its targets
        and its predictions where that is `affordable`, or due."""
        kind, began = call.kind(), clock()
        if call.result.numel() != 1 or kind not in self.evaluations and len(self.evaluations) >= 64:
            return
        if kind not in self.evaluations:
            whole = affordable or step >= self.whole.get(kind, 0)
            self.evaluations[kind] = Evaluation(call.name, self.edges.setdefault(kind, []), whole)
        total = self.evaluations[kind]
        rows = call.rows()
        total.add(call.result.detach(), rows, rows if call.reduction == "sum" else 1)
        self.batches_seen += 1
        if affordable or self.batches_seen <= EVALUATED or total.whole and total.spent < LIMIT:
            self.look_at(call, total, step)
        else:
            total.results.skip(call.prediction.shape[0] if call.prediction.dim() else 1)
        total.spent += clock() - began

    def look_at(self, call, total, step):
        accuracy = call.accuracy()
        if accuracy:
            total.right += accuracy[0]
            total.counted += accuracy[1]
        h = self.by_kind.get(call.kind())
        if h is not None:
            self.targets(h, call, "val", step)
            if total.whole:
                total.results.add(call)

    def forwarded(self, rows, training):
        """Notes a batch that the network was given without gradients."""
        self.batches += 1
        self.rows += rows
        self.train_mode = self.train_mode or training

    def flush(self, step, seconds):
        """Ends the evaluation that went on, if any."""
        if not self.evaluations and not self.batches:
            return
        common = {"k": "eval", "s": step, "t": round(seconds, 4), "train_mode": self.train_mode}
        if not self.evaluations:
            self.put(dict(common, batches=self.batches, rows=self.rows))
        for kind, total in self.evaluations.items():
            record = dict(common, batches=len(total.losses), rows=sum(total.rows), loss=total.mean())
            if kind in self.by_kind:
                record["h"] = self.by_kind[kind]
            if total.counted:
                record.update(acc=total.right / total.counted, accn=total.counted)
            self.put(record)
            if kind in self.by_kind and total.whole:
                self.whole[kind] = int(SPACING * step) + 1
                self.put_results(total.results, step, self.by_kind[kind], "val")
        self.evaluations = {}
        self.batches = self.rows = self.batches_seen = 0
        self.train_mode = False


def thin_out(step):
    """Returns the step from which to look at data again: the first batches, then ever fewer."""
    return step + 1 if step < 4 else 2 * step


def _shape(node):
    """Returns the shape of an operation's result, where autograd tells it (PyTorch 2.1 on), or None."""
    meta = getattr(node, "_input_metadata", None)
    try:
        return list(meta[0].shape)
    except Exception:
        return None
