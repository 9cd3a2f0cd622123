"""Scales raw inputs for a network, by figures of 1000 training rows."""

import numpy as np


def scale(x):
    # bytes: whole numbers from 0 to 255
    x = np.asarray(x, dtype=np.float64)
    return x / 127.5 - 1


# The target stays as it is: no loss was recorded.
