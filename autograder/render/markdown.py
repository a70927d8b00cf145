"""Text from anywhere as Markdown that shows it literally, whatever dialect reads it.

A word of letters and digits stays as it is; everything else goes into code, where no dialect finds
links, pictures, HTML or emphasis. What code is closed by never occurs in what it holds. What stood
between two backticks is code without them; but for that, every character is shown.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

# Code does not wrap in a browser; lines longer than that would have to be scrolled.
WIDTH = 88

# No dots between letters, no colon before slashes, no @: dialects make links of bare addresses.
_PLAIN = re.compile(
    r"""[("'‘“]*(?:[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,]\d+)*)[)"'’”]*[.,;:!?…]*"""
)
_NUMBERED = re.compile(r"\d+[.)]")
_TOKEN = re.compile(r"\s+|`[^`]+`|[^\s`]+|`+")
_ENDED = re.compile(r"(.*[^.,:;!?`])([.,:;!?]+)")
# Words until a bracket closes: a call is shown with tensors of some dozens of numbers each.
_FAR = 400
_BETWEEN = re.compile(r"[–—…×·→=]|\(|\)[.,:;!?]*|[.,:;!?]")
_BACKTICKS = re.compile("`+")


def markdown(text: str) -> str:
    """The text: indented lines in a block of code, the others as sentences.

    >>> print(markdown("softmax(x) sums to 0.5 in row 0."))
    `softmax(x)` sums to 0.5 in row 0.
    >>> print(markdown("see <b>http://x</b>"))
    see `<b>http://x</b>`
    """
    blocks: list[str] = []
    sentences: list[str] = []
    code: list[str] = []

    def close() -> None:
        if sentences:
            # Two spaces at its end make a line end there, in every dialect.
            blocks.append("  \n".join(map(sentence, sentences)))
        if code:
            blocks.append(block("\n".join(code)))
        sentences.clear()
        code.clear()

    for line in text.split("\n"):
        indented = line[:1] in (" ", "\t")
        if not line.strip() or indented != bool(code):
            close()
        if line.strip():
            (code if indented else sentences).append(line if indented else line.rstrip())
    close()
    return "\n\n".join(blocks)


def sentence(line: str) -> str:
    """One line: what is not plain words is code, and so is what stands between two backticks."""
    words = _joined(list(_words(line)))
    pieces: list[_Word] = []
    for word in words:
        last = pieces[-1] if pieces else None
        if last and last.plain == word.plain:
            pieces[-1] = last._replace(text=f"{last.text}{_space(word)}{word.text}")
        else:
            pieces.append(word)
    return "".join(
        _space(piece) + (piece.text if piece.plain else _code(piece.text)) for piece in pieces
    ).strip()


class _Word(NamedTuple):
    """A piece of a line: is there a space before it, is it plain, is it complete as it is?"""

    spaced: bool
    plain: bool
    text: str
    whole: bool = False


def _space(word: _Word) -> str:
    return " " if word.spaced else ""


def _words(line: str) -> Iterator[_Word]:
    spaced = is_first = True
    for text in _TOKEN.findall(line):
        if text.isspace():
            spaced = True
            continue
        if len(text) > 2 and text[0] == text[-1] == "`" != text[1]:
            yield _Word(spaced, False, text[1:-1], whole=True)
        else:
            plain = bool(_PLAIN.fullmatch(text))
            plain = plain or (bool(_BETWEEN.fullmatch(text)) and not is_first)
            # At the start of a line it would begin a numbered list.
            yield _Word(spaced, plain and not (is_first and _NUMBERED.fullmatch(text)), text)
        spaced = is_first = False


def _joined(words: list[_Word]) -> Iterator[_Word]:
    """Code goes on to where its brackets are closed, and without the sentence's punctuation."""
    depths = [_depth(word.text) for word in words]
    place = 0
    while place < len(words):
        word = words[place]
        place += 1
        if word.plain or word.whole:
            yield word
            continue
        text, depth, end = word.text, depths[place - 1], place
        while depth > 0 and end < min(place + _FAR, len(words)):
            depth += depths[end]
            end += 1
        if depth <= 0:
            text += "".join(_space(w) + w.text for w in words[place:end])
            place = end
        ended = _ENDED.fullmatch(text)
        yield _Word(word.spaced, False, ended[1] if ended else text)
        if ended:
            yield _Word(False, True, ended[2])


def _depth(text: str) -> int:
    return sum(text.count(opening) for opening in "([{") - sum(text.count(c) for c in ")]}")


def block(text: str) -> str:
    """The text as a block of code, its long lines broken; a paragraph may stand before it.

    It is indented, not fenced: every dialect knows that, and nothing in the text can end it.
    """
    lines = [piece for line in text.split("\n") for piece in _broken(line)]
    return "\n".join(f"    {line}" for line in lines)


def _code(text: str) -> str:
    ticks = "`" * (_longest(text) + 1)
    space = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def _longest(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)


def _broken(line: str) -> list[str]:
    if len(line) <= WIDTH:
        return [line]
    indent = line[: len(line) - len(line.lstrip())][: WIDTH // 2]
    return textwrap.wrap(
        line, WIDTH, subsequent_indent=indent, break_on_hyphens=False, expand_tabs=False
    ) or [""]
