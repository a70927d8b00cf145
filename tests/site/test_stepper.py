"""The step-through parser makes the moves of the reference, and takes the oracle's way."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.conllu import Sentence
from docs.building import BUILT
from docs.building.katex import NODE
from docs.building.transitions import QUESTION, oracle, trace
from solutions.parser_transitions import IllegalTransition, PartialParse, Transition
from solutions.support.corpus import Corpus
from solutions.support.oracle import examples
from solutions.support.states import TRANSITIONS, States
from solutions.support.vocabulary import Vocabulary

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "docs" / "_static" / "arc-standard.js"
Case = dict[str, Any]
Heads = list[int]

# What the tests ask of the script: each function takes one case.
ASKED = """
const parser = require(process.argv[1]);
const spell = (state, places) => places.map((place) => (place ? state.words[place - 1] : "ROOT"));
const told = (state) => ({
  stack: spell(state, state.stack),
  buffer: spell(state, state.buffer),
  dependencies: state.arcs.map((arc) => spell(state, arc)),
  arcs: state.arcs,
  legal: parser.legal(state),
  finished: parser.finished(state),
});
const functions = {
  attempt({ words, transitions }) {
    let state = parser.start(words);
    const first = told(state);
    const steps = transitions.map((transition) => {
      const before = JSON.stringify(state);
      try {
        const after = parser.step(state, transition);
        if (JSON.stringify(state) !== before) throw new Error("a step changed the state before it");
        state = after;
        return { needs: null, ...told(state) };
      } catch (error) {
        if (!(error instanceof parser.IllegalTransition)) throw error;
        return { needs: error.needs, ...told(state) };
      }
    });
    return [first, ...steps];
  },
  oracle({ words, heads, transitions = [] }) {
    let state = parser.run(words, transitions);
    const way = [];
    for (let next; (next = parser.oracle(state, heads)); ) {
      way.push(next);
      state = parser.step(state, next);
    }
    const crossing = parser.crossing(heads);
    return { way, finished: parser.finished(state), arcs: state.arcs, crossing };
  },
  problem({ heads, n }) {
    return parser.problem(heads, n);
  },
  strings() {
    const shape = (value) => {
      if (typeof value !== "object") return typeof value;
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shape(each)]));
    };
    return shape(parser.STRINGS);
  },
};
const [name, cases] = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(functions[name])));
"""


def ask(name: str, cases: Sequence[Case]) -> list[Any]:
    """What the script answers in each case."""
    answered = subprocess.run(
        [str(NODE), "-e", ASKED, str(SCRIPT)],
        input=json.dumps([name, list(cases)]), capture_output=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    assert answered.returncode == 0, answered.stderr
    answers: list[Any] = json.loads(answered.stdout)
    return answers


def corpus_of(words: Sequence[str], heads: Sequence[int | None]) -> Corpus:
    """One sentence for the array form of the reference."""
    unknown = ("_",) * len(words)
    sentence = Sentence(tuple(words), unknown, unknown, tuple(heads), unknown)
    return Corpus.of([sentence], Vocabulary.of([sentence]))


def projective(rng: random.Random, n: int) -> Heads:
    """A random projective tree with one root."""
    heads = [0] * n

    def subtree(first: int, end: int, head: int) -> None:
        top = rng.randrange(first, end)
        heads[top - 1] = head
        for start, stop in ((first, top), (top + 1, end)):
            while start < stop:
                middle = rng.randint(start + 1, stop)
                subtree(start, middle, top)
                start = middle

    subtree(1, n + 1, 0)
    return heads


def any_tree(rng: random.Random, n: int) -> Heads:
    """A random tree with one root, projective or not."""
    order = rng.sample(range(1, n + 1), n)
    heads = [0] * n
    for place, word in enumerate(order[1:], 1):
        heads[word - 1] = order[rng.randrange(place)]
    return heads


def reach(parse: PartialParse, heads: Heads) -> bool:
    """Whether some way leads from here to the tree, by trying all; the words are their numbers."""
    if parse.finished:
        right = {(str(head) if head else "ROOT", str(i)) for i, head in enumerate(heads, 1)}
        return set(parse.dependencies) == right
    for transition in ("S", "LA", "RA"):
        ahead = deepcopy(parse)
        try:
            ahead.parse_step(transition)
        except IllegalTransition:
            continue
        if ahead.stack[0] == "ROOT" and reach(ahead, heads):
            return True
    return False


@cache
def sequences() -> list[Case]:
    """Five thousand sequences, legal and illegal, of sentences with repeated words."""
    rng = random.Random(20)
    return [
        {
            "words": (words := rng.choices(["the", "cat", "saw", "ROOT"], k=rng.randint(1, 8))),
            "transitions": rng.choices(
                ["S", "LA", "RA", "shift"], [4, 3, 3, 0.2], k=3 * len(words)
            ),
        }
        for _ in range(5000)
    ]


class TestMoves:
    """The pure part against solutions.parser_transitions and solutions.support.states."""

    def test_random_sequences(self) -> None:
        """After each attempt stack, buffer and dependencies are those of `PartialParse`."""
        refused = self.compare(sequences())
        assert set(refused) == {"buffer", "items", "words", "name"}
        assert min(refused.values()) > 100, refused

    def compare(self, cases: list[Case]) -> Counter[str]:
        """Compare each state; how often something was refused, by what it needs."""
        refused: Counter[str] = Counter()
        for case, answer in zip(cases, ask("attempt", cases), strict=True):
            parse = PartialParse(case["words"])
            for transition, told in zip([None, *case["transitions"]], answer, strict=True):
                needs = told.get("needs")
                if needs == "words":
                    # PartialParse itself would attach ROOT; the states that are learnt from do not.
                    assert transition == "LA"
                    assert len(parse.stack) == 2
                elif needs:
                    with pytest.raises(IllegalTransition):
                        parse.parse_step(transition)
                elif transition:
                    parse.parse_step(transition)
                if needs:
                    refused[needs] += 1
                assert told["stack"] == parse.stack
                assert told["buffer"] == parse.buffer
                assert list(map(tuple, told["dependencies"])) == parse.dependencies
                assert told["finished"] == parse.finished
        return refused

    def test_legal_moves(self) -> None:
        """What is legal is what `States.legal` says, and the arcs are the same by their places."""
        cases = sequences()[:1000]
        for case, answer in zip(cases, ask("attempt", cases), strict=True):
            corpus = corpus_of(case["words"], [None] * len(case["words"]))
            states = States(corpus)
            for transition, told in zip([None, *case["transitions"]], answer, strict=True):
                if transition and not told["needs"]:
                    states.step(np.array([TRANSITIONS.index(transition)]))
                legal = states.legal()[0] if states.n else [False] * 3
                named = {name for name, fine in zip(TRANSITIONS, legal, strict=True) if fine}
                assert set(told["legal"]) == named
                arcs = {int(d): int(h) for d, h in enumerate(states.heads - 1) if h >= 0}
                assert {dependent + 1: head for head, dependent in told["arcs"]} == arcs

    def test_a_bad_move_would_be_seen(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """A script whose RIGHT-ARC keeps the dependent on the stack fails the comparison."""
        text = SCRIPT.read_text(encoding="utf-8")
        broken = text.replace("...stack.slice(0, -2), head]", "...stack.slice(0, -2), dependent]")
        assert broken != text
        (tmp_path / "broken.js").write_text(broken, encoding="utf-8")
        monkeypatch.setattr("tests.site.test_stepper.SCRIPT", tmp_path / "broken.js")
        case = {"words": ["a", "b"], "transitions": ["S", "S", "RA"]}
        with pytest.raises(AssertionError):
            self.compare([case])


class TestOracle:
    """The oracle of the page against that of solutions/support."""

    def test_projective_trees(self) -> None:
        """On two thousand random projective trees both choose the same transitions."""
        rng = random.Random(21)
        trees = [projective(rng, rng.randint(1, 14)) for _ in range(2000)]
        cases = [{"words": ["w"] * len(heads), "heads": heads} for heads in trees]
        for heads, answer in zip(trees, ask("oracle", cases), strict=True):
            assert answer["way"] == oracle(["w"] * len(heads), heads)
            assert answer["finished"]
            assert {d: h for h, d in answer["arcs"]} == dict(enumerate(heads, 1))
            assert answer["crossing"] is None

    def test_trees_that_are_not_projective(self) -> None:
        """A tree has no way to it exactly if two of its arcs cross."""
        rng = random.Random(22)
        trees = [any_tree(rng, rng.randint(1, 7)) for _ in range(1000)]
        cases = [{"words": ["w"] * len(heads), "heads": heads} for heads in trees]
        answers = ask("oracle", cases)
        for heads, answer in zip(trees, answers, strict=True):
            skipped = examples(corpus_of(["w"] * len(heads), heads)).n_skipped == 1
            assert bool(answer["crossing"]) == skipped
            assert (not answer["way"]) == skipped
        assert 200 < sum(bool(answer["crossing"]) for answer in answers) < 900

    def test_any_state(self) -> None:
        """From wherever the reader is, it finds a way if there is one, by trying all ways."""
        rng = random.Random(23)
        cases: list[Case] = []
        parses = []
        for _ in range(400):
            n = rng.randint(1, 5)
            parse = PartialParse([str(i) for i in range(1, n + 1)])
            transitions: list[str] = []
            for _ in range(rng.randint(0, 2 * n - 1)):
                legal: list[Transition] = []
                legal += ["S"] if parse.buffer else []
                legal += ["RA"] if len(parse.stack) > 1 else []
                legal += ["LA"] if len(parse.stack) > 2 else []
                transition = rng.choice(legal)
                parse.parse_step(transition)
                transitions.append(transition)
            heads = projective(rng, n)
            cases.append({"words": parse.sentence, "heads": heads, "transitions": transitions})
            parses.append(parse)
        answers = ask("oracle", cases)
        for case, parse, answer in zip(cases, parses, answers, strict=True):
            assert bool(answer["way"]) == reach(parse, case["heads"]), case
            if answer["way"]:
                assert answer["finished"]
                assert {d: h for h, d in answer["arcs"]} == dict(enumerate(case["heads"], 1))
        assert 50 < sum(bool(answer["way"]) for answer in answers) < 350


class TestHeads:
    """What is said of heads that are no tree."""

    @pytest.mark.parametrize(
        ("heads", "n", "problem"),
        [
            ([2, 0, 2], 3, None),
            ([0], 1, None),
            ([2, 0], 3, {"kind": "count", "n": 3, "given": 2}),
            ([2, 0, 4], 3, {"kind": "range", "n": 3, "word": 3}),
            ([2, -1, 2], 3, {"kind": "range", "n": 3, "word": 2}),
            ([2, None, 2], 3, {"kind": "range", "n": 3, "word": 2}),
            ([0, 0, 2], 3, {"kind": "roots", "words": [1, 2]}),
            ([2, 1, 0], 3, {"kind": "cycle", "words": [1, 2]}),
            ([3, 2, 0], 3, {"kind": "cycle", "words": [2]}),
        ],
    )
    def test_problems(self, heads: Heads, n: int, problem: Case | None) -> None:
        """The first thing that is wrong, with the words that it is about."""
        assert ask("problem", [{"heads": heads, "n": n}]) == [problem]

    def test_random_heads(self) -> None:
        """Heads are taken exactly if every word comes to the one root."""
        rng = random.Random(24)
        all_heads = [
            [rng.randint(0, n) for _ in range(n)] for n in rng.choices(range(1, 6), k=3000)
        ]

        def is_tree(heads: Heads) -> bool:
            ends = []
            for word in range(1, len(heads) + 1):
                for _ in heads:
                    word = heads[word - 1] if word else 0
                ends.append(word)
            return heads.count(0) == 1 and not any(ends)

        cases = [{"heads": heads, "n": len(heads)} for heads in all_heads]
        for heads, problem in zip(all_heads, ask("problem", cases), strict=True):
            assert (problem is None) == is_tree(heads), (heads, problem)


class TestTable:
    """The table of the page is that of the reference answer."""

    def test_question(self) -> None:
        """For the sentence of 2a the rows are those of the reference's written.toml."""
        written = tomllib.loads((ROOT / "solutions" / "written.toml").read_text(encoding="utf-8"))
        rows = [row.cells() for row in trace(QUESTION.split(), [2, 0, 4, 2, 2])]
        plain = [[cell.replace("→", "->") for cell in row] for row in rows]
        assert plain == written["2a"]["rows"]

    @pytest.mark.parametrize("heads", [[2, 0], [4, 0, 2], [2, 1, 0]])
    def test_heads_that_are_no_tree(self, heads: Heads) -> None:
        """They are an error of the build, not a table that stops halfway."""
        with pytest.raises(ValueError, match=r"heads"):
            trace(["a", "b", "c"], heads)


def test_both_languages_have_all_strings() -> None:
    """Whatever the parser says it can say in both languages, from the same values."""
    (strings,) = ask("strings", [{}])
    assert set(strings) == {"en", "zh-CN"}
    assert strings["en"] == strings["zh-CN"]


@pytest.fixture
def pages() -> Callable[[str], list[str]]:
    """The pages of an edition that have a parser in them."""

    def find(name: str) -> list[str]:
        folder = BUILT / name
        texts = [page.read_text(encoding="utf-8") for page in folder.rglob("*.html")]
        assert texts, f"{folder} is empty: `nox -s docs` builds it"
        return [text for text in texts if "<arc-standard" in text]

    return find


def test_students_are_not_shown_the_question(pages: Callable[[str], list[str]]) -> None:
    """Each parser of their edition refuses to solve 2a; those of the complete one do not."""
    assert pages("student")
    for text in pages("student"):
        assert text.count("<arc-standard") == text.count(f'data-refuse="{QUESTION}"')
    for text in pages("html"):
        assert "data-refuse" not in text
