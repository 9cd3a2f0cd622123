"""A survey says what survey.go says it does: it is held to vectors that plain Python computed, the slow way."""

import glob
import json
import math
import os
import sys
import types
import unittest

import torch
from harness import PROBE, Case

sys.path.insert(0, PROBE)
from _nnvet import alike, stats, survey  # noqa: E402

stats.torch = torch
VECTORS = os.path.join(PROBE, "testdata", "survey")


def numbers(v):
    """Reads "nan" and "inf" as numbers."""
    return [numbers(a) for a in v] if isinstance(v, list) else float(v)


def record_of(case):
    """Feeds a sample to a survey, and returns the record."""
    records = []
    s = survey.Survey(records.append)
    feed = types.SimpleNamespace(origin=1, trained=1, total=case.get("total", 0), mark="a pass")
    x = torch.tensor(numbers(case["x"]), dtype=torch.float64)
    if case.get("tokens"):
        x = x.long()
    s.fed(x.reshape([len(x)] + case["shape"]) if "shape" in case else x, feed, "Net", 0)
    if "classes" in case:
        t = torch.tensor(case["classes"])
        call = types.SimpleNamespace(target=t, prediction=torch.zeros(len(t), int(t.max()) + 1), indices=lambda: t)
    else:
        call = types.SimpleNamespace(target=torch.tensor(numbers(case["y"]), dtype=torch.float64), prediction=None)
    s.told(0, call)
    s.stepped()
    if "validation" in case:
        s.validate(torch.tensor(numbers(case["validation"]), dtype=x.dtype), types.SimpleNamespace(origin=2, trained=1, mark="another", given=2), "Net")
    s.end(5, True)
    return records[0]


def at(record, place):
    for key in place.split("."):
        record = record[int(key) if isinstance(record, list) else key]
    return record


class Vectors(Case):
    def assertSame(self, got, want, where):
        if isinstance(want, dict):
            for key, value in want.items():
                absent = value == "nan" or isinstance(value, list) and all(v == "nan" for v in value)
                self.assertSame(got.get(key, value if absent else None), value, where + "." + key)
        elif isinstance(want, list):
            self.assertEqual(len(got), len(want), where)
            for i, (g, w) in enumerate(zip(got, want)):
                self.assertSame(g, w, "%s.%d" % (where, i))
        else:
            got, want = float(got), float(want)
            same = math.isnan(got) and math.isnan(want) or abs(got - want) <= 2e-5 * abs(want) + 1e-9
            self.assertTrue(same, "%s: got %r, want %r" % (where, got, want))


def _add(path):
    name = os.path.splitext(os.path.basename(path))[0]

    def test(self):
        with open(path) as f:
            case = json.load(f)
        got = record_of(case)
        self.assertSame(got, case["want"], name)
        for place, least, most in case.get("between", ()):
            self.assertTrue(least <= at(got, place) <= most, "%s.%s: got %r, want %r to %r" % (name, place, at(got, place), least, most))

    setattr(Vectors, "test_" + name, test)


for _path in sorted(glob.glob(os.path.join(VECTORS, "*.json"))):
    _add(_path)


class Numbers(unittest.TestCase):
    def test_orders_are_orders_and_always_the_same(self):
        orders = alike.shuffled(20, 50)
        self.assertTrue(bool((orders.sort(1)[0] == torch.arange(50)).all()))
        self.assertEqual(len({tuple(o) for o in orders.tolist()}), 20)
        self.assertTrue(torch.equal(orders, alike.shuffled(20, 50)))

    def test_batches_of_training_rows(self):
        """Batches of training rows stand out beside batches that hold none; what a split tore apart is in all of them."""
        batches = [b for b in range(6) for _ in range(64)]
        some = [b < 3 and i % 2 == 0 for i, b in enumerate(batches)]
        self.assertEqual(survey.trained_batches(some, batches), {0, 1, 2})
        for shared in ([i % 3 == 0 for i in range(384)], [False] * 384, [True] * 384, [i == 7 for i in range(384)], []):
            self.assertEqual(survey.trained_batches(shared, batches[:len(shared)]), set())

    def test_hashes_tell_rows_apart(self):
        grid = torch.cartesian_prod(*[torch.arange(6.0)] * 5)
        self.assertEqual(len(set(survey.hashes(grid))), len(grid))
        self.assertEqual(len(set(survey.hashes(grid.long()))), len(grid))
        self.assertEqual(survey.hashes(torch.tensor([[0.0, 1.0]])), survey.hashes(torch.tensor([[-0.0, 1.0]])))
        self.assertEqual(survey.hashes(grid), [h for row in grid.split(7) for h in survey.hashes(row)])


if __name__ == "__main__":
    unittest.main()
