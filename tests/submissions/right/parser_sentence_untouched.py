# parser_transitions.py: the buffer is the sentence itself, never changed: a shift makes a new list.
# Loses: nothing
import copy


class PartialParse(object):
    def __init__(self, sentence):
        self.sentence = sentence
        self.stack = ["ROOT"]
        self.buffer = sentence
        self.dependencies = []

    def parse_step(self, transition):
        if transition == "S":
            self.stack = self.stack + self.buffer[:1]
            self.buffer = self.buffer[1:]
            return
        second, first = self.stack[-2:]
        rest = self.stack[:-2]
        if transition == "LA":
            self.dependencies = self.dependencies + [(first, second)]
            self.stack = rest + [first]
        if transition == "RA":
            self.dependencies = self.dependencies + [(second, first)]
            self.stack = rest + [second]

    def parse(self, transitions):
        [self.parse_step(t) for t in transitions]
        return copy.deepcopy(self.dependencies)


def minibatch_parse(sentences, model, batch_size):
    partial_parses = [PartialParse(sentence) for sentence in sentences]
    unfinished_parses = copy.copy(partial_parses)
    while len(unfinished_parses) > 0:
        minibatch = unfinished_parses[:batch_size]
        transitions = model.predict(minibatch)
        for i in range(len(minibatch)):
            minibatch[i].parse_step(transitions[i])
        for parse in minibatch:
            if len(parse.buffer) == 0 and len(parse.stack) == 1:
                unfinished_parses.remove(parse)
    return [parse.dependencies for parse in partial_parses]
