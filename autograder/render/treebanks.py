"""Treebanks in a terminal: what is here, and the progress of a download."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from data.download import megabytes
from data.treebanks import Listed


def listing(treebanks: Sequence[Listed]) -> str:
    """A line for each treebank: name, size, licence, and where it is or how to get it."""
    rows = [
        (
            treebank.name,
            megabytes(treebank.size),
            treebank.licence,
            str(treebank.folder or f"not here: arcgrade data fetch {treebank.name}"),
        )
        for treebank in treebanks
    ]
    name, size, licence = (max(len(row[column]) for row in rows) for column in range(3))
    return "".join(f"{a:{name}}  {b:>{size}}  {c:{licence}}  {d}\n" for a, b, c, d in rows)


class DownloadLine:
    """Shows how far a download is: a bar for each file in a terminal, a line at its end elsewhere.

    A download that goes on where it was has a line for that too.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._begun: set[str] = set()
        if console.is_terminal:
            self._bars = Progress(
                TextColumn("{task.description}"), BarColumn(bar_width=30), DownloadColumn(),
                TimeRemainingColumn(), console=console,
            )  # fmt: skip

    def __enter__(self) -> DownloadLine:
        if self._bars:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars:
            self._bars.stop()

    def update(self, name: str, done: int, total: int | None) -> None:
        """Bytes of a file have arrived."""
        if name not in self._begun:
            self._begun.add(name)
            if done:
                self._say(f"{name}: going on after {megabytes(done)}")
            if self._bars:
                self._tasks[name] = self._bars.add_task(name, total=total)
        if self._bars:
            self._bars.update(self._tasks[name], completed=done)
        elif done == total:
            self._say(f"{name}: {megabytes(done)}")

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)
