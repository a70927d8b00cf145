"""A small text of the project's own, about a harbour; its grammar is in `grammar.py`."""

from __future__ import annotations

from pathlib import Path

TEXT = Path(__file__).parent / "harbour.txt"


def sentences() -> list[list[str]]:
    """The words of each sentence, its full stop included."""
    return [line.split() for line in TEXT.read_text(encoding="utf-8").splitlines()]
