"""Messages on the page on feedback that need confinement to be said: the grader says them so."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.confinement import student
from autograder.confinement.dialogue import CALL, Budget
from docs.generated import feedback

from .conftest import ROOT, Grade

PAGE = (ROOT / "docs" / "feedback.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"<!-- graded: (\S+) (\S+) -->\n```text\n(.+?)\n```", PAGE, re.DOTALL)
ENDLESS = {"softmax.py": "def softmax(x):\n    while True:\n        pass\n"}


def test_there_are_some() -> None:
    """The two kinds that a build cannot show."""
    assert [name for name, _, _ in SHOWN] == ["softmax_forever", "softmax_over_columns.py"]


@pytest.mark.parametrize(("name", "number", "shown"), SHOWN, ids=[name for name, _, _ in SHOWN])
def test_grader_says_so(
    grade_folder: Grade,
    hand_in: Callable[[dict[str, str]], Path],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    number: str,
    shown: str,
) -> None:
    """What stands on the page is what the grader says of that hand-in."""
    files = ENDLESS
    if name.endswith(".py"):
        text = (feedback.WRONG / name).read_text(encoding="utf-8")
        files = {text.split(":")[0].removeprefix("# "): text}
    # An endless loop is as endless after a moment.
    monkeypatch.setattr(student, "CALL", Budget(cpu=0.2, wall=CALL.wall))
    report = grade_folder(hand_in(files), (number.partition(".")[0],), seed=0)
    said = feedback.said(report, number).replace("0.2 seconds", f"{CALL.cpu:g} seconds")
    assert said == f"```text\n{shown}\n```"
