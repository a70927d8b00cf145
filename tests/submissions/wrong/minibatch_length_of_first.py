# parser_transitions.py: every parse gets as many steps as the first sentence needs.
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
    for start in range(0, len(sentences), batch_size):
        minibatch = partial_parses[start : start + batch_size]
        for _ in range(2 * len(minibatch[0].sentence)):
            minibatch = [p for p in minibatch if p.buffer or len(p.stack) > 1]
            for parse, transition in zip(minibatch, model.predict(minibatch)):
                parse.parse_step(transition)
    return [p.dependencies for p in partial_parses]
