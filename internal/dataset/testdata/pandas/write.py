"""Writes the files of this folder: python write.py, with pandas and PyArrow."""

import pandas as pd

table = pd.DataFrame(
    {
        "a": [1.5, None],
        "b": ["x", "y"],
        "c": pd.to_datetime(["2024-01-31", None]),
        "d": pd.Categorical(["u", "v"]),
        "e": [[1.0, 2.0], [3.0, 4.0]],
    }
)
table.to_parquet("a.parquet", compression="zstd")
table.to_feather("a.feather")
