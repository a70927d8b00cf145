"""How the grader proves itself: the bank of mistakes, the table of hand-ins, and the attacks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from autograder.misconceptions import BANK
from tests.attacks import catalogue
from tests.attacks.catalogue import Attack
from tests.test_submissions import RIGHT, WRONG, Row

KINDS: dict[str, tuple[str, Sequence[Attack]]] = {
    "endings": ("Ends, crashes and exceptions", catalogue.ENDINGS),
    "hangs": ("Takes for ever", catalogue.HANGS),
    "bombs": ("Takes all there is", catalogue.BOMBS),
    "lies": ("Answers with something that is not a plain value", catalogue.LIES),
    "theft": ("Looks for checks, answers and secrets", catalogue.THEFT),
    "forgeries": ("Forges messages and results", catalogue.FORGERIES),
    "callbacks": ("Misuses what it is given to call", catalogue.CALLBACKS),
}


def misconceptions(module: str) -> str:
    """The bank for one module of the assignment: what it stands in for, and its sentence."""
    rows = [
        (f"`{known.name}`", f"`{known.wrong.__name__}`", known.sentence)
        for known in BANK
        if known.module == module
    ]
    return table(("function", "mistake", "what a student reads"), rows)


def hand_ins(module: str) -> str:
    """The wrong hand-ins of one file, and the checks that each must lose."""
    rows = [
        (f"`{row.path.stem}`", described(row), ", ".join(sorted(row.loses, key=_order)))
        for row in WRONG
        if row.file == module or (not row.file and module == "several files")
    ]
    return table(("hand-in", "what is wrong", "loses just"), rows)


def right_hand_ins() -> str:
    """The right hand-ins, which must lose nothing."""
    rows = [(f"`{row.path.stem}`", row.file or "several files", described(row)) for row in RIGHT]
    return table(("hand-in", "file", "what is unusual"), rows)


def attacks(kind: str) -> str:
    """The attacks of a kind, with what each may cost the hand-in that it sits in."""
    title, found = KINDS[kind]
    rows = [(attack.name, attack.cost.value) for attack in found]
    return table((title, "what it costs a hand-in that is right otherwise"), rows)


def guesses() -> str:
    """Hand-ins that compute nothing: they get no point."""
    return "\n".join(f"- {guess}" for guess in (*catalogue.GUESSES, *catalogue.MOTIONS))


def evasions() -> str:
    """What is known to be open."""
    return "\n".join(f"- {attack.name}" for attack in catalogue.EVASIONS)


def counts() -> str:
    """How many of each there are."""
    files = {row.file or "several files" for row in WRONG}
    everything = len(catalogue.ALL) + len(catalogue.GUESSES) + len(catalogue.MOTIONS)
    rows: defaultdict[str, int] = defaultdict(int)
    for known in BANK:
        rows[known.module] += 1
    return table(
        ("what", "how many", "run by"),
        [
            ("known mistakes", str(len(BANK)), "`tests/test_misconceptions.py`"),
            ("wrong hand-ins", str(len(WRONG)), "`tests/test_submissions.py`"),
            ("files that these are of", str(len(files)), ""),
            ("right hand-ins", str(len(RIGHT)), "`tests/test_submissions.py`"),
            ("attacks and guesses", str(everything), "`tests/attacks/test_attacks.py`"),
            ("known to be open", str(len(catalogue.EVASIONS)), "the same, as expected failures"),
        ],
    )


def described(row: Row) -> str:
    """What the header of a hand-in says of it.

    Raises:
        ValueError: it has none.
    """
    files = sorted(row.path.rglob("*.py")) if row.path.is_dir() else [row.path]
    for file in files:
        first, second = (file.read_text(encoding="utf-8") + "\n\n").splitlines()[:2]
        if second.startswith("# Loses: "):
            return re.sub(r"^# (?:\w+\.(?:py|toml): )?", "", first)
    raise ValueError(f"{row.path} has no header")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown.

    Raises:
        ValueError: it has no rows.
    """
    lines = [" | ".join(text.replace("|", r"\|") for text in row) for row in rows]
    if not lines:
        raise ValueError("a table without rows")
    ruled = [" | ".join(head), " | ".join("---" for _ in head), *lines]
    return "\n".join(f"| {line} |" for line in ruled)


def _order(number: str) -> tuple[str, int]:
    part, _, check = number.partition(".")
    return part, int(check)
