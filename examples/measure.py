"""Measure what each broken example scores as written and repaired, and each healthy one, over three seeds.

Rewrites the score columns of README.md beside this file, of all rows or of the scripts that are named. Run it with a
Python that has PyTorch and scikit-learn.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
SHIFTS = (0, 100, 200)  # added to every seed in a script
SEED = re.compile(r"(manual_seed\(|random_state=|SEED = |default_rng\(|\bseed\(|set_seed\(|\bseed=|--seed\", type=int, default=)(\d+)")
ROW = re.compile(r"^\| \[(\w+)\]\((broken|healthy)/\w+\.py\) \|")


def score(script: Path) -> float:
    """Run a script and return its score, the last number that it prints."""
    run = subprocess.run([sys.executable, script.name], cwd=script.parent, capture_output=True, text=True, check=True)
    return float(re.findall(r"-?\d+\.\d+|nan", run.stdout)[-1])


def reseeded(text: str, shift: int) -> str:
    return SEED.sub(lambda m: m[1] + str(int(m[2]) + shift), text)


def scores(path: Path, repair: Path | None = None) -> str:
    """The median score of a script over the seeds, with the lowest and the highest."""
    found = []
    for shift in SHIFTS:
        with tempfile.TemporaryDirectory() as tmp:
            copy = Path(tmp, path.name)
            copy.write_text(path.read_text())
            if repair:
                subprocess.run(["git", "apply", repair.resolve()], cwd=tmp, check=True)
            copy.write_text(reseeded(copy.read_text(), shift))
            found.append(score(copy))
    return f"{statistics.median(found):.2f} ({min(found):.2f} to {max(found):.2f})"


def main() -> None:
    readme = HERE / "README.md"
    lines = readme.read_text().splitlines()
    for i, line in enumerate(lines):
        if not (row := ROW.match(line)):
            continue
        name, room = row[1], row[2]
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        cells = line.split("|")
        script = HERE / room / f"{name}.py"
        cells[-2 if room == "healthy" else -3] = f" {scores(script)} "
        if room == "broken":
            cells[-2] = f" {scores(script, HERE / 'repairs' / f'{name}.diff')} "
        lines[i] = "|".join(cells)
        print(lines[i], flush=True)
    readme.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
