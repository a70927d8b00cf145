# parser_transitions.py: model.predict gets finished parses until the whole slice is done.
# Loses: 2d.5
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
    for start in range(0, len(sentences), batch_size):
        minibatch = partial_parses[start : start + batch_size]
        while any(p.buffer or len(p.stack) > 1 for p in minibatch):
            for parse, transition in zip(minibatch, model.predict(minibatch)):
                if parse.buffer or len(parse.stack) > 1:
                    parse.parse_step(transition)
    return [p.dependencies for p in partial_parses]
