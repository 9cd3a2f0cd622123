"""The probe in a process that goes on: each watched cell has a probe of its own, behind wrappers that stay.

The probe is the one that the program nnvet carries, so that both are of one version.
"""

import importlib
import os
import sys
import tempfile

from . import program


class Watcher:
    """Puts a probe in place for a cell. Between cells a probe waits that only notes where networks and optimizers are
    made, for the cell that will train them."""

    def __init__(self):
        if getattr(sys, "_nnvet", False):
            raise program.NnvetError("this process runs under `nnvet run` already, which watches all of it")
        sys._nnvet = True  # a probe that a child process inherits does not attach here again
        self.torch = self.current = None
        self.places = {}  # id(optimizer): where it was made
        with tempfile.TemporaryDirectory() as directory:
            self.load(program.call("probe", "--", directory)["probe"])

    def load(self, path):
        """Imports the probe, all of it, so that its files can go."""
        sys.path.insert(0, path)
        try:
            self.probe = importlib.import_module("_nnvet")
            self.parts = {name: importlib.import_module("_nnvet." + name) for name in ("attach", "journal", "source", "stats", "watch", "wire")}
        finally:
            sys.path.remove(path)
        sys.meta_path.insert(0, self.probe._Finder())
        self.probe.when_imported("torch", self.attach)

    def attach(self, torch):
        """Wraps the places in PyTorch that tell of training, once."""
        self.torch = torch
        attach, self.parts["stats"].torch = self.parts["attach"], torch
        self.current = _Current(self.waiting())
        tell = _teller(attach, torch, self.current)
        for part in (attach._modules, attach._optimizers, attach._backward, attach._losses, attach._clipping, attach._evaluation,
                     attach._loading, attach._left_alone):
            try:
                part(torch, self.current, tell)
            except Exception as e:  # a PyTorch that differs: the other parts still work
                self.probe.complain("attaching " + part.__name__, e)
        step = attach._stepping(self.current, tell)
        for kind in _kinds(torch.optim.Optimizer):  # of optimizers that are there already
            if "step" in kind.__dict__:
                attach._wrap(kind, "step", step)
        os.register_at_fork(after_in_child=lambda: self.current.forked())

    def waiting(self):
        """Returns a probe that looks at nothing and writes nothing."""
        wire = self.parts["wire"].Wire(os.devnull)
        wire.put = lambda record: None
        probe = self.parts["watch"].Probe(self.torch, wire, 0.0)
        probe.sampling, probe.waits = False, True
        return probe

    def begin(self, run):
        """Watches from here on, into the directory of a run."""
        source = self.parts["source"]
        source.CWD = os.getcwd() + os.sep
        source.main_file = lambda: run["cell"]
        os.environ["NNVET_VERSION"] = run["version"]
        self.run = run
        if self.torch is not None:
            self.watch()
        else:
            self.probe.when_imported("torch", lambda torch: self.watch())

    def watch(self):
        if self.run is None:
            return  # the cell has ended
        before, run = self.current.__dict__["probe"], self.run
        probe = self.parts["watch"].Probe(self.torch, self.parts["wire"].Wire(run["dir"]), run["overhead"])
        header = probe.journal.header
        probe.journal.header = lambda: dict(header(), script=os.path.basename(run["cell"]))
        probe.waits = False
        self.hand_on(before, probe)
        if before.compiled:
            probe.leave_compiled()
        self.current.__dict__["probe"] = probe
        probe.forward.hook()

    def hand_on(self, before, after):
        """Tells one probe where the other saw networks and optimizers being made."""
        self.places.update(before.update.made)
        after.network.made, after.update.made = before.network.made, dict(self.places)

    def end(self, error):
        """Ends the cell's trace, and lets go of what its probe held."""
        self.run = None
        probe = self.current.__dict__["probe"] if self.current is not None else None
        if probe is None or probe.waits:
            return
        last = sys.__dict__.pop("last_type", None)  # of another cell
        if error is not None:
            sys.last_type = type(error)
        try:
            probe.end()
        finally:
            sys.__dict__.pop("last_type", None)
            if last is not None:
                sys.last_type = last
        probe.forward.unhook()
        probe.guard.on = False
        if probe.wire.fd is not None:
            os.close(probe.wire.fd)
        after = self.waiting()
        self.hand_on(probe, after)
        after.compiled = probe.compiled
        self.current.__dict__["probe"] = after


class _Current:
    """Stands for the probe of the cell that runs, or for the one that waits."""

    def __init__(self, probe):
        self.__dict__["probe"] = probe

    def __getattr__(self, name):
        return getattr(self.__dict__["probe"], name)


def _teller(attach, torch, current):
    class Teller(attach._Teller):
        """Tells a probe that waits of what is made, and of nothing else."""

        def __call__(self, method, *args):
            if not self.probe.waits or method.__name__ in ("module_made", "optimizer_made"):
                super().__call__(method, *args)

    return Teller(torch, current)


def _kinds(kind):
    """Yields all classes below one, each once."""
    seen = [kind]
    for k in seen:
        seen.extend(s for s in k.__subclasses__() if s not in seen)
    return seen[1:]
