"""What `arcgrade doctor --bundle` prints: a line for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from autograder.inspection import Finding


def print_finding(finding: Finding, console: Console) -> None:
    """Print a line on one thing that was looked at in a bundle."""
    marks = {True: ("✓", "green"), False: ("✗", "bold red"), None: ("·", "dim")}
    mark, style = marks[finding.held]
    line = Text.assemble((f"{mark} {finding.what:<20} ", style), finding.detail)
    console.print(line, soft_wrap=True)


def print_verdict(findings: Sequence[Finding], console: Console) -> None:
    """Print what follows from all of them."""
    wrong = sum(finding.held is False for finding in findings)
    console.print()
    if wrong:
        how_many = "1 thing is" if wrong == 1 else f"{wrong} things are"
        console.print(Text(f"{how_many} wrong: do not upload this bundle.", "bold red"))
    else:
        console.print(Text("This bundle can be uploaded.", "bold green"))
