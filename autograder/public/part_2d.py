"""Minibatch parsing."""

from __future__ import annotations

from typing import Any

from autograder.checks import Answers, Failure, number, weight
from autograder.describe import describe
from autograder.public.example import expect_plain


class Chain:
    """A model that shifts all words and then makes RIGHT-ARCs: each word heads the next."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.answers = Answers("predict", self.predict, observe=("stack", "buffer"))

    def predict(self, parses: Any) -> list[str]:
        """The next transition of each."""
        if not isinstance(parses, (list, tuple)):
            raise Failure("model.predict should get a list of partial parses.")
        if len(self.sizes) > 30:
            raise Failure("model.predict was called more than 30 times: the loop does not end.")
        self.sizes.append(len(parses))
        return ["S" if parse.seen.get("buffer") else "RA" for parse in parses]


@number("2d.1")
@weight(0)
def test_three_sentences(student: Any) -> None:
    """Three sentences in batches of two come back in their order, each word the next one's head."""
    model = Chain()
    sentences = [["a", "b", "c"], ["d"], ["e", "f"]]
    returned = student.parser_transitions.minibatch_parse(sentences, model.answers, 2)
    expected = [
        [("b", "c"), ("a", "b"), ("ROOT", "a")],
        [("ROOT", "d")],
        [("e", "f"), ("ROOT", "e")],
    ]
    if max(model.sizes, default=0) > 2:
        raise Failure(f"With batch_size = 2, model.predict got {describe(model.sizes)} parses.")
    expect_plain(returned, expected, "What minibatch_parse returns")


@number("2d.2")
@weight(0)
def test_no_sentences(student: Any) -> None:
    """No sentences give an empty list."""
    returned = student.parser_transitions.minibatch_parse([], Chain().answers, 2)
    expect_plain(returned, [], "What minibatch_parse returns for no sentences")
