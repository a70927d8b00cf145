# parser_transitions.py: each slice is finished before the next begins; the buffer is a slice.
# Loses: nothing
import sys


class PartialParse(object):
    def __init__(self, sentence):
        self.sentence = sentence
        self.stack = ["ROOT"]
        self.buffer = self.sentence[:]
        self.dependencies = []

    def parse_step(self, transition):
        if transition == "S":
            self.stack.append(self.buffer[0])
            self.buffer = self.buffer[1:]
        elif transition == "LA":
            self.dependencies.append((self.stack[-1], self.stack[-2]))
            self.stack.pop(-2)
        elif transition == "RA":
            self.dependencies.append((self.stack[-2], self.stack[-1]))
            self.stack.pop()
        else:
            print("illegal transition", transition)
            sys.exit(1)

    def parse(self, transitions):
        for transition in transitions:
            self.parse_step(transition)
        return self.dependencies


def minibatch_parse(sentences, model, batch_size):
    dependencies = []
    for start in range(0, len(sentences), batch_size):
        partial_parses = [PartialParse(s) for s in sentences[start : start + batch_size]]
        unfinished = partial_parses[:]
        while unfinished:
            transitions = model.predict(unfinished)
            for pp, t in zip(unfinished, transitions):
                pp.parse_step(t)
            unfinished = [pp for pp in unfinished if pp.buffer or len(pp.stack) > 1]
        dependencies.extend(pp.dependencies for pp in partial_parses)
    return dependencies
