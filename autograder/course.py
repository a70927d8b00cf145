"""What a course decides.

Whose test sentences are predicted and what their UAS is worth; what students see on Gradescope and
when; how often they may submit there.
"""

from __future__ import annotations

import sys
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import msgspec

from autograder.errors import CannotGrade
from autograder.render.contract import Visibility
from data.conllu import Sentence
from data.errors import DataError
from data.treebanks import SMALL, read_split

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DEFAULT = Path(__file__).parent / "course.toml"

Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class _Predictions(msgspec.Struct, forbid_unknown_fields=True):
    treebank: str
    thresholds: Annotated[list[tuple[Percent, Share]], msgspec.Meta(min_length=1)]


class Gradescope(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What students see on Gradescope.

    Attributes:
        public: when they see the result of a check that they have themselves.
        hidden: when they see that of any other.
        visibility: when they see that of a part or a check, by its name ("2c", "2c.1"); a check's
            name counts before its part's, and both before the two above.
        leaderboard: whether what checks report for it goes there.
    """

    public: Visibility = "visible"
    hidden: Visibility = "after_published"
    visibility: dict[str, Visibility] = {}
    leaderboard: bool = True

    def visibility_of(self, number: str, *, public: bool, wish: str = "") -> str:
        """When students see a check; `wish` is what its own decorator says."""
        part = number.partition(".")[0]
        default = self.public if public else self.hidden
        return self.visibility.get(number) or self.visibility.get(part) or wish or default


class RateLimit(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How many submissions of a student are graded within so many hours."""

    submissions: Annotated[int, msgspec.Meta(ge=1)]
    hours: Annotated[float, msgspec.Meta(gt=0)]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    test_predictions: _Predictions
    gradescope: Gradescope = Gradescope()
    rate_limit: RateLimit | None = None


class Course:
    """The decisions of a course, read from a file such as `course.toml` beside this module."""

    def __init__(self, path: Path = DEFAULT) -> None:
        """Read and check the file.

        Raises:
            CannotGrade: it cannot be read, or says something that makes no sense.
        """
        try:
            decisions = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
        except OSError as error:
            raise CannotGrade(f"{path} cannot be read: {error.strerror}.") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
            raise CannotGrade(f"{path} is no course file: {error}.") from None
        self.path = path
        self.treebank = decisions.test_predictions.treebank
        self.gradescope = decisions.gradescope
        self.rate_limit = decisions.rate_limit
        self.thresholds = decisions.test_predictions.thresholds
        if any(a >= b or x >= y for (a, x), (b, y) in pairwise(self.thresholds)):
            raise CannotGrade(f"{path}: the thresholds should rise, in UAS and in their shares.")
        if self.thresholds[-1][1] != 1:
            raise CannotGrade(f"{path}: the last threshold should give all points, a share of 1.")

    @cached_property
    def test_sentences(self) -> list[Sentence]:
        """The test sentences with their right heads.

        Raises:
            CannotGrade: they are not on this machine, or have no heads.
        """
        folder = self.path.parent / self.treebank
        where = folder if self.treebank != SMALL and folder.is_dir() else self.treebank
        try:
            sentences = read_split(where, "test")
        except DataError as error:
            raise CannotGrade(str(error)) from None
        if not any(head is not None for sentence in sentences for head in sentence.heads):
            raise CannotGrade(
                f"The test sentences of {self.treebank} have no heads to compare with: name a "
                f"treebank with heads in {self.path}."
            )
        return sentences

    def share(self, uas: float) -> tuple[float, float | None]:
        """The share of the points that a UAS in percent gives, and where the next share begins."""
        share = max((share for least, share in self.thresholds if uas >= least), default=0.0)
        return share, next((least for least, _ in self.thresholds if uas < least), None)
