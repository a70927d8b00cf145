"""Text from anywhere as Markdown that shows it literally, whatever dialect reads it.

A word of letters and digits stays as it is; everything else goes into code, where no dialect finds
links, pictures, HTML or emphasis. What code is closed by never occurs in what it holds.
"""

from __future__ import annotations

import re
import textwrap

# Code does not wrap in a browser; lines longer than that would have to be scrolled.
WIDTH = 88

# No dots between letters, no colon before slashes, no @: dialects make links of bare addresses.
_PLAIN = re.compile(
    r"""[("'‘“]*(?:[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,]\d+)*)[)"'’”]*[.,;:!?…]*"""
)
_DASHES = frozenset("–—…×·→")
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
            blocks.append(fenced("\n".join(code)))
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
    """One line: what is not plain words is code."""
    pieces: list[tuple[bool, str]] = []
    for word in line.split():
        is_first = not pieces
        plain = bool(_PLAIN.fullmatch(word)) or (word in _DASHES and not is_first)
        # At the start of a line it would begin a numbered list.
        plain = plain and not (is_first and re.fullmatch(r"\d+[.)]", word))
        if pieces and pieces[-1][0] == plain:
            pieces[-1] = plain, f"{pieces[-1][1]} {word}"
        else:
            pieces.append((plain, word))
    return " ".join(text if plain else _code(text) for plain, text in pieces)


def fenced(text: str) -> str:
    """The text as a block of code, its long lines broken."""
    lines = [piece for line in text.split("\n") for piece in _broken(line)]
    fence = "`" * max(3, _longest(text) + 1)
    return "\n".join([fence, *lines, fence])


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
