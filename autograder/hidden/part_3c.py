"""Back-propagation through time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from autograder.checks import Failure, assert_close, builds_on, number, weight
from autograder.forbidden import AUTOGRAD_THROUGH_TIME
from autograder.hidden.inputs import normal
from autograder.hidden.rnn import (
    DIFFERENT,
    FOR_BPTT,
    SMALL,
    SQUARE,
    Cell,
    Sequence,
    Sizes,
    Verdicts,
    judge_backward_step,
    read,
    require_form,
    require_unchanged,
)

forbidden = AUTOGRAD_THROUGH_TIME
LENGTH = 4
CELL = ("H", "I", "L")
STEP = ("L_x", "I", "H", "h_prev")


@number("3c.1")
@weight(1)
def test_s(student: Any, rng: torch.Generator) -> None:
    """What the gradients of backward_step are made of is s = δ⁽ᵗ⁻¹⁾ ∘ h⁽ᵗ⁻¹⁾ ∘ (1 − h⁽ᵗ⁻¹⁾)."""
    _judged_step(student, rng).require("delta")


@number("3c.2")
@weight(0.5)
def test_L_x(student: Any, rng: torch.Generator) -> None:  # noqa: N802
    """∂J/∂L at the word of the step before is s Iᵀ."""
    _judged_step(student, rng).require("L_x")


@number("3c.3")
@weight(0.5)
def test_I(student: Any, rng: torch.Generator) -> None:  # noqa: N802
    """∂J/∂I at the step before is eᵀ s."""
    _judged_step(student, rng).require("I")


@number("3c.4")
@weight(0.5)
def test_H(student: Any, rng: torch.Generator) -> None:  # noqa: N802
    """∂J/∂H at the step before is h⁽ᵗ⁻²⁾ᵀ s."""
    _judged_step(student, rng).require("H")


@number("3c.5")
@weight(0.5)
def test_h_prev(student: Any, rng: torch.Generator) -> None:
    """The chain goes on with δ⁽ᵗ⁻²⁾ = s Hᵀ."""
    _judged_step(student, rng).require("h_prev")


@number("3c.6")
@weight(0.25)
def test_step_sizes(student: Any, rng: torch.Generator) -> None:
    """All of that also where d and D_h differ; gradients are tensors of the params' dtype."""
    _require_sizes(student, rng, _judged_step, ("delta", *STEP))


@number("3c.7")
@weight(0.25)
def test_step_unchanged(student: Any, rng: torch.Generator) -> None:
    """No argument of backward_step is changed."""
    backward_step = student.rnn.backward_step
    cell = Cell.draw(rng, SMALL)
    delta = normal(rng, len(cell.h_prev), dtype=torch.float64)
    given = {"params": cell.params, "delta": delta, "h": cell.h, "h_prev": cell.h_prev}
    objects = {name: student.put(value) for name, value in given.items()}
    returned = backward_step(*objects.values(), cell.x)
    judge_backward_step(cell, delta, returned).require_some()
    require_unchanged(given, {name: student.fetch(obj) for name, obj in objects.items()})


@number("3c.8")
@weight(0.5)
@builds_on(FOR_BPTT)
def test_output_layer(student: Any, rng: torch.Generator) -> None:
    """The gradients of U and b₂ in bptt come from the last step alone."""
    bptt = student.rnn.bptt
    sequence = Sequence.draw(rng, SQUARE, length=3)
    verdicts = sequence.judge(2, _bptt(bptt, sequence, tau=2))
    for name in ("b2", "U"):
        verdicts.require(name)


@number("3c.9")
@weight(1)
@builds_on(FOR_BPTT)
def test_all_steps(student: Any, rng: torch.Generator) -> None:
    """Through all steps, bptt gives the true gradients of H, I and L."""
    sequence = Sequence.draw(rng, SQUARE, LENGTH)
    _require_through_all(student.rnn.bptt, sequence, CELL)


# What is wrong through all steps is not wrong once more in the next three: where the gradients are
# not right, the student's own of another sequence says what they should be.


@number("3c.11")
@weight(0.5)
@builds_on(FOR_BPTT)
def test_tau(student: Any, rng: torch.Generator) -> None:
    """With a tau of 1, 2 or 3, bptt goes back through that many steps, the last one included."""
    bptt = student.rnn.bptt
    sequence = Sequence.draw(rng, SQUARE, LENGTH)
    for tau in (1, 2, 3):
        returned = _bptt(bptt, sequence, tau)
        if not _right(sequence, tau, returned):
            _require_through_time(bptt, sequence)
            # The same as all steps of the last words alone.
            own = _bptt(bptt, sequence.last(tau), tau + 3)
            _require_same(returned, own, sequence, f"With tau = {tau} and {LENGTH} words")


@number("3c.12")
@weight(0.5)
@builds_on(FOR_BPTT)
def test_tau_beyond_the_start(student: Any, rng: torch.Generator) -> None:
    """A tau larger than the number of words goes back to the first of them."""
    bptt = student.rnn.bptt
    for length in (3, 1):
        sequence = Sequence.draw(rng, SQUARE, length)
        for tau in (length + 1, length + 4):
            returned = _bptt(bptt, sequence, tau)
            if not _right(sequence, tau, returned):
                if length > 1:
                    _require_through_time(bptt, sequence)
                own = _bptt(bptt, sequence, length)
                _require_same(returned, own, sequence, f"With tau = {tau} and {length} words")


@number("3c.13")
@weight(0.5)
@builds_on(FOR_BPTT)
def test_repeated_words(student: Any, rng: torch.Generator) -> None:
    """A word that occurs twice in the window gets the sum of both gradients in its row of L."""
    bptt = student.rnn.bptt
    drawn = Sequence.draw(rng, SQUARE, LENGTH)
    first, second, word, twin = drawn.xs
    L = drawn.params["L"].clone()
    L[twin] = L[word]
    distinct = replace(drawn, params={**drawn.params, "L": L}, xs=[first, second, twin, word])
    repeated = replace(distinct, xs=[first, second, word, word])
    shape = {"L": L.shape}
    # A tau with which also those who count one too many or too few see both.
    tau = LENGTH - 1
    apart = _only(read(_bptt(bptt, distinct, tau), shape, "bptt"), "L")
    together = _only(read(_bptt(bptt, repeated, tau), shape, "bptt"), "L")
    if not apart[word].count_nonzero() or not apart[twin].count_nonzero():
        raise Failure("The last two words of the window have no gradients in L.")
    expected = apart.clone()
    expected[word] += expected[twin]
    expected[twin] = 0
    assert_close(together, expected, f"L where the words are {repeated.xs} and tau is {tau}")


@number("3c.14")
@weight(0.25)
@builds_on(FOR_BPTT)
def test_bptt_sizes(student: Any, rng: torch.Generator) -> None:
    """In bptt as well, d, D_h and |V| may differ; gradients are tensors of the params' dtype."""
    _require_sizes(student, rng, _judged_bptt, ("U", "b2", *CELL))


@number("3c.15")
@weight(0.25)
@builds_on(FOR_BPTT)
def test_bptt_unchanged(student: Any, rng: torch.Generator) -> None:
    """No argument of bptt is changed."""
    bptt = student.rnn.bptt
    sequence = Sequence.draw(rng, SQUARE, LENGTH)
    given = {"params": sequence.params, "h0": sequence.h0, "xs": sequence.xs}
    objects = {name: student.put(value) for name, value in given.items()}
    sequence.judge(2, bptt(*objects.values(), sequence.y, 2)).require_some()
    require_unchanged(given, {name: student.fetch(obj) for name, obj in objects.items()})


@number("3c.16")
@weight(0)
def test_step_b1(student: Any, rng: torch.Generator) -> None:
    """Practice: ∂J/∂b₁ at the step before is s."""
    _judged_step(student, rng).require("b1")


@number("3c.17")
@weight(0)
@builds_on(FOR_BPTT)
def test_bptt_b1(student: Any, rng: torch.Generator) -> None:
    """Practice: ∂J/∂b₁ of bptt is the sum over the steps."""
    _require_through_all(student.rnn.bptt, Sequence.draw(rng, SQUARE, LENGTH), ("b1",))


def _judged_step(student: Any, rng: torch.Generator, sizes: Sizes = SMALL) -> Verdicts:
    cell = Cell.draw(rng, sizes)
    delta = normal(rng, sizes[1], dtype=torch.float64).round(decimals=2)
    returned = student.rnn.backward_step(cell.params, delta, cell.h, cell.h_prev, cell.x)
    return judge_backward_step(cell, delta, returned)


def _judged_bptt(student: Any, rng: torch.Generator, sizes: Sizes = SQUARE) -> Verdicts:
    sequence = Sequence.draw(rng, sizes, length=3)
    bptt = student.rnn.bptt
    return sequence.judge(2, _bptt(bptt, sequence, tau=2))


def _require_through_all(bptt: Any, sequence: Sequence, names: tuple[str, ...]) -> None:
    """With some tau these gradients of bptt are the true ones."""
    # With which one is another check's affair.
    length = len(sequence.xs)
    failures = []
    for tau in (length, length + 1, length - 1, length + 3):
        try:
            verdicts = sequence.judge(length, _bptt(bptt, sequence, tau))
            for name in names:
                verdicts.require(name)
        except Failure as failure:
            failures.append(failure)
        else:
            return
    raise failures[0]


def _require_sizes(
    student: Any, rng: torch.Generator, judged: Callable[..., Verdicts], names: tuple[str, ...]
) -> None:
    """What is right where all sizes are the same is right where they differ, and has its dtype."""
    square = judged(student, rng)
    square.require_some()
    try:
        verdicts = judged(student, rng, DIFFERENT)
    except Failure:
        if any(name in square.wrong for name in names):
            return  # what does not fit here is wrong there too, and was paid for
        raise
    for name in names:
        if name not in square.wrong:
            verdicts.require(name)
    require_form(verdicts.returned)


def _bptt(bptt: Any, sequence: Sequence, tau: int) -> object:
    return bptt(sequence.params, sequence.h0, sequence.xs, sequence.y, tau)


def _right(sequence: Sequence, tau: int, returned: object) -> bool:
    return not set(CELL) & sequence.judge(tau, returned).wrong.keys()


def _require_through_time(bptt: Any, sequence: Sequence) -> None:
    """What they return at all depends on the steps before the last."""
    one, all_steps = (_bptt(bptt, sequence, tau) for tau in (1, len(sequence.xs)))
    try:
        _require_same(one, all_steps, sequence, "")
    except Failure:
        return
    raise Failure("A larger tau changes nothing: bptt does not go back in time.")


def _require_same(first: object, second: object, sequence: Sequence, when: str) -> None:
    """Two answers have the same gradients of H, I and L, as far as they have any."""
    shapes = {name: sequence.params[name].shape for name in CELL}
    (answer, _), (expected, _) = (read(answer, shapes, "bptt") for answer in (first, second))
    names = [name for name in CELL if name in answer and name in expected]
    if not names or not any(expected[name].count_nonzero() for name in names):
        raise Failure("bptt gives no gradients of H, I and L that could be judged.")
    for name in names:
        assert_close(answer[name], expected[name], f"{when}, {name}")


def _only(found: tuple[dict[str, Tensor], dict[str, str]], name: str) -> Tensor:
    answer, wrong = found
    if name in wrong:
        raise Failure(wrong[name])
    return answer[name]
