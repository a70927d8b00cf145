"""How far right networks are from failing the check that they train (2h.8), seed by seed.

`python -m tests.bench.calibration [SEEDS]` trains three right networks from as many seeds as the
check would, without confinement, and prints the worst and the spread. With 3000 seeds and no
failure, less than 1 in 1000 fails, at 95 % confidence (the rule of three).
"""

from __future__ import annotations

import contextlib
import importlib
import io
import shutil
import statistics
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import torch

from autograder.hidden.part_2h_training import ENOUGH, trained_uas

from .overhead import copy_solutions
from .plain import PlainStudent

RIGHT = Path(__file__).parents[1] / "submissions" / "right"
NETWORKS = ("network_linear", "network_later_edition")


def reached(folder: Path, seed: int) -> float:
    """The UAS, 0 to 1, of the network in a folder, for one seed of the check."""
    torch.set_num_threads(1)
    if str(folder) != sys.path[0]:
        sys.path.insert(0, str(folder))
    torch.manual_seed(seed)
    with contextlib.redirect_stdout(io.StringIO()):  # some hand-ins print a lot
        importlib.import_module("parser_model")
        return trained_uas(PlainStudent(folder), torch.Generator().manual_seed(seed))[0]


def measure(folder: Path, name: str, n_seeds: int) -> list[float]:
    """All seeds of one network, and a line about them."""
    with ProcessPoolExecutor(2) as pool:
        found = sorted(pool.map(partial(reached, folder), range(n_seeds), chunksize=8))
    mean, deviation = statistics.mean(found), statistics.stdev(found)
    failed = sum(value < ENOUGH for value in found)
    print(
        f"{name:<24} {n_seeds} seeds: UAS {100 * mean:.1f} ± {100 * deviation:.1f}, worst "
        f"{100 * found[0]:.1f}; {failed} below {100 * ENOUGH:g}, which is "
        f"{(mean - ENOUGH) / deviation:.1f} deviations off",
        flush=True,
    )
    return found


def main(n_seeds: int) -> None:
    """Measure and print."""
    everything: list[float] = []
    for network in ("the reference", *NETWORKS):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            copy_solutions(folder)
            if network != "the reference":
                shutil.copy(RIGHT / f"{network}.py", folder / "parser_model.py")
            everything += measure(folder, network, n_seeds)
    failed = sum(value < ENOUGH for value in everything)
    if failed:
        print(f"{failed} of {len(everything)} trainings failed.")
    else:
        bound = 3 / len(everything)
        print(f"None of {len(everything)} failed: at 95 % confidence fewer than {bound:.1e} do.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
