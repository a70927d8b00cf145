"""Starts a worker without confinement. Imports nothing large: torch is imported there and here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# The package is loaded from its folder under a name of its own, as in `nursery.py`. Where the
# process was started holds nothing that could be imported by mistake.
_COMMAND = """
import sys
sys.path = [path for path in sys.path if path]
import importlib.util
name, folder = "arcgrade_inside", sys.argv[1]
spec = importlib.util.spec_from_file_location(
    name, folder + "/__init__.py", submodule_search_locations=[folder])
sys.modules[name] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules[name])
from arcgrade_inside.plain import main
main()
"""


def launch() -> subprocess.Popen[bytes]:
    """The process; the first thing it says is that it is ready."""
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "0",  # sets of strings have the same order in every run
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        "OMP_NUM_THREADS": "1",
    }
    return subprocess.Popen(  # noqa: S603 - our own Python and our own code
        [sys.executable, "-B", "-X", "utf8", "-c", _COMMAND, str(Path(__file__).parent / "inside")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env=environment,
        # Ctrl-C is the caller's to handle.
        start_new_session=sys.platform != "win32",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
