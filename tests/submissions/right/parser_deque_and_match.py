# parser_transitions.py: a deque for the buffer, a match statement, __slots__, extra methods.
# Loses: nothing
from collections import deque


class PartialParse:
    __slots__ = ("sentence", "stack", "buffer", "dependencies")

    def __init__(self, sentence):
        self.sentence = sentence
        self.stack = ["ROOT"]
        self.buffer = deque(sentence)
        self.dependencies = []

    def is_finished(self):
        return len(self.stack) == 1 and not self.buffer

    def shift(self):
        self.stack.append(self.buffer.popleft())

    def arc(self, head, dependent):
        self.dependencies.append((self.stack[head], self.stack[dependent]))
        del self.stack[dependent]

    def parse_step(self, transition):
        match transition:
            case "S":
                self.shift()
            case "LA":
                self.arc(head=-1, dependent=-2)
            case "RA":
                self.arc(head=-2, dependent=-1)
            case _:
                exit()

    def parse(self, transitions):
        for t in transitions:
            self.parse_step(t)
        return self.dependencies


def minibatch_parse(sentences, model, batch_size):
    partial_parses = [PartialParse(s) for s in sentences]
    unfinished = deque(partial_parses)
    while unfinished:
        minibatch = [unfinished.popleft() for _ in range(min(batch_size, len(unfinished)))]
        for pp, t in zip(minibatch, model.predict(minibatch)):
            pp.parse_step(t)
        unfinished.extendleft(pp for pp in reversed(minibatch) if not pp.is_finished())
    return [pp.dependencies for pp in partial_parses]
