"""One submission under grading: gives each check a fresh worker that holds it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from .connection import Worker
from .nursery import Birth, Nursery

MAX_LINE = 120
# Gradescope ends a run after 10 minutes, with no score at all.
MAX_SECONDS = 8 * 60


class Session:
    """Workers for one submission. A spare one confines itself while a check is running."""

    def __init__(
        self,
        nursery: Nursery,
        folder: Path,
        modules: Iterable[str],
        files: Mapping[str, str],
        aliases: Mapping[str, str],
    ) -> None:
        """Workers come from `nursery` and hold `folder`, the private copy of the submission.

        Args:
            nursery: what forks them.
            folder: the private copy of the submission.
            modules: the modules that may be asked for, handed in or not.
            files: those that were handed in, with their file relative to the folder.
            aliases: other names under which the submission may import them.
        """
        self.modules = frozenset(modules)
        self.files = dict(files)
        self.lost_imports: dict[tuple[str, ...], list[str]] = {}
        """Imports that ended or hung the process, so that not every check waits for them anew."""
        self._nursery = nursery
        self._folder = folder
        self._aliases = dict(aliases)
        self._spare: Birth | None = None
        self._optimizes: dict[str, bool] = {}
        self._sources = {
            file.relative_to(folder).as_posix() for file in folder.rglob("*.py") if file.is_file()
        }
        self._end = time.monotonic() + MAX_SECONDS

    def worker(self, module: str) -> Worker:
        """A fresh worker, forked from the nursery; no check sees what another left behind.

        Args:
            module: what will be imported first.

        Raises:
            GraderFault: there is none to be had.
        """
        warm = self._needs_warmth(module)
        if self._spare is not None and warm and not self._spare.warm:
            self.close()
        birth = self._spare or self._order(warm)
        worker = birth.worker()
        self._spare = self._order(warm)
        return worker

    def close(self) -> None:
        """No worker of this submission is left."""
        if self._spare is not None:
            self._spare.worker().kill()
            self._spare = None

    def source_line(self, file: str, number: int) -> str:
        """A line of the submission, as text; "" if there is no such line."""
        if file not in self._sources:  # the name is a claim
            return ""
        text = self._folder.joinpath(file).read_bytes().decode(errors="replace")
        lines = text.splitlines()
        return lines[number - 1].strip()[:MAX_LINE] if 0 < number <= len(lines) else ""

    def time_is_up(self) -> str:
        """Why no more checks are run, or an empty string."""
        if time.monotonic() < self._end:
            return ""
        return f"Grading took more than {MAX_SECONDS // 60} minutes in all: no more checks are run."

    def _needs_warmth(self, module: str) -> bool:
        """Whether the module may use an optimizer: the first one of a process imports a lot."""
        if module not in self._optimizes:
            others = {file for name, file in self.files.items() if name != module}
            self._optimizes[module] = any(
                b"optim" in self._folder.joinpath(source).read_bytes()
                for source in self._sources - others
            )
        return self._optimizes[module]

    def _order(self, warm: bool) -> Birth:
        return self._nursery.fork(self._folder, self.files, self._aliases, warm=warm)
