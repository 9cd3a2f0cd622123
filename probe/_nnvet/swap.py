"""Another loss of the same kind in place of the one that the program takes: what is compared stays as it is."""

import functools

# By knob: the function. Only those of one group take the same predictions and targets.
_FUNCTIONS = {
    "mse": "mse_loss", "l1": "l1_loss", "huber": "huber_loss", "smooth-l1": "smooth_l1_loss", "nll": "nll_loss", "cross-entropy": "cross_entropy",
}
_ALIKE = ({"mse", "l1", "huber", "smooth-l1"}, {"nll", "cross-entropy"})


def loss(torch, to, how, note):
    was = how["loss"]
    if was == to or not any({was, to} <= alike for alike in _ALIKE):
        raise ValueError(to)
    f = torch.nn.functional

    def swapped(original):
        @functools.wraps(original)
        def loss(input, target, *args, **kwargs):
            known = {k: kwargs[k] for k in ("reduction", "weight", "ignore_index") if k in kwargs}
            if args or {"weight", "ignore_index"} & set(known) and to not in ("nll", "cross-entropy"):
                return original(input, target, *args, **kwargs)
            note()
            return getattr(f, _FUNCTIONS[to])(input, target, **known)

        return loss

    # nn.MSELoss and its like call the function by its name there.
    setattr(f, _FUNCTIONS[was], swapped(getattr(f, _FUNCTIONS[was])))


def delta(torch, to, how, note):
    """Where a Huber loss becomes straight: of the program's own, or of one that `loss` puts in another's place."""
    f, to = torch.nn.functional, float(to)
    original = f.huber_loss

    @functools.wraps(original)
    def huber_loss(input, target, *args, **kwargs):
        note()
        return original(input, target, *args[:1], **dict(kwargs, delta=to))

    f.huber_loss = huber_loss
