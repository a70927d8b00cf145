"""The table of part 2a, read in many notations and judged row by row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from autograder.checks import Failure
from autograder.text import printable

WORDS = ("ROOT", "I", "parsed", "this", "sentence", "correctly")
TREE = {
    ("parsed", "I"), ("sentence", "this"), ("parsed", "sentence"), ("parsed", "correctly"),
    ("ROOT", "parsed"),
}  # fmt: skip
ROWS = 7
"""Of the parse of n words 2n rows, and three of them are given."""
MOST_ROWS = 30
# Items of a stack and a buffer together: the sentence, ROOT, and two by mistake.
MOST_ITEMS = 8
MOST_CHARACTERS = 300

Arc = tuple[str, str]
"""(head, dependent)"""


@dataclass(frozen=True)
class State:
    """A partial parse: the top of the stack is its end, the front of the buffer its start."""

    stack: tuple[str, ...]
    buffer: tuple[str, ...]

    def __str__(self) -> str:
        return f"[{', '.join(self.stack)}] [{', '.join(self.buffer)}]"


@dataclass(frozen=True)
class Row:
    """What a row says: the state after its transition, and the new dependency if there is one."""

    state: State
    arc: Arc | None
    transition: str


class Unreadable(Exception):
    """A row that does not say what a row should; the sentence says why."""


@dataclass(frozen=True)
class Judgement:
    """What a table is worth.

    Attributes:
        right: the rows that are right, of `ROWS`, less those that are too many.
        trouble: what is wrong with the first one that is not right; empty if all are.
    """

    right: int
    trouble: str


GIVEN = (
    State(("ROOT",), WORDS[1:]),
    State(("ROOT", "I"), WORDS[2:]),
    State(("ROOT", "I", "parsed"), WORDS[3:]),
    State(("ROOT", "parsed"), WORDS[3:]),
)
"""The start, and what the three given transitions make of it."""


# --- judging -------------------------------------------------------------------------------------


def judge(table: Sequence[object]) -> Judgement:
    """Judge the rows of a table, the given ones among them or not.

    A row is right if its transition makes it of the student's own row before, and the tree can
    still be reached as well as before. So a slip costs its own row: the next one is right if it
    goes on from the slip, and also if it goes on from what should have stood there. A row that
    was left out costs itself.
    """
    rows = [_read_or_reason(cells) for cells in table if not _is_blank(cells)]
    rows = rows[_given(rows) :]
    if not rows:
        return Judgement(0, "[2a] rows is not answered yet.")
    right = 0
    troubles: list[str] = []
    bases = [GIVEN[-1]]  # the student's own row before; then what it should have been
    for number, row in enumerate(rows, 1):
        expected = [state for base in bases for state in _next_states(base)]
        if isinstance(row, str):
            troubles.append(f"Your row {number} cannot be read: {row}")
            bases = expected or bases
            continue
        problems = [_problem(base, row) for base in bases]
        skipped = [_problem(state, row) for state in expected]
        if "" in problems or "" in skipped:
            right += 1
            if "" not in problems:
                troubles.append(f"A row is missing before your row {number}, {row.state}.")
            bases = [row.state]
        else:
            before = f"your row {number - 1}" if number > 1 else "the third given one"
            troubles.append(
                f"Your row {number}, {row.state}, {row.transition}, does not follow from {before}, "
                f"{bases[0]}: {problems[0]}"
            )
            stepped = [after[0] for base in bases if (after := step(base, row.transition))]
            bases = list(dict.fromkeys([row.state, *stepped, *expected]))[:MOST_ITEMS]
    if not troubles and len(rows) < ROWS:
        troubles.append(f"After your row {len(rows)} the parse is not finished.")
    return Judgement(max(0, right - max(0, len(rows) - ROWS)), troubles[0] if troubles else "")


def _given(rows: Sequence[Row | str]) -> int:
    """How many rows at the start are the given ones, some of them perhaps left out or damaged."""
    given = [
        number
        for number, row in enumerate(rows[: len(GIVEN)], 1)
        if isinstance(row, Row) and row.state in GIVEN
    ]
    return max(given, default=0)


def _problem(before: State, row: Row) -> str:
    """Why a row does not follow from a state; empty if it does."""
    after = step(before, row.transition)
    if after is None:
        return f"{row.transition} is not possible there."
    state, arc = after
    for what, own, made in (
        ("stack", row.state.stack, state.stack),
        ("buffer", row.state.buffer, state.buffer),
        ("new dependency", row.arc, arc),
    ):
        if own != made:
            return f"the {what} is not what {row.transition} makes of that."
    if _reachable(before) > (arc in TREE) + _reachable(state):
        return (
            "that transition can be made, but after it not all of the tree can be reached any more."
        )
    return ""


def _next_states(state: State) -> list[State]:
    """What the transitions make of it that keep the tree reachable."""
    return [
        after[0]
        for transition in ("SHIFT", "LEFT-ARC", "RIGHT-ARC")
        if (after := step(state, transition))
        and _reachable(state) == (after[1] in TREE) + _reachable(after[0])
    ]


def step(state: State, transition: str) -> tuple[State, Arc | None] | None:
    """The state after a transition and the new dependency, or None where it is not possible."""
    stack, buffer = state.stack, state.buffer
    if transition == "SHIFT":
        return (State((*stack, buffer[0]), buffer[1:]), None) if buffer else None
    if len(stack) < 2:
        return None
    *rest, second, first = stack
    if transition == "LEFT-ARC":
        return State((*rest, first), buffer), (first, second)
    return State((*rest, second), buffer), (second, first)


@lru_cache(maxsize=4096)
def _reachable(state: State) -> int:
    """The most dependencies of the tree that can still be found."""
    most = 0
    for transition in ("SHIFT", "LEFT-ARC", "RIGHT-ARC"):
        if after := step(state, transition):
            most = max(most, (after[1] in TREE) + _reachable(after[0]))
    return most


# --- reading -------------------------------------------------------------------------------------

_KNOWN = {word.lower(): word for word in WORDS}
_NOTHING = {"empty", "none", "nil"}
_TRANSITIONS = {
    **dict.fromkeys(("S", "SH", "SHIFT"), "SHIFT"),
    **dict.fromkeys(("LA", "L", "LEFT", "LEFTARC"), "LEFT-ARC"),
    **dict.fromkeys(("RA", "R", "RIGHT", "RIGHTARC"), "RIGHT-ARC"),
}
_LEFT = re.compile(r"←|⟵|⇐|<[-=−–]|\\(?:long)?leftarrow|\\gets")
_RIGHT = re.compile(r"→|⟶|⇒|[-=−–]>|\\(?:long)?rightarrow|\\to(?![a-z])")
_COLUMNS = ("stack", "buffer", "dependency", "transition")


def read_row(cells: object) -> Row:
    """A row of four cells: a list of them, a table with their names, or a text with `|` between.

    Raises:
        Unreadable: it is none.
    """
    if isinstance(cells, str):
        cells = cells.strip().strip("|").split("|")
    if isinstance(cells, Mapping):
        if not set(cells) <= set(_COLUMNS):
            raise Unreadable(f"the names of the cells are {', '.join(_COLUMNS)}.")
        cells = [cells.get(column, "") for column in _COLUMNS]
    if not isinstance(cells, Sequence) or len(cells) != len(_COLUMNS):
        raise Unreadable(f"a row has four cells: {', '.join(_COLUMNS)}.")
    stack, buffer = (tuple(_words(cell)) for cell in cells[:2])
    if len(stack) + len(buffer) > MOST_ITEMS:
        raise Unreadable("the stack and the buffer have more words than the sentence.")
    return Row(State(stack, buffer), _arc(cells[2]), _transition(cells[3]))


def _read_or_reason(cells: object) -> Row | str:
    try:
        return read_row(cells)
    except Unreadable as error:
        return str(error)


def _is_blank(cells: object) -> bool:
    if isinstance(cells, Mapping):
        cells = list(cells.values())
    if isinstance(cells, Sequence) and not isinstance(cells, str):
        return all(isinstance(cell, (str, list)) and not cell for cell in cells)
    return isinstance(cells, str) and not cells.strip(" |")


def _words(cell: object) -> list[str]:
    found: list[str] = []
    for text in cell if isinstance(cell, list) else [cell]:
        if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
            raise Unreadable("a cell is a short text, or a list of words.")
        found += re.findall(r"[^\W_]+", text.lower())
    for word in found:
        if word not in _KNOWN and word not in _NOTHING:
            raise Unreadable(f"{printable(word, 30)} is no word of the sentence.")
    return [_KNOWN[word] for word in found if word in _KNOWN]


def _arc(cell: object) -> Arc | None:
    if isinstance(cell, list) and len(cell) == 1:
        cell = cell[0]
    if isinstance(cell, Mapping):
        cell = [cell.get("head", ""), cell.get("dependent", "")]
    backwards = False
    if isinstance(cell, str):
        if len(cell) > MOST_CHARACTERS:
            raise Unreadable("a cell is a short text, or a list of words.")
        backwards = bool(_LEFT.search(cell))
        if backwards and _RIGHT.search(cell):
            raise Unreadable("the new dependency has arrows of both directions.")
        cell = _RIGHT.sub(" ", _LEFT.sub(" ", cell))
    words = _words(cell)
    if not words:
        return None
    if len(words) != 2:
        raise Unreadable("a new dependency has two words, the head first: head → dependent.")
    return (words[1], words[0]) if backwards else (words[0], words[1])


def _transition(cell: object) -> str:
    if isinstance(cell, str) and len(cell) <= MOST_CHARACTERS:
        letters = re.sub(r"\(.*\)|[^A-Z]", "", cell.upper())
        if letters in _TRANSITIONS:
            return _TRANSITIONS[letters]
    raise Unreadable("the transition is SHIFT, LEFT-ARC or RIGHT-ARC.")


def rows_of(value: object) -> list[object]:
    """The rows of an answer: a list, or a text of one row a line.

    Raises:
        Failure: it is neither, or has far too many.
    """
    if isinstance(value, str):
        value = value.strip().split("\n")
    if not isinstance(value, list):
        raise Failure("[2a] rows should be a list of rows.")
    if len(value) > MOST_ROWS:
        raise Failure(f"[2a] rows has {len(value)} rows; the parse is much shorter.")
    return value
