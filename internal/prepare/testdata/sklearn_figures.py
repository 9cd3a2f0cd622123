"""Writes sklearn.json beside itself: a table, and what scikit-learn makes of it.

The first 103 rows are for training. Missing numbers are nan there, missing
levels None. Run it with any Python that has NumPy and scikit-learn 1.2 or newer.
"""

import json
import pathlib
import warnings

import numpy as np
from sklearn.impute import MissingIndicator
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

warnings.simplefilter("ignore")  # of levels that training lacks: they are meant
TRAIN, ROWS = 103, 110
rng = np.random.default_rng(0)

wide = rng.normal(1e6, 3, ROWS)  # far from zero, as a year or a time is
gaps = np.where(rng.random(ROWS) < 0.2, np.nan, rng.exponential(20, ROWS))
sex = rng.choice(["male", "female"], ROWS).astype(object)
city = rng.choice(["Oslo", "Rome", "Bern"], ROWS).astype(object)
city[-1] = "Cairo"  # in no training row
# 50 levels of two rows, three of one, and then levels of all sorts
many = [f"id{i:02}" for i in range(50)] * 2 + ["id50", "id51", "id52"] + ["id00", "id49", "id52", "new", "id07", "id51", "id01"]
many = np.array(many, dtype=object)


def standard(column, before=lambda v: v):
    column = before(column.reshape(-1, 1))
    out = np.nan_to_num(StandardScaler().fit(column[:TRAIN]).transform(column))
    gone = MissingIndicator(features="missing-only").fit(column[:TRAIN])
    return np.hstack([out, gone.transform(column)]).astype(float)


def onehot(column, **how):
    column = column.reshape(-1, 1)
    encoder = OneHotEncoder(handle_unknown="infrequent_if_exist", sparse_output=False, drop="if_binary", **how)
    return encoder.fit(column[:TRAIN]).transform(column)


def minmax(column):
    column = column.reshape(-1, 1)
    return MinMaxScaler().fit(column[:TRAIN]).transform(column)


def plain(column):
    return [None if isinstance(v, float) and np.isnan(v) else v for v in column.tolist()]


figures = {
    "train": TRAIN,
    "columns": {"wide": plain(wide), "gaps": plain(gaps), "sex": plain(sex), "city": plain(city), "many": plain(many)},
    "want": {
        "wide standardize": standard(wide).tolist(),
        "wide minmax": minmax(wide).tolist(),
        "gaps standardize": standard(gaps).tolist(),
        "gaps log": standard(gaps, np.log1p).tolist(),
        "sex onehot": onehot(sex).tolist(),
        "city onehot": onehot(city).tolist(),
        "many onehot": onehot(many, max_categories=51).tolist(),
    },
}
path = pathlib.Path(__file__).with_name("sklearn.json")
path.write_text(json.dumps(figures, separators=(",", ":")) + "\n")
