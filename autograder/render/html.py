"""The report as one HTML file that needs nothing else, for staff.

Everything in it is escaped, and its content security policy lets nothing be fetched or run, so
that no text of a submission can do more than be read.
"""

from __future__ import annotations

from pathlib import Path

import jinja2

from autograder.render.gradescope import replace_file
from autograder.report import Outcome, Report, show_points, show_staff_points, total
from autograder.text import printable

MAX_MESSAGE = 5_000
MAX_ANSWER = 20_000
_WORDS = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.NOT_RUN: "not run",
    Outcome.PENDING: "pending",
    Outcome.AWAITING: "awaiting staff",
}


def to_html(report: Report) -> str:
    """The whole page."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("autograder.render", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = show_points
    environment.filters["shown"] = lambda text: printable(text, MAX_MESSAGE, multiline=True)
    environment.filters["in_full"] = lambda text: printable(text, MAX_ANSWER, multiline=True)
    parts = [
        {
            "name": part,
            "title": title,
            "results": report.of_part(part),
            "points": total(result.points for result in report.of_part(part)),
            "max_points": total(result.max_points for result in report.of_part(part)),
            "staff_points": total(result.staff_points for result in report.of_part(part)),
        }
        for part, title in report.parts.items()
    ]
    template = environment.get_template("report.html.jinja")
    staff = show_staff_points(report)
    return template.render(report=report, parts=parts, words=_WORDS, staff=staff)


def write_html(report: Report, path: Path) -> None:
    """The page is in that file."""
    replace_file(path, to_html(report))
