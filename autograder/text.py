"""Text from a submission, made safe to show: it cannot move a cursor, hide, reorder or overflow."""

from __future__ import annotations

import unicodedata

# Letters and marks that show as nothing, though Unicode does not file them under format characters.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
# Vietnamese stacks two marks on a letter, pointed Hebrew three; more smear over the lines around.
_MARKS = 4


def printable(text: str, limit: int, *, multiline: bool = False) -> str:
    r"""Every character of the result shows as itself, and there are at most `limit` (1 or more).

    Control, bidirectional, zero-width and unassigned characters and lone surrogates become
    escapes such as `\x1b`; with `multiline` a newline and a tab stay. The result is for reading,
    not for decoding, and it is plain text: HTML and Markdown need their own escaping on top.

    >>> printable("\x1b[2Jsoftmax\u202eyp.py", 100)
    '\\x1b[2Jsoftmax\\u202eyp.py'
    >>> printable("a name that goes on and on", 10)
    'a name th…'
    """
    if multiline:
        # Cut before anything else: of megabytes of output, only a page is looked at.
        text = text[: 2 * limit + 2].replace("\r\n", "\n")
    pieces: list[str] = []
    length = marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        shows = category[0] != "C" and category not in ("Zl", "Zp") and character not in _INVISIBLE
        if not (multiline and character in "\n\t") and not (shows and marks <= _MARKS):
            character = character.encode("unicode_escape").decode("ascii")
        pieces.append(character)
        length += len(character)
        if length > limit:
            while length > limit - 1:  # whole pieces: half an escape would read as something else
                length -= len(pieces.pop())
            return "".join(pieces) + "…"
    return "".join(pieces)
