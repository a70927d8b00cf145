"""Checks your work and packs it: `python -m arcgrade check`, `python -m arcgrade submit-zip`."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if sys.version_info < (3, 10):  # noqa: UP036 - this is not installed, so nobody else looks
    sys.exit("This needs Python 3.10 or newer.")
# Your files must not take the place of modules that the checker imports, whatever their names.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != HERE]
sys.path.insert(0, str(HERE / "checker"))
# Where the output is not UTF-8 (a pipe on Windows), a mark that it lacks becomes a question mark.
for stream in (sys.stdout, sys.stderr):
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")

try:
    from autograder.student_cli import main
except ModuleNotFoundError as error:
    sys.exit(f"{error.name} is missing: python -m pip install -r requirements.txt")

if __name__ == "__main__":
    main(prog_name="python -m arcgrade")
