"""The rubric, read from the checks."""

from __future__ import annotations

import importlib
import pkgutil

import autograder.hidden
from autograder.grading import undisturbed
from autograder.report import show_points
from autograder.rubric import Check
from docs.generated.self_check import table


def checks() -> list[Check]:
    """Every hidden check, in the order of the assignment."""
    with undisturbed():  # a check keeps the settings of Hypothesis that it was imported under
        modules = [
            importlib.import_module(f"autograder.hidden.{found.name}")
            for found in pkgutil.iter_modules(autograder.hidden.__path__)
            if found.name.startswith("part_")
        ]
    functions = [
        function
        for module in modules
        for name, function in vars(module).items()
        if name.startswith("test_") and function.__module__ == module.__name__
    ]
    return sorted(map(Check.of, functions), key=lambda check: check.order)


def machine() -> str:
    """The checks that the machine gives points for, or feedback."""
    rows = [
        (check.number, check.title, show_points(check.points) if check.points else "practice")
        for check in checks()
        if not check.staff_points
    ]
    return table(("check", "what holds", "points"), rows)


def staff() -> str:
    """What staff give points for, and what for."""
    lines = []
    for check in checks():
        if check.staff_points:
            kind = "bonus, up to" if check.bonus else "up to"
            lines += [
                f"**{check.number}** {check.title} ({kind} {show_points(check.staff_points)})"
            ]
            lines += ["", *(f"- {item}" for item in check.rubric.splitlines()), ""]
    return "\n".join(lines)
