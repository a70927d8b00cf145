"""Treebanks are read as they were meant, or refused with the place and the reason."""

from __future__ import annotations

import os
from pathlib import Path

import conllu as oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.conllu import MalformedTreebank, Sentence, conllu, read_treebank
from data.errors import DataError

from .conftest import ROOT

SMALL = ROOT / "data" / "small"
EWT = Path(os.environ.get("ARCGRADE_TREEBANKS", "nowhere")) / "UD_English-EWT"

# "I parsed this sentence correctly", the example of question 2a.
PARSED = """\
# sent_id = 1
# text = I parsed this sentence correctly
1	I	I	PRON	PRP	_	2	nsubj	_	_
2	parsed	parse	VERB	VBD	_	0	root	_	_
3	this	this	DET	DT	_	4	det	_	_
4	sentence	sentence	NOUN	NN	_	2	obj	_	_
5	correctly	correctly	ADV	RB	_	2	advmod	_	_

"""
SENTENCE = Sentence(
    words=("I", "parsed", "this", "sentence", "correctly"),
    tags=("PRON", "VERB", "DET", "NOUN", "ADV"),
    fine_tags=("PRP", "VBD", "DT", "NN", "RB"),
    heads=(2, 0, 4, 2, 2),
    relations=("nsubj", "root", "det", "obj", "advmod"),
)


def read(tmp_path: Path, text: str | bytes) -> list[Sentence]:
    """What is read from a file of that text."""
    path = tmp_path / "some.conllu"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_treebank(path)


def row(number: object, form: str, head: object) -> str:
    """A line of ten columns."""
    return f"{number}\t{form}\t_\tX\t_\t_\t{head}\tdep\t_\t_\n"


class TestWhatIsRead:
    """Every shape that a file of the field comes in."""

    def test_words_tags_heads_and_relations(self, tmp_path: Path) -> None:
        """The example of the assignment, as it stands there."""
        assert read(tmp_path, PARSED) == [SENTENCE]

    @pytest.mark.parametrize(
        "text",
        [
            PARSED.removesuffix("\n"),
            PARSED.removesuffix("\n\n"),
            PARSED.replace("\n", "\r\n"),
            "\ufeff" + PARSED,
            "\n\n" + PARSED + "\n\n",
            "# newdoc\n\n" + PARSED + "# the end\n",
            "".join(line for line in PARSED.splitlines(keepends=True) if line[0] != "#"),
            PARSED.replace("\t_\t_\n", "\n"),
        ],
        ids=["unended", "cut", "crlf", "bom", "blank lines", "comments", "bare", "8 columns"],
    )
    def test_the_same_sentence_in_other_clothes(self, tmp_path: Path, text: str) -> None:
        """Ends of lines, a byte order mark, comments and CoNLL-X change nothing."""
        assert read(tmp_path, text) == [SENTENCE]

    def test_multiword_tokens_and_empty_nodes_are_left_out(self, tmp_path: Path) -> None:
        """What is no word of the tree does not count; the words keep their numbers."""
        empty = "\t_\t_\t_\t_\t_\t_\t_\t_\t_\n"
        text = (
            f"0.1{empty}1-2{empty}{row(1, 'do', 0)}{row(2, 'not', 1)}2.1{empty}2.2{empty}"
            f"3-4{empty}{row(3, 'go', 1)}{row(4, 'on', 3)}"
        )
        (sentence,) = read(tmp_path, text)
        assert sentence.words == ("do", "not", "go", "on")
        assert sentence.heads == (0, 1, 1, 3)

    def test_missing_heads_are_none(self, tmp_path: Path) -> None:
        """An unlabelled sentence has words and tags, and no heads."""
        (sentence,) = read(tmp_path, row(1, "a", "_") + row(2, "b", 1))
        assert sentence.heads == (None, 1)

    def test_several_roots_are_accepted(self, tmp_path: Path) -> None:
        """Older treebanks have them, and arc-standard copes."""
        (sentence,) = read(tmp_path, row(1, "a", 0) + row(2, "b", 0))
        assert sentence.heads == (0, 0)

    def test_a_form_may_hold_what_looks_like_an_end_of_line(self, tmp_path: Path) -> None:
        """Spaces, a line separator, a form feed and a number sign are part of a form."""
        forms = ["10 000", "a\u2028b", "a\x0cb", "a\x85b", "#1"]
        text = "".join(row(i, form, i - 1) for i, form in enumerate(forms, 1))
        assert read(tmp_path, text)[0].words == tuple(forms)

    def test_nothing_is_no_sentence(self, tmp_path: Path) -> None:
        """An empty file holds no sentence."""
        assert read(tmp_path, "") == []


A, B, C = row(1, "a", 2), row(2, "b", 0), row(3, "c", 2)
EMPTY = "\t_" * 9 + "\n"


class TestWhatIsRefused:
    """Each error is one sentence: the file, the line, the column, the reason."""

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (A + "2 b 0\n", "line 2: 1 column instead of 10, separated by tabs."),
            (A.replace("\t", " "), "line 1: 1 column instead of 10, separated by tabs."),
            (A + "2\tb\t_\n", "line 2: 3 columns instead of 10, separated by tabs."),
            (A.strip() + "\t_\n", "line 1: 11 columns instead of 10, separated by tabs."),
            (A + "  \n" + B, "line 2: 1 column instead of 10, separated by tabs."),
            (A + row("x", "b", 0), "line 2, column 1 (ID): 'x' is no number."),
            (A + row("", "b", 0), "line 2, column 1 (ID): '' is no number."),
            (A + row("-1", "b", 0), "line 2, column 1 (ID): '-1' is no number."),
            (A + C, "line 2, column 1 (ID): 3 is out of order: the next word is 2."),
            (A + A, "line 2, column 1 (ID): 1 is out of order: the next word is 2."),
            (row(0, "a", 1), "line 1, column 1 (ID): 0 is out of order: the next word is 1."),
            (row("9" * 99, "a", 1), f"line 1, column 1 (ID): '{'9' * 39}…' is no number."),
            (A + row(2, "", 0), "line 2, column 2 (FORM): it is empty; _ stands for nothing."),
            (A + row(2, "b", ""), "line 2, column 7 (HEAD): it is empty; _ stands for nothing."),
            (A + row(2, "b", "x"), "line 2, column 7 (HEAD): 'x' is no number."),
            (A + row(2, "b", -1), "line 2, column 7 (HEAD): '-1' is no number."),
            (A + row(2, "b", "٠"), "line 2, column 7 (HEAD): '٠' is no number."),
            (A + row(2, "b", "1" * 5000), f"line 2, column 7 (HEAD): '{'1' * 39}…' is no number."),
            (
                "# text\n" + row(1, "a", 3) + B,
                "line 2, column 7 (HEAD): head 3 is outside the sentence of 2 words.",
            ),
            (
                row(1, "a", 2),
                "line 1, column 7 (HEAD): head 2 is outside the sentence of 1 word.",
            ),
            (A + row(2, "b", 2), "line 2, column 7 (HEAD): the word is its own head."),
            (
                A + row(2, "b", 1),
                "line 1, column 7 (HEAD): the heads form a cycle: 1 'a' → 2 'b' → 1.",
            ),
            (
                row(1, "a", 2) + row(2, "b", 4) + row(3, "c", 2) + row(4, "d", 3) + row(5, "e", 0),
                "line 2, column 7 (HEAD): the heads form a cycle: 2 'b' → 4 'd' → 3 'c' → 2.",
            ),
            (
                row(1, "a", 2) + row(2, "b", 1) + row(3, "c", "_"),
                "line 1, column 7 (HEAD): the heads form a cycle: 1 'a' → 2 'b' → 1.",
            ),
            *(
                (
                    "1-2" + EMPTY + A + f"{span}{EMPTY}" + B,
                    f"line 3, column 1 (ID): the multiword token {span} must start at the next "
                    "word, 2, and cover two words or more that no other covers.",
                )
                for span in ("2-2", "3-4", "2-1", "2-3")
            ),
            (
                "\n2-3" + EMPTY + B,
                "line 2, column 1 (ID): the multiword token 2-3 must start at the next word, 1, "
                "and cover two words or more that no other covers.",
            ),
            (
                A + "2-3" + EMPTY + B,
                "line 2, column 1 (ID): the multiword token ends at word 3, the sentence has 2 "
                "words.",
            ),
            (
                "1-2" + EMPTY,
                "line 1, column 1 (ID): the multiword token ends at word 2, the sentence has 0 "
                "words.",
            ),
            (
                A + "2.1" + EMPTY + B,
                "line 2, column 1 (ID): the empty node 2.1 stands after word 1.",
            ),
            (A.encode() + b"\n# \xff\n" + B.encode(), "line 3: this is not UTF-8."),
            (b"\xef\xbb\xbf\xff", "line 1: this is not UTF-8."),
        ],
    )
    def test_malformed(self, tmp_path: Path, text: str | bytes, said: str) -> None:
        """The whole text of the error."""
        with pytest.raises(MalformedTreebank) as caught:
            read(tmp_path, text)
        assert str(caught.value) == f"{tmp_path / 'some.conllu'}, {said}"
        assert isinstance(caught.value, DataError)

    def test_lines_are_counted_from_the_start_of_the_file(self, tmp_path: Path) -> None:
        """An error in a later sentence names its line in the file, CRLF or not."""
        text = (PARSED + row(1, "a", 1)).replace("\n", "\r\n")
        with pytest.raises(MalformedTreebank, match="line 9, column 7"):
            read(tmp_path, text)

    def test_a_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        """A missing file and a folder are each one sentence."""
        with pytest.raises(DataError) as caught:
            read_treebank(tmp_path / "no.conllu")
        said = f"{tmp_path / 'no.conllu'} cannot be read: No such file or directory."
        assert str(caught.value) == said
        with pytest.raises(DataError, match="cannot be read"):
            read_treebank(tmp_path)

    def test_a_long_chain_takes_no_long_time(self, tmp_path: Path) -> None:
        """Cycles are looked for in linear time: 50,000 words, each the head of the one before."""
        size = 50_000
        text = "".join(row(i, "a", (i + 1) % (size + 1)) for i in range(1, size + 1))
        assert read(tmp_path, text)[0].heads[0] == 2


# Anything but what ends a column or a line.
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\t\n\r"), min_size=1, max_size=8
)


@st.composite
def sentences(draw: st.DrawFn) -> Sentence:
    """Any sentence: heads that lead to ROOT, in any order of the words, some left out."""
    size = draw(st.integers(1, 8))
    order = draw(st.permutations(range(1, size + 1)))
    heads: list[int | None] = [None] * size
    for i, word in enumerate(order):
        heads[word - 1] = draw(st.none() | st.sampled_from([0, *order[:i]]))
    column = st.lists(texts, min_size=size, max_size=size).map(tuple)
    return Sentence(draw(column), draw(column), draw(column), tuple(heads), draw(column))


@settings(max_examples=50)
@given(treebank=st.lists(sentences(), max_size=3))
def test_what_was_written_reads_the_same(
    tmp_path_factory: pytest.TempPathFactory, treebank: list[Sentence]
) -> None:
    """Reading undoes writing, whatever the forms are."""
    path = tmp_path_factory.mktemp("round") / "trip.conllu"
    path.write_bytes("".join(conllu(sentence, ["# a comment"]) for sentence in treebank).encode())
    assert read_treebank(path) == treebank


@given(start=st.integers(0, len(PARSED)), size=st.integers(0, 9), other=st.binary(max_size=9))
def test_whatever_is_damaged_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, start: int, size: int, other: bytes
) -> None:
    """Any bytes give sentences with all their columns, or the one kind of error."""
    path = tmp_path_factory.getbasetemp() / "damaged.conllu"
    path.write_bytes(PARSED.encode()[:start] + other + PARSED.encode()[start + size :])
    try:
        for s in read_treebank(path):
            assert len({len(s.words), *map(len, (s.tags, s.fine_tags, s.heads, s.relations))}) == 1
    except MalformedTreebank:
        pass


def agrees(path: Path) -> None:
    """Our reader and the conllu library find the same sentences in a file."""
    ours = read_treebank(path)
    theirs = oracle.parse(path.read_text(encoding="utf-8"))
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        words = other.filter(id=lambda number: isinstance(number, int))
        assert mine.words == tuple(word["form"] for word in words)
        assert mine.tags == tuple(word["upos"] for word in words)
        assert mine.fine_tags == tuple(word["xpos"] or "_" for word in words)
        assert mine.heads == tuple(word["head"] for word in words)
        assert mine.relations == tuple(word["deprel"] for word in words)


@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_agrees_with_the_conllu_library_on_the_small_treebank(split: str) -> None:
    """Two readers written apart find the same in the treebank that is shipped."""
    agrees(SMALL / f"{split}.conllu")


@pytest.mark.parametrize("split", ["train", "dev", "test"])
@pytest.mark.skipif(not EWT.is_dir(), reason="ARCGRADE_TREEBANKS names no folder with UD EWT in it")
def test_agrees_with_the_conllu_library_on_ewt(split: str) -> None:
    """Two readers written apart find the same in UD English EWT."""
    agrees(EWT / f"en_ewt-ud-{split}.conllu")
