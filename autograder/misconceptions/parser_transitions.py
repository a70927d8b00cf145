"""Parts 2c and 2d."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.misconceptions.registry import Gatherer
from solutions.parser_transitions import Dependency, Model, PartialParse, Transition

wrong = Gatherer("parser_transitions")


@wrong("PartialParse")
class ArcsExchanged(PartialParse):
    """LEFT-ARC and RIGHT-ARC are exchanged: LA makes the second item of the stack the dependent,
    RA the first."""

    def parse_step(self, transition: Transition) -> None:
        exchanged: dict[Transition, Transition] = {"LA": "RA", "RA": "LA"}
        super().parse_step(exchanged.get(transition, transition))


@wrong("PartialParse")
class HeadAndDependentExchanged(PartialParse):
    """A dependency is (head, dependent); here the dependent comes first."""

    def parse_step(self, transition: Transition) -> None:
        known = len(self.dependencies)
        super().parse_step(transition)
        self.dependencies[known:] = [(d, h) for h, d in self.dependencies[known:]]


@wrong("PartialParse")
class ShiftsTheLastWord(PartialParse):
    """SHIFT takes the last word of the buffer; the next word is the first one, `buffer[0]`."""

    def parse_step(self, transition: Transition) -> None:
        if transition == "S":
            self.stack.append(self.buffer.pop())
        else:
            super().parse_step(transition)


@wrong("PartialParse")
class RemovesTheHead(PartialParse):
    """An arc removes the dependent from the stack; here the head is removed."""

    def parse_step(self, transition: Transition) -> None:
        before = list(self.stack)
        super().parse_step(transition)
        if transition != "S":
            head = -1 if transition == "LA" else -2
            del before[head]
            self.stack = before


@wrong("PartialParse")
class RemovesByWord(PartialParse):
    """`list.remove(word)` removes the first item that equals the word; a word may be on the stack
    twice, so remove by place (`del stack[-2]`, `stack.pop()`)."""

    def parse_step(self, transition: Transition) -> None:
        before = list(self.stack)
        super().parse_step(transition)
        if transition != "S":
            before.remove(self.dependencies[-1][1])
            self.stack = before


@wrong("minibatch_parse")
def minibatch_parse_in_order_of_finishing(
    sentences: Sequence[Sequence[str]], model: Model, batch_size: int
) -> list[list[Dependency]]:
    """The dependencies come in the order in which the parses finish: collect them at the end,
    from the parses in the order of the sentences."""
    unfinished, done = [PartialParse(sentence) for sentence in sentences], []
    while unfinished:
        batch = unfinished[:batch_size]
        for parse, transition in zip(batch, model.predict(batch), strict=True):
            parse.parse_step(transition)
        done += [parse.dependencies for parse in unfinished if parse.finished]
        unfinished = [parse for parse in unfinished if not parse.finished]
    return done


@wrong("minibatch_parse")
def minibatch_parse_of_first_batch(
    sentences: Sequence[Sequence[str]], model: Model, batch_size: int
) -> list[list[Dependency]]:
    """Only the first batch is parsed: the sentences beyond `batch_size` never get their turn."""
    parses = [PartialParse(sentence) for sentence in sentences]
    unfinished = parses[:batch_size]
    while unfinished:
        for parse, transition in zip(unfinished, model.predict(unfinished), strict=True):
            parse.parse_step(transition)
        unfinished = [parse for parse in unfinished if not parse.finished]
    return [parse.dependencies for parse in parses]


@wrong("minibatch_parse")
def minibatch_parse_returns_an_alias(
    sentences: Sequence[Sequence[str]], model: Model, batch_size: int
) -> list[list[Dependency]]:
    """What is returned has been emptied: the list of unfinished parses and the list of all parses
    are one and the same, so make a copy (`unfinished = list(parses)`)."""
    parses = unfinished = [PartialParse(sentence) for sentence in sentences]
    while unfinished:
        batch = unfinished[:batch_size]
        for parse, transition in zip(batch, model.predict(batch), strict=True):
            parse.parse_step(transition)
        unfinished[:] = [parse for parse in unfinished if not parse.finished]
    return [parse.dependencies for parse in parses]
