#!/usr/bin/env python3
"""Measures what watching costs: the same trainings plain, under `nnvet run`, and under a peer. See README.md here.

Run it with the Python that has PyTorch, after `make build`. It needs nothing else but the peer, which it installs
outside the repository.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import platform
import pty
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
NNVET = HERE.parent / "bin" / "nnvet"
# glibc moves its threshold for mmap with what a program has freed, so that a few more tensors, whoever makes them, may
# change the page faults of every step. Held still, arms are comparable.
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 30)}
# torch.set_num_threads does not reach every BLAS: a second thread that spins for work doubles the CPU time, in every arm.
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "nnvet"
WANDB = "0.31.0"
START_PAIRS = 11  # of `import torch`, with and without
BUSY = 1.1  # wall seconds a CPU second from which on the machine was not quiet
WORKLOADS = {
    "mlp": "MLP 784-512-512-10, batch 128, Adam",
    "cnn": "CNN on 3x32x32, batch 64, SGD",
    "transformer": "transformer, 2 layers of 128, 32x64 tokens, AdamW",
    "tiny": "MLP 20-64-64-10, batch 32, SGD",
}
KEPT = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "TMPDIR", "VIRTUAL_ENV", "XDG_CACHE_HOME")


@dataclasses.dataclass
class Arm:
    """One way to run a training."""

    name: str
    label: str
    peer: str = ""  # the workload's own switch
    watched: bool = False  # by nnvet
    trace: str = ""  # pattern of the files that grow while it trains


PLAIN = Arm("plain", "plain")
NNVET_ARM = Arm("nnvet", "`nnvet run`", watched=True, trace="nnvet/runs/*/*.jsonl")
ARMS = [
    PLAIN,
    Arm("again", "plain again"),
    NNVET_ARM,
    Arm("wandb", "`wandb.watch(net)`", peer="gradients", trace="**/*.wandb"),
    Arm("wandb-all", '`wandb.watch(net, log="all", log_freq=50)`', peer="all", trace="**/*.wandb"),
]


class Failed(Exception):
    """A command that was to be measured did not end well."""


class Bench:
    """Knows how to start what is measured."""

    def __init__(self, budget, site):
        self.budget, self.site = budget, site

    def command(self, arm, python, scratch):
        """Returns the command line and the environment in which `python`, arguments for Python, runs in an arm."""
        env = {k: v for k, v in os.environ.items() if k in KEPT or k.startswith("LC_")}
        env["TERM"] = "xterm"
        env.update(ALLOCATOR, **ONE_THREAD)
        argv = [sys.executable, *python]
        if arm.watched:
            argv = [str(NNVET), "run", "--dir", os.path.join(scratch, "nnvet"), "--overhead", str(self.budget), "--", *argv]
        if arm.peer:
            env["PYTHONPATH"] = os.pathsep.join(filter(None, (str(self.site), env.get("PYTHONPATH"))))
            env.update(WANDB_MODE="offline", WANDB_SILENT="true")
            env.update({f"WANDB_{d}DIR": scratch for d in ("", "CACHE_", "CONFIG_", "DATA_")})
        return argv, env

    def train(self, workload, arm, steps):
        """Runs one training and returns what it and the system say of it."""
        script = [str(HERE / "workloads" / (workload + ".py")), "--steps", str(steps)]
        if arm.peer:
            script += ["--wandb", arm.peer]
        with tempfile.TemporaryDirectory() as scratch:
            out, whole = execute(*self.command(arm, script, scratch), scratch)
            written = sum(f.stat().st_size for f in pathlib.Path(scratch).glob(arm.trace)) if arm.trace else 0
        loop = json.loads(out.splitlines()[-1])
        return dict(loop, workload=workload, arm=arm.name, written=written, **whole)

    def start(self, arm):
        """Runs a script that only imports PyTorch."""
        with tempfile.TemporaryDirectory() as scratch:
            return execute(*self.command(arm, ["-c", "import torch"], scratch), scratch)[1]


def execute(argv, env, cwd):
    """Runs a command, its stderr on a terminal, as people have it. Returns its stdout, and its wall seconds and the CPU
    seconds of it and of all processes that it waited for."""
    terminal, stderr = pty.openpty()
    said = []
    reader = threading.Thread(target=drain, args=(terminal, said))
    with tempfile.TemporaryFile() as stdout:
        began = time.perf_counter()
        process = subprocess.Popen(argv, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
        os.close(stderr)
        reader.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        reader.join()
        os.close(terminal)
        stdout.seek(0)
        out = stdout.read().decode()
    if process.returncode:
        raise Failed(f"{' '.join(argv)}: exit code {process.returncode}\n{b''.join(said).decode(errors='replace')}")
    return out, {"command_wall": wall, "command_cpu": usage.ru_utime + usage.ru_stime}


def drain(terminal, said):
    """Reads what a terminal shows until nobody has it open, which Linux tells by an error."""
    try:
        while True:
            said.append(os.read(terminal, 1 << 16))
            del said[:-100]
    except OSError:
        pass


# -- the peer ------------------------------------------------------------------------------------


def install_peer():
    """Returns the directory that holds the peer, installed by pip once for every version of Python."""
    site = CACHE / f"wandb-{WANDB}-py{sys.version_info.major}.{sys.version_info.minor}"
    if not site.exists():
        say(f"installing wandb {WANDB} into {site}")
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as half:  # so that half an installation is never taken for a whole
            subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--target", half + "/site", "wandb==" + WANDB], check=True)
            os.rename(half + "/site", site)
    return site


# -- measuring -----------------------------------------------------------------------------------


def calibrate(bench, workload, seconds):
    """Returns the steps that plain training does in so many CPU seconds."""
    steps = 20
    while True:
        run = bench.train(workload, PLAIN, steps)
        if run["cpu"] >= min(1, seconds):
            return max(2, round(seconds * (steps - steps // 2) / run["late"]))
        steps *= 5


def rounds(bench, workload, arms, steps, count):
    """Runs every arm once a round, in a random order that is the same every time. Returns the runs."""
    runs = []
    for n in range(count):
        order = arms[:]
        random.Random(f"{workload} {n}").shuffle(order)
        for arm in order:
            run = dict(bench.train(workload, arm, steps), round=n)
            say(f"{workload}, round {n + 1} of {count}, {arm.name}: {run['cpu']:.2f} s of CPU, {run['wall']:.2f} s of wall")
            runs.append(run)
    return runs


def starts(bench):
    """Times `import torch` plain and watched, in turns."""
    pairs = []
    for n in range(START_PAIRS):
        order = [PLAIN, NNVET_ARM] if n % 2 else [NNVET_ARM, PLAIN]
        pairs.append({arm.name: bench.start(arm) for arm in order})
    say(f"start: {len(pairs)} pairs")
    return pairs


# -- figures -------------------------------------------------------------------------------------


def extra(runs, arm, field):
    """Returns what an arm costs in every round, as a share of what plain training took in the same round."""
    plain = {r["round"]: r[field] for r in runs if r["arm"] == PLAIN.name}
    return [r[field] / plain[r["round"]] - 1 for r in runs if r["arm"] == arm.name]


def middle_and_range(values):
    return statistics.median(values), min(values), max(values)


def percent(values):
    middle, low, high = middle_and_range([100 * v for v in values])
    return f"{middle:+.1f} % ({low:+.1f} to {high:+.1f})"


def amount(n):
    """Renders bytes."""
    return f"{n / 1e3:.0f} kB" if n < 1e6 else f"{n / 1e6:.1f} MB"


def overhead_table(runs, workloads, arms):
    yield "| training | | training loop | its second half | whole command | written a minute | weights |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for workload in workloads:
        mine = [r for r in runs if r["workload"] == workload]
        weights = {r["md5"] for r in mine if r["arm"] == PLAIN.name}
        for arm in arms:
            row = [r for r in mine if r["arm"] == arm.name]
            if arm is PLAIN:
                step = statistics.median(r["cpu"] / r["steps"] for r in row)
                whole = statistics.median(r["command_cpu"] for r in row)
                yield f"| {WORKLOADS[workload]} | plain | {1e3 * step:.3g} ms a step | | {whole:.1f} s | | |"
                continue
            same = "the same" if {r["md5"] for r in row} == weights and len(weights) == 1 else "**differ**"
            written = amount(statistics.median(r["written"] / r["wall"] * 60 for r in row)) if arm.trace else ""
            costs = " | ".join(percent(extra(mine, arm, field)) for field in ("cpu", "late", "command_cpu"))
            yield f"| | {arm.label} | {costs} | {written} | {same} |"


def start_table(pairs):
    yield "| `import torch` | plain | `nnvet run` adds |"
    yield "| --- | --- | --- |"
    for title, field in (("CPU", "command_cpu"), ("wall", "command_wall")):
        plain = statistics.median(p[PLAIN.name][field] for p in pairs)
        middle, low, high = middle_and_range([1e3 * (p[NNVET_ARM.name][field] - p[PLAIN.name][field]) for p in pairs])
        yield f"| {title} | {plain:.2f} s | {middle:.0f} ms ({low:.0f} to {high:.0f}) |"


def machine(peer):
    """Says on what, and of what, the figures were measured."""
    torch = said_by([sys.executable, "-c", "import torch; print(torch.__version__)"])
    peer = f", wandb {WANDB} offline" if peer else ""
    cores = len(os.sched_getaffinity(0))
    return (f"{said_by([NNVET, 'version'])}; PyTorch {torch} on one thread, Python {platform.python_version()}{peer}; "
            f"{cores} cores of {platform.machine()}, {platform.system()}.")


def said_by(argv):
    return " ".join(subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split())


def say(text):
    print(text, file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(description="Measures what watching costs.")
    parser.add_argument("--seconds", type=float, default=20, help="of a plain training")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="mlp,cnn,transformer", metavar="NAME,...", help="of " + ", ".join(WORKLOADS))
    parser.add_argument("--peer", choices=("wandb", "none"), default="wandb")
    parser.add_argument("--budget", type=float, default=0.02, help="that nnvet is given")
    parser.add_argument("--out", help="file for the raw figures, as JSON")
    parser.add_argument("--profile", choices=WORKLOADS, help="say where the probe's time goes in one workload instead")
    args = parser.parse_args()
    args.only = args.only.split(",")
    if unknown := [w for w in args.only if w not in WORKLOADS]:
        parser.error("no such workload: " + ", ".join(unknown))
    return args


def profile(workload, seconds, budget):
    """Trains under the probe alone, and has every function of it timed."""
    steps = calibrate(Bench(budget, None), workload, seconds)
    with tempfile.TemporaryDirectory() as out:
        env = dict(os.environ, PYTHONPATH=str(HERE.parent / "probe"), PYTHONDONTWRITEBYTECODE="1", NNVET_OUT=out, NNVET_OVERHEAD=str(budget))
        script = HERE / "workloads" / (workload + ".py")
        subprocess.run([sys.executable, str(HERE / "breakdown.py"), str(script), "--steps", str(steps)], env=env, check=True)


def main():
    args = arguments()
    if args.profile:
        return profile(args.profile, args.seconds, args.budget)
    if not NNVET.exists():
        sys.exit(f"overhead.py: {NNVET}: not built yet: run make build")
    peer = args.peer == "wandb"
    bench = Bench(args.budget, install_peer() if peer else None)
    arms = [a for a in ARMS if peer or not a.peer]
    runs = []
    for workload in args.only:
        steps = calibrate(bench, workload, args.seconds)
        runs += rounds(bench, workload, arms, steps, args.rounds)
    pairs = starts(bench)
    about = machine(peer)
    if args.out:
        pathlib.Path(args.out).write_text(json.dumps({"about": about, "arguments": vars(args), "runs": runs, "starts": pairs}, indent=1))
    busy = statistics.median(r["wall"] / r["cpu"] for r in runs)
    if busy > BUSY:
        say(f"overhead.py: the machine was busy: a CPU second took {busy:.2f} s; do not publish these figures")
    print("\n".join(overhead_table(runs, args.only, arms)), "\n".join(start_table(pairs)), about, sep="\n\n")


if __name__ == "__main__":
    try:
        main()
    except (Failed, subprocess.CalledProcessError) as e:
        sys.exit(f"overhead.py: {e}")
