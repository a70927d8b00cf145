# parser_transitions.py: takes slices from the end of the list and keeps that order.
# Loses: 2d.2
class PartialParse(object):
    def __init__(self, sentence):
        self.sentence = sentence
        self.stack = ["ROOT"]
        self.buffer = list(sentence)
        self.dependencies = []

    def parse_step(self, transition):
        if transition == "S":
            self.stack.append(self.buffer.pop(0))
        elif transition == "LA":
            self.dependencies.append((self.stack[-1], self.stack[-2]))
            self.stack.pop(-2)
        elif transition == "RA":
            self.dependencies.append((self.stack[-2], self.stack[-1]))
            self.stack.pop(-1)

    def parse(self, transitions):
        for transition in transitions:
            self.parse_step(transition)
        return self.dependencies


def minibatch_parse(sentences, model, batch_size):
    partial_parses = [PartialParse(sentence) for sentence in sentences]
    results = []
    while partial_parses:
        minibatch = partial_parses[-batch_size:]
        del partial_parses[-batch_size:]
        unfinished = minibatch[:]
        while unfinished:
            for parse, transition in zip(unfinished, model.predict(unfinished)):
                parse.parse_step(transition)
            unfinished = [p for p in unfinished if p.buffer or len(p.stack) > 1]
        results += [p.dependencies for p in minibatch]
    return results
