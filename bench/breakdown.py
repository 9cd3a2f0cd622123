"""Runs a script with the probe attached and says where the probe's time goes; `overhead.py --profile` starts it.

Every function of the probe is wrapped by a clock that counts its own CPU time, without that of the probe's functions
that it calls. The clocks cost about a microsecond a call, which is in the figures. The wrappers in attach.py, a test
and a call between samples, are not seen: the workload `tiny` with a budget near 0 shows those.
"""

import functools
import inspect
import runpy
import sys
import time

clock = time.thread_time


class Clocks:
    """Own CPU time and calls, by the name of a function."""

    def __init__(self):
        self.own, self.calls = {}, {}
        self.inner = [0.0]  # time of the functions that were called by those that run

    def wrap(self, name, function):
        own, calls, inner = self.own, self.calls, self.inner
        own[name], calls[name] = 0.0, 0

        @functools.wraps(function)
        def timed(*args, **kwargs):
            began = clock()
            inner.append(0.0)
            try:
                return function(*args, **kwargs)
            finally:
                took = clock() - began
                own[name] += took - inner.pop()
                calls[name] += 1
                inner[-1] += took

        return timed

    def wrap_all(self, owner, prefix):
        """Wraps the functions of a module, and of its classes."""
        for name, value in list(vars(owner).items()):
            if inspect.isgeneratorfunction(value) or name in ("__init__", "mine", "training"):
                continue  # generators run elsewhere; the others are too short to time
            if inspect.isclass(value) and value.__module__ == owner.__name__:
                self.wrap_all(value, prefix)
            elif inspect.isfunction(value) and value.__module__.startswith("_nnvet"):
                setattr(owner, name, self.wrap(prefix + "." + name.strip("_"), value))

    def table(self, seconds):
        yield "| function | calls | µs a call | share of the run |"
        yield "| --- | ---: | ---: | ---: |"
        for name in sorted(self.own, key=self.own.get, reverse=True):
            if self.own[name] > 1e-4 * seconds:
                yield f"| {name} | {self.calls[name]} | {1e6 * self.own[name] / self.calls[name]:.1f} | {self.own[name] / seconds:.2%} |"
        yield f"| all | | | {sum(self.own.values()) / seconds:.2%} |"


def main():
    import torch  # noqa: F401 (the probe attaches to it now)

    probe = {name.rpartition(".")[2]: module for name, module in sys.modules.items() if name.startswith("_nnvet.")}
    if "watch" not in probe:
        sys.exit("breakdown.py: the probe is not attached: start me by overhead.py --profile")
    probe["budget"].GRACE = 0.0  # what is spent once, at the start, would hide what is spent on and on
    probe["source"]._is_library[__file__] = True  # the clocks are not the user's code
    clocks = Clocks()
    for name in set(probe) - {"attach"}:
        clocks.wrap_all(probe[name], name)
    del sys.argv[0]
    began = clock()
    runpy.run_path(sys.argv[0], run_name="__main__")
    print("\n".join(clocks.table(clock() - began)))


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1].rpartition("/")[0])  # where the script would find its own modules
    main()
