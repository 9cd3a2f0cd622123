"""Run the PyTorch programs of the casebook under nnvet, and score what it says of them.

    python3 casebook/torch/run.py [--nnvet bin/nnvet] [--python python3] [--jobs 2] [--seeds 1] [--why] [--json FILE]
                                    [--engine FILE] [PROGRAM ...]

What is right is read from README.md beside this file. A program is right where the first cause that nnvet names is a right
answer, or where it is healthy and nothing is named. A cause is a finding above a note that no other finding explains.
Ends with 1 where a program or nnvet failed, or ran for more than two minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import mean

HERE = Path(__file__).resolve().parent
ROW = re.compile(r"^\| \[(\w+)\]\(programs/\w+\.py\) \|")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?|-?\binf\b|\bnan\b")
LIMIT_S = 120


@dataclass
class Fault:
    pitfall: int
    right: list[str]
    one_run: bool


@dataclass
class Program:
    name: str
    what: str
    kind: str  # faulty, healthy or benign
    faults: list[Fault]

    def case(self) -> str:
        """Return the name that the case would have that the program restates."""
        return self.what.split(":")[0].replace(" mended", "-mended")

    def right(self) -> list[str]:
        return [check for f in self.faults for check in f.right]


@dataclass
class Run:
    program: str
    seed: int
    score: str = "nan"  # as printed
    causes: list[str] = field(default_factory=list)  # the first named first
    named: list[str] = field(default_factory=list)  # causes and what they explain
    names: dict[str, str] = field(default_factory=dict)
    right: bool = False
    unsaid: dict[str, str] = field(default_factory=dict)  # what became of the right answers that were not named
    failed: str = ""


def read_programs(readme: Path) -> list[Program]:
    """Return the programs in the table of README.md."""
    found = []
    for line in readme.read_text(encoding="utf-8").splitlines():
        row = ROW.match(line)
        if not row:
            continue
        _, _, what, pitfall, right, one_run, *_ = (cell.strip() for cell in line.split("|"))
        if pitfall in ("healthy", "benign"):
            found.append(Program(row[1], what, pitfall, []))
            continue
        parts = [[part.strip() for part in cell.split(";")] for cell in (pitfall, right, one_run)]
        if len({len(p) for p in parts}) != 1:
            sys.exit(f"{readme}: {row[1]}: pitfalls, right answers and one run differ in number")
        faults = [Fault(int(p), ids.split(), one == "yes") for p, ids, one in zip(*parts)]
        found.append(Program(row[1], what, "faulty", faults))
    return found


def run(program: Program, seed: int, nnvet: Path, python: str) -> Run:
    """Run a copy of a program under nnvet and judge what it says."""
    out = Run(program.name, seed)
    with tempfile.TemporaryDirectory() as tmp:
        script = f"{program.name}.py"
        for file in {script, "cars.py"}:
            shutil.copy(HERE / "programs" / file, tmp)
        env = dict(os.environ, SEED=str(seed), OMP_NUM_THREADS="1")
        try:
            done = subprocess.run([nnvet, "run", "--", python, script], cwd=tmp, env=env, capture_output=True, text=True, timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            out.failed = f"still running after {LIMIT_S} s"
            return out
        diagnoses = list(Path(tmp).glob(".nnvet/runs/*/diagnosis.json"))
        if done.returncode or len(diagnoses) != 1:
            out.failed = f"exit code {done.returncode}, {len(diagnoses)} diagnoses: {done.stderr[-1000:]}"
            return out
        diagnosis = json.loads(diagnoses[0].read_text(encoding="utf-8"))
    if numbers := NUMBER.findall(done.stdout):
        out.score = numbers[-1]
    for f in diagnosis["findings"]:
        if f["severity"] == "note":
            continue
        out.names[f["id"]] = f["name"]
        for ids in [out.named] if f.get("caused_by") else [out.named, out.causes]:
            if f["id"] not in ids:
                ids.append(f["id"])
    other = {c["id"]: "clear" for c in diagnosis["clear"]} | {c["id"]: c["reason"] for c in diagnosis["not_checked"]}
    other |= {f["id"]: "a note" for f in diagnosis["findings"] if f["severity"] == "note"}
    out.unsaid = {check: other.get(check, "no such check") for check in program.right() if check not in out.named}
    if program.faults:
        out.right = bool(out.causes) and out.causes[0] in program.right()
    else:
        out.right = not out.named
    return out


def recall(programs: list[Program], runs: dict[str, list[Run]]) -> dict[int, list[tuple[float, bool]]]:
    """Return how often each fault is named, with whether one run can show it, by pitfall."""
    by_pitfall: dict[int, list[tuple[float, bool]]] = {p: [] for p in range(1, 12)}
    for p in programs:
        for f in p.faults:
            share = mean(any(check in f.right for check in r.named) for r in runs[p.name])
            by_pitfall[f.pitfall].append((share, f.one_run))
    return by_pitfall


def share(values: list[float]) -> str:
    return f"{mean(values):.2f} ({len(values)})" if values else "-"


def print_totals(programs: list[Program], runs: dict[str, list[Run]]) -> None:
    programs = [p for p in programs if runs[p.name]]
    print("\npitfall   recall where one run can show it, of all (faults)")
    macro = ([], [])
    for pitfall, found in recall(programs, runs).items():
        seen = ([s for s, one in found if one], [s for s, _ in found])
        for column, values in zip(macro, seen):
            if values:
                column.append(mean(values))
        print(f"{pitfall:7d}   {share(seen[0]):>10} {share(seen[1]):>10}")
    print(f"  macro   {share(macro[0]):>10} {share(macro[1]):>10}")
    faulty = [p for p in programs if p.faults]
    shown = [p for p in faulty if any(f.one_run for f in p.faults)]
    for label, of in (("one run can show it", shown), ("all faulty", faulty)):
        print(f"first cause right, {label}: {share([mean(r.right for r in runs[p.name]) for p in of])}")
    print(f"said nothing of a faulty one: {share([mean(not r.named for r in runs[p.name]) for p in faulty])}")
    for kind in ("healthy", "benign"):
        of = [r for p in programs if p.kind == kind for r in runs[p.name]]
        print(f"{kind} flagged: {sum(not r.right for r in of)} of {len(of)} runs")


def read_engine(file: Path) -> dict[str, list[dict]]:
    """Return what the engine found in the first run of each case."""
    return {c["name"]: c["runs"][0]["findings"] for c in json.loads(file.read_text(encoding="utf-8"))["cases"]}


def print_agreement(programs: list[Program], runs: dict[str, list[Run]], cases: dict[str, list[dict]]) -> None:
    """Print whether the first cause is of the same pitfall by the probe as by the engine on the same case, first seeds."""
    same = []
    print("\nprogram       case                   probe  engine  same")
    for p in (p for p in programs if runs[p.name]):
        causes = [f["check"] for f in cases[p.case()] if f["severity"] != "note" and not f.get("because")]
        probe, other = (f"{int(ids[0][2:4])}" if ids else "-" for ids in (runs[p.name][0].causes, causes))
        same.append(probe == other)
        print(f"{p.name:13} {p.case():22} {probe:>5}  {other:>6}  {'yes' if same[-1] else 'no'}")
    print(f"same pitfall by probe and engine: {sum(same)} of {len(same)} programs, {share(same)}")


def print_run(program: Program, r: Run, why: bool) -> None:
    verdict = "FAILED" if r.failed else "right" if r.right else "wrong"
    explained = [c for c in r.named if c not in r.causes]
    said = ", ".join(f"{c} {r.names[c]}" for c in r.causes) or "nothing"
    if explained:
        said += f" (explains {', '.join(explained)})"
    want = ", ".join(program.right()) or program.kind
    print(f"{r.program:13} {r.seed:2} {verdict:6} score {float(r.score):8.3g} | {r.failed or said} | want {want}", flush=True)
    if why and not r.right:
        for check, became in r.unsaid.items():
            print(f"{'':24} {check}: {became}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the casebook's PyTorch programs under nnvet.")
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help="only these")
    parser.add_argument("--nnvet", type=Path, default=HERE.parent.parent / "bin" / "nnvet", help="the built binary (%(default)s)")
    parser.add_argument("--python", default=sys.executable, help="a Python with PyTorch and NumPy (%(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="programs at a time")
    parser.add_argument("--seeds", type=int, default=1, help="runs a program, from seed 0 on")
    parser.add_argument("--why", action="store_true", help="of a wrong one, say what became of the right answers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was found here")
    parser.add_argument("--engine", type=Path, metavar="FILE", help="compare with what nnvet-casebook run --json wrote here; its cases alone")
    args = parser.parse_args()

    programs = read_programs(HERE / "README.md")
    if unknown := set(args.programs) - {p.name for p in programs}:
        parser.error(f"no such program: {', '.join(sorted(unknown))}")
    if args.programs:
        programs = [p for p in programs if p.name in args.programs]
    if args.engine:
        cases = read_engine(args.engine)
        programs = [p for p in programs if p.case() in cases]
    nnvet = args.nnvet.resolve()
    if not nnvet.exists():
        parser.error(f"there is no {nnvet}: make builds it")

    jobs = [(p, seed) for p in programs for seed in range(args.seeds)]
    runs: dict[str, list[Run]] = {p.name: [] for p in programs}
    every = []
    with ThreadPoolExecutor(args.jobs) as pool:
        for (p, _), r in zip(jobs, pool.map(lambda job: run(*job, nnvet, args.python), jobs)):
            print_run(p, r, args.why)
            every.append(r)
            if not r.failed:
                runs[p.name].append(r)
    print_totals(programs, runs)
    if args.engine:
        print_agreement(programs, runs, cases)
    if args.json:
        doc = [dict(asdict(r), kind=p.kind, faults=[asdict(f) for f in p.faults]) for (p, _), r in zip(jobs, every)]
        args.json.write_text(json.dumps(doc, indent=1) + "\n", encoding="utf-8")
    sys.exit(any(r.failed for r in every))


if __name__ == "__main__":
    main()
