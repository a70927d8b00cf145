"""Gradescope's contract for results.json, as types: what breaks it is found before an upload.

After https://gradescope-autograders.readthedocs.io/en/latest/specs/ and what the platform does with
results that are too long.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

# The platform cuts longer texts in the middle.
MAX_TEXT = 100_000

Visibility = Literal["visible", "after_due_date", "after_published", "hidden"]
Format = Literal["text", "html", "simple_format", "md", "ansi"]
Points = Annotated[float, msgspec.Meta(ge=0)]


class BrokenContract(Exception):
    """A document that the platform would not take as it is meant; one sentence says why."""


class Test(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One entry of the list of tests."""

    score: Points | None = None
    max_score: Points | None = None
    status: Literal["passed", "failed"] | None = None
    name: str = ""
    name_format: Format = "text"
    number: str = ""
    output: str = ""
    output_format: Format = "text"
    tags: list[str] = []
    visibility: Visibility = "visible"
    extra_data: dict[str, object] = {}


class Leader(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One column of the leaderboard."""

    name: str
    value: float | str
    order: Literal["asc", "desc"] = "desc"


class Results(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A whole results.json."""

    score: Points | None = None
    execution_time: Points | None = None
    output: str = ""
    output_format: Format = "simple_format"
    test_output_format: Format = "text"
    test_name_format: Format = "text"
    visibility: Visibility = "visible"
    stdout_visibility: Visibility = "hidden"
    extra_data: dict[str, object] = {}
    tests: list[Test] = []
    leaderboard: list[Leader] = []

    @property
    def points(self) -> float:
        """What the platform shows as the total."""
        if self.score is not None:
            return self.score
        return round(sum(test.score or 0 for test in self.tests), 4)


def read_results(data: bytes) -> Results:
    """The results in a file's bytes.

    Raises:
        BrokenContract: the platform would not take them as they are meant.
    """
    try:
        results = msgspec.json.decode(data, type=Results)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenContract(f"It does not fit the schema: {error}.") from None
    if results.score is None and all(test.score is None for test in results.tests):
        raise BrokenContract("Neither it nor any of its tests has a score.")
    texts = [results.output, *(text for test in results.tests for text in (test.name, test.output))]
    for text in texts:
        if len(text) >= MAX_TEXT:
            raise BrokenContract(f"A text has {len(text)} characters; {MAX_TEXT} are cut.")
        if "\0" in text or "\r" in text:
            raise BrokenContract("A text has a NUL or a carriage return.")
    for test in results.tests:
        if test.score is not None and test.max_score is not None and test.score > test.max_score:
            raise BrokenContract(f"Test {test.number} has more points than its maximum.")
    return results
