"""What a trial changes about a network as a whole: what it is fed, what it returns, and which parameters are trained.

The network is the outermost module that is called whose class is that which the trace names. Its figures, of the training
rows, are in `how`: "root", the class; "inputs" and "targets", each {"mean": [...], "scale": [...], "channels": bool}.
"""

import functools

from . import seeds, treat


def inputs(torch, to, how, note):
    """Scales what the network is fed, in every call of it: training, validation and prediction alike."""
    if to == "log":
        change = torch.log1p
    elif to.startswith("/"):
        change = functools.partial(_divided, by=float(to[1:]))
    elif to == "standardize":
        change = functools.partial(_scaled, torch, how["inputs"])
    else:
        raise ValueError(to)

    def fed(module, x):
        new = change(x) if x.is_floating_point() else None
        if new is None:
            return x
        note()
        return new

    _around_calls(torch, how, fed=fed)


def _divided(x, by):
    return x / by


def _scaled(torch, figures, x):
    """Returns x less its mean over its scale; None where the figures do not fit."""
    mean, scale = _tensors(torch, figures, x)
    return None if mean is None else (x - mean) / scale


def _tensors(torch, figures, x):
    """Returns the figures in the shape that they have beside x; two Nones where they do not fit."""
    mean, scale = (torch.tensor([float(v) for v in figures[part]], dtype=x.dtype, device=x.device) for part in ("mean", "scale"))
    if mean.numel() == 1:
        return mean.reshape(()), scale.reshape(())
    if figures.get("channels") and x.dim() > 2 and x.shape[1] == mean.numel():
        shape = (-1,) + (1,) * (x.dim() - 2)
        return mean.reshape(shape), scale.reshape(shape)
    if x.dim() > 1 and x.shape[-1] == mean.numel():
        return mean, scale
    return None, None


def noise(torch, to, how, note):
    """Adds noise to the inputs of training, as large a share of each column's spread as is asked for. It is drawn from a
    generator of its own, so that the program's random numbers stay what they were."""
    share, figures, drawn = float(to), how["inputs"], {}

    def fed(module, x):
        if not (module.training and torch.is_grad_enabled() and x.is_floating_point()):
            return x
        _, scale = _tensors(torch, figures, x)
        if scale is None:
            return x
        if x.device not in drawn:
            drawn[x.device] = torch.Generator(x.device)
            drawn[x.device].manual_seed(seeds.mixed("input noise"))
        note()
        return x + share * scale * torch.randn(x.shape, generator=drawn[x.device], dtype=x.dtype, device=x.device)

    _around_calls(torch, how, fed=fed)


def targets(torch, to, how, note):
    """Does what targets of mean 0 and standard deviation 1 do, with nothing changed that the program computes: the
    network returns out * std + mean, and what comes back to it is the gradient of the loss in units of that std, so that
    every loss and figure stays in the units that it had."""
    power = {"mse": 2, "l1": 1}.get(how.get("loss"))
    if to != "standardize" or power is None:
        raise ValueError(to)

    def gave(module, out):
        if not isinstance(out, torch.Tensor) or not out.is_floating_point():
            return out
        mean, scale = _tensors(torch, how["targets"], out)
        if mean is None:
            return out
        note()
        new = out * scale + mean
        if new.requires_grad:
            new.register_hook(lambda grad: grad / scale ** power)
        return new

    _around_calls(torch, how, gave=gave)


def trained(torch, to, how, note):
    """Gives the optimizer what the network uses and it does not hold: layers of a plain list, parts that were left out,
    and parameters that were frozen."""
    if to != "all":
        raise ValueError(to)
    used, made = [], []

    def inside(module):
        if not done and not any(m is module for m in used):
            used.append(module)
            for p in module.parameters(recurse=False):
                if not p.requires_grad and p.is_floating_point():
                    p.requires_grad_(True)
                    note()

    def before(optimizer):
        if done or len(made) != 1:
            return
        done.append(True)
        held = {id(p) for g in optimizer.param_groups for p in g["params"]}
        missing = []
        for module in used:
            for p in module.parameters(recurse=False):
                if p.requires_grad and id(p) not in held:
                    held.add(id(p))
                    missing.append(p)
        if missing:
            optimizer.add_param_group({"params": missing})
            note()

    done = []
    _around_calls(torch, how, inside=inside)
    treat.when_made(torch, made.append)
    treat.around_steps(torch, before=before)


def _around_calls(torch, how, fed=None, gave=None, inside=None):
    """Calls fed(module, x) with the first input of every outermost call of the network, gave(module, out) with what it
    returns, and inside(module) with it and every module that it calls. They return what is to be there instead."""
    root, deep = how["root"], [0]
    module_class = torch.nn.Module
    original = module_class.__call__

    def __call__(self, *args, **kwargs):
        outermost = deep[0] == 0
        if outermost and type(self).__name__ != root:
            return original(self, *args, **kwargs)
        if outermost and fed is not None:
            args, kwargs = _with_first(torch, functools.partial(fed, self), args, kwargs)
        if inside is not None:
            inside(self)
        deep[0] += 1
        try:
            out = original(self, *args, **kwargs)
        finally:
            deep[0] -= 1
        return gave(self, out) if outermost and gave is not None else out

    module_class.__call__ = functools.wraps(original)(__call__)


def _with_first(torch, change, args, kwargs):
    """Returns arguments whose first is changed, or whose only one is, where that is a tensor."""
    if args and isinstance(args[0], torch.Tensor):
        return (change(args[0]),) + args[1:], kwargs
    if not args and len(kwargs) == 1:
        ((name, x),) = kwargs.items()
        if isinstance(x, torch.Tensor):
            return args, {name: change(x)}
    return args, kwargs
