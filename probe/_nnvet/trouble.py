"""What first was not finite: a parameter, a gradient, an operation, or the data."""

import math
import sys
import weakref

from . import graph

SMALL = 1 << 16  # elements of a gradient that may be summed in every step


class Trouble:
    """Reports the first thing that is not finite, once."""

    def __init__(self, torch, network, event):
        self.torch, self.network, self.event = torch, network, event
        self.reported = False
        self.sentinel = None  # weak reference to the parameter that the gradients of all others pass on their way
        self.steep = []  # operations of the network whose gradient can be infinite
        self.backward_at = None  # the first backward call in the source
        self.checkpointed = False

    def choose_sentinel(self, optimizer):
        """Chooses the first layer's parameter: a gradient that is not finite anywhere arrives there."""
        params = [p for g in optimizer.param_groups for p in g["params"] if p.requires_grad and p.is_cpu and p.numel() <= SMALL]
        if self.sentinel is None and params:
            self.sentinel = weakref.ref(min(params, key=self._position))

    def _position(self, p):
        number = self.network.number(p)
        return math.inf if number is None else number

    def loss(self, loss, place):
        """Says why a loss is not finite, before its backward pass."""
        self.reported = True
        number = self.first(lambda p: p)
        if number is not None:
            self.event("nonfinite", text="update", p=number)
            return
        text = graph.culprit(loss.grad_fn) if loss.grad_fn is not None and not self.recomputes() else None
        self.event("nonfinite", text=text or "loss", src=place)

    def check(self):
        """Looks at the sentinel's gradient."""
        p = self.sentinel()
        g = p.grad if p is not None else None
        if g is not None and not g.is_sparse:
            v = g.sum().item()
            if v - v != 0:
                self.gradients()

    def gradients(self):
        """Says which gradient is not finite: the one nearest to the loss."""
        self.reported = True
        number = self.first(lambda p: p.grad, reversed)
        text = "operation " + self.steep[0] if len(self.steep) == 1 else "gradient"
        self.event("nonfinite", text=text, p=number, src=self.network.seen(self.backward_at))

    def first(self, of, order=iter):
        """Returns the number of the first parameter for which of(parameter) is not finite."""
        for number, ref in order(list(enumerate(self.network.refs))):
            p = ref()
            t = of(p) if p is not None else None
            if t is not None and t.is_floating_point() and not t.is_sparse and not bool(self.torch.isfinite(t.detach()).all()):
                return number
        return None

    def recomputes(self):
        """Reports whether to read a saved tensor may run part of the forward pass again."""
        module = sys.modules.get("torch.utils.checkpoint")
        return self.checkpointed or module is not None and not hasattr(module.checkpoint, "_nnvet_wrapped")
