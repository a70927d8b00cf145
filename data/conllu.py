"""Reads treebanks in CoNLL-U and in the older CoNLL-X, strictly: what it returns are trees.

The columns that are read stand in the same places in both formats, so nothing has to be guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data.errors import DataError

COLUMNS = ("ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC")
# CoNLL-X files for testing often end here: the projective head and its relation are left out.
SHORT = 8

_NUMBER = re.compile(r"[0-9]{1,9}")  # digits of ASCII, and not so many that int() refuses them
_RANGE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_EMPTY_NODE = re.compile(r"([0-9]{1,9})\.[0-9]{1,9}")


class MalformedTreebank(DataError):
    """A line of a treebank breaks the format: the sentence names the file, the line, the reason."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its tree. All tuples have one item a word.

    Attributes:
        words: the forms.
        tags: the universal part of speech (UPOS; CPOSTAG in CoNLL-X).
        fine_tags: the treebank's own (XPOS; POSTAG in CoNLL-X), "_" where there is none.
        heads: the number of each word's head, from 1; 0 is ROOT; None where it is not given.
        relations: the relation of each word to its head (DEPREL).
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    fine_tags: tuple[str, ...]
    heads: tuple[int | None, ...]
    relations: tuple[str, ...]


def read_treebank(path: Path) -> list[Sentence]:
    """The sentences of a file, in its order.

    Comments, multiword tokens (`1-2`) and empty nodes (`1.1`) are checked and left out. More than
    one word may be a child of ROOT.

    Raises:
        MalformedTreebank: a line breaks the format, or the heads of a sentence form a cycle.
        DataError: the file cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = data.count(b"\n", 0, error.start) + 1
        raise MalformedTreebank(f"{path}, line {at}: this is not UTF-8.") from None
    # Not splitlines(): a form may hold the other characters that it takes for ends of lines.
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    sentences = []
    draft = _Draft(path)
    for number, line in enumerate((*lines, ""), start=1):
        if not line:
            if draft.words or draft.covered:
                sentences.append(draft.finish())
                draft = _Draft(path)
        elif line[0] != "#":
            draft.add(number, line)
    return sentences


def conllu(sentence: Sentence, comments: Sequence[str] = (), misc: Sequence[str] = ()) -> str:
    """The sentence in CoNLL-U, with the blank line that ends it.

    Args:
        sentence: any; what `read_treebank` returns is written so that it reads the same.
        comments: lines that go above it, without their "# ".
        misc: the last column of each word; "_" everywhere where it is empty.
    """
    lines = [f"# {comment}" for comment in comments]
    for i, head in enumerate(sentence.heads):
        row = [str(i + 1), sentence.words[i], "_", sentence.tags[i], sentence.fine_tags[i], "_"]
        row += ["_" if head is None else str(head), sentence.relations[i], "_"]
        lines.append("\t".join([*row, misc[i] if misc else "_"]))
    return "\n".join(lines) + "\n\n"


class _Draft:
    """A sentence under way. Heads are judged at its end: they may point forward."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: list[int] = []  # where each word stands
        self.words: list[str] = []
        self.tags: list[str] = []
        self.fine_tags: list[str] = []
        self.heads: list[int | None] = []
        self.relations: list[str] = []
        self.covered = 0  # the last word of a multiword token so far
        self.covered_at = 0  # the line that says so

    def add(self, number: int, line: str) -> None:
        """Take a line that is neither blank nor a comment."""
        row = line.split("\t")
        if len(row) != len(COLUMNS) and len(row) != SHORT:
            raise self.malformed(
                number,
                f"{_count(len(row), 'column')} instead of {len(COLUMNS)}, separated by tabs",
            )
        if row[0] != str(len(self.words) + 1):
            self.skip(number, row)
            return
        form, tag, fine_tag, head, relation = row[1], row[3], row[4], row[6], row[7]
        if not (form and tag and fine_tag and head and relation):
            empty = next(column for column in (1, 3, 4, 6, 7) if not row[column])
            raise self.malformed(number, "it is empty; _ stands for nothing", empty)
        if head != "_" and not _NUMBER.fullmatch(head):
            raise self.malformed(number, f"{_shown(head)} is no number", 6)
        self.lines.append(number)
        self.words.append(form)
        self.tags.append(tag)
        self.fine_tags.append(fine_tag)
        self.heads.append(None if head == "_" else int(head))
        self.relations.append(relation)

    def skip(self, number: int, row: list[str]) -> None:
        """Leave out a multiword token or an empty node that stands in its place."""
        last = len(self.words)
        if span := _RANGE.fullmatch(row[0]):
            start, end = int(span[1]), int(span[2])
            if start != last + 1 or end <= start or start <= self.covered:
                raise self.malformed(
                    number,
                    f"the multiword token {row[0]} must start at the next word, {last + 1}, and "
                    "cover two words or more that no other covers",
                    0,
                )
            self.covered, self.covered_at = end, number
        elif node := _EMPTY_NODE.fullmatch(row[0]):
            if int(node[1]) != last:
                reason = f"the empty node {row[0]} stands after word {last}"
                raise self.malformed(number, reason, 0)
        elif _NUMBER.fullmatch(row[0]):
            reason = f"{row[0]} is out of order: the next word is {last + 1}"
            raise self.malformed(number, reason, 0)
        else:
            raise self.malformed(number, f"{_shown(row[0])} is no number", 0)

    def finish(self) -> Sentence:
        """The sentence, now that all of it is there."""
        size = len(self.words)
        if self.covered > size:
            raise self.malformed(
                self.covered_at,
                f"the multiword token ends at word {self.covered}, "
                f"the sentence has {_count(size, 'word')}",
                0,
            )
        for i, head in enumerate(self.heads):
            if head is not None and head > size:
                reason = f"head {head} is outside the sentence of {_count(size, 'word')}"
                raise self.malformed(self.lines[i], reason, 6)
            if head == i + 1:
                raise self.malformed(self.lines[i], "the word is its own head", 6)
        if cycle := _cycle(self.heads):
            path = " → ".join(f"{word} {_shown(self.words[word - 1])}" for word in cycle)
            reason = f"the heads form a cycle: {path} → {cycle[0]}"
            raise self.malformed(self.lines[cycle[0] - 1], reason, 6)
        return Sentence(
            words=tuple(self.words),
            tags=tuple(self.tags),
            fine_tags=tuple(self.fine_tags),
            heads=tuple(self.heads),
            relations=tuple(self.relations),
        )

    def malformed(self, line: int, reason: str, column: int | None = None) -> MalformedTreebank:
        where = f"{self.path}, line {line}"
        if column is not None:
            where += f", column {column + 1} ({COLUMNS[column]})"
        return MalformedTreebank(f"{where}: {reason}.")


def _cycle(heads: Sequence[int | None]) -> list[int]:
    """The words of a cycle, each followed by its head; empty where every word leads to ROOT.

    A word whose head is not given ends the search as ROOT does.
    """
    parents = [0, *(head or 0 for head in heads)]
    ends = {0}  # ROOT, and every word that is known to lead there
    for start in range(1, len(parents)):
        word = start
        path: dict[int, None] = {}  # a set that keeps its order
        while word not in ends:
            if word in path:
                walked = list(path)
                return walked[walked.index(word) :]
            path[word] = None
            word = parents[word]
        ends.update(path)
    return []


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("s" if number != 1 else "")


def _shown(text: str) -> str:
    """The text as a short literal, for one line of an error."""
    return repr(text if len(text) <= 40 else text[:39] + "…")
