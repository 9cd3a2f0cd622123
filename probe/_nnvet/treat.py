"""Changes settings of a program at run time, where its source cannot be edited: NNVET_TREAT is a JSON list of
{"name", "site", "from", "to", "how"}, where "how" holds what the trace knows and a treatment needs; and ends the run after NNVET_STEPS steps of its optimizers.

What was applied is noted in the file "applied" beside the trace, a name a line. A setting of one layer is left to an edit of the source: at
run time nobody knows the name of a layer when it is made.
"""

import functools
import json
import math
import os
import sys
import weakref

from . import complain, when_imported

_applied = set()


def start():
    """Prepares the treatments of this process."""
    when_imported("torch", attach)


def attach(torch):
    """Wraps what the settings are about; after the probe, so that the probe sees what a changed program would do."""
    settings = {s["name"]: s for s in json.loads(os.environ.get("NNVET_TREAT") or "[]") if not s.get("site")}
    steps = int(os.environ.get("NNVET_STEPS") or 0)
    knowing = _knowing()
    for name, s in settings.items():
        note = functools.partial(_note, name)
        if name in _TREATMENTS or name in knowing:
            try:
                if name in _TREATMENTS:
                    _TREATMENTS[name](torch, s["to"], s.get("from", ""), note)
                else:
                    knowing[name](torch, s["to"], s.get("how") or {}, note)
            except (ValueError, KeyError, AttributeError, TypeError) as e:  # a value that it cannot have: it is not applied
                complain("the treatment " + name, e)
    if steps > 0:
        _after_steps(torch, steps)


def _knowing():
    """Returns the treatments that need what the trace knows."""
    from . import pace, swap, whole

    return {
        "inputs": whole.inputs, "input noise": whole.noise, "targets": whole.targets, "trained": whole.trained,
        "warmup": pace.warmup, "schedule": pace.schedule, "loss": swap.loss, "delta": swap.delta,
    }


def _note(name):
    if name not in _applied:
        _applied.add(name)
        with open(os.path.join(os.environ["NNVET_OUT"], "applied"), "a") as f:
            f.write(name + "\n")


def _wrap(owner, name, make):
    original = getattr(owner, name)
    wrapper = functools.wraps(original)(make(original))
    setattr(owner, name, wrapper)
    return wrapper


# -- the optimizer ---------------------------------------------------------------------------------------------------


def when_made(torch, then):
    """Calls then(optimizer) when an optimizer was constructed."""

    def construct(original):
        def __init__(self, *args, **kwargs):
            original(self, *args, **kwargs)
            then(self)

        return __init__

    _wrap(torch.optim.Optimizer, "__init__", construct)


def around_steps(torch, before=None, after=None):
    """Calls before(optimizer) and after(optimizer) around every outermost step of an optimizer."""
    running = []

    def step(original):
        def step(self, *args, **kwargs):
            if running:
                return original(self, *args, **kwargs)
            running.append(self)
            try:
                if before is not None:
                    before(self)
                result = original(self, *args, **kwargs)
            finally:
                running.pop()
            if after is not None:
                after(self)
            return result

        return step

    wrapped = set()

    def made(optimizer):
        cls = type(optimizer)
        if cls not in wrapped:
            wrapped.add(cls)
            _wrap(cls, "step", step)

    when_made(torch, made)


def _after_steps(torch, n):
    left = [n]

    def count(_):
        left[0] -= 1
        if left[0] <= 0:
            sys.exit(0)

    around_steps(torch, after=count)


def _group(key, of=float):
    """Returns a treatment of a value in the optimizer's groups. Groups that differ keep their ratios of rates."""

    def treatment(torch, to, _, note):
        to = of(to)

        def made(optimizer):
            default = optimizer.defaults.get(key)
            for g in optimizer.param_groups:
                if key in g:
                    ratio = g[key] / default if key == "lr" and default and g[key] != default else 1
                    g[key] = to * ratio
                    note()
            if key in optimizer.defaults:
                optimizer.defaults[key] = to

        when_made(torch, made)

    return treatment


def _beta(i):
    def treatment(torch, to, _, note):
        to = float(to)

        def made(optimizer):
            for g in optimizer.param_groups + [optimizer.defaults]:
                if "betas" in g:
                    g["betas"] = tuple(to if j == i else b for j, b in enumerate(g["betas"]))
                    note()

        when_made(torch, made)

    return treatment


def _clip(torch, to, _, note):
    """Clips at another norm, also where the program does not clip at all; "none" measures the norm and changes nothing."""
    limit, clipped = math.inf if to == "none" else float(to), []

    def clip(original):
        def clip(parameters, _limit, *args, **kwargs):
            clipped.append(True)
            note()
            return original(parameters, limit, *args, **kwargs)

        def by_name(*args, **kwargs):
            for name in ("max_norm", "clip_value"):
                if name in kwargs:
                    args, kwargs = args[:1] + (kwargs[name],) + args[1:], {k: v for k, v in kwargs.items() if k != name}
            if "parameters" in kwargs:
                args, kwargs = (kwargs["parameters"],) + args, {k: v for k, v in kwargs.items() if k != "parameters"}
            return clip(*args, **kwargs)

        return by_name

    utils, module = torch.nn.utils, sys.modules["torch.nn.utils.clip_grad"]
    for name in ("clip_grad_norm_",) + (("clip_grad_value_",) if to == "none" else ()):
        setattr(utils, name, _wrap(module, name, clip))

    def before(optimizer):
        if not clipped and len(optimizer.param_groups) and not isinstance(optimizer, torch.optim.LBFGS):
            utils.clip_grad_norm_([p for g in optimizer.param_groups for p in g["params"] if p.grad is not None], limit)
        clipped.clear()

    if to != "none":
        around_steps(torch, before=before)


def _zero_grad(torch, to, _, note):
    if to != "every step":
        raise ValueError(to)

    def after(optimizer):
        optimizer.zero_grad()
        note()

    around_steps(torch, after=after)


# -- the data --------------------------------------------------------------------------------------------------------


def _batch(torch, to, _, note):
    """Changes the batches of loaders that draw at random: those are for training."""
    rows, data = int(to), torch.utils.data
    shuffled = data.RandomSampler, data.WeightedRandomSampler, data.SubsetRandomSampler
    names = ("dataset", "batch_size", "shuffle", "sampler")

    def construct(original):
        def __init__(self, *args, **kwargs):
            given = dict(zip(names, args), **kwargs)
            at_random = given.get("shuffle") or isinstance(given.get("sampler"), shuffled)
            if at_random and given.get("batch_sampler") is None and given.get("batch_size", 1) is not None:
                args, kwargs = args[:1] + (rows,) + args[2:], {k: v for k, v in kwargs.items() if k != "batch_size"}
                if "dataset" in kwargs:
                    args = (kwargs.pop("dataset"),) + args
                note()
            original(self, *args, **kwargs)

        return __init__

    def sampler(original):
        def __init__(self, sampler, batch_size, *args, **kwargs):
            if isinstance(sampler, shuffled) and sys._getframe(1).f_globals.get("__name__") != "torch.utils.data.dataloader":
                batch_size = rows
                note()
            original(self, sampler, batch_size, *args, **kwargs)

        return __init__

    _wrap(data.DataLoader, "__init__", construct)
    _wrap(data.BatchSampler, "__init__", sampler)


# -- the network -----------------------------------------------------------------------------------------------------


def _activation(torch, to, was, note):
    """Replaces nn.ReLU and relu of the functional kind by another activation."""
    if was not in ("", "relu"):
        raise ValueError(was)
    nn, f = torch.nn, torch.nn.functional
    name, _, argument = to.rstrip(")").partition("(")
    cls, function = {
        "leaky_relu": (nn.LeakyReLU, f.leaky_relu), "tanh": (nn.Tanh, torch.tanh), "gelu": (nn.GELU, f.gelu), "elu": (nn.ELU, f.elu),
        "none": (nn.Identity, lambda x: x),
    }[name]
    given = (float(argument),) if argument else ()

    class Activation(cls):
        def __init__(self, inplace=False):
            super().__init__(*given)
            note()

    Activation.__name__ = Activation.__qualname__ = cls.__name__

    def relu(original):
        def relu(x, inplace=False):
            note()
            return function(x, *given)

        return relu

    nn.ReLU = nn.modules.ReLU = Activation
    for owner, names in ((f, ("relu", "relu_")), (torch, ("relu", "relu_")), (torch.Tensor, ("relu", "relu_"))):
        for n in names:
            _wrap(owner, n, relu)


def _final_activation(torch, to, _, note):
    """Takes the last activation out, where it is a module whose output is that of the network."""
    if to != "none":
        raise ValueError(to)
    nn = torch.nn
    kinds = nn.Softmax, nn.LogSoftmax, nn.Sigmoid, nn.Tanh, nn.Softplus, nn.ReLU
    hooks, stack = [], []  # modules that run, each with (module, what it was given, what it gave) of the last activation

    def entering(module, _):
        stack.append(None)

    def leaving(module, inputs, output):
        if not stack:
            return None
        last = stack.pop()
        if isinstance(module, kinds):
            last = module, inputs[0], output
        if stack:
            stack[-1] = last
            return None
        if next(module.parameters(), None) is None:  # a loss
            return None
        for h in hooks:
            h.remove()
        if last is None or last[2] is not output:
            return None
        last[0].forward = lambda x, *args, **kwargs: x
        note()
        return last[1]

    m = nn.modules.module
    hooks.extend((m.register_module_forward_pre_hook(entering), m.register_module_forward_hook(leaving)))


def _initialize(what):
    """Returns a treatment that draws parameters anew when the first optimizer is given them. The generator of random
    numbers is left as it was, so that the batches are the same."""

    def treatment(torch, to, _, note):
        nn, made = torch.nn, []

        def construct(original):
            def __init__(self, *args, **kwargs):
                original(self, *args, **kwargs)
                made.append(weakref.ref(self))

            return __init__

        draw = _weights(nn.init, to) if what == "weight" else functools.partial(nn.init.constant_, val=float(to))
        for cls in (nn.Linear, nn.modules.conv._ConvNd):
            _wrap(cls, "__init__", construct)

        def apply(optimizer):
            held = {id(p) for g in optimizer.param_groups for p in g["params"]}
            modules = [m for m in (ref() for ref in made) if m is not None]
            with torch.random.fork_rng(devices=[]):
                for m in modules:
                    p = getattr(m, what, None)
                    if id(p) in held:
                        m.reset_parameters() if draw is None else draw(p)
                        note()
            made[:] = [ref for ref in made if ref() is not None and id(getattr(ref(), what, None)) not in held]

        when_made(torch, apply)

    return treatment


def _weights(init, to):
    if to.startswith("std "):
        return functools.partial(init.normal_, std=float(to[4:]))
    return {
        "he": functools.partial(init.kaiming_normal_, nonlinearity="relu"), "xavier": init.xavier_normal_,
        "lecun": functools.partial(init.kaiming_normal_, nonlinearity="linear"), "default": None,
    }[to]


def _dropout(torch, to, _, note):
    p, nn = float(to), torch.nn

    def construct(original):
        def __init__(self, _p=0.5, *args, **kwargs):
            kwargs.pop("p", None)
            original(self, p, *args, **kwargs)
            note()

        return __init__

    _wrap(nn.modules.dropout._DropoutNd, "__init__", construct)


_TREATMENTS = {
    "lr": _group("lr"), "weight decay": _group("weight_decay"), "momentum": _group("momentum"), "eps": _group("eps"),
    "beta1": _beta(0), "beta2": _beta(1), "clip": _clip, "zero_grad": _zero_grad, "batch": _batch, "activation": _activation,
    "final activation": _final_activation, "weight init": _initialize("weight"), "bias init": _initialize("bias"), "dropout": _dropout,
}
