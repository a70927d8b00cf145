"""Text from a submission shows as what it is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.text import printable

any_text = st.text(st.characters(exclude_categories=()))  # lone surrogates included


class TestPrintable:
    """`printable` gives text that cannot act on a terminal or on the lines around it."""

    @pytest.mark.parametrize(
        "text",
        [
            "softmax.py",
            "",
            "größe von σ.py",
            "依存句法分析",
            "a\u00a0b\u3000c",
            "✔ 87 × 0.5",
            "👍🏽",
        ],
    )
    def test_ordinary_text_stays(self, text: str) -> None:
        """Letters, signs, emoji and the spaces of every script are left alone."""
        assert printable(text, 100) == text

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07"),
            ("\x9b31m", r"\x9b31m"),
            ("a\x00b\x7fc", r"a\x00b\x7fc"),
            ("two\nlines\r\tand a tab", r"two\nlines\r\tand a tab"),
            ("\u202eyp.xamtfos\u202c", r"\u202eyp.xamtfos\u202c"),
            ("soft\u200bmax\u2060.py\ufeff", r"soft\u200bmax\u2060.py\ufeff"),
            ("\u2066\u061c\u00ad", r"\u2066\u061c\xad"),
            ("a\u2028b\u2029c\x85d", r"a\u2028b\u2029c\x85d"),
            ("gr\udcf6sse.py", r"gr\udcf6sse.py"),
            ("\U000e0041\ue000\uffff", r"\U000e0041\ue000\uffff"),
            ("\u3164\u115f", r"\u3164\u115f"),
        ],
    )
    def test_what_acts_or_hides_is_escaped(self, text: str, shown: str) -> None:
        """Controls, bidi and zero-width characters, surrogates and the like show as escapes."""
        assert printable(text, 100) == shown

    def test_several_lines_stay_several_lines(self) -> None:
        """With `multiline` newlines and tabs stay, and a Windows newline is one newline."""
        assert printable("a\r\n\tb\nc\rd\x1b[0m", 100, multiline=True) == "a\n\tb\nc\\rd\\x1b[0m"

    def test_a_stack_of_marks_is_capped(self) -> None:
        """Four marks combine with a letter, further ones are escaped; a new letter starts anew."""
        tower, accent = "o" + "\u0301" * 6, "e\u0302\u0301"
        assert printable(tower + accent, 100) == "o" + "\u0301" * 4 + r"\u0301\u0301" + accent

    @pytest.mark.parametrize(
        ("text", "shown"),
        [("12345678", "12345678"), ("123456789", "1234567…"), ("12345\x1b789", "12345…")],
    )
    def test_length_is_capped(self, text: str, shown: str) -> None:
        """Text that is too long ends in an ellipsis, never in half an escape."""
        assert printable(text, 8) == shown

    def test_a_cut_is_always_shown(self) -> None:
        """Windows newlines, which shrink, do not hide that something is missing."""
        assert printable("\r\n" * 9, 4, multiline=True) == "\n\n\n…"

    def test_a_flood_takes_no_time(self) -> None:
        """Only as much is looked at as is shown."""
        flood = "\x1b" * 50_000_000
        assert printable(flood, 9) == printable(flood, 9, multiline=True) == r"\x1b\x1b…"

    @settings(derandomize=True)
    @given(any_text, st.integers(1, 60), st.booleans())
    @example("\udc80" * 60, 1, True)
    def test_holds_for_every_text(self, text: str, limit: int, multiline: bool) -> None:
        """The result is short, can be written as UTF-8, holds nothing that acts, and is stable."""
        shown = printable(text, limit, multiline=multiline)
        assert len(shown) <= limit
        assert shown.encode("utf-8").decode("utf-8") == shown
        kept = shown.translate({ord("\n"): "", ord("\t"): ""}) if multiline else shown
        assert not [c for c in kept if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
        assert printable(shown, limit, multiline=multiline) == shown
