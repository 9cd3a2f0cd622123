"""The probe: what is recorded of a training run, and when.

Between samples a step costs a few counters and one float. At a sampled step, hooks see every layer's output, the loss,
the gradients and the update.
"""

import functools
import os
import sys
import threading
import time
import weakref

from . import budget, complain, depth, feed, graph, losses, network, noise, source, stats, steps, survey, trouble, units, zeroing

clock = time.perf_counter
UNSEEDED = 67280421310721  # the seed that PyTorch's generator holds until somebody sets one
MAX_ERRORS = 5
MAX_CALLS = 8  # losses that go into one backward pass
BY_HAND = 100  # backward passes without a step of any optimizer, after which each is taken for a step
KEPT = 3  # losses of forward passes before the last that may still go into a backward pass
UNUSED = 20  # forward passes without a backward one, after which nobody seems to train
IDLE_BLOCKS = 5  # such blocks in a row, after which they are looked into about once a second
NO_GRADIENT = 5  # samples of an optimizer without any gradient for a parameter before that is reported


def guarded(method):
    """Keeps an error, and the time, of a method of the probe away from training."""

    @functools.wraps(method)
    def run(self, *args):
        if not self.on or not self.mine() or self.busy():
            return None
        if self.inside:
            return method(self, *args)
        self.inside, began = True, clock()
        try:
            return method(self, *args)
        except Exception as e:
            self.failed(method.__name__, e)
        finally:
            self.inside = False
            self.budget.spent += clock() - began

    return run


class Probe:
    """Watches the training of this process. Its methods are called from the places that attach.py wraps."""

    def __init__(self, torch, wire, share):
        self.torch, self.wire = torch, wire
        self.captures = getattr(torch.cuda, "is_current_stream_capturing", lambda: False)
        self.modes = getattr(torch._C, "_len_torch_dispatch_stack", lambda: 0)
        self.transforms = getattr(getattr(torch._C, "_functorch", None), "peek_interpreter_stack", lambda: None)
        self.thread = None  # the thread that trains
        self.on, self.inside, self.errors = True, False, 0
        self.attach_seconds = 0.0
        self.budget = budget.Budget(share)
        self.network = network.Network(torch, self.put)
        self.losses = losses.Losses(self.network, self.put)
        self.zeroing = zeroing.Zeroing()
        self.units = units.Units()
        self.through, self.noise = depth.Depth(), noise.Noise()
        self.feed = feed.Feed()
        self.survey = survey.Survey(self.put)
        self.steps = steps.Steps(torch, self.network)
        self.trouble = trouble.Trouble(torch, self.network, self.event)
        self.header = False
        self.began = None  # time of the first forward pass
        self.events = {}  # (what, parameter, text): [first step, count last written]

        self.step = 0
        self.sampling = True  # the step that goes on is looked at
        self.wake_at = 0.0  # time to consider a sample, or to write the losses
        self.nested = 0  # optimizer steps that run, one inside the other
        self.by_hand = True  # no optimizer was made: a backward pass is a step
        self.made = {}  # id(optimizer), of one that has not stepped yet: (where it was made, names of loose tensors)
        self.looked = {}  # id(optimizer): samples taken
        self.without = {}  # parameter number: whether it never had a gradient
        self.step_time = 0.0  # seconds a step, since the last record of the losses

        self.flushed = clock()  # when the losses were last written

        self.hooks = []
        self.depth = 0  # modules that run, one inside the other
        self.root, self.site = None, ""  # the outermost of them, and its class
        self.trained = None  # weak reference to the root module that was last run to train it
        self.fed = False  # the network has had its input of this step
        self.fed_at = None  # the user's call that feeds it
        self.wants_input = False  # the next layer with parameters is the first
        self.rows = 0  # of the last batch seen
        self.forwards = 0  # since the last backward pass
        self.to_evaluate = 0  # batches of this evaluation that are still to be looked at
        self.idle_blocks, self.look_again = 0, 0.0  # blocks without gradients in which no network ran
        self.evaluating = self.trains_in_evaluation = False

        # What a sampled step gathers.
        self.output = None  # of the root module
        self.acts = []  # (module number, summary of its output)
        self.calls = []  # losses computed
        self.before = None  # (parameter, sample of it before the update)
        self.gradients = []
        self.handles = []  # of hooks on the operations that made the outputs of layers
        self.over = 0, False  # rows of the batch that backward was called for, and whether the loss is a mean over them
        self.alone = False  # backward was called on a loss that is known, unscaled and alone

        self.leaves = []  # parameters in the first graph
        self.compiled = self.scaled = False

    def mine(self):
        """Reports whether this thread is the one that trains, as far as known."""
        return self.thread is None or self.thread == threading.get_ident()

    def busy(self):
        """Reports whether what the probe computed now would end in somebody's graph: one that torch.jit.trace or
        torch.export records, that functorch transforms, or that CUDA captures."""
        c = self.torch._C
        return (c._get_tracing_state() is not None or self.modes() > 0 or self.transforms() is not None
                or self.torch.cuda.is_initialized() and self.captures())

    # -- the file ----------------------------------------------------------------------------------

    def put(self, record):
        if not self.header:
            self.header = True
            self.wire.put(self.describe_run())
            self.network.read(source.main_file())
        self.wire.put(record)

    def describe_run(self):
        torch, env = self.torch, os.environ
        return {"k": "run", "v": 1, "nnvet": env.get("NNVET_VERSION", ""), "t": round(time.time(), 3), "pid": os.getpid(),
                "rank": int(env.get("RANK") or 0), "world": int(env.get("WORLD_SIZE") or 1),
                "fw": "torch", "fwv": str(torch.__version__), "py": sys.version.split()[0],
                "script": os.path.basename(sys.argv[0]) if sys.argv else "", "threads": torch.get_num_threads(),
                "device": "cuda" if torch.cuda.is_initialized() else "cpu",
                "det": bool(torch.are_deterministic_algorithms_enabled()), "seeded": torch.initial_seed() != UNSEEDED}

    def seconds(self):
        return round(clock() - self.began, 4) if self.began else 0.0

    def here(self):
        """Returns the user's line that led to this call, and records its file."""
        return self.network.seen(source.caller(sys._getframe(1)))

    def event(self, what, n=None, **fields):
        """Records an event, and again whenever its count has doubled: n, or how often this was called."""
        seen = self.events.setdefault((what, fields.get("p"), fields.get("text")), [self.step, 0, 0])
        seen[2] += 1
        n = seen[2] if n is None else n
        if n >= 2 * seen[1]:
            seen[1] = n
            record = dict(fields, k="event", what=what, s=seen[0], n=n)
            self.put({k: v for k, v in record.items() if v is not None})

    def failed(self, where, error):
        self.errors += 1
        complain(where, error)
        if self.errors >= MAX_ERRORS:
            self.event("probe_disabled", text="%d errors, the last a %s in %s" % (self.errors, type(error).__name__, where))
            self.unhook()
            self.on = False

    def forked(self):
        """Runs in a forked child. One that was forked before training began may train; a worker of it does not."""
        if self.header:
            self.on = False
            self.wire.failures = budget.NEVER
        self.thread, self.inside = None, False

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
        self.made[id(optimizer)] = source.caller(frame, optimizer), names
        self.by_hand = False
        self.forwards = 0
        if self.sampling:
            self.hook()

    # -- forward -----------------------------------------------------------------------------------

    def hook(self):
        """Installs hooks that see every module. They cost PyTorch its fast path, so they stay for one step."""
        if not self.hooks and not self.compiled and self.on:
            m = self.torch.nn.modules.module
            self.hooks = [m.register_module_forward_pre_hook(self.entering), m.register_module_forward_hook(self.leaving)]
            self.depth = 0

    def unhook(self):
        for h in self.hooks:
            h.remove()
        self.hooks, self.depth, self.root = [], 0, None

    @guarded
    def entering(self, module, inputs):
        if self.depth == 0:
            self.root, self.wants_input = None, False
            if not isinstance(module, self.torch.nn.modules.loss._Loss) and next(module.parameters(), None) is not None:
                self.root = module
                self.enter_root(inputs)
        self.depth += 1
        if self.wants_input and module._parameters:
            self.wants_input = False
            self.look_at_input(module, inputs)

    def enter_root(self, inputs):
        self.began = self.began or clock()
        self.site = type(self.root).__name__
        self.network.add_root(self.root, self.step, sys._getframe(2))
        x = _first_tensor(inputs, self.torch)
        rows = x.shape[0] if x is not None and x.dim() else 0
        if self.training():
            self.wants_input = not self.fed and self.step >= self.losses.due.get(("train", "input"), 0)
            if self.wants_input:
                self.fed_at = self.here()
            if not self.fed:
                self.fed, self.rows, self.trained = True, rows, weakref.ref(self.root)
                if self.sampling and x is not None:
                    self.take_rows(x, "train")
            self.forwards += 1
            if self.forwards > 1:  # there was no backward pass since the last
                self.output, self.network.outputs, self.calls = None, {}, self.calls[-KEPT:]
                self.unfollow()
            if self.forwards > UNUSED:
                self.unhook()
        else:
            self.losses.forwarded(rows, self.root.training)
            self.wants_input = self.step >= self.losses.due.get(("val", "input"), 0)
            self.to_evaluate -= 1
            more = self.began is not None and self.survey.wants_validation() and self.budget.affords(clock())
            if x is not None and (more or self.to_evaluate >= 0):
                self.take_rows(x, "val")
            if self.to_evaluate <= 0 and not self.sampling and not more:
                self.unhook()

    def take_rows(self, x, split):
        """Notes where a batch came from, and copies some of its rows for the survey."""
        self.feed.gives(x, split == "train")
        self.losses.total[split] = self.feed.total
        if split == "train":
            self.survey.fed(x, self.feed, self.site, self.step)
        elif self.step > 0:
            self.survey.validate(x, self.feed, self.site)

    def training(self):
        return self.torch.is_grad_enabled() and (self.trains_in_evaluation or not self.evaluating)

    def look_at_input(self, module, inputs):
        """Records statistics of what the first layer with parameters is given, at steps that thin out."""
        x = _first_tensor(inputs, self.torch)
        if x is None or x.numel() == 0 or x.is_sparse or x.is_complex() or x.is_quantized:
            return
        split = "train" if self.training() else "val"
        shape, x = list(x.shape), stats.enough(self.losses.few, (split, "input"), x)
        if x is None:
            return
        self.losses.due[split, "input"] = losses.thin_out(self.step)
        record = {"k": "data", "s": self.step, "role": "input", "split": split, "site": self.site,
                  "dt": str(x.dtype)[6:], "shape": shape}
        if self.losses.total.get(split):
            record["total"] = self.losses.total[split]
        if self.fed_at:
            record["src"] = self.fed_at
        record.update(stats.columns(x.detach(), network.convolves(module)))
        self.put(record)

    @guarded
    def leaving(self, module, inputs, output):
        root, self.depth = self.root, max(0, self.depth - 1)
        if self.depth == 0:
            self.root = None
        if not self.sampling or root is None or not self.training() or not isinstance(output, self.torch.Tensor):
            return
        if self.depth == 0:
            self.output = output
        number = self.network.module_number(module)
        if number is None or module._modules or not output.is_floating_point() or output.is_sparse or output.numel() == 0:
            return
        if output.grad_fn is not None and not module._parameters and self.step == 0:
            self.network.outputs[output.grad_fn] = module
        # Now, not later: an in-place activation would overwrite it, and to keep it would raise the peak of memory.
        values = stats.sample(output.detach())
        self.acts.append((number, stats.summary(values)))
        self.units.output(number, module, values)
        if self.forwards <= 1 and not self.steps.backwards:
            self.follow(number, module, inputs, output)

    def follow(self, number, module, inputs, output):
        """Follows the first batch of a step: its rows on their way forward, the gradients of outputs on their way back."""
        takes = []
        if self.step >= self.through.due:
            takes.append(self.through.output(number, output))
        if isinstance(module, self.torch.nn.Linear) and not self.scaled:
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
            if not self.on or not self.steps.backwards or gradients[at] is None or self.busy():
                return
            began = clock()
            try:
                for take in takes:
                    take(gradients[at].detach())
            except Exception as e:
                self.failed("the gradient of an output", e)
            finally:
                self.budget.spent += clock() - began

        self.handles.append(output.grad_fn.register_hook(seen))

    def unfollow(self):
        for h in self.handles:
            h.remove()
        self.handles = []
        self.through.clear()
        self.noise.clear()

    def forget(self):
        """Lets go of what would keep a graph, and the memory that it holds, alive."""
        self.calls, self.output, self.network.outputs = [], None, {}

    # -- losses and backward -----------------------------------------------------------------------

    @guarded
    def loss_computed(self, name, args, result, frame):
        """Called for every loss of a sampled step, and for those of evaluations."""
        if self.training() and args[0].requires_grad:
            if not self.sampling:
                return
            if len(self.calls) >= MAX_CALLS:  # nobody calls backward: do not keep their graphs
                self.calls = []
            if self.forwards > UNUSED:
                return
            self.calls.append(losses.Call(name, args, result, source.caller(frame)))
        elif self.step > 0 and (self.evaluating or not self.torch.is_grad_enabled()) and not self.feed.training_set():
            began = clock()
            self.losses.evaluated(losses.Call(name, args, result), self.step, self.budget.affords(began))
            self.budget.aside(began)

    def backward(self, tensors, frame):
        """Called before every backward pass."""
        loss = tensors[0] if isinstance(tensors, (tuple, list)) and len(tensors) == 1 else tensors
        if not isinstance(loss, self.torch.Tensor) or not self.mine() or self.busy():
            return
        self.thread = self.thread or threading.get_ident()
        self.feed.evaluated = False
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
        self.began = self.began or clock()
        self.forwards = 0
        trained = self.trained() if self.trained is not None else None
        if trained is not None and not trained.training:
            self.trains_in_evaluation = True
            self.event("backward_in_eval", src=self.network.seen(source.caller(frame)))
        self.end_evaluation()
        self.zeroing.backward()
        if self.sampling and loss.grad_fn is not None:
            self.describe_loss(loss, frame)

    def describe_loss(self, loss, frame):
        if not self.calls and loss.numel() == 1:
            call = losses.by_hand(loss, self.output, source.caller(frame))
            self.calls = [call] if call is not None else []
        if self.trouble.backward_at is None:
            self.trouble.backward_at = source.caller(frame)
            self.trouble.steep = graph.steep(loss.grad_fn)
            self.leaves = list(graph.leaves(loss.grad_fn))
            self.put(graph.record(loss.grad_fn, self.step, self.network.seen(self.trouble.backward_at), self.network.number))
        for call in self.calls:
            alone = call.result is loss or call.result.grad_fn is loss.grad_fn
            root = alone and self.steps.backwards == 1
            h = self.losses.trained(call, root, self.step)
            if h is not None:
                self.survey.told(h, call)
                self.look_at_bounds(h, call)
            if self.steps.backwards == 1 and not self.alone:
                self.over, self.alone = (call.rows(), call.reduction == "mean"), root and not call.weighted
        self.forget()

    def look_at_bounds(self, h, call):
        """Looks at predictions that a function clamps; they are the output of the root module."""
        root = self.trained() if self.trained is not None else None
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
            self.sample_before(optimizer)
        else:
            if self.step >= self.budget.next_check:
                self.check_gradient()
            if self.step >= self.budget.next_mark:
                self.mark_units()
        if self.zeroing.watched:
            self.check_zeroing(optimizer)

    @guarded
    def sample_before(self, optimizer):
        self.began = self.began or clock()
        if not any(ref() is optimizer for ref in self.network.optimizers):
            at, names = self.made.pop(id(optimizer), (None, {}))
            self.network.add_optimizer(optimizer, at, names)
            self.trouble.choose_sentinel(optimizer)
        for p in self.leaves:
            if self.network.number(p) is None and p.requires_grad:
                self.network.orphan(p, self.step)
        self.leaves = []
        self.network.initial_gradients(optimizer)
        self.note_gradients(optimizer)
        params = [p for g in optimizer.param_groups for p in g["params"]
                  if p.grad is not None and not p.grad.is_sparse and p.is_floating_point() and p.numel()]
        self.before = [(p, stats.sample(p.detach()).clone()) for p in params if self.network.number(p) is not None]
        self.gradients = [] if self.scaled else [stats.summary(stats.sample(p.grad.detach())) for p, _ in self.before]
        self.units.gradients(self.step, self.rows, self.network.units)
        self.put_followed()
        if not self.trouble.reported and any(g[7] for g in self.gradients):
            self.trouble.gradients()

    def put_followed(self):
        """Records how the batch fared, now that its gradients are there."""
        rows, mean = self.over
        noise = self.noise.record(self.step, rows, mean) if self.alone and self.steps.backwards == 1 else None
        if noise:
            self.put(noise)
        if not self.scaled:
            for record in self.through.records(self.step, rows if mean else 1):
                self.put(record)
        self.unfollow()

    def note_gradients(self, optimizer):
        """Looks for parameters that no gradient ever reaches."""
        n = self.looked[id(optimizer)] = self.looked.get(id(optimizer), 0) + 1
        for p in (p for g in optimizer.param_groups for p in g["params"]):
            number = self.network.number(p)
            if p.grad is not None or not p.requires_grad:
                self.without[number] = False
            elif self.without.setdefault(number, True) and n == NO_GRADIENT and number is not None:
                self.event("no_gradient", p=number)

    @guarded
    def mark_units(self):
        """Marks the live units between samples, so that windows fill soon."""
        began = clock()
        self.units.gradients(self.step, self.rows, self.network.units)
        self.close_window()
        self.budget.next_mark = self.budget.again(self.step, clock() - began, self.step_time)

    def close_window(self):
        window = self.units.record(self.step)
        if window:
            self.put(window)

    @guarded
    def check_zeroing(self, optimizer):
        if self.zeroing.steps(optimizer):
            self.event("grad_not_zeroed", n=self.zeroing.left, of=self.zeroing.looked, src=self.network.seen(self.trouble.backward_at))

    def after_step(self, optimizer):
        self.nested = max(0, self.nested - 1)
        if not self.nested and self.on and self.mine():
            self.end_step(optimizer)

    def end_step(self, optimizer):
        """Ends a step: of an optimizer, or a backward pass where the user updates by hand."""
        jumped = self.steps.end(not self.scaled)
        self.fed = False
        if self.sampling:
            self.sample_after(optimizer)
        self.step += 1
        now = clock()
        if self.sampling or jumped or now >= self.wake_at or self.step >= self.budget.next_step:
            self.wake(now, jumped)

    @guarded
    def sample_after(self, optimizer):
        if self.before is not None:
            ids = [self.network.number(p) for p, _ in self.before]
            blocks = {"w": (ids, [stats.summary(old) for _, old in self.before]),
                      "g": (ids[:len(self.gradients)], self.gradients),
                      "u": (ids, [stats.summary(stats.sample(p.detach()) - old) for p, old in self.before]),
                      "a": tuple(zip(*self.acts)) or ((), ())}
            for at in range(0, max(1, max(len(i) for i, _ in blocks.values())), stats.BLOCK):
                self.put(dict({"k": "tens", "s": self.step}, **{name: stats.block(i[at:at + stats.BLOCK], rows[at:at + stats.BLOCK])
                                                               for name, (i, rows) in blocks.items() if i[at:at + stats.BLOCK]}))
        self.before, self.acts, self.leaves = None, [], []
        self.over, self.alone = (0, False), False
        self.unfollow()
        self.forget()
        self.survey_now()
        self.close_window()
        if optimizer is not None:
            self.zeroing.stepped(optimizer)

    def survey_now(self):
        """Ends what the step told the survey, and makes the first record of it when that is worth it and paid for."""
        self.survey.stepped()
        began = clock()
        if self.survey.ready() and self.budget.can_pay(self.survey.cost(), began):
            self.survey.record(self.step)
            self.budget.aside(began)

    @guarded
    def wake(self, now, jumped):
        """Writes the losses when it is time, and decides whether to look at the next step."""
        if self.sampling:
            self.budget.sampled(self.step - 1)
        if self.sampling or jumped or now - self.flushed >= budget.FLUSH:
            self.flush(now)
        self.sampling = self.budget.wants(self.step, now, jumped)
        if self.sampling:
            self.hook()
        else:
            self.unhook()
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
        self.put(self.steps.record(self.step, self.seconds(), self.rates(), self.rows, b.spent / max(1e-9, now - b.started)))
        self.steps.every = b.stretch = 1 << self.wire.thinning()

    def rates(self):
        out = []
        for ref in self.network.optimizers:
            optimizer = ref()
            out.append([float(g["lr"]) for g in optimizer.param_groups if "lr" in g] if optimizer is not None else [])
        return out

    @guarded
    def clipped(self, kind, limit, norm, frame):
        if hasattr(norm, "is_cpu") and not norm.is_cpu and not self.sampling:
            norm = None  # to read it would wait for the accelerator
        self.steps.clipped(kind, limit, norm, self.step, frame)

    # -- evaluation --------------------------------------------------------------------------------

    def mode_changed(self, module, training):
        """Called when a module is put into training or evaluation mode."""
        if not self.network.is_root(module):
            return
        self.evaluating = not training
        if training:
            self.gradients_on()
        else:
            self.gradients_off()

    def gradients_off(self):
        """Called where gradients are switched off outside an optimizer's step, and in evaluation mode: the network
        may be about to be evaluated."""
        if self.began and not self.hooks and self.mine() and (self.evaluating or self.idle_blocks < IDLE_BLOCKS or clock() > self.look_again):
            self.to_evaluate = losses.EVALUATED
            self.hook()

    def gradients_on(self):
        if self.hooks and not self.sampling and not self.evaluating:
            self.unhook()
            self.idle_blocks = self.idle_blocks + 1 if self.to_evaluate == losses.EVALUATED else 0
            self.look_again = clock() + budget.FLUSH

    def end_evaluation(self):
        if self.losses.train_mode and self.network.modal:
            self.event("val_in_train_mode", text="with " + self.network.modal)
        began = clock()
        self.losses.flush(self.step, self.seconds())
        self.budget.aside(began)

    # -- what is left alone ------------------------------------------------------------------------

    @guarded
    def leave_compiled(self):
        self.compiled = True
        self.unhook()
        self.event("not_watched", text="the insides of a compiled network (torch.compile)")

    @guarded
    def leave_scaled(self):
        if not self.scaled:
            self.scaled = True
            self.event("not_watched", text="gradients that a GradScaler scales")

    # -- the end -----------------------------------------------------------------------------------

    def end(self):
        if self.header:
            self.thread = None  # the thread that trained may have ended before
            self.finish()

    @guarded
    def finish(self):
        if self.steps.backwards and self.by_hand:
            self.end_step(None)
        self.end_evaluation()
        self.losses.end(self.step)
        self.survey.end(self.step, self.budget.can_pay(self.survey.cost(), clock()))
        self.unfollow()
        self.flush(clock())
        exception = getattr(sys, "last_type", None)
        record = {"k": "end", "s": self.step, "t": self.seconds(), "why": "exception" if exception else "exit",
                  "spent": round(self.budget.spent, 4), "attach": round(self.attach_seconds, 4),
                  "bytes": self.wire.bytes, "drops": self.wire.drops}
        if exception:
            record["exc"] = exception.__name__
        self.put(record)


def _first_tensor(values, torch):
    if isinstance(values, torch.Tensor):
        return values
    for v in values if isinstance(values, (tuple, list)) else values.values() if isinstance(values, dict) else ():
        found = _first_tensor(v, torch)
        if found is not None:
            return found
    return None
