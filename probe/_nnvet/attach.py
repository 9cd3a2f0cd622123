"""The places in PyTorch that tell of training. Each is wrapped so that, between samples, it costs a test and a call.

No wrapper changes what the original takes or returns, consumes random numbers, or touches autograd's settings.
"""

import atexit
import functools
import os
import sys
import time

from . import complain, losses, stats, watch, wire

_MARK = "_nnvet_wrapped"


def attach(torch):
    """Starts watching; called once, when torch has been imported."""
    began = time.perf_counter()
    stats.torch = torch
    probe = watch.Probe(torch, wire.Wire(os.environ["NNVET_OUT"]), float(os.environ.get("NNVET_OVERHEAD") or 0.02))
    tell = _Teller(torch, probe)
    for part in (_modules, _optimizers, _backward, _losses, _clipping, _evaluation, _loading, _left_alone):
        try:
            part(torch, probe, tell)
        except Exception as e:  # a PyTorch that differs: the other parts still work
            complain("attaching " + part.__name__, e)
    probe.forward.hook()
    if probe.twin is not None:
        probe.twin.look()
    os.register_at_fork(after_in_child=probe.forked)
    atexit.register(probe.end)
    probe.attach_seconds = time.perf_counter() - began


def _wrap(owner, name, make):
    """Replaces owner.name by make(original), once."""
    original = getattr(owner, name)
    if getattr(original, _MARK, False):
        return original
    wrapper = functools.wraps(original)(make(original))
    if not isinstance(owner, type):  # so that a pickle finds it where it was
        wrapper.__module__, wrapper.__qualname__ = owner.__name__, name
    setattr(wrapper, _MARK, True)
    setattr(owner, name, wrapper)
    return wrapper


class _Teller:
    """Tells the probe something, and keeps what goes wrong there away from training. It says nothing while
    torch.compile or torch.export reads the program: what they read must be what the user wrote."""

    def __init__(self, torch, probe):
        self.probe = probe
        self.compiling = getattr(getattr(torch, "compiler", None), "is_compiling", None) or (lambda: False)

    def __call__(self, method, *args):
        if self.probe.guard.on:
            try:
                method(*args)
            except Exception as e:
                self.probe.guard.failed(method.__name__, e)


def _modules(torch, probe, tell):
    def construct(original):
        def __init__(self, *args, **kwargs):
            original(self, *args, **kwargs)
            if not tell.compiling():
                tell(probe.module_made, self, sys._getframe(1))

        return __init__

    def train(original):
        def train(self, mode=True):
            if not tell.compiling():
                tell(probe.evaluation.mode_changed, self, mode)
            return original(self, mode)

        return train

    def zero_grad(original):
        def zero_grad(self, *args, **kwargs):
            result = original(self, *args, **kwargs)
            if not tell.compiling():
                tell(probe.zeroing.module_zeroed, self)
            return result

        return zero_grad

    def state_dict(original):
        def state_dict(self, *args, **kwargs):
            if not tell.compiling():
                tell(probe.evaluation.state_taken, self)
            return original(self, *args, **kwargs)

        return state_dict

    def load_state_dict(original):
        def load_state_dict(self, *args, **kwargs):
            result = original(self, *args, **kwargs)
            if not tell.compiling():
                tell(probe.evaluation.state_loaded, self, sys._getframe(1))
            return result

        return load_state_dict

    _wrap(torch.nn.Module, "__init__", construct)
    _wrap(torch.nn.Module, "state_dict", state_dict)
    _wrap(torch.nn.Module, "load_state_dict", load_state_dict)
    _wrap(torch.nn.Module, "train", train)
    _wrap(torch.nn.Module, "zero_grad", zero_grad)


def _stepping(probe, tell):
    """Returns what wraps the step of a class of optimizers."""

    def step(original):
        def step(self, *args, **kwargs):
            if tell.compiling():
                return original(self, *args, **kwargs)
            # With a closure, the gradients of this step are there only after its first call.
            closure = args[0] if args else kwargs.get("closure")
            inside = callable(closure) and not probe.nested
            if inside:
                closure = first_then(closure, self)
                args, kwargs = ((closure,) + args[1:], kwargs) if args else (args, dict(kwargs, closure=closure))
            tell(probe.enter_step)
            try:
                if not inside:
                    tell(probe.before_step, self)
                return original(self, *args, **kwargs)
            finally:
                tell(probe.after_step, self)

        return step

    def first_then(closure, optimizer):
        called = []

        def first_then_look():
            result = closure()
            if not called:
                called.append(True)
                tell(probe.before_step, optimizer)
            return result

        return first_then_look

    return step


def _optimizers(torch, probe, tell):
    optimizer, step = torch.optim.Optimizer, _stepping(probe, tell)

    def construct(original):
        def __init__(self, *args, **kwargs):
            original(self, *args, **kwargs)
            _wrap(type(self), "step", step)
            if not tell.compiling():
                tell(probe.optimizer_made, self, sys._getframe(1))

        return __init__

    def zero_grad(original):
        def zero_grad(self, *args, **kwargs):
            if not tell.compiling():
                tell(probe.zeroing.zeroed, self)
            return original(self, *args, **kwargs)

        return zero_grad

    _wrap(optimizer, "__init__", construct)
    _wrap(optimizer, "zero_grad", zero_grad)


def _backward(torch, probe, tell):
    def backward(original):
        def backward(tensors, *args, **kwargs):
            if not tell.compiling():
                tell(probe.backward, tensors, sys._getframe(1))
            return original(tensors, *args, **kwargs)

        return backward

    _wrap(torch.autograd, "backward", backward)  # Tensor.backward looks it up here


def _losses(torch, probe, tell):
    """Wraps the functions below torch.nn.functional, and tells TorchScript that they are still what they were."""
    enabled = torch.is_grad_enabled
    builtins = __import__("torch.jit._builtins", fromlist=["_register_builtin"])

    def make(name):
        def wrapper(original):
            def loss(*args, **kwargs):
                result = original(*args, **kwargs)
                if not tell.compiling() and (probe.sampling or probe.evaluation.on or not enabled()) and not kwargs:
                    tell(probe.loss_computed, name, args, result, sys._getframe(1))
                if probe.twin is not None and not tell.compiling() and not kwargs:
                    probe.twin.told(name, args, result)
                return result

            return loss

        return wrapper

    for name, (path, _) in losses.FUNCTIONS.items():
        owner, _, function = path.rpartition(".")
        owner = torch._C._nn if owner else torch
        if hasattr(owner, function):
            builtins._register_builtin(_wrap(owner, function, make(name)), "aten::" + function)


def _clipping(torch, probe, tell):
    utils, module = torch.nn.utils, sys.modules["torch.nn.utils.clip_grad"]

    def by_norm(original):
        def clip_grad_norm_(parameters, max_norm, *args, **kwargs):
            total = original(parameters, max_norm, *args, **kwargs)
            if not tell.compiling():
                tell(probe.clipped, "norm", max_norm, total, sys._getframe(1))
            return total

        return clip_grad_norm_

    def by_value(original):
        def clip_grad_value_(parameters, clip_value, *args, **kwargs):
            if not tell.compiling():
                tell(probe.clipped, "value", clip_value, None, sys._getframe(1))
            return original(parameters, clip_value, *args, **kwargs)

        return clip_grad_value_

    utils.clip_grad_norm_ = _wrap(module, "clip_grad_norm_", by_norm)
    utils.clip_grad_value_ = _wrap(module, "clip_grad_value_", by_value)


def _evaluation(torch, probe, tell):
    """Notices blocks without gradients, to see what an evaluation feeds the network."""

    def enter(original):
        def __enter__(self):
            if not probe.nested and not tell.compiling():
                tell(probe.evaluation.gradients_off)
            return original(self)

        return __enter__

    def leave(original):
        def __exit__(self, *args):
            if not probe.nested and not tell.compiling():
                tell(probe.evaluation.gradients_on)
            return original(self, *args)

        return __exit__

    for context in (torch.no_grad, torch.inference_mode):
        _wrap(context, "__enter__", enter)
        _wrap(context, "__exit__", leave)


def _loading(torch, probe, tell):
    """Notices which DataLoader a batch came from."""

    def following(original):
        def __next__(self):
            batch = original(self)
            if not tell.compiling():
                tell(probe.forward.feed.loaded, self)
            return batch

        return __next__

    _wrap(sys.modules["torch.utils.data.dataloader"]._BaseDataLoaderIter, "__next__", following)


def _left_alone(torch, probe, tell):
    """Notices what the probe must not, or cannot, look into."""

    def compile(original):
        def compile(*args, **kwargs):
            probe.leave_compiled()
            return original(*args, **kwargs)

        return compile

    def checkpoint(original):
        def checkpoint(*args, **kwargs):
            probe.trouble.checkpointed = True
            return original(*args, **kwargs)

        return checkpoint

    def scale(original):
        def scale(self, outputs):
            if self.is_enabled():
                probe.leave_scaled()
            return original(self, outputs)

        return scale

    if hasattr(torch, "compile"):
        _wrap(torch, "compile", compile)
    module = sys.modules.get("torch.utils.checkpoint")
    if module is not None:
        _wrap(module, "checkpoint", checkpoint)
    scaler = getattr(getattr(torch, "amp", None), "GradScaler", None) or torch.cuda.amp.GradScaler
    _wrap(scaler, "scale", scale)
