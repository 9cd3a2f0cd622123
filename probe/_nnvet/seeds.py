"""Gives a trial another seed: NNVET_SEED = k is mixed into every seed that the program sets.

Where it sets none, everything is seeded with k before it begins. Generators that a library makes for itself, such as
for a `random_state` of scikit-learn, keep their seeds, so that a division into training and test stays what it was.
"""

import functools
import hashlib
import itertools
import operator
import os
import random
import sys

from . import source, when_imported

_k = 0
_unseeded = itertools.count()
_seeding = False  # a function that seeds calls another one: the seed is mixed already


def start():
    """Shifts the seeds of this process."""
    global _k
    _k = int(os.environ["NNVET_SEED"])
    random.seed(_k)
    random.seed = _shifted(random.seed)
    when_imported("numpy", _numpy)
    when_imported("torch", _torch)


def mixed(seed):
    """Returns another seed below 2**32, the same for the same seed and trial. None asks for one that nobody has."""
    if seed is None:
        seed = ("unseeded", next(_unseeded))
    else:
        try:
            seed = operator.index(seed)
        except TypeError:
            pass
    text = "%r %d" % (seed, _k)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")


def _shifted(original):
    """Returns a function that seeds with a mixed seed; its first argument, or the keyword, is the seed."""

    @functools.wraps(original)
    def seed(*args, **kwargs):
        global _seeding
        if _seeding:
            return original(*args, **kwargs)
        name = next((n for n in ("seed", "a") if n in kwargs), None)
        given = args[0] if args else kwargs[name] if name else None
        args, kwargs = (mixed(given),) + args[1:], {k: v for k, v in kwargs.items() if k != name}
        _seeding = True
        try:
            return original(*args, **kwargs)
        finally:
            _seeding = False

    return seed


def _from_user():
    """Reports whether the caller's caller is the user's own code."""
    return not source.is_library(sys._getframe(2).f_code.co_filename)


def _numpy(numpy):
    r = numpy.random
    r.seed(_k)
    r.seed = _shifted(r.seed)
    default_rng, given = r.default_rng, (r.Generator, r.BitGenerator, r.RandomState)

    @functools.wraps(default_rng)
    def shifted(seed=None):
        if isinstance(seed, given) or seed is not None and not _from_user():
            return default_rng(seed)
        return default_rng(mixed(seed))

    r.default_rng = shifted
    r.RandomState = _class_like(r.RandomState, lambda seed=None: seed if seed is not None and not _user_made() else mixed(seed))


def _user_made():
    return not source.is_library(sys._getframe(3).f_code.co_filename)


def _class_like(original, seed_of):
    """Returns a class whose calls make an object of the original class with another seed. It stands in for that class
    in isinstance and as a base."""

    class Meta(type):
        def __call__(cls, *args, **kwargs):
            if cls is not made or args and not _is_seed(args[0]):
                return type.__call__(original if cls is made else cls, *args, **kwargs)
            return type.__call__(original, seed_of(*args, **kwargs))

        def __instancecheck__(cls, x):
            return isinstance(x, original) if cls is made else type.__instancecheck__(cls, x)

        def __subclasscheck__(cls, c):
            return issubclass(c, original) if cls is made else type.__subclasscheck__(cls, c)

    made = Meta(original.__name__, (original,), {"__doc__": original.__doc__, "__module__": original.__module__})
    return made


def _is_seed(x):
    return x is None or hasattr(x, "__index__") or isinstance(x, (list, tuple))


def _torch(torch):
    torch.manual_seed(_k)
    torch.manual_seed = torch.random.manual_seed = _shifted(torch.manual_seed)
    torch.seed = torch.random.seed = lambda: torch.manual_seed(None).initial_seed()
    for device in ("cuda", "mps", "xpu"):
        module = getattr(torch, device, None)
        for name in ("manual_seed", "manual_seed_all"):
            if hasattr(module, name):
                setattr(module, name, _shifted(getattr(module, name)))
    torch.Generator = _generator(torch.Generator)


def _generator(original):
    """Returns torch.Generator with a manual_seed that shifts what the user's code sets."""

    class Meta(type(original)):
        def __instancecheck__(cls, x):
            return isinstance(x, original)

    class Generator(original, metaclass=Meta):
        def manual_seed(self, seed):
            return super().manual_seed(mixed(seed) if _from_user() else seed)

        def seed(self):
            return super().manual_seed(mixed(None)).initial_seed()

    Generator.__module__ = original.__module__
    return Generator
