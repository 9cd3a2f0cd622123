"""What hooks on the modules see: the batch that a network is given, the outputs of its layers, and how that batch fares."""

import sys
import time
import weakref

from . import depth, feed, losses, network, noise, source, stats
from .guard import guarded

clock = time.perf_counter
KEPT = 3  # losses of forward passes before the last that may still go into a backward pass
UNUSED = 20  # forward passes without a backward one, after which nobody seems to train


class Forward:
    """Follows the forward passes of a step that is looked at, and of evaluations."""

    def __init__(self, probe):
        self.probe, self.guard, self.torch = probe, probe.guard, probe.torch
        self.network, self.losses, self.units, self.survey = probe.network, probe.losses, probe.units, probe.survey
        self.through, self.noise = depth.Depth(), noise.Noise()
        self.feed = feed.Feed()
        self.hooks = []
        self.deep = 0  # modules that run, one inside the other
        self.root, self.site = None, ""  # the outermost of them, and its class
        self.trained = None  # weak reference to the root module that was last run to train it
        self.ran = None  # weak reference to one that was run with gradients since the last backward pass, in training mode if any was
        self.fed = False  # the network has had its input of this step
        self.fed_at = None  # the user's call that feeds it
        self.wants_input = False  # the next layer with parameters is the first
        self.rows = 0  # of the last batch seen
        self.count = 0  # forward passes since the last backward pass
        self.output = None  # of the root module
        self.acts = []  # (module number, summary of its output)
        self.handles = []  # of hooks on the operations that made the outputs of layers

    # -- hooks --------------------------------------------------------------------------------

    def hook(self):
        """Installs hooks that see every module. They cost PyTorch its fast path, so they stay for one step."""
        if not self.hooks and not self.probe.compiled and self.guard.on:
            m = self.torch.nn.modules.module
            self.hooks = [m.register_module_forward_pre_hook(self.entering), m.register_module_forward_hook(self.leaving)]
            self.deep = 0

    def ended(self):
        """Returns the root module that was run with gradients before this backward pass, or None where none was seen."""
        ran, self.ran = self.ran, None
        return ran() if ran is not None else None

    def unhook(self):
        for h in self.hooks:
            h.remove()
        self.hooks, self.deep, self.root = [], 0, None

    def stepped(self):
        """Lets go of what belonged to a step."""
        self.acts = []
        self.unfollow()

    # -- inputs -------------------------------------------------------------------------------

    @guarded
    def entering(self, module, inputs):
        if self.deep == 0:
            self.root, self.wants_input = None, False
            if not isinstance(module, self.torch.nn.modules.loss._Loss) and next(module.parameters(), None) is not None:
                self.root = module
                self.enter_root(inputs, sys._getframe(2))
        self.deep += 1
        if self.wants_input and module._parameters:
            self.wants_input = False
            self.look_at_input(_first_tensor(inputs, self.torch), network.convolves(module))

    def enter_root(self, inputs, frame):
        self.probe.begin()
        self.site = type(self.root).__name__
        self.network.add_root(self.root, self.probe.step, frame)
        x = _first_tensor(inputs, self.torch)
        rows = x.shape[0] if x is not None and x.dim() else 0
        if self.torch.is_grad_enabled():
            self.ran = weakref.ref(self.root) if self.ran is None or self.root.training else self.ran
            self.probe.evaluation.runs(self.root)
        if self.training():
            self.enter_to_train(x, rows, frame)
        else:
            self.enter_to_evaluate(x, rows)

    def enter_to_train(self, x, rows, frame):
        self.wants_input = not self.fed and self.probe.step >= self.losses.due.get(("train", "input"), 0)
        if self.wants_input:
            self.fed_at = self.network.seen(source.caller(frame))
        if not self.fed:
            self.fed, self.rows, self.trained = True, rows, weakref.ref(self.root)
            if self.probe.sampling and x is not None:
                self.take_rows(x, "train", frame)
        self.count += 1
        if self.count > 1:  # there was no backward pass since the last
            self.output, self.network.outputs, self.probe.calls = None, {}, self.probe.calls[-KEPT:]
            self.unfollow()
        if self.count > UNUSED:
            self.unhook()

    def enter_to_evaluate(self, x, rows):
        evaluation, step = self.probe.evaluation, self.probe.step
        self.losses.forwarded(rows, self.root.training)
        self.wants_input = step >= self.losses.due.get(("val", "input"), 0)
        evaluation.batches -= 1
        more = self.probe.began is not None and self.survey.wants_validation() and self.probe.budget.affords(clock())
        if x is not None and (more or evaluation.batches >= 0):
            self.take_rows(x, "val", None)
        if evaluation.batches <= 0 and not self.probe.sampling and not more:
            self.unhook()

    def take_rows(self, x, split, frame):
        """Notes where a batch came from, and copies some of its rows for the survey."""
        self.feed.gives(x, split == "train")
        # The survey is told of no total by which it could not tell a row that comes again from one that is there twice.
        self.losses.total[split] = self.feed.total or (self.feed.indexed(x, frame) if split == "train" else 0)
        if split == "train":
            self.survey.fed(x, self.feed, self.site, self.probe.step)
        elif self.probe.step > 0:
            self.survey.validate(x, self.feed, self.site)

    def training(self):
        return self.torch.is_grad_enabled() and self.probe.evaluation.over()

    def look_at_input(self, x, channels):
        """Records statistics of what the first layer with parameters is given, at steps that thin out."""
        if x is None or x.numel() == 0 or x.is_sparse or x.is_complex() or x.is_quantized:
            return
        split = "train" if self.training() else "val"
        shape, x = list(x.shape), stats.enough(self.losses.few, (split, "input"), x)
        if x is None:
            return
        self.losses.due[split, "input"] = losses.thin_out(self.probe.step)
        record = {"k": "data", "s": self.probe.step, "role": "input", "split": split, "site": self.site,
                  "dt": str(x.dtype)[6:], "shape": shape}
        if self.losses.total.get(split):
            record["total"] = self.losses.total[split]
        if self.fed_at:
            record["src"] = self.fed_at
        record.update(stats.columns(x.detach(), channels))
        self.probe.put(record)

    def loose(self, x, frame):
        """Takes what a network that is no module was given."""
        self.rows = x.shape[0]
        if self.probe.step >= self.losses.due.get(("train", "input"), 0):
            self.fed_at = self.network.seen(source.caller(frame))
            self.take_rows(x, "train", frame)
            self.look_at_input(x, False)
        else:
            self.take_rows(x, "train", frame)

    # -- outputs ------------------------------------------------------------------------------

    @guarded
    def leaving(self, module, inputs, output):
        root, self.deep = self.root, max(0, self.deep - 1)
        if self.deep == 0:
            self.root = None
        if not self.probe.sampling or root is None or not self.training() or not isinstance(output, self.torch.Tensor):
            return
        if self.deep == 0:
            self.output = output
        number = self.network.module_number(module)
        if number is None or module._modules or not output.is_floating_point() or output.is_sparse or output.numel() == 0:
            return
        if output.grad_fn is not None and not module._parameters and self.probe.step == 0:
            self.network.outputs[output.grad_fn] = module
        # Now, not later: an in-place activation would overwrite it, and to keep it would raise the peak of memory.
        values = stats.sample(output.detach())
        self.acts.append((number, stats.summary(values)))
        self.units.output(number, module, values)
        if self.count <= 1 and not self.probe.steps.backwards:
            self.follow(number, module, inputs, output)

    def follow(self, number, module, inputs, output):
        """Follows the first batch of a step: its rows on their way forward, the gradients of outputs on their way back."""
        takes = []
        if self.probe.step >= self.through.due:
            takes.append(self.through.output(number, output))
        if isinstance(module, self.torch.nn.Linear) and not self.probe.scaled:
            takes.append(self.noise.output(number, module, inputs, output))
        takes = [t for t in takes if t is not None]
        if takes and output.grad_fn is not None:
            self.when_gradient(output, takes)

    def when_gradient(self, output, takes):
        """Gives the gradient of an output to some functions, when the backward pass of this step has it. The hook is on
        the operation, not on the tensor, which may be changed in place or saved; it changes nothing, and goes at the end
        of the step."""
        at = output.output_nr

        def seen(_, gradients):
            if not self.guard.on or not self.probe.steps.backwards or gradients[at] is None or self.guard.busy():
                return
            began = clock()
            try:
                for take in takes:
                    take(gradients[at].detach())
            except Exception as e:
                self.guard.failed("the gradient of an output", e)
            finally:
                self.probe.budget.spent += clock() - began

        self.handles.append(output.grad_fn.register_hook(seen))

    def unfollow(self):
        for h in self.handles:
            h.remove()
        self.handles = []
        self.through.clear()
        self.noise.clear()


def _first_tensor(values, torch):
    if isinstance(values, torch.Tensor):
        return values
    for v in values if isinstance(values, (tuple, list)) else values.values() if isinstance(values, dict) else ():
        found = _first_tensor(v, torch)
        if found is not None:
            return found
    return None
