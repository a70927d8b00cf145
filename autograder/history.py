"""What Gradescope tells of a student's earlier submissions, and whether this one is one too many.

A submission beyond the limit keeps the result of the one before: on Gradescope the latest
submission is the one that counts, so that a refusal without one would cost the score that was
earned. It is decided from times alone that the platform gives: running it again decides the same.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from autograder.course import Gradescope, RateLimit
from autograder.render.contract import BrokenContract, Results, read_results
from autograder.render.gradescope import PENDING
from autograder.render.markdown import markdown
from autograder.text import printable


class _Previous(msgspec.Struct):
    submission_time: str
    score: float | str | None = None
    autograder_error: bool | None = None
    results: msgspec.Raw = msgspec.Raw(b"null")


class _Metadata(msgspec.Struct):
    """The part of submission_metadata.json that is used; the platform may add to the rest."""

    created_at: str
    previous_submissions: list[_Previous] = []


@dataclass(frozen=True)
class Earlier:
    """An earlier submission.

    Attributes:
        time: when it came.
        graded: whether it was: neither the platform nor arcgrade says that the grader failed.
        score: what it earned, if the platform says so.
        results: what it was shown, if the platform gives that and it is sound: of the latest only.
    """

    time: datetime
    graded: bool
    score: float | None
    results: Results | None


@dataclass(frozen=True)
class History:
    """This submission's time, and those before it, the oldest first.

    Attributes:
        created: when this submission came.
        earlier: those before it.
        ungraded: times of earlier ones that arcgrade failed to grade, to be passed on: the
            platform keeps the results of the latest only.
    """

    created: datetime
    earlier: tuple[Earlier, ...]
    ungraded: tuple[str, ...]

    @property
    def latest(self) -> Results | None:
        """The result of the latest earlier submission, to be shown again."""
        return self.earlier[-1].results if self.earlier else None


def read_history(path: Path) -> History | None:
    """What submission_metadata.json says; None where there is no such file.

    Raises:
        ValueError: it is not what the platform documents.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    metadata = msgspec.json.decode(data, type=_Metadata)
    created = _time(metadata.created_at)
    previous = sorted(metadata.previous_submissions, key=lambda item: _time(item.submission_time))
    previous = [item for item in previous if _time(item.submission_time) < created]
    results = _sound(bytes(previous[-1].results)) if previous else None
    ungraded = set(_texts(results.extra_data.get("ungraded")) if results else ())
    if results and results.extra_data.get("graded") is False:
        ungraded.add(previous[-1].submission_time)
    earlier = tuple(
        Earlier(
            time=_time(item.submission_time),
            graded=not item.autograder_error and item.submission_time not in ungraded,
            score=_score(item.score),
            results=results if item is previous[-1] else None,
        )
        for item in previous
    )
    return History(created, earlier, tuple(sorted(ungraded)))


def refusal(
    history: History, limit: RateLimit | None, settings: Gradescope
) -> dict[str, Any] | None:
    """The results.json of a submission beyond the limit, with the score of the one before.

    None if it is to be graded: within the limit, or without an earlier score that could be kept.
    """
    if limit is None:
        return None
    window = timedelta(hours=limit.hours)
    counted: list[datetime] = []
    for time, graded in [*((e.time, e.graded) for e in history.earlier), (history.created, True)]:
        recent = [before for before in counted if time - before < window]
        if graded and len(recent) < limit.submissions:
            counted.append(time)
    if counted[-1:] == [history.created]:
        return None
    kept = kept_results(history, settings)
    if kept is None:
        return None
    following = recent[-limit.submissions] + window
    times = "1 submission is" if limit.submissions == 1 else f"{limit.submissions} submissions are"
    kept["output"] = (
        f"**This submission was not graded**: {times} graded within {limit.hours:g} hours. "
        f"The next one is from {_shown(following)} on. Your earlier result counts and stands "
        f"below.\n\n{kept.get('output', '')}"
    ).rstrip()
    kept["extra_data"] = {
        **kept.get("extra_data", {}), "refused": True, "ungraded": list(history.ungraded),
    }  # fmt: skip
    return kept


def failure(
    history: History | None, settings: Gradescope, why: str, begun: Results | None = None
) -> dict[str, Any]:
    """The results.json of a submission that the grader failed to grade.

    It has the earlier result if there is one; if not, those checks of this one that had `begun`
    to give scores. If there is neither, its one entry is worth 0 of 0 points: a document has to
    have a score somewhere, and no check was lost.
    """
    said = (
        "**The autograder failed, not your submission.** Submit again; if it happens again, tell "
        "the staff: they see why."
    )
    document = kept_results(history, settings) if history else None
    if document is not None:
        said += " Your earlier result counts until then and stands below."
    else:
        document = _only_run(begun) if begun else None
        said += " What stands here is no final score."
    if document is None:
        document = {"tests": [NOTHING]}
    document["output"] = f"{said}\n\n{document.get('output', '')}".rstrip()
    document["output_format"] = "md"
    document["extra_data"] = {
        "graded": False,
        "ungraded": list(history.ungraded) if history else [],
        "why": printable(why, 2000),
    }
    return document


NOTHING = {
    "name": "Not graded",
    "score": 0,
    "max_score": 0,
    "output": "The autograder failed before it could grade this submission.",
}


def _only_run(begun: Results) -> dict[str, Any] | None:
    """The results without scores of checks that have not run; None if none has."""
    document: dict[str, Any] = msgspec.to_builtins(begun)
    document.pop("output", None)
    run = 0
    for test in document.get("tests", []):
        if test.get("output") == PENDING:
            for key in ("score", "max_score", "status"):
                test.pop(key, None)
        else:
            run += "score" in test and test.get("number", "") != ""
    return document if run else None


def kept_results(history: History, settings: Gradescope) -> dict[str, Any] | None:
    """The earlier result as a document to show again; None if there is none."""
    if history.latest is not None:
        document: dict[str, Any] = msgspec.to_builtins(history.latest)
        document["output"] = _without_refusal(document)
        return document
    scores = [e.score for e in history.earlier if e.graded and e.score is not None]
    if not scores:
        return None
    return {
        "output_format": "md",
        "tests": [
            {
                "name": "Your earlier result",
                "score": scores[-1],
                "output": "Its details stand at the submission that it is from.",
                # The total of hidden checks is hidden, too.
                "visibility": settings.hidden,
            }
        ],
    }


def _without_refusal(document: dict[str, Any]) -> str:
    """The text at the top without what an earlier refusal or failure had put before it."""
    output: str = document.get("output", "")
    while output.startswith(_OURS):
        output = output.partition("\n\n")[2]
    return output


_OURS = ("**This submission was not graded**", "**The autograder failed, not your")


def _sound(data: bytes) -> Results | None:
    try:
        return read_results(data)
    except BrokenContract:
        return None


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _score(value: float | str | None) -> float | None:
    try:
        score = float(value) if value is not None else math.nan
    except ValueError:
        return None
    return max(score, 0.0) if math.isfinite(score) else None


def _time(text: str) -> datetime:
    """A time with its offset, as in 2018-07-01T14:22:32.365935-07:00."""
    # Python 3.10 reads neither a Z nor seconds with other than 3 or 6 decimals.
    text = f"{text[:-1]}+00:00" if text.endswith(("Z", "z")) else text
    if sys.version_info < (3, 11) and "." in text:
        head, _, rest = text.partition(".")
        digits = len(rest) - len(rest.lstrip("0123456789"))
        text = f"{head}.{rest[:digits].ljust(6, '0')[:6]}{rest[digits:]}"
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return time


def _shown(time: datetime) -> str:
    return markdown(f"{time:%Y-%m-%d %H:%M %z}")
