"""Written answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from autograder import equality
from autograder.checks import Failure, number, partial_credit, read_by_staff, weight
from autograder.formulas import FormulaError, Vocabulary, parse
from autograder.hidden.table import ROWS, judge, rows_of
from autograder.orders import Order
from autograder.submission import PICTURES, Submission
from autograder.symbols import DROPPING, LOSS, NUMBER, SIZES, SIZES_AND_STEPS, WORDS
from autograder.text import printable
from autograder.written import Written

# Where a part has checks of code too, its written answers are numbered from .8 on.
titles = {
    "1c": "Inputs and feeds",
    "1e": "Training",
    "2a": "Transitions by hand",
    "2b": "The number of transitions",
    "2f": "Dropout",
    "2g": "Optimizers",
    "2i": "An extension of the parser",
    "3a": "Perplexity",
    "3c": "Back-propagation through time",
    "3d": "Operation counts",
    "bonus": "A faster output layer",
}

SetScore = Callable[[float], None]


# --- parts 1c and 1e -----------------------------------------------------------------------------


@number("1c.8")
@read_by_staff(2)
def test_placeholders(submission: Submission) -> str:
    """What placeholders and feed dictionaries are for.

    1 point: a placeholder is a typed hole in a graph that is built once, before there is data; the
    feed dictionary fills it when the graph runs. So one graph serves every batch, of any size.
    1 point: in PyTorch, where the graph is built as it runs, the arguments of `forward` do that.
    """
    return Written.of(submission).prose("1c", "placeholders")


@number("1e.8")
@read_by_staff(2)
def test_automatic_differentiation(submission: Submission) -> str:
    """Why automatic differentiation spares us writing gradients.

    1 point: every operation of the forward pass is recorded with its inputs, and its local
    derivative is known.
    1 point: the chain rule, applied from the loss backwards over that record, gives the gradient of
    every parameter. So only the forward computation has to be written.
    """
    return Written.of(submission).prose("1e", "automatic_differentiation")


# --- part 2 --------------------------------------------------------------------------------------


@number("2a.1")
@partial_credit(6)
def test_transitions(submission: Submission, set_score: SetScore | None = None) -> None:
    """Each row follows from the one before it, and the rows parse the sentence."""
    assert set_score is not None
    judgement = judge(rows_of(Written.of(submission).answer("2a", "rows")))
    set_score(round(6 * judgement.right / ROWS, 2))
    if judgement.trouble or judgement.right < ROWS:
        trouble = judgement.trouble or "There are more rows than the parse has."
        raise Failure(f"{trouble}\n{judgement.right} of {ROWS} rows are right.")


@number("2b.1")
@weight(1)
def test_steps(submission: Submission) -> None:
    """The number of transitions that a sentence of n words takes."""
    mistakes = {
        "n": "That counts one transition for a word; what else has to happen to it?",
        "2*n-1": "ROOT takes an arc too.",
        "2*n+1": "The parse starts with ROOT on its stack: that takes no transition.",
        "n^2": "Count what happens to a single word, from the buffer until it is off the stack.",
    }
    _require_equal(submission, "2b", "steps", WORDS, "2*n", mistakes)


@number("2b.2")
@read_by_staff(1)
def test_why_so_many_steps(submission: Submission) -> str:
    """Why it takes so many transitions.

    1 point: each word is shifted exactly once, since only SHIFT takes words from the buffer, and is
    removed from the stack exactly once, by the arc that gives it its head. Half of it: half.
    """
    return Written.of(submission).prose("2b", "why")


@number("2f.1")
@weight(1)
def test_gamma(submission: Submission) -> None:
    """The γ that keeps the expectation of the dropped-out layer."""
    mistakes = {
        "1 - p": "By that factor the mask shrinks the expectation; γ has to undo it.",
        "1/p": "p_drop is the probability that an entry is dropped, not that it is kept.",
        "p": "p_drop is the probability that an entry is dropped; what is left has to grow.",
        "1/(1-p)^2": "The mask shrinks the expectation once, not twice.",
        "1": "Without a factor the expectation shrinks, since some entries become 0.",
    }
    _require_equal(submission, "2f", "gamma", DROPPING, "1/(1 - p_drop)", mistakes)


@number("2f.2")
@read_by_staff(1)
def test_why_gamma(submission: Submission) -> str:
    """Why that γ keeps the expectation.

    1 point: E[γ d h] = γ (p_drop · 0 + (1 − p_drop) · 1) h, entry by entry, which is h for that γ.
    """
    return Written.of(submission).prose("2f", "why")


@number("2g.1")
@read_by_staff(2)
def test_momentum(submission: Submission) -> str:
    """Why a rolling average of gradients steadies the updates, and why that helps.

    1 point: m averages over many batches, each new gradient has a small share; what differs from
    batch to batch cancels, so that updates vary less.
    1 point: what the gradients have in common adds up; steps go on in directions that persist, and
    swing less across them.
    """
    return Written.of(submission).prose("2g", "momentum")


@number("2g.2")
@read_by_staff(2)
def test_adaptive_rates(submission: Submission) -> str:
    """Which parameters adaptive rates give the larger updates, and why that helps.

    1 point: those whose gradients have been small on average, or rare, since the update is divided
    by √v.
    1 point: they would hardly move otherwise, as on plateaus or the embeddings of rare words; those
    with large gradients are kept from overshooting.
    """
    return Written.of(submission).prose("2g", "adaptive_rates")


@number("2i.1")
@read_by_staff(1, bonus=True)
def test_extension(submission: Submission) -> str:
    """An extension of the parser, the change of UAS on dev, and why.

    1 point: says what was changed, gives the UAS before and after in the same setting, and a reason
    that fits. A change for the worse counts as much.
    """
    return Written.of(submission).prose("2i", "extension")


# --- part 3 --------------------------------------------------------------------------------------


@number("3a.1")
@weight(1)
def test_perplexity_of_guessing(submission: Submission) -> None:
    """The perplexity of a uniform guess among 10,000 words."""
    written = Written.of(submission)
    # Worked back from a loss of 9.21 it is 9997.
    if abs(written.number("3a", "perplexity", NUMBER) - 10_000) > 10:
        raise Failure(
            "[3a] perplexity is not right: if every word gets the same probability, what is the "
            "inverse of that of the right one?"
        )


@number("3a.2")
@weight(1)
def test_loss_of_guessing(submission: Submission) -> None:
    """The loss of a uniform guess among 10,000 words, to within 0.01."""
    value = Written.of(submission).number("3a", "loss", NUMBER)
    if abs(value - 9.21034) <= 0.01:
        return
    for wrong, mistake in (
        (4.0, "That is the logarithm to the base 10; the loss takes the natural one."),
        (13.28771, "That is the logarithm to the base 2; the loss takes the natural one."),
        (-9.21034, "A cross-entropy is not negative."),
    ):
        if abs(value - wrong) <= 0.01:
            raise Failure(f"[3a] loss is not right. {mistake}")
    raise Failure("[3a] loss is not right: it is −log of the probability of the right word.")


@number("3a.3")
@weight(1)
def test_perplexity_formula(submission: Submission) -> None:
    """Perplexity as a formula of the loss CE."""
    mistakes = {
        "2^CE": "That fits a loss with logarithms to the base 2; this one takes the natural one.",
        "10^CE": "That fits a loss with logarithms to the base 10; this one takes the natural one.",
        "log(CE)": "The loss is the logarithm of the perplexity, not the other way round.",
        "exp(-CE)": "That is the probability of the right word; perplexity is its inverse.",
        "1/CE": "Perplexity is the inverse of a probability; CE is that probability's −log.",
    }
    _require_equal(submission, "3a", "formula", LOSS, "exp(CE)", mistakes)


@number("3a.4")
@read_by_staff(2)
def test_why_the_same_minimum(submission: Submission) -> str:
    """Why the minimum of the mean loss is that of the geometric mean perplexity.

    1 point: the mean of the losses is the logarithm of the geometric mean of the perplexities:
    (1/T) Σ log PPₜ = log (Π PPₜ)^(1/T).
    1 point: the logarithm is strictly increasing, so both have their minimum at the same place.
    """
    return Written.of(submission).prose("3a", "argument")


@number("3c.10")
@read_by_staff(1)
def test_drawing(submission: Submission) -> str:
    """The unrolled network, drawn for three steps: the file that is named.

    1 point: three steps with x, e, h and the same L, H, I in each; the loss at the last; the
    gradients flow back from it through h to the earlier steps. Half of it: half.
    """
    written = Written.of(submission)
    name = written.prose("3c", "drawing")
    # Compared with what is there: a student's text never becomes part of a path.
    drawings = {
        path.name.lower(): path
        for path in submission.folder.iterdir()
        if path.suffix.lower() in PICTURES and path.is_file()
    }
    path = drawings.get(name.lower())
    if path is None:
        raise written.failure(
            "3c", "drawing",
            f"There is no picture {printable(name, 80)!r} beside written.toml. It may be a png, "
            "jpg, svg or pdf of at most 10 MiB.",
        )  # fmt: skip
    size = path.stat().st_size
    if not size:
        raise written.failure("3c", "drawing", f"{path.name} is empty.")
    return f"{printable(path.name, 80)}, {size / 1024:.0f} KiB, lies in the submission."


@number("3d.1")
@weight(1)
def test_forward(submission: Submission) -> None:
    """The order of one step forward."""
    _require_order(submission, "forward", SIZES, "D_h^2 + d*D_h + |V|*D_h")


@number("3d.2")
@weight(1)
def test_backward(submission: Submission) -> None:
    """The order of one step of back-propagation."""
    _require_order(submission, "backward", SIZES, "D_h^2 + d*D_h + |V|*D_h")


@number("3d.3")
@weight(1)
def test_tau_steps(submission: Submission) -> None:
    """The order of back-propagating one loss through τ steps."""
    right = "τ*(D_h^2 + d*D_h) + |V|*D_h"
    _require_order(submission, "tau_steps", SIZES_AND_STEPS, right)


@number("3d.4")
@weight(1)
def test_slow_step(submission: Submission) -> None:
    """The step that takes longest where the vocabulary is large."""
    written = Written.of(submission)
    text = written.prose("3d", "slow_step").lower()
    meant = {
        "output": r"output|softmax|logit|theta|θ|vocabular|\bu\b|projection",
        "hidden": r"hidden|recurren|sigmoid",
        "embedding": r"embed|look|input",
    }
    named = [layer for layer, pattern in meant.items() if re.search(pattern, text[:1000])]
    if len(named) != 1:
        raise written.failure("3d", "slow_step", "Name one of them: embedding, hidden, output.")
    if named != ["output"]:
        raise Failure(
            "[3d] slow_step is not right: |V| is much larger than d and D_h. Which of the products "
            "has it as a dimension?"
        )


@number("3d.5")
@weight(0)
def test_tau_losses(submission: Submission) -> None:
    """Practice: the order of τ losses, each back-propagated through τ steps."""
    right = "τ^2*(D_h^2 + d*D_h) + τ*|V|*D_h"
    _require_order(submission, "tau_losses", SIZES_AND_STEPS, right)


@number("bonus.1")
@read_by_staff(1, bonus=True)
def test_speed_up(submission: Submission) -> str:
    """A way to speed up the slow step, and why it is a good approximation.

    1 point: names a way that avoids all |V| outputs (sampled softmax, noise-contrastive estimation,
    classes, a tree), its cost, and why what it computes is close to the softmax.
    """
    return Written.of(submission).prose("bonus", "speed_up")


# --- comparing -----------------------------------------------------------------------------------


def _require_equal(
    submission: Submission,
    part: str,
    name: str,
    vocabulary: Vocabulary,
    right: str,
    mistakes: Mapping[str, str],
) -> None:
    """The answer equals a formula; if it equals a known wrong one, that is explained."""
    written = Written.of(submission)
    formula = written.formula(part, name, vocabulary)
    try:
        if equality.equal(formula, parse(right, vocabulary)):
            return
        said = [m for f, m in mistakes.items() if equality.equal(formula, parse(f, vocabulary))]
    except FormulaError as error:
        raise written.failure(part, name, str(error)) from None
    hint = f" {said[0]}" if said else ""
    raise Failure(f"[{part}] {name}: {printable(formula.text, 100)} is not right.{hint}")


def _require_order(submission: Submission, name: str, vocabulary: Vocabulary, right: str) -> None:
    """The answer has an order of growth, and no larger one."""
    written = Written.of(submission)
    formula = written.formula("3d", name, vocabulary)
    try:
        order = Order.of(formula)
    except FormulaError as error:
        raise written.failure("3d", name, str(error)) from None
    wanted = Order.of(parse(right, vocabulary))
    problems = []
    if too_large := order.beyond(wanted):
        term = order.show(too_large[0])
        problems.append(f"{term} grows faster than the work does.{_TOO_LARGE.get(term, '')}")
    if wanted.beyond(order):
        problems.append("Some of the work grows faster than this: not every product is counted.")
    if problems:
        raise Failure(
            f"[3d] {name}: {printable(formula.text, 100)} is not right. {' '.join(problems)}"
        )


_LOOK_UP = " To look a word up copies one row of L, which has d entries."
_ONE_LOSS = " There is one loss, so the output layer is passed once."
_TOO_LARGE = {
    "d·|V|": _LOOK_UP,
    "d·|V|·τ": _LOOK_UP,
    "D_h·|V|·τ": _ONE_LOSS,
}
