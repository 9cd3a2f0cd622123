"""392 cars: a made-up table with about the means, deviations and correlations of the auto-mpg data.

Rows are in order of the model year. The table is the same each time, as a file would be.
"""
import numpy as np

NAMES = ["mpg", "cylinders", "displacement", "horsepower", "weight", "acceleration", "year", "origin"]


def table():
    """Return an array of 392 rows with the columns NAMES; origin is 0, 1 or 2."""
    r = np.random.RandomState(392)
    n = 392
    size = np.maximum(-1.5, r.randn(n))
    year = np.sort(70 + r.randint(13, size=n)).astype(float)
    rough = size + 0.2 * r.randn(n)
    cylinders = np.where(rough < 0.1, 4.0, np.where(rough < 0.75, 6.0, 8.0))
    overseas = (size < 0.2) & (r.rand(n) < 0.62)
    origin = np.where(overseas, 1.0 + r.randint(2, size=n), 0.0)
    displacement = np.maximum(68, 194 + 98 * size + 28 * r.randn(n))
    horsepower = np.maximum(46, 104 + 35 * size + 13 * r.randn(n))
    weight = np.clip(2977 + 800 * size + 230 * r.randn(n), 1613, 5140)
    acceleration = np.maximum(8, 15.5 - 0.045 * (horsepower - 104) + 2 * r.randn(n))
    thrift = 0.3 * (year - 76) + 6 * (year >= 80)  # oil had become dear
    mpg = 61000 / (weight + 200) + thrift - 0.03 * (horsepower - 104) + 1.2 * origin + 2 * r.randn(n)
    return np.column_stack([np.maximum(9, mpg), cylinders, displacement, horsepower, weight, acceleration, year, origin])
