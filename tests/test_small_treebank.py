"""The small treebank is what its README says, and can be made again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from data.conllu import Sentence, read_treebank
from data.small.grammar import LENGTHS, SIZES, Author, as_sentence, treebank
from data.small.lexicon import with_ed, with_ing, with_s
from data.small.statistics import projective, shipped, tables, uas, usual_offset

from .conftest import ROOT

SMALL = ROOT / "data" / "small"
EWT = Path(os.environ.get("ARCGRADE_TREEBANKS", "nowhere")) / "UD_English-EWT"


@pytest.fixture(scope="module")
def splits() -> dict[str, list[Sentence]]:
    """The shipped files, read by the reader, which refuses what is no tree."""
    return shipped()


def test_grammar_writes_the_shipped_files() -> None:
    """The files come from the grammar, byte for byte, on every version of Python."""
    for split, text in treebank().items():
        assert SMALL.joinpath(f"{split}.conllu").read_bytes() == text.encode()


def test_another_seed_writes_another_treebank() -> None:
    """The seed decides."""
    assert treebank(1)["dev"] != treebank(2)["dev"]


def test_no_sentence_occurs_twice(splits: dict[str, list[Sentence]]) -> None:
    """What is graded on was not trained on."""
    texts = [" ".join(s.words).lower() for sentences in splits.values() for s in sentences]
    assert len(texts) == len(set(texts)) == sum(SIZES.values())


def test_each_sentence_has_one_root_and_a_sane_length(splits: dict[str, list[Sentence]]) -> None:
    """A tree as Universal Dependencies asks for it: one root, and only the root is called so."""
    for sentence in (sentence for sentences in splits.values() for sentence in sentences):
        assert len(sentence.words) in LENGTHS
        for head, relation in zip(sentence.heads, sentence.relations, strict=True):
            assert (head == 0) == (relation == "root")


def test_text_is_what_the_words_make() -> None:
    """Each sentence has its name and its text, and SpaceAfter says where the text has no space."""
    block = SMALL.joinpath("dev.conllu").read_text(encoding="utf-8").split("\n\n")[0].split("\n")
    assert block[0] == "# sent_id = dev-1"
    text = ""
    for row in (line.split("\t") for line in block[2:]):
        text += row[1] + ("" if row[9] == "SpaceAfter=No" else " ")
    assert block[1] == f"# text = {text.rstrip()}"


def test_crossing_arcs_are_only_where_they_are_meant() -> None:
    """Of the kinds of sentences only two have crossing arcs, and these always or nearly so."""
    author = Author(1)
    for _ in range(300):
        for kind in (author.statement, author.command, author.question, author.quotation):
            assert projective(as_sentence(kind()).heads)
        assert projective(as_sentence(author.there()).heads)
        assert not projective(as_sentence(author.stranded()).heads)
        assert not projective(as_sentence(author.late_relative()).heads)


@pytest.mark.skipif(not EWT.is_dir(), reason="ARCGRADE_TREEBANKS names no folder with UD EWT in it")
def test_tags_and_relations_are_those_of_ewt(splits: dict[str, list[Sentence]]) -> None:
    """A model can go from this treebank to UD English EWT: every pair of tags, every relation."""
    ewt = read_treebank(EWT / "en_ewt-ud-train.conllu")
    real = {item for s in ewt for item in (*zip(s.tags, s.fine_tags, strict=True), *s.relations)}
    for sentence in (sentence for sentences in splits.values() for sentence in sentences):
        assert real.issuperset(zip(sentence.tags, sentence.fine_tags, strict=True))
        assert real.issuperset(sentence.relations)


def test_readme_shows_what_is_measured(splits: dict[str, list[Sentence]]) -> None:
    """The tables in the README are those that the command prints."""
    assert tables(splits) in SMALL.joinpath("README.md").read_text(encoding="utf-8")


def test_guessing_from_tags_alone_is_far_from_right(splits: dict[str, list[Sentence]]) -> None:
    """A model that does not look at the words or the parse cannot be taken for one that does."""
    assert uas(splits["dev"], usual_offset(splits["train"])) < 75


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        ((2, 0, 4, 2, 2), True),
        ((3, 0, 2, 1), False),  # 1 ← 3 lies across 4 ← 1 and ROOT
        ((0, 4, 1, 1), False),  # 2 ← 4 lies across 3 ← 1
        ((2, 3, 0), True),
        ((None, 0), True),
    ],
)
def test_projective(heads: tuple[int | None, ...], expected: bool) -> None:
    """Arcs that cross are found, those from ROOT included."""
    assert projective(heads) is expected


def test_uas_of_guesses_worked_by_hand() -> None:
    """Two of three heads are right when each word hangs where its tag usually does."""
    train = [Sentence(("a", "b"), ("D", "N"), ("_", "_"), (2, 0), ("det", "root"))]
    test = [Sentence(("c", "d", "e"), ("D", "D", "N"), ("_",) * 3, (3, 3, 0), ("x",) * 3)]
    assert uas(test, usual_offset(train)) == pytest.approx(200 / 3)


def test_words_are_inflected() -> None:
    """English spelling, as far as the lexicon needs it."""
    assert [with_s(w) for w in ("boat", "berry", "box", "tomato", "knife", "quay", "watch")] == [
        *("boats", "berries", "boxes", "tomatoes", "knives", "quays", "watches")
    ]
    assert [with_ed(w) for w in ("mend", "paste", "carry", "drop", "see", "play")] == [
        *("mended", "pasted", "carried", "dropped", "saw", "played")
    ]
    assert with_ed("see", participle=True) == "seen"
    assert [with_ing(w) for w in ("mend", "carve", "tie", "put", "see")] == [
        *("mending", "carving", "tying", "putting", "seeing")
    ]
