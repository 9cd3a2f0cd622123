"""Another course of the learning rate, for the length of a step: what the program sets itself is there again after it.

A warm-up multiplies whatever the program's own rate is. Every other schedule stands in for the program's own, and begins
from the rate of the first step. With several optimizers nothing is changed: their steps are not those that the trace counts.
"""

import math

from . import treat


def warmup(torch, to, how, note):
    steps = int(to)
    _follow(torch, note, lambda n, first, now: now * min(1.0, (n + 1) / steps) if steps > 0 else now)


def schedule(torch, to, how, note):
    """`to` is "none", "cosine" over the steps that the run took, or a factor a step."""
    if to == "none":
        _follow(torch, note, lambda n, first, now: first)
    elif to == "cosine":
        steps = max(1, int(how["steps"]))
        _follow(torch, note, lambda n, first, now: first * (1 + math.cos(math.pi * min(1.0, n / steps))) / 2)
    else:
        factor = float(to)
        _follow(torch, note, lambda n, first, now: first * factor ** n)


def _follow(torch, note, rate):
    """Lets a step n be taken at rate(n, rate of the first step, rate that the program has set), in every group."""
    made, first, before, taken = [], {}, {}, [0]

    def start(optimizer):
        if len(made) != 1:
            return
        for i, g in enumerate(optimizer.param_groups):
            if isinstance(g.get("lr"), (int, float)):
                before[i] = g["lr"]
                g["lr"] = rate(taken[0], first.setdefault(i, g["lr"]), g["lr"])
                note()
        taken[0] += 1

    def end(optimizer):
        for i, lr in before.items():
            optimizer.param_groups[i]["lr"] = lr
        before.clear()

    treat.when_made(torch, made.append)
    treat.around_steps(torch, before=start, after=end)
