"""Runs a bundle as Gradescope would, and compares each score with `arcgrade grade`'s.

`nox -s gradescope` runs this; `--bundle FILE.zip` takes one that is there already. It needs root on
Linux, and leaves nothing behind.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

from autograder.bundle import SECRET, build_bundle
from autograder.render.contract import Results, read_results

from ..conftest import ROOT, SOLUTIONS
from .container import TOKEN, Image, NoContainers, Run, Size, metadata

TORCH = "https://download.pytorch.org/whl/cpu"
# What a run may take: the platform's default is 10 minutes.
MAX_SECONDS = 300

# Right, but for what it tries on the side: nothing of it may change the score or the results.
HOSTILE = """
import contextlib
import glob
import os

for path in ("/autograder/results/results.json", "/autograder/run_autograder"):
    with contextlib.suppress(Exception):
        with open(path, "w") as file:
            file.write('{"score": 100}')
for path in glob.glob("/autograder/source/**", recursive=True):
    with contextlib.suppress(Exception):
        print("FOUND", open(path).read()[:2000])
with contextlib.suppress(Exception):
    print("FOUND", open("/proc/%d/environ" % os.getppid()).read())
with contextlib.suppress(Exception):
    if os.fork() == 0:
        while True:
            pass
print('{"score": 100}')
"""

# More than a container has: it must cost what needs it, and nothing else.
BOMB = "import torch\n\nkept = torch.ones(3 << 28)\n"


def hand_ins(folder: Path) -> Iterator[tuple[str, Path, bool]]:
    """Name, submission, and whether there is Landlock: right, partly right, empty, hostile."""
    yield "the reference", SOLUTIONS, True
    yield "the sample", ROOT / "data" / "sample", True
    empty = folder / "empty"
    empty.mkdir()
    yield "an empty folder", empty, True
    hostile = folder / "hostile"
    hostile.mkdir()
    text = (SOLUTIONS / "softmax.py").read_text(encoding="utf-8")
    head, future, rest = text.partition("from __future__ import annotations\n")
    (hostile / "softmax.py").write_text(f"{head}{future}{HOSTILE}{rest}", encoding="utf-8")
    (hostile / "classifier.py").write_text(BOMB, encoding="utf-8")
    yield "a hostile one", hostile, True
    yield "a hostile one, without Landlock", hostile, False


def graded_here(submission: Path, secret: Path, folder: Path) -> Results:
    """What `arcgrade grade` gives on this machine, with the same secret."""
    path = folder / "here.json"
    command = [
        sys.executable, "-m", "autograder", "grade", str(submission),
        "--results", str(path), "--secret-file", str(secret),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return read_results(path.read_bytes())


def differences(there: Results, here: Results) -> list[str]:
    """Where two results of one submission are not the same, check by check.

    The public checks (1a.p1) are left out: `arcgrade grade` has only those that give points.
    """
    found = []
    graded = [[t for t in results.tests if ".p" not in t.number] for results in (there, here)]
    if there.extra_data.get("seed") != here.extra_data.get("seed"):
        found.append("the seeds differ")
    numbers = [[test.number for test in tests] for tests in graded]
    if numbers[0] != numbers[1]:
        return [*found, "the checks differ"]
    for one, other in zip(*graded, strict=True):
        for what in ("score", "max_score", "status", "visibility", "name", "tags"):
            a, b = getattr(one, what), getattr(other, what)
            if a != b:
                found.append(f"{one.number}: {what} is {a} there and {b} here")
    if there.leaderboard != here.leaderboard:
        found.append("the leaderboards differ")
    return found


def complaints(run: Run, secret: bytes) -> list[str]:
    """What a run did wrong, apart from its scores."""
    found = []
    if run.status != 0:
        found.append(f"run_autograder ended with {run.status}")
    if read_results(run.results).extra_data.get("graded") is not True:
        found.append("not every check could be run")
    if run.seconds > MAX_SECONDS:
        found.append(f"it took {run.seconds:.0f} s")
    if "tier " not in run.stdout or "kernel " not in run.stdout:
        found.append("staff are not told tier and kernel")
    for what in (run.stdout.encode(), run.results):
        if secret in what or TOKEN.encode() in what or b"FOUND" in what:
            found.append("something secret came out")
    return found


def variables() -> dict[str, str]:
    """What `setup.sh` is told of this machine: pip's settings, and where torch is."""
    named = ("ARCGRADE_PYTHON", "ARCGRADE_TORCH_INDEX")
    found = {n: v for n, v in os.environ.items() if n.startswith("PIP_") or n in named}
    if "ARCGRADE_TORCH_INDEX" not in found:
        try:
            urllib.request.urlopen(f"{TORCH}/torch/", timeout=10).close()
        except (urllib.error.URLError, OSError):
            print(f"{TORCH} cannot be reached: torch comes from where pip finds it.")
            found["ARCGRADE_TORCH_INDEX"] = ""
    return found


def compare(image: Image, secret: Path, folder: Path) -> int:
    """Grade everything on both sides, and print a line for each; the result is what went wrong."""
    wrong = 0
    for name, submission, landlock in hand_ins(folder):
        run = image.run(submission, metadata(), Size(), landlock=landlock)
        there = read_results(run.results)
        here = graded_here(submission, secret, folder)
        found = differences(there, here) + complaints(run, secret.read_bytes().strip())
        if f"tier {'A' if landlock else 'B'} " not in run.stdout:
            found.append("the tier is another than was to be expected")
        peak = f"{run.peak / 1e6:.0f} MB" if run.peak else "unknown"
        print(
            f"{'✗' if found else '✓'} {name}: {there.points:g} points there, {here.points:g} here, "
            f"{len(there.tests)} checks; {run.seconds:.0f} s, peak memory {peak}",
            flush=True,
        )
        for line in found:
            print(f"    {line}")
        if found:
            print(run.stdout[-4000:])
        wrong += bool(found)
    return wrong


def main() -> None:
    """The session."""
    parser = argparse.ArgumentParser(prog="nox -s gradescope --", description=__doc__)
    parser.add_argument("--bundle", type=Path, help="a bundle that is there already")
    given = parser.parse_args().bundle
    with tempfile.TemporaryDirectory(prefix="arcgrade-parity-") as name:
        folder = Path(name)
        bundle = given or folder / "bundle.zip"
        if given is None:
            build_bundle(bundle)
        secret = folder / "secret-of-the-bundle"
        with zipfile.ZipFile(bundle) as archive:
            secret.write_bytes(archive.read(SECRET))
        try:
            with Image(bundle, variables()) as image:
                size = sum(p.stat().st_size for p in image.folder.rglob("*") if p.is_file())
                print(f"The image was built in {image.seconds:.0f} s; {size / 1e6:.0f} MB.")
                print(image.log.strip().splitlines()[-1], flush=True)
                wrong = compare(image, secret, folder)
        except (NoContainers, RuntimeError) as error:
            sys.exit(f"{error}")
    if wrong:
        sys.exit(f"{wrong} hand-ins did not fare alike.")
    print("Every check gives the same there and here.")


if __name__ == "__main__":
    main()
