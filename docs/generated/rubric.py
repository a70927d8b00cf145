"""The rubric, read from the checks."""

from __future__ import annotations

from autograder.handout import hidden_checks
from autograder.report import show_points
from docs.generated.self_check import table


def machine() -> str:
    """The checks that the machine gives points for, or feedback."""
    rows = [
        (check.number, check.title, show_points(check.points) if check.points else "practice")
        for check in hidden_checks()
        if not check.staff_points
    ]
    return table(("check", "what holds", "points"), rows)


def staff() -> str:
    """What staff give points for, and what for."""
    lines = []
    for check in hidden_checks():
        if check.staff_points:
            kind = "bonus, up to" if check.bonus else "up to"
            lines += [
                f"**{check.number}** {check.title} ({kind} {show_points(check.staff_points)})"
            ]
            lines += ["", *(f"- {item}" for item in check.rubric.splitlines()), ""]
    return "\n".join(lines)
