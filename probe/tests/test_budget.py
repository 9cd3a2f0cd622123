"""The budget pays for samples from time that has passed, and owes a little at the start."""

import os
import sys
import unittest
from unittest import mock

PROBE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, PROBE)
from _nnvet import budget  # noqa: E402


def sampled(steps, step_time, cost, share=0.02):
    """Returns the steps of a run that are looked at, and what that takes of its time."""
    now = 0.0
    with mock.patch.object(budget, "clock", lambda: now):
        b, found = budget.Budget(share), []
        for step in range(steps):
            if b.wants(step, now):
                found.append(step)
                now += cost
                b.spent += cost
                b.sampled(step)
            now += step_time
    return found, b.spent / now


class Budget(unittest.TestCase):
    def test_a_short_run_is_seen_from_end_to_end(self):
        found, _ = sampled(1000, 1e-4, 1e-3)
        self.assertEqual(found[:8], [0, 1, 2, 3, 4, 5, 6, 7])
        self.assertGreater(found[-1], 900)

    def test_after_the_grace_steps_double(self):
        found, _ = sampled(40000, 1e-4, 0.02)
        late = [b / a for a, b in zip(found, found[1:]) if a > 20]
        self.assertTrue(late and all(2 <= r <= 2.2 for r in late), found)
        self.assertGreater(found[-1], 15000)

    def test_a_long_run_costs_its_share(self):
        found, share = sampled(100_000, 5e-3, 2e-3)
        self.assertLess(share, 0.0101)
        self.assertGreater(share, 0.008)
        self.assertGreater(found[-1], 99_000)

    def test_what_is_no_part_of_a_sample(self):
        now = 0.0
        with mock.patch.object(budget, "clock", lambda: now):
            b = budget.Budget(0.02)
            b.wants(0, now)
            b.sampled(0)
            b.wants(1, now)
            began, now = now, now + 5
            b.spent += 5
            b.aside(began)
            b.spent += 0.001
            b.sampled(1)
        self.assertAlmostEqual(b.cost, 0.001)


if __name__ == "__main__":
    unittest.main()
