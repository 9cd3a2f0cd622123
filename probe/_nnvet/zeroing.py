"""Are gradients set to zero between the steps of each optimizer?

An optimizer whose gradients were neither zeroed by a call nor found zero or gone at the start of a backward pass, from
one of its steps to the next, adds up all gradients since the start. Each optimizer is judged alone: the second network
of a GAN rightly holds gradients while the first one trains.
"""


import weakref


class Zeroing:
    """Follows a few of the steps of each optimizer."""

    def __init__(self):
        self.watched = {}  # id(optimizer): [weak reference, cleared since its last step]
        self.left = self.looked = 0

    def stepped(self, optimizer):
        """Begins to watch, after a step."""
        self.watched[id(optimizer)] = [weakref.ref(optimizer), False]

    def zeroed(self, optimizer):
        entry = self.watched.get(id(optimizer))
        if entry is not None:
            entry[1] = True

    def module_zeroed(self, module):
        if self.watched:
            held = {id(p) for p in module.parameters()}
            for entry in self.watched.values():
                if any(id(p) in held for p in _params(entry[0]())):
                    entry[1] = True

    def backward(self):
        """Looks, at the start of a backward pass, for gradients that are already gone."""
        for entry in self.watched.values():
            if not entry[1] and not _leftover(entry[0]()):
                entry[1] = True

    def steps(self, optimizer):
        """Ends the watch, before the next step. Returns whether gradients were left over, or None where it did not watch."""
        entry = self.watched.pop(id(optimizer), None)
        if entry is None:
            return None
        self.looked += 1
        self.left += not entry[1]
        return not entry[1]


def _params(optimizer):
    return (p for g in optimizer.param_groups for p in g["params"]) if optimizer is not None else ()


def _leftover(optimizer):
    return any(bool((p.grad.detach().reshape(-1)[:4096] != 0).any()) for p in _params(optimizer)
               if p.grad is not None and not p.grad.is_sparse)
