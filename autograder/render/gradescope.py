"""The report in Gradescope's schema of results.json.

The contract: https://gradescope-autograders.readthedocs.io/en/latest/specs/. There is no score at
the top: it would override the sum, and with a hidden test tell the total.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from autograder.report import Outcome, Report, Result, show_points, show_staff_points
from autograder.text import printable

# Gradescope cuts an output of more than 100,000 characters in the middle.
MAX_OUTPUT = 20_000
_INSTEAD = {
    Outcome.PENDING: "This check has not run.",
    Outcome.NOT_RUN: "This check could not be run; that is not your fault.",
}


def to_gradescope(report: Report) -> dict[str, Any]:
    """What results.json holds; every check is in it, with its maximum, from the start."""
    tests = [_test(report, result) for result in report.results]
    notes = [*report.notes, *filter(None, [show_staff_points(report)])]
    document: dict[str, Any] = {
        "output": "\n".join(_line(note) for note in notes),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "tests": tests,
        # Kept by the platform and not shown to students: how to repeat this run.
        "extra_data": {
            "arcgrade": report.version,
            "seed": report.seed,
            "confinement": report.tier,
        },
    }
    leaders = [result.leaderboard for result in report.results if result.leaderboard]
    if leaders:
        document["leaderboard"] = [
            {"name": name, "value": value, "order": order}
            for name, order, value in leaders
            if value is not None
        ]
    return document


def _test(report: Report, result: Result) -> dict[str, Any]:
    output = result.message
    if result.answer:
        output += f"\n\n{result.answer}"
    test: dict[str, Any] = {
        "name": f"{report.parts[result.part]}: {result.title}",
        "number": result.number,
        "output": _INSTEAD.get(result.outcome) or _line(output),
        "visibility": result.visibility,
    }
    if result.outcome is not Outcome.AWAITING:
        test["status"] = "passed" if result.outcome is Outcome.PASSED else "failed"
    if result.staff_points:
        # With a score it would count as lost until staff have read it, with none it is shown only.
        kind = "bonus, from" if result.bonus else "from"
        test["name"] += f" ({kind} staff: up to {show_points(result.staff_points)})"
        test["extra_data"] = {"staff_points": result.staff_points, "rubric": result.rubric}
    else:
        test |= {"score": result.points, "max_score": result.max_points}
    if result.tags:
        test["tags"] = list(result.tags)
    return test


def _line(text: str) -> str:
    return printable(text, MAX_OUTPUT, multiline=True)


class ResultsFile:
    """A results.json that is valid at every moment: each version replaces the last in one step."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, report: Report) -> None:
        """The file holds this report."""
        text = json.dumps(to_gradescope(report), indent=1, ensure_ascii=False, allow_nan=False)
        replace_file(self.path, text)

    def withdraw(self) -> None:
        """There is no file that could be taken for a score."""
        self.path.unlink(missing_ok=True)


def replace_file(path: Path, text: str) -> None:
    """The file holds `text`; whoever reads it meanwhile sees all of the old or all of the new."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            os.fchmod(file.fileno(), 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
