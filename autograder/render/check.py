"""What the public checks say, in a terminal: no points, and a stamp that it is not for grades."""

from __future__ import annotations

import re

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autograder.facts import Facts
from autograder.report import Outcome, Report, Result
from autograder.text import printable

MAX_MESSAGE = 5_000
# What a starter raises where nothing was written yet, and where.
_LEFT_TO_DO = re.compile(r"raised NotImplementedError: (.+ is left to do)\n  (.+, line \d+)")
_MARKS = {
    Outcome.PASSED: ("✓", "green"),
    Outcome.FAILED: ("✗", "red"),
    Outcome.NOT_RUN: ("!", "yellow"),
    Outcome.PENDING: ("·", "dim"),
}


def print_check(report: Report, facts: Facts, seconds: float, console: Console) -> None:
    """Part by part what passed and what failed, why, and what this run does not say."""
    console.print(Text.assemble((f"\n{report.submission}", "bold"), "   ", (report.tier, "dim")))
    for note in report.notes:
        console.print(Text(f"Note: {printable(note, MAX_MESSAGE)}", "yellow"))
    for part, title in report.parts.items():
        console.print(Text.assemble((f"{part}  ", "bold"), title))
        for result in report.of_part(part):
            _print_result(result, console)
    console.print()
    failed = sum(result.outcome is not Outcome.PASSED for result in report.results)
    line = verdict(len(report.results) - failed, len(report.results), facts.hidden_checks)
    console.print(Text(line, "bold red" if failed else "bold green"))
    version = f"arcgrade {facts.version}, " if facts.version else ""
    console.print(Text(f"{version}{seconds:.1f} s; {report.tier}", "dim"))


def verdict(passed: int, count: int, hidden: int) -> str:
    """The last word: what passed, and that it is not everything."""
    some = (
        "public checks passed" if passed == count else f"{passed} of {count} public checks passed"
    )
    return f"{some}; {hidden} hidden checks run when you submit"


def _print_result(result: Result, console: Console) -> None:
    mark, style = _MARKS.get(result.outcome, ("·", "dim"))
    line = Table.grid(padding=(0, 2))
    line.add_column(no_wrap=True, min_width=8)
    line.add_row(Text(f"  {mark} {result.number}", style), result.title)
    console.print(line)
    if result.outcome is Outcome.FAILED:
        message = printable(result.message, MAX_MESSAGE, multiline=True)
        if left := _LEFT_TO_DO.search(message):
            message = f"{left[1]} ({left[2]})"
        console.print(Padding(Text(message), (0, 0, 0, 6), expand=False))
        if result.details.strip():
            console.print(Padding(Text("Your code printed:", "dim"), (0, 0, 0, 6), expand=False))
            console.print(Padding(Text(result.details.rstrip(), "dim"), (0, 0, 0, 8), expand=False))
