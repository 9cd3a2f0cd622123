"""Scales raw inputs for a network, by figures of 144 of 310 training rows."""

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
    ]))


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


def regressor(network):
    """A regressor that learns the scaled target and predicts it in its own units."""
    return TransformedTargetRegressor(network, func=scale_target, inverse_func=restore_target, check_inverse=False)
