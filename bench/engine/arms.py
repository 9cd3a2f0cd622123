"""The arms: how each is built and started, and what it says of itself."""

import json
import os
import pathlib
import re
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TIMEOUT = 600  # seconds of a build or a run
# Which Adam PyTorch has on CPUs: it is measured in all ways that there are, and judged by the fastest.
TORCH = {
    "torch-default": ["--adam", "default"],
    "torch-foreach": ["--adam", "foreach"],
    "torch-fused": ["--adam", "fused"],
    "torch-channels-last": ["--adam", "fused", "--channels-last"],
}
GOMLX = {"gomlx": "", "gomlx-simd": "simd"}  # GOEXPERIMENT that it is built with


class Failed(Exception):
    """A command that was to be measured did not end well."""


class Arms:
    """Builds what is measured into a directory, and runs it there."""

    def __init__(self, directory, torch):
        self.directory, self.torch = pathlib.Path(directory), torch
        self.missing = {}  # why a peer is
        self.core = {min(os.sched_getaffinity(0))} if hasattr(os, "sched_setaffinity") else None
        self.nnvet, self.kernel = self.directory / "nnvet-arm", self.directory / "kernel.test"
        go(ROOT, "build", "-o", self.nnvet, "./bench/engine/nnvet")
        go(ROOT, "test", "-c", "-o", self.kernel, "./internal/engine/kernel")
        for name, experiment in GOMLX.items():
            try:
                go(HERE / "gomlx", "build", "-o", self.directory / name, ".", GOEXPERIMENT=experiment)
            except Failed as e:
                self.missing[name] = f"does not build: {e}"
        if not torch:
            self.missing.update(dict.fromkeys(TORCH, "not installed"))

    def has(self, *names):
        return [n for n in names if n not in self.missing]

    def command(self, name, threads=1):
        if name == "nnvet":
            return [self.nnvet, "-workers", str(threads)]
        if name in GOMLX:
            return [self.directory / name]
        return [self.torch, HERE / "torch_arm.py", "--threads", str(threads), *TORCH[name]]

    def start(self, argv, threads=1):
        """Starts a command on so many threads; one thread has a core of its own."""
        env = dict(os.environ, GOMAXPROCS=str(threads), PYTHONDONTWRITEBYTECODE="1")
        env.update({f"{library}_NUM_THREADS": str(threads) for library in ("OMP", "OPENBLAS", "MKL")})
        argv = [str(a) for a in argv]
        pin = (lambda: os.sched_setaffinity(0, self.core)) if threads == 1 and self.core else None
        return subprocess.Popen(argv, env=env, cwd=self.directory, preexec_fn=pin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, argv, threads=1):
        """Runs a command and returns its output."""
        return finished(self.start(argv, threads))

    def train(self, name, net, seconds, steps, *options, threads=1):
        """Trains for some seconds and returns what that took."""
        how = ["-net", net, "-dir", self.directory, "-seconds", seconds]
        if name not in GOMLX:
            how += ["-steps", steps]
        return json.loads(self.run([*self.command(name, threads), *dashes(name, how), *options], threads))

    def train_pair(self, name, net, seconds, steps):
        """Trains two networks at once in a process each. Returns what both together took."""
        how = dashes(name, ["-net", net, "-dir", self.directory, "-seconds", seconds, "-steps", steps])
        both = [self.start([*self.command(name), *how], 1) for _ in range(2)] if not self.core else self.apart(name, how)
        took = [json.loads(finished(process)) for process in both]
        return dict(took[0], steps=sum(t["steps"] for t in took), wall=max(t["wall"] for t in took))

    def apart(self, name, how):
        """Starts two processes, each with a core of its own."""
        kept, both = self.core, []
        for core in sorted(os.sched_getaffinity(0))[:2]:
            self.core = {core}
            both.append(self.start([*self.command(name), *how], 1))
        self.core = kept
        return both

    def losses(self, name, net, steps):
        """Returns the losses of the first steps from the common weights."""
        return json.loads(self.run([*self.command(name), *dashes(name, ["-net", net, "-dir", self.directory, "-check", steps])]))

    def products(self):
        """Returns the matrix products, and what fused multiply-adds in registers reach beside them, in GFLOP/s."""
        peak = self.peak()
        timed = json.loads(self.run([self.nnvet, "-products"]))
        both = {name: max(peak.get(name, 0), after) for name, after in self.peak().items()}
        return dict(timed, peak=both.get(timed["set"]))

    def peak(self):
        out = self.run([self.kernel, "-test.run", "^$", "-test.bench", "^BenchmarkPeak$", "-test.benchtime", "100ms"])
        return {name: float(rate) for name, rate in re.findall(r"^BenchmarkPeak/(\w+?)(?:-\d+)?\s.*?([\d.]+) GFLOP/s", out, re.M)}

    def binary(self):
        """Returns the size of nnvet as it is released, in bytes."""
        path = self.directory / "nnvet"
        go(ROOT, "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "./cmd/nnvet")
        return path.stat().st_size


def go(directory, *args, **env):
    done = subprocess.run(["go", *map(str, args)], cwd=directory, env=dict(os.environ, **env), capture_output=True, text=True, timeout=TIMEOUT)
    if done.returncode:
        raise Failed(f"go {args[0]}: {last_line(done.stderr)}")


def dashes(name, options):
    """Returns options as the arm takes them: Go has one dash, Python two."""
    return ["-" + str(o) if name in TORCH and str(o).startswith("-") else str(o) for o in options]


def finished(process):
    try:
        out, err = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Failed(f"{process.args[0]}: not done after {TIMEOUT} s") from None
    if process.returncode:
        raise Failed(f"{' '.join(process.args)}: exit code {process.returncode}: {last_line(err)}")
    return out


def last_line(text):
    return (text.strip().splitlines() or ["it said nothing"])[-1]


def machine():
    """Says what the figures were measured on."""
    try:
        model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    except OSError:
        model = None
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{model[1] if model else 'unknown processor'}, {cores} cores, {time.strftime('%Y-%m-%d')}"
