"""nnvet's probe: watches a training script from inside its process, without a change to its code.

Standard library only. Every entry into this package from the training script is guarded: an error here is counted,
five of them switch the probe off, and training goes on.

    sitecustomize.py   attaches at the start of Python
    __init__.py        waits for a framework to be imported
    attach.py          the places in PyTorch that tell of training
    watch.py           the run from step to step, and when its parts look
    guard.py           keeps errors and time away from training
    journal.py         records, their header, and events
    forward.py         what hooks on modules see
    update.py          what an optimizer's step tells
    evaluation.py      where evaluations begin and end
    kept.py            weights of an earlier evaluation that the script ends with
    loose.py           what a network of loose tensors is fed
    budget.py          when to look, within a share of the time
    network.py         modules, parameters and optimizers
    feed.py            where batches come from
    losses.py          losses and evaluations
    written.py         losses that are written out by hand
    values.py          what operations near the loss computed
    results.py         predictions beside the truth
    survey.py          a sample of rows, inputs beside targets
    figures.py         what the sample tells, column by column
    alike.py           what its nearest neighbours tell
    twin.py            rows for the engine's twin of the network, where the user asked for one
    steps.py           losses, rates and clipping of every step
    trouble.py         what first was not finite
    units.py           dead and saturated units
    depth.py           how a batch fares on its way through the layers
    noise.py           how far gradients of rows lie from their mean
    zeroing.py         gradients that are not set to zero
    stats.py           statistics of tensors
    graph.py           what autograd knows of the network
    source.py          places in the user's source
    wire.py            the trace file (docs/trace.md)

Of a trial (docs/trials.md) also:

    isolate.py         writes go into the trial's directory, trackers are off
    seeds.py           another seed in every call that sets one
    treat.py           settings that are changed at run time, and the step after which the run ends
    whole.py           of them, those of the whole network: what it is fed, returns, and trains
    pace.py            of them, the course of the learning rate
    swap.py            of them, another loss
    warm.py            a process that has imported the framework and forks trials
"""

import os
import sys

FRAMEWORKS = {"torch": "attach"}  # framework: the module of this package that attaches to it


def complain(where, error):
    """Says what went wrong inside the probe, to those who debug it."""
    if os.environ.get("NNVET_DEBUG"):
        import traceback

        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        sys.stderr.write("nnvet probe: %s: %s\n" % (where, text))


def mark(name):
    """Leaves an empty file in the run directory, so that nnvet can say how far attaching came."""
    try:
        os.close(os.open(os.path.join(os.environ["NNVET_OUT"], name), os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError:
        pass


_waiting = {}  # module that was not imported yet: functions to call with it


def when_imported(name, function):
    """Calls a function with a module, now or after its import."""
    if name in sys.modules:
        function(sys.modules[name])
    else:
        _waiting.setdefault(name, []).append(function)


def _imported(name):
    if name in FRAMEWORKS and os.environ.get("NNVET_OUT"):
        _attach_to(name)
    for function in _waiting.pop(name, ()):
        function(sys.modules[name])


def _attach_to(framework):
    try:
        module = __import__("_nnvet." + FRAMEWORKS[framework], fromlist=["attach"])
        mark("seen-" + framework)
        module.attach(sys.modules[framework])
    except Exception as e:
        complain("attaching to " + framework, e)


class _Finder:
    """Notices the import of a framework. The real loader does the loading: only its exec_module is wrapped, on the one
    instance, because a replaced loader breaks pkg_resources and importlib.resources for others."""

    def __init__(self):
        self.asking = set()

    def find_spec(self, name, path=None, target=None):
        if name not in FRAMEWORKS and name not in _waiting or name in self.asking:
            return None
        self.asking.add(name)
        try:
            spec = next(filter(None, (f.find_spec(name, path, target) for f in sys.meta_path if f is not self and hasattr(f, "find_spec"))), None)
        finally:
            self.asking.discard(name)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            self._wrap(name, spec.loader)
        return spec

    def _wrap(self, name, loader):
        original = loader.exec_module

        def exec_module(module):
            loader.exec_module = original
            original(module)
            _imported(name)

        try:
            loader.exec_module = exec_module
        except AttributeError:  # a loader with slots: leave it alone
            pass


def install():
    """Waits for the import of a framework; called once, by sitecustomize."""
    if getattr(sys, "_nnvet", False):
        return
    sys._nnvet = True
    mark("seen-python")
    if not any(isinstance(f, _Finder) for f in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    for name in FRAMEWORKS:  # a .pth file imported it before us
        if name in sys.modules:
            _attach_to(name)
    try_out()


TRIALS = {"NNVET_TRIAL": "isolate", "NNVET_SEED": "seeds", "NNVET_TREAT": "treat", "NNVET_STEPS": "treat"}


def try_out():
    """Makes this process a trial, where its environment says so. One that cannot be isolated must not run: it would
    write where the user's files are."""
    try:
        for name in sorted({module for variable, module in TRIALS.items() if os.environ.get(variable)}):
            __import__("_nnvet." + name, fromlist=["start"]).start()
    except Exception as e:
        sys.stderr.write("nnvet: this trial cannot be set up: %r\n" % (e,))
        sys.stderr.flush()
        os._exit(70)
