"""Does the script end with weights of an earlier evaluation, as early stopping restores them?

What the network was when the script took its `state_dict` is known by a few of its weights: others would differ in all.
"""

from . import stats

TENSORS, ELEMENTS = 8, 8  # of which weights are told apart
MAX_TAKEN = 4096


class Kept:
    """Remembers the weights that the script took at an evaluation."""

    def __init__(self):
        self.taken = {}  # what tells weights: the step they were of
        self.evaluated = set()  # steps with an evaluation
        self.loaded = None  # the step at which weights were loaded last, the step they were of, where in the source

    def take(self, module, step):
        """Notes the weights of a network, when the script takes them."""
        if len(self.taken) < MAX_TAKEN:
            self.taken.setdefault(marks(module), step)

    def evaluates(self, step):
        if len(self.evaluated) < MAX_TAKEN:
            self.evaluated.add(step)

    def load(self, module, step, at):
        """Notices weights that the script gave back to a network."""
        of = self.taken.get(marks(module))
        self.loaded = None if of is None else (step, of, at)

    def at_end(self, step):
        """Returns the step whose weights were loaded after the last one, with where in the source; or None."""
        if self.loaded is None or self.loaded[0] != step or self.loaded[1] not in self.evaluated:
            return None
        return self.loaded[1:]


def marks(module):
    """Returns what tells weights from others, on a processor or an accelerator."""
    params = [p for p in module.parameters() if p.is_floating_point() and not p.is_sparse and p.numel()]
    few = params[:: -(-len(params) // TENSORS)] if params else []
    rows = [p.detach().reshape(-1)[:: -(-p.numel() // ELEMENTS)].double().cpu() for p in few]
    return hash(tuple(stats.torch.cat(rows).tolist())) if rows else None
