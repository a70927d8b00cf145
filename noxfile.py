#!/usr/bin/env python3
# /// script
# dependencies = ["nox"]
# ///
"""The project's commands; `nox --list` shows them all.

With nox installed, `nox -s grade`. With nothing but Python, `python3 noxfile.py -s grade` does the
same: it puts nox in a folder of its own first (.nox/bootstrap).
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent

try:
    import nox
except ModuleNotFoundError:
    # Only a script may install something; an import of this file must fail as usual.
    if __name__ != "__main__":
        raise
    folder = ROOT / ".nox" / "bootstrap"
    if os.environ.get("PYTHONPATH") == str(folder):
        sys.exit(f"nox cannot be imported from {folder}: remove that folder and try again.")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), "nox"]
    if not (folder / "nox").is_dir():
        print(f"Installing nox into {folder} ...", file=sys.stderr)
        if subprocess.run([*install[:3], "--version"], capture_output=True).returncode != 0:
            # A pip of its own, where the system has split it off.
            subprocess.run([sys.executable, "-m", "ensurepip", "--user"], capture_output=True)
        if subprocess.run(install).returncode != 0:
            sys.exit(
                "nox could not be installed. Install Python's pip (on Debian and Ubuntu: "
                "apt install python3-pip) or nox itself, check the network, and try again."
            )
    os.environ["PYTHONPATH"] = str(folder)
    os.execv(sys.executable, [sys.executable, str(Path(__file__)), *sys.argv[1:]])

nox.options.sessions = ["lint", "types", "tests", "attacks"]
nox.needs_version = ">=2024.4.15"

# One environment for all sessions, which nox does not offer: torch alone takes 750 MB.
ENVIRONMENT = ROOT / ".nox" / "arcgrade"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
session = nox.session(python=False)

# These have sessions of their own: two need a built site, and attacks take their time.
APART = [f"--ignore=tests/{name}" for name in ("attacks", "browser", "site")]


def prepare(session: nox.Session, extra: str = "") -> None:
    """Make the environment and install the project in it, unless that is done."""
    session.env["PYTHONPATH"] = None
    if not PYTHON.exists():
        path = {"PYTHONPATH": os.environ.get("PYTHONPATH")}  # virtualenv comes with nox
        session.run(sys.executable, "-m", "virtualenv", "-q", str(ENVIRONMENT), env=path)
    files = [ROOT / "pyproject.toml", ROOT / "constraints.txt"]
    wanted = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    stamp = ENVIRONMENT / f"installed-{extra or 'base'}"
    if not stamp.is_file() or stamp.read_text() != wanted:
        session.log("Installing torch and the rest; the first time takes some minutes.")
        what = f".[{extra}]" if extra else "."
        python(session, "-m", "pip", "install", "-q", "-c", "constraints.txt", "-e", what)
        stamp.write_text(wanted)


def python(session: nox.Session, *arguments: str) -> None:
    """Run Python in the environment."""
    session.run(str(PYTHON), *arguments, external=True)


@session
def grade(session: nox.Session) -> None:
    """Grade the sample submission; `nox -s grade -- PATH ...` grades yours."""
    prepare(session)
    python(session, "-m", "autograder", "grade", *(session.posargs or ["data/sample"]))


@session
def doctor(session: nox.Session) -> None:
    """Show how well student code is confined here; `-- --bundle FILE.zip` looks a bundle over."""
    prepare(session)
    python(session, "-m", "autograder", "doctor", *session.posargs)


@session
def handout(session: nox.Session) -> None:
    """Build handout.zip, what students get; `nox -s handout -- --out FILE.zip` elsewhere."""
    prepare(session)
    python(session, "-m", "autograder", "handout", *session.posargs)


@session
def check(session: nox.Session) -> None:
    """Run the public checks as students do; `nox -s check -- PATH ...` runs them on yours."""
    prepare(session)
    python(session, "-m", "autograder", "check", *(session.posargs or ["data/sample"]))


@session
def bundle(session: nox.Session) -> None:
    """Build the autograder zip for Gradescope; arguments go to `arcgrade bundle`."""
    prepare(session)
    arguments = session.posargs
    if not any(argument.split("=")[0] == "--out" for argument in arguments):
        (ROOT / "dist").mkdir(exist_ok=True)
        arguments = ["--out", "dist/gradescope.zip", *arguments]
    python(session, "-m", "autograder", "bundle", *arguments)


@session
def gradescope(session: nox.Session) -> None:
    """Run a bundle as Gradescope would (root on Linux), and compare with `arcgrade grade`."""
    prepare(session, "dev")
    python(session, "-m", "tests.platform", *session.posargs)


@session
def docs(session: nox.Session) -> None:
    """Build the site, warnings being errors, and test it; `-- student` builds one edition."""
    prepare(session, "docs")
    python(session, "-m", "docs.building", *session.posargs)
    if not session.posargs:
        python(session, "-m", "pytest", "tests/site")


@nox.session(python=False, name="docs-live")
def docs_live(session: nox.Session) -> None:
    """Serve the complete edition, built again whenever a page or the code changes."""
    prepare(session, "docs")
    python(session, "-m", "docs.building", "live", *session.posargs)


@session
def browser(session: nox.Session) -> None:
    """Test the site that `nox -s docs` built in Chromium: what moves, and what is seen."""
    prepare(session, "browser")
    python(session, "-m", "pytest", "tests/browser", *session.posargs)


@session
def tests(session: nox.Session) -> None:
    """Run the tests, wrong submissions included; arguments go to pytest."""
    prepare(session, "dev")
    python(session, "-m", "pytest", *(session.posargs or ["-n", "2", *APART]))


@session
def attacks(session: nox.Session) -> None:
    """Run hostile submissions, guesses, and junk of every kind against the grader."""
    prepare(session, "dev")
    python(session, "-m", "pytest", *(session.posargs or ["-n", "2", "tests/attacks"]))


@session
def lint(session: nox.Session) -> None:
    """Check the style of the code, and that it is formatted."""
    prepare(session, "dev")
    python(session, "-m", "ruff", "check", ".")
    python(session, "-m", "ruff", "format", "--check", ".")


@session
def types(session: nox.Session) -> None:
    """Check the types, strictly."""
    prepare(session, "browser")
    python(session, "-m", "mypy")


@session
def bench(session: nox.Session) -> None:
    """Measure: confined grading, the parser, bptt and sampled softmax, each beside the plain way.

    `nox -s bench -- parser` runs one of `overhead`, `parser`, `bptt` and `fast_output`; more
    arguments are its own.
    """
    prepare(session, "dev")
    names, arguments = session.posargs[:1], session.posargs[1:]
    for name in names or ("overhead", "parser", "bptt", "fast_output"):
        python(session, "-m", f"tests.bench.{name}", *arguments)


@session
def train(session: nox.Session) -> None:
    """Train the reference parser; arguments go to `arcgrade train`."""
    prepare(session, "train")
    python(session, "-m", "autograder", "train", *session.posargs)


@session
def study(session: nox.Session) -> None:
    """Measure what each extension of 2i gains, and write the table of docs/extensions.md."""
    prepare(session, "dev")
    python(session, "-m", "tests.bench.study", *session.posargs)


@session
def calibrate(session: nox.Session) -> None:
    """Measure how far from failing right networks are in the check that they train (2h.8)."""
    prepare(session, "dev")
    python(session, "-m", "tests.bench.calibration", *session.posargs)


if __name__ == "__main__":
    nox.main()
