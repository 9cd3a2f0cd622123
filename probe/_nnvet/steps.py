"""The losses, the learning rates and the clipping of the steps since the last record of them."""

from . import source

JUMP = 4.0  # a loss that is so many times its running mean is looked at
MAX_CLIPS = 4096


class Steps:
    """Gathers what every step leaves, until `record` writes it down."""

    def __init__(self, torch, network):
        self.torch, self.network = torch, network
        self.total, self.backwards = 0.0, 0  # of the step that goes on
        self.losses = []  # one a step; None where no backward pass belonged to it
        self.first = 0  # the step of the first of them
        self.micro = 0  # backward passes of the last step
        self.waiting, self.counts = [], []  # losses that are still on an accelerator, and how many of them each step has
        self.smooth = None  # running mean of the loss
        self.every = 1  # steps that a recorded loss is the mean of
        self.clips = None

    def backward(self, loss, known):
        """Counts a backward pass. Returns the loss, or None where it is not one number, not here yet, or not `known`."""
        self.backwards += 1
        if loss.numel() != 1 or not known:
            return None
        if not loss.is_cpu:
            self.waiting.append(loss.detach())
            return None
        value = loss.item()
        self.total += value
        return value

    def end(self, known):
        """Ends a step. Returns whether its loss jumped."""
        self.micro, n = self.backwards, self.backwards
        value = self.total / n if n else None
        self.total, self.backwards = 0.0, 0
        if self.waiting:
            self.counts.append(n)
            return False
        self.losses.append(value if known else None)
        if value is None or not known:
            return False
        if self.smooth is None:
            self.smooth = value
        elif value > JUMP * abs(self.smooth):
            return True
        else:
            self.smooth += 0.05 * (value - self.smooth)
        return False

    def fetch(self):
        """Reads the losses that were left on an accelerator, in one copy. Returns whether all are finite."""
        if not self.waiting:
            return True
        values = self.torch.stack([t.reshape(()).float() for t in self.waiting]).tolist()
        at = 0
        for n in self.counts:
            self.losses.append(_mean(values[at:at + n]))
            at += n
        self.waiting, self.counts = [], []
        return all(v - v == 0 for v in values)

    def clipped(self, kind, limit, norm, step, frame):
        """Notes a clipping of gradients; of several in a step, the first."""
        if self.clips is None:
            self.clips = {"kind": kind, "max": float(limit), "s": [], "norm": []}
            place = self.network.seen(source.caller(frame))
            if place:
                self.clips["src"] = place
            if source.through_library(frame):
                self.clips["lib"] = True
        if norm is not None and self.clips["s"][-1:] != [step] and len(self.clips["s"]) < MAX_CLIPS:
            self.clips["s"].append(step)
            self.clips["norm"].append(float("%.5g" % float(norm)))

    def record(self, step, seconds, rates, rows, share):
        """Returns the record of the steps before `step`, and begins anew."""
        n = step - self.first
        record = {"k": "step", "s": [self.first, step - 1], "t": seconds, "lr": rates, "bw": self.micro, "ov": round(share, 5)}
        if len(self.losses) == n:
            record["loss"] = [_mean(self.losses[i:i + self.every]) for i in range(0, n, self.every)]
            if self.every > 1:
                record["every"] = self.every
        if rows:
            record["bs"] = rows
        if self.clips:
            record["clip"] = self.clips
        self.losses, self.first, self.clips = [], step, None
        return record


def _mean(values):
    """Returns the mean of the numbers among some, to six digits, or None where there are none."""
    known = [v for v in values if v is not None]
    return float("%.6g" % (sum(known) / len(known))) if known else None
