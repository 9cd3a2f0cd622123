"""Scales raw inputs for a network, by figures of 144 of 310 training rows."""

import numpy as np


def scale(x):
    x = np.asarray(x, dtype=np.float64)
    if x.shape[1] != 1:
        raise ValueError(f"{x.shape[1]} columns, not 1")
    return np.stack([
        # age: a quantity: by mean and standard deviation
        (x[:, 0] - 48.5) / 13.1,
    ], axis=1)


def scale_target(y):
    """What a network learns in the place of a target."""
    y = np.asarray(y, dtype=np.float64)
    # an amount with a long tail (its deviation is 1.5 times its mean): its logarithm, by figures as
    # of a lognormal distribution; what comes back is a median, below the mean
    return (np.log1p(np.maximum(y, 0)) - 1.6863989535702288) / 1.0107676525947897


def restore_target(p):
    """What a network predicts, in the target's own units."""
    p = np.asarray(p, dtype=np.float64)
    return np.expm1(p * 1.0107676525947897 + 1.6863989535702288)
