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
            self.stack[-2:] = self.stack[-1:]
        else:
            self.dependencies.append((self.stack[-2], self.stack[-1]))
            self.stack[-2:] = self.stack[-2:-1]

    def parse(self, transitions):
        for transition in transitions:
            self.parse_step(transition)
        return self.dependencies


def minibatch_parse(sentences, model, batch_size):
    partial_parses = [PartialParse(sentence) for sentence in sentences]
    unfinished_parses = partial_parses[:]
    while unfinished_parses:
        batch = unfinished_parses[0:batch_size]
        for transition, pp in zip(model.predict(batch), batch):
            pp.parse_step(transition)
            if not pp.buffer and len(pp.stack) == 1:
                unfinished_parses.remove(pp)
    return [pp.dependencies for pp in partial_parses]


def test_parse():
    dependencies = PartialParse(["parse", "this", "sentence"]).parse(["S", "S", "S", "LA", "RA", "RA"])
    assert dependencies == [("sentence", "this"), ("parse", "sentence"), ("ROOT", "parse")]
    print("parse test passed!")


if __name__ == "__main__":
    test_parse()
