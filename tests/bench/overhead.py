"""What confinement costs: the same checks on the same submission, confined and in the plain way.

`python -m tests.bench.overhead [PAIRS]` runs the two in turn, each as a process of its own, and
prints the ratio of their times pair by pair: machines are noisy, and a ratio of neighbours is not.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FILES = (
    "softmax.py", "classifier.py", "parser_transitions.py", "initialization.py", "optimizers.py",
    "parser_model.py", "rnn.py", "written.toml", "unrolled.svg", "test_predictions.txt",
)  # fmt: skip


def copy_solutions(folder: Path) -> None:
    """The reference solutions as a student hands them in, importing each other by bare names."""
    for name in FILES:
        text = (ROOT / "solutions" / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace("from .", "from "), encoding="utf-8")


def seconds(command: list[str], expect: str) -> float:
    """The wall time of a command that must succeed and say what is expected of it."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    elapsed = time.perf_counter() - start
    if done.returncode != 0 or expect not in done.stdout:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return elapsed


def main(pairs: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        copy_solutions(folder)
        confined = [sys.executable, "-m", "autograder", "grade", str(folder)]
        plain = [sys.executable, "-m", "tests.bench.plain", str(folder)]
        measured = []
        for pair in range(pairs + 1):
            times = (seconds(confined, "87 of 87 points"), seconds(plain, "XX passed"))
            if pair:  # the first pair warms the disk's cache
                measured.append(times)
                ratio = times[0] / times[1]
                print(f"confined {times[0]:5.2f} s   plain {times[1]:5.2f} s   ratio {ratio:.2f}")
        shutil.rmtree(folder / "__pycache__", ignore_errors=True)
    print(
        f"median   {statistics.median(c for c, _ in measured):5.2f} s         "
        f"{statistics.median(p for _, p in measured):5.2f} s   "
        f"ratio {statistics.median(c / p for c, p in measured):.2f}   ({pairs} pairs)"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
