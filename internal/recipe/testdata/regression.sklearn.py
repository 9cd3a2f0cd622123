"""Scales raw inputs for a network, by figures of 1000 training rows."""

import numpy as np
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer


def leave(x):
    return np.asarray(x, dtype=np.float64)


def standardize(x, center, scale):
    return (leave(x) - center) / scale


def robust(x, center, scale, clip):
    return np.clip((leave(x) - center) / scale, -clip, clip)


def log(x, center, scale):
    return (np.log1p(np.maximum(leave(x), 0)) - center) / scale


def by(function, **figures):
    return FunctionTransformer(function, kw_args=figures)


def pipeline():
    return make_pipeline(ColumnTransformer([
        # age: a quantity: by mean and standard deviation
        ("column0", by(standardize, center=48.5, scale=13.1), [0]),
        # scaled: mean 0 and standard deviation 1 already
        ("column1", by(leave), [1]),
    ]))


def scale_target(y):
    """What a network learns in the place of a target."""
    y = np.asarray(y, dtype=np.float64)
    if y.shape[-1] != 6:
        raise ValueError(f"{y.shape[-1]} outputs, not 6")
    return np.stack([
        # an amount with a long tail (its deviation is 1.2 times its mean): its logarithm, by
        # figures as of a lognormal distribution; what comes back is a median, below the mean
        (np.log1p(np.maximum(y[..., 0], 0)) - 10.426297129034394) / 0.9302914587520328,
        # a quantity: by mean and standard deviation
        (y[..., 1] - 155.375) / 77.25,
        # a quantity: by mean and standard deviation
        (y[..., 2] + 20) / 0.25,
        # 0 and 1
        y[..., 3],
        # mean 0 and standard deviation 1 already
        y[..., 4],
        # always the same: there is nothing to learn
        y[..., 5] - 7,
    ], axis=-1)


def restore_target(p):
    """What a network predicts, in the target's own units."""
    p = np.asarray(p, dtype=np.float64)
    if p.shape[-1] != 6:
        raise ValueError(f"{p.shape[-1]} outputs, not 6")
    return np.stack([
        np.expm1(p[..., 0] * 0.9302914587520328 + 10.426297129034394),
        p[..., 1] * 77.25 + 155.375,
        p[..., 2] * 0.25 - 20,
        p[..., 3],
        p[..., 4],
        p[..., 5] + 7,
    ], axis=-1)


def regressor(network):
    """A regressor that learns the scaled target and predicts it in its own units."""
    return TransformedTargetRegressor(network, func=scale_target, inverse_func=restore_target, check_inverse=False)
