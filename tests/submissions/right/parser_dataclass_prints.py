# parser_transitions.py: a dataclass that prints 35 KB and more, and reads arguments at import.
# Loses: nothing
import argparse
import copy
import sys
from dataclasses import dataclass, field

import numpy as np

parser = argparse.ArgumentParser(description="parse")
parser.add_argument("-v", default=1)
args = parser.parse_args()


@dataclass
class PartialParse:
    sentence: list
    stack: list = field(default_factory=lambda: ["ROOT"])
    buffer: list = None
    dependencies: list = field(default_factory=list)

    def __post_init__(self):
        print(self.sentence[0], "begins a sentence")  # a sentence has a first word
        self.buffer = copy.deepcopy(self.sentence)

    def parse_step(self, transition: str) -> None:
        print("=" * 1500)
        print(self)
        print(transition, file=sys.stderr)
        head_dependent = {"LA": (-1, -2), "RA": (-2, -1)}
        if transition in head_dependent:
            head, dependent = head_dependent[transition]
            self.dependencies.append((self.stack[head], self.stack[dependent]))
            self.stack.pop(dependent)
        else:
            self.stack.append(self.buffer.pop(0))

    def parse(self, transitions):
        for transition in transitions:
            self.parse_step(transition)
        return self.dependencies


def minibatch_parse(sentences, model, batch_size):
    partial_parses = list(map(PartialParse, sentences))
    while True:
        unfinished = [p for p in partial_parses if not (p.buffer == [] and p.stack == ["ROOT"])]
        if not unfinished:
            break
        minibatch = unfinished[:batch_size]
        transitions = np.array(model.predict(minibatch))
        for k in np.arange(len(minibatch)):
            minibatch[k].parse_step(str(transitions[k]))
    return [p.dependencies for p in partial_parses]
