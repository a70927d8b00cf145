"""The report in a terminal: progress while it runs, then a table and the feedback."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from autograder.report import Outcome, Report, Result, show_points, show_staff_points, total
from autograder.text import printable

MAX_MESSAGE = 5_000
MAX_ANSWER = 20_000
_MARKS = {
    Outcome.PASSED: ("✓", "green"),
    Outcome.FAILED: ("✗", "red"),
    Outcome.NOT_RUN: ("!", "yellow"),
    Outcome.PENDING: ("·", "dim"),
    Outcome.AWAITING: ("?", "blue"),
}


class ProgressLine:
    """Shows how far grading is: a bar in a terminal, a line for each check elsewhere."""

    def __init__(self, console: Console, verb: str = "Grading", *, quiet: bool = False) -> None:
        """Show it there; `quiet` shows nothing where there is no terminal."""
        self._console = console
        self._verb = verb
        self._quiet = quiet
        self._bar: Progress | None = None
        if console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(),
                TimeElapsedColumn(), console=console, transient=True,
            )  # fmt: skip
            self._task = self._bar.add_task("Starting", total=None)

    def __enter__(self) -> ProgressLine:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()

    def update(self, report: Report, result: Result | None) -> None:
        """A check has run."""
        if self._bar:
            self._bar.update(
                self._task,
                description=f"{self._verb} {result.part}" if result else self._verb,
                total=len(report.results),
                advance=1 if result else 0,
            )
        elif result and not self._quiet:
            points = _points(result)
            self._console.print(
                f"{result.number} {result.outcome.value} {points}", highlight=False, markup=False
            )


def print_report(report: Report, console: Console) -> None:
    """The table, the feedback on what failed, and the total."""
    console.print(Text(f"\n{report.submission}", "bold"))
    for note in report.notes:
        console.print(Text(f"Note: {printable(note, MAX_MESSAGE)}", "yellow"))
    console.print(_table(report))
    for result in report.results:
        if result.message:
            mark, style = _MARKS[result.outcome]
            console.print(
                Text.assemble((f"{mark} {result.number} ", style), (result.title, "bold"))
            )
            message = printable(result.message, MAX_MESSAGE, multiline=True)
            console.print(Padding(Text(message), (0, 0, 0, 4)))
            if result.answer:
                answer = printable(result.answer, MAX_ANSWER, multiline=True)
                console.print(Padding(Text(answer, "italic"), (0, 0, 0, 6)))
                console.print(Padding(Text(result.rubric, "dim"), (0, 0, 0, 4)))
            console.print()
    score = f"{show_points(report.points)} of {show_points(report.max_points)} points"
    if not report.complete:
        score += ", and not all checks could be run"
    console.print(Text(score, "bold"))
    if staff := show_staff_points(report):
        console.print(Text(staff))
    console.print(Text(f"seed {report.seed}; {report.tier}", "dim"))


def _table(report: Report) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("Part", no_wrap=True)
    table.add_column("")
    table.add_column("Points", justify="right", no_wrap=True)
    for part, title in report.parts.items():
        results = report.of_part(part)
        earned = total(result.points for result in results)
        possible = total(result.max_points for result in results)
        only_staff = all(result.staff_points for result in results)
        table.add_row(
            Text(part, "bold"),
            Text(title, "bold"),
            Text("" if only_staff else f"{show_points(earned)}/{show_points(possible)}", "bold"),
        )
        for result in results:
            mark, style = _MARKS[result.outcome]
            table.add_row(
                Text(f"  {mark} {result.number}", style),
                result.title,
                _points(result),
            )
    return table


def _points(result: Result) -> str:
    if result.staff_points:
        giver = "bonus" if result.bonus else "staff"
        return f"{giver} …/{show_points(result.staff_points)}"
    return f"{show_points(result.points)}/{show_points(result.max_points)}"
