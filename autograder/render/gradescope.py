"""The report in Gradescope's schema of results.json.

The contract: https://gradescope-autograders.readthedocs.io/en/latest/specs/. There is no score at
the top: it would override the sum, and with a hidden test tell the total.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

from autograder.course import Gradescope
from autograder.render.contract import MAX_TEXT
from autograder.render.markdown import block, markdown
from autograder.report import Outcome, Report, Result, show_points, show_staff_points
from autograder.text import printable

# Gradescope cuts an output of more than 100,000 characters in the middle.
MAX_OUTPUT = 20_000
PENDING = "This check has not run."
_INSTEAD = {
    Outcome.PENDING: PENDING,
    Outcome.NOT_RUN: "This check could not be run; that is not your fault.",
}
_WHEN = {
    "after_due_date": "after the due date",
    "after_published": "when grades are published",
    "hidden": "not at all",
}


def to_gradescope(report: Report, settings: Gradescope = Gradescope()) -> dict[str, Any]:  # noqa: B008 - it is frozen
    """What results.json holds; every check is in it, with its maximum, from the start."""
    tests = [_test(report, result, settings) for result in report.results]
    notes = [*report.notes, *filter(None, [show_staff_points(report)])]
    about = [_progress(report), _of_the_total(report, settings)]
    document: dict[str, Any] = {
        "output": "\n\n".join([*filter(None, about), *(_shown(note) for note in notes)]),
        "output_format": "md",
        "test_output_format": "md",
        "test_name_format": "text",
        "tests": tests,
        # Kept by the platform and not shown to students: how to repeat this run.
        "extra_data": {
            "arcgrade": report.version,
            "seed": report.seed,
            "confinement": report.tier,
            "graded": report.complete,
            "versions": versions(),
        },
    }
    leaders = [result.leaderboard for result in report.results if result.leaderboard]
    if leaders and settings.leaderboard:
        document["leaderboard"] = [
            {"name": name, "value": value, "order": order}
            for name, order, value in leaders
            if value is not None
        ]
    return document


def versions() -> dict[str, str]:
    """What a score may depend on beside arcgrade itself: inputs are drawn by these."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    return found | {name: metadata.version(name) for name in ("torch", "hypothesis", "numpy")}


def _progress(report: Report) -> str:
    """What has not come of grading, for the student; empty if all has."""
    waiting = sum(result.outcome is Outcome.PENDING for result in report.results)
    failed = sum(result.outcome is Outcome.NOT_RUN for result in report.results)
    if waiting:
        return (
            f"**Grading has not finished**: {waiting} of {len(report.results)} checks have not "
            "run. What stands here is no score yet."
        )
    if failed:
        are = "1 check" if failed == 1 else f"{failed} checks"
        return (
            f"**The autograder failed in {are}**; that is not your fault, and nothing was counted "
            "as lost for it. Submit again; if it happens again, tell the staff, who see why."
        )
    return ""


def _of_the_total(report: Report, settings: Gradescope) -> str:
    """What students do not see yet, and that there is no total before; empty if they see all."""
    later: dict[str, list[Result]] = {}
    for result in report.results:
        when = _visibility(result, settings)
        if when in _WHEN:
            later.setdefault(when, []).append(result)
    if not later:
        return ""
    pieces = [
        f"{len(results)} of {len(report.results)} checks, with "
        f"{show_points(sum(result.max_points for result in results))} of "
        f"{show_points(report.max_points)} points, are shown {_WHEN[when]}"
        for when, results in later.items()
    ]
    visible = "Of the others you see the results below"
    if sum(map(len, later.values())) == len(report.results):
        visible = "They have run"
    return f"{'; '.join(pieces)}. {visible}; until all are shown, Gradescope shows no total."


def _visibility(result: Result, settings: Gradescope) -> str:
    # That an answer was received gives nothing away.
    public = result.public or bool(result.staff_points)
    return settings.visibility_of(result.number, public=public, wish=result.visibility)


def _test(report: Report, result: Result, settings: Gradescope) -> dict[str, Any]:
    output = _shown(_INSTEAD.get(result.outcome, result.message))
    if result.answer:
        output += f"\n\n{block(printable(result.answer, MAX_OUTPUT, multiline=True))}"
    test: dict[str, Any] = {
        "name": f"{report.parts[result.part]}: {result.title}",
        "number": result.number,
        "output": output,
        "visibility": _visibility(result, settings),
    }
    if result.outcome not in (Outcome.AWAITING, Outcome.NOT_RUN):
        test["status"] = "passed" if result.outcome is Outcome.PASSED else "failed"
    if result.staff_points:
        # With a score it would count as lost until staff have read it, with none it is shown only.
        kind = "bonus, from" if result.bonus else "from"
        test["name"] += f" ({kind} staff: up to {show_points(result.staff_points)})"
        test["extra_data"] = {"staff_points": result.staff_points, "rubric": result.rubric}
    elif result.outcome is not Outcome.NOT_RUN and not result.public:
        # A fault of ours is not counted as lost, and public checks have no points.
        test |= {"score": result.points, "max_score": result.max_points}
    if result.tags:
        test["tags"] = list(result.tags)
    return test


def _shown(text: str) -> str:
    plain = printable(text, MAX_OUTPUT, multiline=True)
    shown = markdown(plain)
    return shown if len(shown) < MAX_TEXT // 2 else block(plain)


class ResultsFile:
    """A results.json that is valid at every moment: each version replaces the last in one step."""

    def __init__(
        self,
        path: Path,
        settings: Gradescope = Gradescope(),  # noqa: B008 - it is frozen
        extra: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        """The file at `path`; `extra` is kept with a report for the next run of this student's."""
        self.path = path
        self._settings = settings
        self._extra = dict(extra)

    def write(self, report: Report) -> None:
        """The file holds this report."""
        document = to_gradescope(report, self._settings)
        document["extra_data"] |= self._extra
        self.write_document(document)

    def write_document(self, document: dict[str, Any]) -> None:
        """The file holds this document."""
        text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
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
