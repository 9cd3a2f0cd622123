"""Scales raw inputs for a network, by figures of 1000 training rows."""

import numpy as np
from sklearn.compose import ColumnTransformer
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
        # smoker: a flag of 0 and 1
        ("column2", by(leave), [2]),
        # visits: 94 % zeros: divided by the size of the others, and not centred, so that zeros stay
        # 0
        ("column3", by(standardize, center=0, scale=3.7638632635454035), [3]),
        # income: an amount with a long tail (skew 6.5): its logarithm, by figures as of a lognormal
        # distribution
        ("column4", by(log, center=10.34177474101152, scale=0.9302914587520328), [4]),
        # balance: a heavy tail, 6 % of the values: by median and median deviation, cut at 8
        ("column5", by(robust, center=-0.5, scale=14.825999999999999, clip=8), [5]),
        # column 6 left out: year: always 2020: it tells nothing
        # heated: nearly constant: centred and divided by 1, since divided by its deviation its rare
        # values would be huge
        ("column7", by(standardize, center=0, scale=1), [7]),
        # alarm: nearly constant: centred and divided by 1, since divided by its deviation its rare
        # values would be huge; those beyond 8 are cut
        ("column8", by(robust, center=0, scale=1, clip=8), [8]),
        # column 9 left out: broken: no finite number in the training rows
        # pos_x: group pos by its names: columns of one thing share a scale
        ("column10", by(standardize, center=1.5, scale=3.5355339059327378), [10]),
        # pos_y: group pos by its names: columns of one thing share a scale
        ("column11", by(standardize, center=-2, scale=3.5355339059327378), [11]),
        # morning: declared as group dose (mg): sizes relative to each other mean something
        ("column12", by(standardize, center=20, scale=3.535562190090849), [12]),
        # evening: declared as group dose (mg): sizes relative to each other mean something
        ("column13", by(standardize, center=0.1, scale=3.535562190090849), [13]),
    ]))


# The target stays as it is: no loss was recorded.
