"""When to look: how the probe keeps its cost within a share of the wall time."""

import time

GRACE = 0.2  # seconds, beside the first step's, that may be spent before time has paid for them, so that short runs are seen too
DENSE = 5  # first steps that are looked at one by one: initialization and first loss
SPACING = 1.1  # what is spent ahead of time thins out by this factor of the step
SPARSE = 2.0  # and by this one once the grace is used up: a run of any length is seen at its end, on a slow machine too
FLUSH = 1.0  # seconds between records of the losses
SELF_TIMED = 0.5  # part of the budget that self-timing may use: it does not see what it does to caches
URGENT = 20  # samples out of turn, after the loss jumped
BETWEEN = 0.25  # part of the samples' share that goes into each of the two looks between them: at live units, and for NaN
NEVER = 1 << 62

clock = time.perf_counter


class Budget:
    """Decides, from what samples cost so far, when to take the next.

    Samples are paid from a share of the time that has passed. A run may begin with a debt, the grace, at steps that thin
    out; then few more are taken, at ever doubled steps, until time has paid for those."""

    def __init__(self, share):
        self.share = share * SELF_TIMED
        self.started = clock()
        self.spent = 0.0  # seconds inside the probe
        self.cost = 0.0  # of a sample, smoothed
        self.mark = 0.0  # spent when the current sample began
        self.next_step = 0  # the next sample that is taken ahead of time
        self.allowance = GRACE  # seconds that may be spent ahead of time
        self.urgent = 0
        self.next_mark = self.next_check = DENSE  # the steps at which to mark live units, and to look for NaN, again
        self.stretch = 1  # > 1 where the trace file is getting full

    def wants(self, step, now, urgent=False):
        """Reports whether to look at the step that is about to begin."""
        self.mark = self.spent
        if self.spent + self.cost <= self.share * (now - self.started) / self.stretch and step >= DENSE:
            return True
        if urgent and self.urgent < URGENT:
            self.urgent += 1
            return True
        if step < self.next_step:
            return False
        return True

    def affords(self, now):
        """Reports whether what was spent is paid for, or may be owed."""
        return self.spent <= max(self.allowance, self.share * (now - self.started))

    def can_pay(self, seconds, now):
        """Reports whether so much more could be spent at once."""
        return self.spent + seconds <= max(self.allowance, self.share * (now - self.started))

    def aside(self, began):
        """Notes that what was done since then is no part of a sample."""
        self.mark += clock() - began

    def sampled(self, step):
        """Notes that a step has been looked at."""
        cost = self.spent - self.mark
        if step == 0:  # describes the network too, once
            self.allowance = cost + GRACE
        else:
            self.cost = max(cost, self.cost * 0.7 + cost * 0.3)
        spacing = SPACING ** self.stretch if self.spent + self.cost <= self.allowance else SPARSE ** self.stretch
        self.next_step = step + 1 if step < DENSE - 1 else int(step * spacing) + 1

    def again(self, step, cost, step_time):
        """Returns the step at which to take a look between samples again, that cost so much."""
        affordable = BETWEEN * self.share * max(step_time, 1e-6)
        return step + max(1, min(1000, int(cost / affordable))) if affordable > 0 else NEVER

    def patience(self, now):
        """Returns the seconds until a sample may be affordable, at most until the next record of the losses."""
        due = (self.spent + self.cost) * self.stretch / self.share - (now - self.started) if self.share > 0 else FLUSH
        return min(FLUSH, max(0.0, due))
