"""The probe: follows a training run from step to step, and decides when its parts look.

Between samples a step costs a few counters and one float. At a sampled step, hooks see every layer's output, the loss,
the gradients and the update.
"""

import sys
import threading
import time

from . import (
    budget,
    evaluation,
    forward,
    graph,
    guard,
    journal,
    loose,
    losses,
    network,
    source,
    stats,
    steps,
    survey,
    trouble,
    twin,
    units,
    update,
    written,
    zeroing,
)
from .guard import guarded

clock = time.perf_counter
MAX_CALLS = 8  # losses that go into one backward pass
BY_HAND = 100  # backward passes without a step of any optimizer, after which each is taken for a step


class Probe:
    """Watches the training of this process. Its methods, and those of its parts, are called from the places that attach.py
    wraps."""

    def __init__(self, torch, wire, share):
        self.torch, self.wire = torch, wire
        self.budget = budget.Budget(share)
        self.guard = guard.Guard(torch, self.budget, self.give_up)
        self.journal = journal.Journal(torch, wire)
        self.put = self.journal.put
        self.network = network.Network(torch, self.put)
        self.journal.begins = lambda: self.network.read(source.main_file())
        self.losses = losses.Losses(self.network, self.put)
        self.zeroing = zeroing.Zeroing()
        self.units = units.Units()
        self.survey = survey.Survey(self.put)
        self.steps = steps.Steps(torch, self.network)
        self.written = written.Written()
        self.trouble = trouble.Trouble(torch, self.network, self.event)
        self.forward, self.update, self.evaluation = forward.Forward(self), update.Update(self), evaluation.Evaluation(self)
        self.twin = twin.wanted(self)  # None where the user did not ask for it
        self.attach_seconds = 0.0
        self.began = None  # time of the first forward pass

        self.step = 0
        self.sampling = True  # the step that goes on is looked at
        self.wake_at = 0.0  # time to consider a sample, or to write the losses
        self.nested = 0  # optimizer steps that run, one inside the other
        self.by_hand = True  # no optimizer was made: a backward pass is a step
        self.step_time = 0.0  # seconds a step, since the last record of the losses
        self.flushed = clock()  # when the losses were last written
        self.calls = []  # losses computed in a sampled step
        self.compiled = self.scaled = False

    def begin(self):
        """Notes when training began."""
        self.began = self.began or clock()

    def seconds(self):
        return round(clock() - self.began, 4) if self.began else 0.0

    def event(self, what, n=None, **fields):
        self.journal.event(self.step, what, n, **fields)

    def give_up(self, why):
        self.event("probe_disabled", text=why)
        self.forward.unhook()

    def forked(self):
        """Runs in a forked child. One that was forked before training began may train; a worker of it does not."""
        self.twin = None
        if self.journal.begun:
            self.guard.on = False
            self.wire.failures = budget.NEVER
        self.guard.thread, self.guard.inside = None, False

    # -- construction ------------------------------------------------------------------------------

    @guarded
    def module_made(self, module, frame):
        self.network.module_made(module, frame)

    @guarded
    def optimizer_made(self, optimizer, frame):
        names = {}
        for p in (p for g in optimizer.param_groups for p in g["params"][:100]):
            if self.network.number(p) is None:
                names[id(p)] = source.variable(frame, p)
        self.update.made[id(optimizer)] = source.caller(frame, optimizer), names
        self.by_hand = False
        self.forward.count = 0
        if self.sampling:
            self.forward.hook()

    # -- losses and backward -----------------------------------------------------------------------

    @guarded
    def loss_computed(self, name, args, result, frame):
        """Called for every loss of a sampled step, and for those of evaluations."""
        if self.forward.training() and args[0].requires_grad:
            if not self.sampling:
                return
            if len(self.calls) >= MAX_CALLS:  # nobody calls backward: do not keep their graphs
                self.calls = []
            if self.forward.count > forward.UNUSED:
                return
            self.calls.append(losses.Call(name, args, result, source.caller(frame)))
        elif self.step > 0 and (self.evaluation.on or not self.torch.is_grad_enabled()) and not self.forward.feed.training_set():
            began = clock()
            self.losses.evaluated(losses.Call(name, args, result), self.step, self.budget.affords(began))
            self.budget.aside(began)

    def backward(self, tensors, frame):
        """Called before every backward pass."""
        loss = tensors[0] if isinstance(tensors, (tuple, list)) and len(tensors) == 1 else tensors
        if not isinstance(loss, self.torch.Tensor) or not self.guard.mine() or self.guard.busy():
            return
        self.guard.thread = self.guard.thread or threading.get_ident()
        self.forward.feed.evaluated = False
        if self.twin is not None:
            self.twin.backward()
        if self.steps.backwards and (self.by_hand or self.steps.backwards >= BY_HAND):
            self.by_hand = True
            self.end_step(None)
        value = self.steps.backward(loss, not self.scaled)
        if value is not None and value - value != 0 and not self.trouble.reported:
            self.loss_not_finite(loss, frame)
        if self.sampling or self.zeroing.watched or self.losses.batches or self.losses.evaluations:
            self.backward_seen(loss, frame)

    @guarded
    def backward_seen(self, loss, frame):
        self.begin()
        self.forward.count = 0
        self.evaluation.backward_seen(self.trained(), self.forward.ended(), frame)
        self.zeroing.backward()
        if self.sampling and loss.grad_fn is not None:
            self.describe_loss(loss, frame)

    def trained(self):
        """Returns the root module that was last run to train it, or None."""
        ref = self.forward.trained
        return ref() if ref is not None else None

    def describe_loss(self, loss, frame):
        if not self.calls and loss.numel() == 1 and not self.trouble.recomputes():
            self.calls = self.written.calls(loss, self.forward.output, source.caller(frame))
        if self.trouble.backward_at is None:
            self.trouble.backward_at = source.caller(frame)
            self.trouble.steep = graph.steep(loss.grad_fn)
            self.update.leaves = list(graph.leaves(loss.grad_fn))
            if self.twin is not None:
                self.twin.saw(loss.grad_fn)
            self.put(graph.record(loss.grad_fn, self.step, self.network.seen(self.trouble.backward_at), self.network.number))
        if self.calls and self.forward.trained is None and not self.trouble.recomputes():
            x = loose.fed(loss.grad_fn, self.calls[0].rows())
            if x is not None:
                self.forward.loose(x, frame)
        for call in self.calls:
            alone = call.result is loss or call.result.grad_fn is loss.grad_fn
            root = alone and self.steps.backwards == 1
            h = self.losses.trained(call, root, self.step)
            if h is not None:
                self.survey.told(h, call)
                self.look_at_bounds(h, call)
            if self.steps.backwards == 1 and not self.update.alone:
                self.update.over, self.update.alone = (call.rows(), call.reduction == "mean"), root and not call.weighted
        self.forget()

    def forget(self):
        """Lets go of what would keep a graph, and the memory that it holds, alive."""
        self.calls, self.forward.output, self.network.outputs = [], None, {}

    def look_at_bounds(self, h, call):
        """Looks at predictions that a function clamps; they are the output of the root module."""
        root = self.trained()
        number = self.network.module_number(root) if root is not None else None
        if h in self.losses.clamps and number is not None:
            self.units.clamped(number, stats.sample(call.prediction.detach()), self.losses.clamps[h])

    @guarded
    def loss_not_finite(self, loss, frame):
        self.trouble.loss(loss, self.network.seen(source.caller(frame)))

    @guarded
    def check_gradient(self):
        if self.trouble.reported or self.trouble.sentinel is None:
            self.budget.next_check = budget.NEVER
            return
        began = clock()
        self.trouble.check()
        self.budget.next_check = self.budget.again(self.step, clock() - began, self.step_time)

    # -- the optimizer's step ----------------------------------------------------------------------

    def enter_step(self):
        self.nested += 1

    def before_step(self, optimizer):
        """Called before an optimizer's update, when its gradients are there."""
        if self.nested > 1:
            return
        self.by_hand = False
        if self.sampling:
            self.update.sample_before(optimizer)
        else:
            if self.step >= self.budget.next_check:
                self.check_gradient()
            if self.step >= self.budget.next_mark:
                self.update.mark_units()
        if self.zeroing.watched:
            self.update.check_zeroing(optimizer)

    def after_step(self, optimizer):
        self.nested = max(0, self.nested - 1)
        if not self.nested and self.guard.on and self.guard.mine():
            self.end_step(optimizer)

    def end_step(self, optimizer):
        """Ends a step: of an optimizer, or a backward pass where the user updates by hand."""
        jumped = self.steps.end(not self.scaled)
        self.forward.fed = False
        if self.sampling:
            self.sample_after(optimizer)
        self.step += 1
        now = clock()
        if self.sampling or jumped or now >= self.wake_at or self.step >= self.budget.next_step:
            self.wake(now, jumped)

    @guarded
    def sample_after(self, optimizer):
        self.update.sample_after()
        self.forward.stepped()
        self.forget()
        self.survey_now()
        self.update.close_window()
        if optimizer is not None:
            self.zeroing.stepped(optimizer)

    def survey_now(self):
        """Ends what the step told the survey, and makes the first record of it when that is worth it and paid for."""
        self.survey.stepped()
        began = clock()
        if self.survey.ready() and self.budget.can_pay(self.survey.cost(), began):
            self.survey.record(self.step)
            self.budget.aside(began)

    # -- between steps -----------------------------------------------------------------------------

    @guarded
    def wake(self, now, jumped):
        """Writes the losses when it is time, and decides whether to look at the next step."""
        if self.sampling:
            self.budget.sampled(self.step - 1)
        if self.sampling or jumped or now - self.flushed >= budget.FLUSH:
            self.flush(now)
        self.sampling = self.budget.wants(self.step, now, jumped)
        if self.sampling:
            self.forward.hook()
        else:
            self.forward.unhook()
        self.wake_at = now + self.budget.patience(now)

    def flush(self, now):
        """Writes down the steps since the last time."""
        if self.step == self.steps.first:
            return
        if not self.steps.fetch() and not self.trouble.reported:
            self.trouble.reported = True
            self.event("nonfinite", text="loss")
        self.step_time = (now - self.flushed) / (self.step - self.steps.first)
        self.flushed = now
        b = self.budget
        self.put(self.steps.record(self.step, self.seconds(), self.network.rates(), self.forward.rows, b.spent / max(1e-9, now - b.started)))
        self.steps.every = b.stretch = 1 << self.wire.thinning()

    @guarded
    def clipped(self, kind, limit, norm, frame):
        if hasattr(norm, "is_cpu") and not norm.is_cpu and not self.sampling:
            norm = None  # to read it would wait for the accelerator
        self.steps.clipped(kind, limit, norm, self.step, frame)

    # -- what is left alone ------------------------------------------------------------------------

    @guarded
    def leave_compiled(self):
        self.compiled = True
        self.forward.unhook()
        self.event("not_watched", text="the insides of a compiled network (torch.compile)")

    @guarded
    def leave_scaled(self):
        if not self.scaled:
            self.scaled = True
            self.event("not_watched", text="gradients that a GradScaler scales")

    # -- the end -----------------------------------------------------------------------------------

    def end(self):
        if self.journal.begun:
            self.guard.thread = None  # the thread that trained may have ended before
            self.finish()
            if self.twin is not None:
                self.twin.end()

    @guarded
    def finish(self):
        if self.steps.backwards and self.by_hand:
            self.end_step(None)
        self.evaluation.end()
        self.evaluation.tell_kept()
        self.losses.end(self.step)
        self.survey.end(self.step, self.budget.can_pay(self.survey.cost(), clock()))
        self.forward.unfollow()
        self.flush(clock())
        exception = getattr(sys, "last_type", None)
        record = {"k": "end", "s": self.step, "t": self.seconds(), "why": "exception" if exception else "exit",
                  "spent": round(self.budget.spent, 4), "attach": round(self.attach_seconds, 4),
                  "bytes": self.wire.bytes, "drops": self.wire.drops}
        if exception:
            record["exc"] = exception.__name__
        self.put(record)
