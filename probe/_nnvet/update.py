"""What an optimizer's step tells: weights before it, gradients, the update, and units that have no gradient."""

import time

from . import stats
from .guard import guarded

clock = time.perf_counter
NO_GRADIENT = 5  # samples of an optimizer without any gradient for a parameter before that is reported


class Update:
    """Looks at the parameters around a step of an optimizer."""

    def __init__(self, probe):
        self.probe, self.guard, self.network, self.units = probe, probe.guard, probe.network, probe.units
        self.made = {}  # id(optimizer), of one that has not stepped yet: (where it was made, names of loose tensors)
        self.looked = {}  # id(optimizer): samples taken
        self.without = {}  # parameter number: whether it never had a gradient
        self.before = None  # (parameter, sample of it before the update)
        self.gradients = []
        self.leaves = []  # parameters in the first graph
        self.over = 0, False  # rows of the batch that backward was called for, and whether the loss is a mean over them
        self.alone = False  # backward was called on a loss that is known, unscaled and alone

    @guarded
    def sample_before(self, optimizer):
        self.probe.begin()
        if not any(ref() is optimizer for ref in self.network.optimizers):
            at, names = self.made.pop(id(optimizer), (None, {}))
            self.network.add_optimizer(optimizer, at, names)
            self.probe.trouble.choose_sentinel(optimizer)
        for p in self.leaves:
            if self.network.number(p) is None and p.requires_grad:
                self.network.orphan(p, self.probe.step)
        self.leaves = []
        self.network.initial_gradients(optimizer)
        self.note_gradients(optimizer)
        params = [p for g in optimizer.param_groups for p in g["params"]
                  if p.grad is not None and not p.grad.is_sparse and p.is_floating_point() and p.numel()]
        self.before = [(p, stats.sample(p.detach()).clone()) for p in params if self.network.number(p) is not None]
        self.gradients = [] if self.probe.scaled else [stats.summary(stats.sample(p.grad.detach())) for p, _ in self.before]
        self.units.gradients(self.probe.step, self.probe.forward.rows, self.network.units)
        self.put_followed()
        if not self.probe.trouble.reported and any(g[7] for g in self.gradients):
            self.probe.trouble.gradients()

    def put_followed(self):
        """Records how the batch fared, now that its gradients are there."""
        forward, step, (rows, mean) = self.probe.forward, self.probe.step, self.over
        noise = forward.noise.record(step, rows, mean) if self.alone and self.probe.steps.backwards == 1 else None
        if noise:
            self.probe.put(noise)
        if not self.probe.scaled:
            for record in forward.through.records(step, rows if mean else 1):
                self.probe.put(record)
        forward.unfollow()

    def note_gradients(self, optimizer):
        """Looks for parameters that no gradient ever reaches."""
        n = self.looked[id(optimizer)] = self.looked.get(id(optimizer), 0) + 1
        for p in (p for g in optimizer.param_groups for p in g["params"]):
            number = self.network.number(p)
            if p.grad is not None or not p.requires_grad:
                self.without[number] = False
            elif self.without.setdefault(number, True) and n == NO_GRADIENT and number is not None:
                self.probe.event("no_gradient", p=number)

    def sample_after(self):
        """Records the step that was sampled."""
        acts = self.probe.forward.acts
        if self.before is not None:
            ids = [self.network.number(p) for p, _ in self.before]
            blocks = {"w": (ids, [stats.summary(old) for _, old in self.before]),
                      "g": (ids[:len(self.gradients)], self.gradients),
                      "u": (ids, [stats.summary(stats.sample(p.detach()) - old) for p, old in self.before]),
                      "a": tuple(zip(*acts)) or ((), ())}
            for at in range(0, max(1, max(len(i) for i, _ in blocks.values())), stats.BLOCK):
                self.probe.put(dict({"k": "tens", "s": self.probe.step}, **{
                    name: stats.block(i[at:at + stats.BLOCK], rows[at:at + stats.BLOCK])
                    for name, (i, rows) in blocks.items() if i[at:at + stats.BLOCK]}))
        self.before, self.leaves = None, []
        self.over, self.alone = (0, False), False

    # -- between samples ----------------------------------------------------------------------

    @guarded
    def mark_units(self):
        """Marks the live units between samples, so that windows fill soon."""
        began, budget = clock(), self.probe.budget
        self.units.gradients(self.probe.step, self.probe.forward.rows, self.network.units)
        self.close_window()
        budget.next_mark = budget.again(self.probe.step, clock() - began, self.probe.step_time)

    def close_window(self):
        window = self.units.record(self.probe.step)
        if window:
            self.probe.put(window)

    @guarded
    def check_zeroing(self, optimizer):
        zeroing = self.probe.zeroing
        if zeroing.steps(optimizer):
            self.probe.event("grad_not_zeroed", n=zeroing.left, of=zeroing.looked, src=self.network.seen(self.probe.trouble.backward_at))
