"""What keeps the probe's errors, and its time, away from training."""

import functools
import threading
import time

from . import complain

MAX_ERRORS = 5

clock = time.perf_counter


def guarded(method):
    """Keeps an error, and the time, of a method of one of the probe's parts away from training."""

    @functools.wraps(method)
    def run(self, *args):
        guard = self.guard
        if not guard.on or not guard.mine() or guard.busy():
            return None
        if guard.inside:
            return method(self, *args)
        guard.inside, began = True, clock()
        try:
            return method(self, *args)
        except Exception as e:
            guard.failed(method.__name__, e)
        finally:
            guard.inside = False
            guard.budget.spent += clock() - began

    return run


class Guard:
    """Says when the probe may look. It switches the probe off, by `gives_up`, after a few errors."""

    def __init__(self, torch, budget, gives_up):
        self.torch, self.budget, self.gives_up = torch, budget, gives_up
        self.captures = getattr(torch.cuda, "is_current_stream_capturing", lambda: False)
        self.modes = getattr(torch._C, "_len_torch_dispatch_stack", lambda: 0)
        self.transforms = getattr(getattr(torch._C, "_functorch", None), "peek_interpreter_stack", lambda: None)
        self.thread = None  # the thread that trains
        self.on, self.inside, self.errors = True, False, 0

    def mine(self):
        """Reports whether this thread is the one that trains, as far as known."""
        return self.thread is None or self.thread == threading.get_ident()

    def busy(self):
        """Reports whether what the probe computed now would end in somebody's graph: one that torch.jit.trace or
        torch.export records, that functorch transforms, or that CUDA captures."""
        c = self.torch._C
        return (c._get_tracing_state() is not None or self.modes() > 0 or self.transforms() is not None
                or self.torch.cuda.is_initialized() and self.captures())

    def failed(self, where, error):
        self.errors += 1
        complain(where, error)
        if self.errors >= MAX_ERRORS:
            self.gives_up("%d errors, the last a %s in %s" % (self.errors, type(error).__name__, where))
            self.on = False
