"""What `arcgrade doctor` prints: the tier, every attempt, and what to do for a better tier."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.confinement.tiers import TIERS, Tier


def print_tier(tier: Tier, hidden: list[str], console: Console) -> None:
    """Print a tier; `hidden` are folders that workers read by descriptor."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in tier.facts.items():
        table.add_row(Text(name, "dim"), Text(value))
    for folder in hidden:
        table.add_row(
            Text("python", "dim"), Text(f"{folder}, closed to others: read by descriptor")
        )
    console.print(table)
    console.print()
    console.print(Text("A worker, confined as student code would be, tried to:"))
    attempts = Table(box=None, pad_edge=False, show_header=False)
    attempts.add_column(no_wrap=True)
    attempts.add_column(no_wrap=True)
    attempts.add_column(style="dim")
    for finding in tier.findings:
        held, failed = ("✓ works", "✗ FAILS") if finding.needed else ("✓ held", "✗ OPEN")
        mark = Text(held, "green") if finding.held else Text(failed, "bold red")
        attempts.add_row(mark, Text(finding.attempt), Text(finding.detail))
    console.print(attempts)
    console.print()
    if tier.name:
        line = f"Tier {tier.name}: {TIERS[tier.name]}. Submissions are graded here."
        console.print(Text(line, "bold green"))
    else:
        console.print(Text("No tier: nothing is graded here.", "bold red"))
    for advice in tier.advice:
        console.print(Text(f"For a better tier: {advice}"))
