"""Runs code of ours in a process of its own, with a library that is not the one installed here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_COMMAND = "import sys; sys.path.insert(0, sys.argv.pop(1)); exec(sys.argv.pop(1))"


def run_apart(library: Path, code: str, *arguments: str) -> str:
    """Run `code`, which finds `arguments` in `sys.argv[1:]`; the result is all that it said."""
    command = [sys.executable, "-I", "-X", "utf8", "-B", "-c", _COMMAND]
    done = subprocess.run(  # noqa: S603 - our own Python and our own code
        [*command, str(library), code, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return done.stdout
