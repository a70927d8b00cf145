"""Renderers: Gradescope's schema, the HTML page, the terminal; hostile text is inert in all."""

from __future__ import annotations

import html.parser
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from autograder.render.contract import read_results
from autograder.render.gradescope import ResultsFile, replace_file, to_gradescope
from autograder.render.html import to_html
from autograder.render.terminal import ProgressLine, print_report
from autograder.report import Outcome, Report, Result

HOSTILE = '<script>alert(1)</script>\x1b]8;;http://x\x07 [bold]![x](http://x) \u202e "quoted" &'


def report(*results: Result, **values: Any) -> Report:
    """A report with these results."""
    parts = {result.part: f"Part {result.part}" for result in results}
    return Report(submission="someone", parts=parts, results=results, **values)


PENDING = Result("1a.1", "It holds.", 2)
PASSED = Result("1a.2", "It holds.", 1.5, 1.5, Outcome.PASSED)
FAILED = Result("2c.1", "It holds.", 3, 0, Outcome.FAILED, message=f"wrong\n{HOSTILE}")
MIXED = report(PENDING, PASSED, FAILED, seed=5, tier="tier A (x)", notes=(HOSTILE,))


def validate(document: dict[str, Any]) -> None:
    """What we write keeps to Gradescope's contract, and has no score at the top."""
    assert "score" not in document, "it would override the sum and tell the total"
    results = read_results(json.dumps(document).encode())
    assert all(test.number for test in results.tests)
    assert all((test.score is None) == (test.max_score is None) for test in results.tests)


def test_every_check_is_there_with_its_maximum() -> None:
    """A check that has not run has no points, its maximum, and says so."""
    document = to_gradescope(MIXED)
    validate(document)
    assert [(t["number"], t["score"], t["max_score"]) for t in document["tests"]] == [
        ("1a.1", 0, 2),
        ("1a.2", 1.5, 1.5),
        ("2c.1", 0, 3),
    ]
    assert document["tests"][0]["output"] == "This check has not run."
    assert document["extra_data"]["seed"] == 5


def test_students_do_not_see_the_tier() -> None:
    """How code was confined is in the data for staff, and in no text for students."""
    document = to_gradescope(MIXED)
    assert document["extra_data"].pop("confinement") == "tier A (x)"
    assert "tier" not in json.dumps(document)


def test_terminal_escapes_do_not_reach_gradescope() -> None:
    """Control and bidirectional characters of a submission arrive as escapes."""
    text = json.dumps(to_gradescope(MIXED), ensure_ascii=False)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\u001b" not in text


def test_results_are_replaced_in_one_step(tmp_path: Path) -> None:
    """The file is whole after every write, leaves no other file behind, and can be withdrawn."""
    results = ResultsFile(tmp_path / "results.json")
    for current in (report(PENDING), MIXED):
        results.write(current)
        validate(json.loads(results.path.read_text(encoding="utf-8")))
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]
    results.withdraw()
    assert list(tmp_path.iterdir()) == []
    results.withdraw()


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the new version cannot be put in place, the old one is still whole."""
    path = tmp_path / "results.json"
    replace_file(path, "old")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(OSError, match="disk"):
        replace_file(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["results.json"]


class _Page(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember tags and whatever could fetch something."""
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]


def test_page_is_self_contained_and_inert() -> None:
    """The page has no script and no link, a policy that forbids both, and shows text as text."""
    text = to_html(MIXED)
    page = _Page()
    page.feed(text)
    assert not page.tags & {"script", "img", "iframe", "link", "a"}
    assert page.links == []
    assert "default-src 'none'" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "1.5 <small>of 6.5 points</small>" in text


def test_page_says_when_the_score_is_none() -> None:
    """A report with a check that could not be run says that it is no score."""
    broken = report(PASSED, Result("1a.3", "It holds.", 1, 0, Outcome.NOT_RUN, details="trace"))
    assert "this is no score yet" in to_html(broken)
    assert "this is no score yet" not in to_html(report(PASSED))


def test_terminal_shows_points_and_feedback() -> None:
    """The table has every part and check; feedback is shown as it is, not as markup."""
    out = io.StringIO()
    print_report(MIXED, Console(file=out, width=100))
    text = out.getvalue()
    assert "1.5 of 6.5 points, and not all checks could be run" in text
    assert "[bold]![x](http://x)" in text
    assert "\x1b" not in text
    assert "seed 5; tier A (x)" in text


def test_progress_is_plain_lines_where_there_is_no_terminal() -> None:
    """Without a terminal each check is one line."""
    out = io.StringIO()
    with ProgressLine(Console(file=out, width=100)) as progress:
        progress.update(report(PENDING, PASSED), None)
        progress.update(report(PENDING, PASSED), PASSED)
    assert out.getvalue() == "1a.2 passed 1.5/1.5\n"


def test_progress_is_a_bar_in_a_terminal() -> None:
    """In a terminal the bar names the part and counts the checks."""
    out = io.StringIO()
    console = Console(file=out, width=100, force_terminal=True)
    with ProgressLine(console) as progress:
        progress.update(report(PENDING, PASSED), None)
        progress.update(report(PENDING, PASSED), PASSED)
    assert "Grading 1a" in out.getvalue()
    assert "1/2" in out.getvalue()
