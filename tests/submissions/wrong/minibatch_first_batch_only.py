# parser_transitions.py: only the first batch is parsed.
# Loses: 2d.4
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
    unfinished = partial_parses[:batch_size]
    while unfinished:
        minibatch = unfinished[:batch_size]
        transitions = model.predict(minibatch)
        for parse, transition in zip(minibatch, transitions):
            parse.parse_step(transition)
        unfinished = [p for p in unfinished if p.buffer or len(p.stack) > 1]
    return [p.dependencies for p in partial_parses]
