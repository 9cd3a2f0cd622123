"""Runs small training scripts with and without the probe, and reads the traces."""

import json
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest
import zlib

import plain

PROBE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Common to the scripts: a network, data, and a last line that holds every bit of the weights and of the random state.
PRELUDE = """
import os, sys, hashlib
import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)
torch.set_num_threads(1)

def mlp():
    return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 3))

def batch(n=16):
    return torch.randn(n, 8), torch.randint(0, 3, (n,))

def loop(net, opt, steps=30):
    for _ in range(steps):
        x, y = batch()
        opt.zero_grad()
        F.cross_entropy(net(x), y).backward()
        opt.step()

def bits(*nets):
    h = hashlib.md5()
    for net in nets:
        for p in net.parameters():
            h.update(p.detach().numpy().tobytes())
    print("bits", h.hexdigest(), torch.rand(1).item())
"""

THOROUGH = {"NNVET_OVERHEAD": "50"}  # look at every step, however busy the machine is
FIRST = PRELUDE.count("\n") + 1  # the line of a script's first own line


def line(place):
    return int(place.split(":")[1])


class Run:
    """One finished script: what it printed, how it ended, and the records of its trace."""

    def __init__(self, done, records, files):
        self.out, self.err, self.code = done.stdout, done.stderr, done.returncode
        self.records, self.files = records, files

    def all(self, kind, **fields):
        return [r for r in self.records if r["k"] == kind and all(r.get(k) == v for k, v in fields.items())]

    def one(self, kind, **fields):
        found = self.all(kind, **fields)
        if len(found) != 1:
            raise AssertionError("%d records %s %s, want 1\n%s" % (len(found), kind, fields, self.err))
        return found[0]

    def event(self, what):
        return next((r for r in reversed(self.records) if r["k"] == "event" and r["what"] == what), None)


def run(script, probe=True, prelude=True, args=(), env=None, flags=(), keep=None):
    """Runs a script in a directory of its own. `keep` is a function that is given the running process."""
    text = (PRELUDE if prelude else "") + textwrap.dedent(script)
    with tempfile.TemporaryDirectory() as work:
        out = os.path.join(work, "out")
        os.mkdir(out)
        with open(os.path.join(work, "train.py"), "w") as f:
            f.write(text)
        environ = {k: v for k, v in os.environ.items() if not k.startswith(("NNVET_", "PYTHONPATH"))}
        if probe:
            environ.update(NNVET_OUT=out, PYTHONPATH=PROBE, NNVET_VERSION="test", NNVET_DEBUG="1")
        environ.update(env or {})
        environ["PYTHONDONTWRITEBYTECODE"] = "1"
        if probe or env or flags:
            done = subprocess.run([sys.executable, *flags, "train.py", *args], cwd=work, env=environ, capture_output=True, timeout=300)
        else:
            done = plain.run(text, work, args, environ, 300)
        names = sorted(n for n in os.listdir(out) if n.endswith(".jsonl")) if os.path.isdir(out) else []
        records = [r for n in names for r in read(os.path.join(out, n))]
    return Run(done, records, names)


def read(path):
    """Returns the records of a trace file whose checksums hold."""
    records = []
    with open(path, "rb") as f:
        for line in f.read().split(b"\n"):
            if len(line) > 9 and int(line[:8], 16) == zlib.crc32(line[9:]):
                records.append(json.loads(line[9:]))
    return records


class Case(unittest.TestCase):
    maxDiff = None

    def assertHarmless(self, script, **more):
        """Runs a script with and without the probe: it prints the same, bit by bit. Returns the watched run."""
        plain, watched = run(script, probe=False, **more), run(script, **more)
        self.assertEqual(plain.code, watched.code, watched.err.decode())
        self.assertEqual(plain.out.decode(), watched.out.decode(), watched.err.decode())
        self.assertNotIn(b"nnvet probe", watched.err, watched.err.decode())
        return watched
