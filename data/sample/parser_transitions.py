"""Part 2, c and d."""


class PartialParse:
    def __init__(self, sentence):
        self.sentence = sentence
        self.stack = ["ROOT"]
        self.buffer = sentence[:]
        self.dependencies = []

    def parse_step(self, transition):
        if transition == "S":
            self.stack.append(self.buffer.pop(0))
        elif transition == "LA":
            head, dependent = self.stack[-1], self.stack[-2]
            self.dependencies.append((head, dependent))
            self.stack.remove(dependent)
        elif transition == "RA":
            head, dependent = self.stack[-2], self.stack[-1]
            self.dependencies.append((head, dependent))
            self.stack.pop()

    def parse(self, transitions):
        for transition in transitions:
            self.parse_step(transition)
        return self.dependencies


def minibatch_parse(sentences, model, batch_size):
    unfinished = [PartialParse(sentence) for sentence in sentences]
    dependencies = []
    while unfinished:
        batch = unfinished[:batch_size]
        for parse, transition in zip(batch, model.predict(batch)):
            parse.parse_step(transition)
            if not parse.buffer and len(parse.stack) == 1:
                dependencies.append(parse.dependencies)
                unfinished.remove(parse)
    return dependencies
