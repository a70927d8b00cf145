"""Each misconception, handed in, loses points and is named; what is right is never named."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from autograder.confinement.student import Asked
from autograder.diagnosis import diagnose
from autograder.misconceptions import BANK
from autograder.misconceptions.registry import Misconception
from autograder.report import Outcome
from solutions.softmax import softmax

from .conftest import SOLUTIONS, Grade

PARTS = {
    "softmax": ("1a",),
    "cross_entropy_loss": ("1b",),
    "PartialParse": ("2c",),
    "minibatch_parse": ("2d",),
    "dropout": ("2f",),
    "momentum_step": ("2g",),
    "adam_step": ("2g",),
    "ParserModel": ("2h",),
    "perplexity": ("3a",),
    "step_gradients": ("3b",),
    "backward_step": ("3c",),
    "bptt": ("3c",),
}


def source(misconception: Misconception) -> str:
    """The reference with one definition replaced, as a student would hand it in."""
    reference = (SOLUTIONS / f"{misconception.module}.py").read_text(encoding="utf-8")
    lines = inspect.getsource(misconception.wrong).splitlines()
    wrong = "\n".join(line for line in lines if not line.startswith("@wrong"))
    own = vars(sys.modules[misconception.wrong.__module__])
    helpers = [
        inspect.getsource(value)
        for name, value in own.items()
        if name.startswith("_") and inspect.isfunction(value)
    ]
    name = misconception.wrong.__name__
    parts = [reference, "from collections.abc import Callable", *helpers, wrong]
    return "\n\n".join([*parts, f"{misconception.name} = {name}\n"])


@pytest.mark.parametrize("misconception", BANK, ids=lambda m: m.wrong.__name__)
def test_each_loses_points_and_is_named(
    grade_folder: Grade,
    hand_in: Callable[[dict[str, str | None]], Path],
    misconception: Misconception,
) -> None:
    """A hand-in with the mistake fails a check, and the feedback has the sentence for it."""
    files: dict[str, str | None] = {f"{misconception.module}.py": source(misconception)}
    report = grade_folder(hand_in(files), parts=PARTS[misconception.name])
    failed = [result for result in report.results if result.outcome is Outcome.FAILED]
    assert failed
    assert any(misconception.sentence in result.message for result in failed)
    others = [m.sentence for m in BANK if m is not misconception]
    named = [s for s in others if any(s in result.message for result in failed)]
    assert named == [], "another mistake was named"


def test_sentences_are_sentences() -> None:
    """Each has a sentence of its own, which ends like one."""
    sentences = [misconception.sentence for misconception in BANK]
    assert len(set(sentences)) == len(BANK)
    assert all(sentence.endswith((".", ").")) for sentence in sentences)


def asked(x: torch.Tensor, answer: object) -> list[Asked]:
    """What a check asked of softmax."""
    return [Asked("softmax", 1, "softmax", (x,), answer, lambda: "")]


def test_only_a_match_is_named() -> None:
    """Right answers, unknown mistakes, answers of another shape, and nothing, have no name."""
    x = torch.tensor([[0.0, 1.0], [2.0, 0.5]])
    assert "divided by the sum over the whole batch" in diagnose(
        asked(x, softmax(x.reshape(1, 4)).reshape(2, 2))
    )
    for answer in (softmax(x), softmax(x) + 0.1, softmax(x)[:1], softmax(x).double(), "text", None):
        assert diagnose(asked(x, answer)) == ""
    assert diagnose([]) == ""


def test_a_dict_is_compared_by_what_the_answer_has() -> None:
    """Other keys, and rows in place of vectors, keep no mistake from being named."""
    misconception = next(m for m in BANK if m.wrong.__name__ == "step_gradients_without_sigmoid")
    rng = torch.Generator().manual_seed(0)
    shapes = {"L": (3, 3), "H": (3, 3), "I": (3, 3), "b1": (3,), "U": (3, 3), "b2": (3,)}
    params = {name: torch.randn(shape, generator=rng) for name, shape in shapes.items()}
    args = (params, torch.rand(3, generator=rng), 1, 2)
    answer = {**misconception.wrong(*args), "cache": [1, None]}
    rows = {**answer, "L_x": answer["L_x"][None]}
    other = {**answer, "L_x": answer["L_x"] * 2}
    for given, named in ((answer, True), (rows, True), (other, False), ({}, False)):
        asked = [Asked("rnn", 1, "step_gradients", args, given, lambda: "")]
        assert diagnose(asked) == (misconception.sentence if named else "")


def test_where_two_answers_agree_nothing_is_named() -> None:
    """For a single row the whole batch is its row: the reference says the same, so no name."""
    x = torch.tensor([[0.0, 1.0]])
    assert diagnose(asked(x, softmax(x))) == ""
