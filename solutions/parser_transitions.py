"""Parts 2c and 2d: arc-standard transitions, and parsing in minibatches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

Transition = Literal["S", "LA", "RA"]
Dependency = tuple[str, str]
"""(head, dependent)"""


class IllegalTransition(ValueError):
    """A transition that the state does not allow."""


class PartialParse:
    """A parse under way.

    Attributes:
        sentence: the words; never changed.
        stack: starts with ROOT; its top is the end of the list.
        buffer: the words still to be shifted; its front is the start of the list.
        dependencies: (head, dependent), in the order in which they were found.
    """

    def __init__(self, sentence: Sequence[str]) -> None:
        # BEGIN SOLUTION: 2c
        self.sentence = sentence
        self.stack = ["ROOT"]
        self.buffer = list(sentence)
        self.dependencies: list[Dependency] = []
        # END SOLUTION

    # BEGIN SOLUTION NO PROMPT
    @property
    def finished(self) -> bool:
        """Whether the buffer is empty and the stack is down to ROOT."""
        return not self.buffer and len(self.stack) == 1

    # END SOLUTION

    def parse_step(self, transition: Transition) -> None:
        """Apply one transition.

        Raises:
            IllegalTransition: the state does not allow it; the text says why.
        """
        # BEGIN SOLUTION: 2c
        if transition == "S":
            if not self.buffer:
                raise IllegalTransition(f"SHIFT needs a word in the buffer; stack {self.stack}")
            self.stack.append(self.buffer.pop(0))  # eq-transition-shift
        elif transition in ("LA", "RA"):
            if len(self.stack) < 2:
                raise IllegalTransition(f"an arc needs two items on the stack, not {self.stack}")
            # eq-transition-left, eq-transition-right
            head, dependent = (-1, -2) if transition == "LA" else (-2, -1)
            self.dependencies.append((self.stack[head], self.stack[dependent]))
            del self.stack[dependent]  # by place: the word may be on the stack twice
        else:
            raise IllegalTransition(f"{transition!r} is none of S, LA and RA")
        # END SOLUTION

    def parse(self, transitions: Sequence[Transition]) -> list[Dependency]:
        """Apply transitions one after another; all dependencies found so far."""
        # BEGIN SOLUTION: 2c
        for transition in transitions:
            self.parse_step(transition)
        return self.dependencies
        # END SOLUTION


class Model(Protocol):
    """Whatever chooses transitions."""

    def predict(self, partial_parses: list[PartialParse]) -> Sequence[Transition]:
        """The next transition of each."""


def minibatch_parse(
    sentences: Sequence[Sequence[str]], model: Model, batch_size: int
) -> list[list[Dependency]]:
    """Parse sentences side by side, with one prediction for a whole batch.

    Args:
        sentences: each a list of words.
        model: asked once a round, for at most `batch_size` unfinished parses.
        batch_size: how many at most.

    Returns:
        The dependencies of each sentence, in the order of `sentences`.
    """
    # BEGIN SOLUTION: 2d
    parses = [PartialParse(sentence) for sentence in sentences]
    unfinished = list(parses)  # a list of its own: `parses` keeps the order
    while unfinished:
        batch = unfinished[:batch_size]
        for parse, transition in zip(batch, model.predict(batch), strict=True):
            parse.parse_step(transition)
        unfinished = [parse for parse in unfinished if not parse.finished]
    return [parse.dependencies for parse in parses]
    # END SOLUTION
