# parser_transitions.py: one parse after another; transitions compared with `is`; arcs are lists.
# Loses: nothing
class PartialParse:
    def __init__(self, sentence):
        self.sentence = sentence
        self.stack = ["ROOT"]
        self.buffer = [word for word in sentence]
        self.dependencies = []

    def parse_step(self, transition):
        if transition is "S":
            self.stack += [self.buffer.pop(0)]
        elif transition is "LA":
            dependent = self.stack.pop(-2)
            self.dependencies += [[self.stack[-1], dependent]]
        elif transition is "RA":
            dependent = self.stack.pop(-1)
            self.dependencies += [[self.stack[-1], dependent]]
        else:
            raise "no such transition"

    def parse(self, transitions):
        while transitions:
            self.parse_step(transitions[0])
            transitions = transitions[1:]
        return self.dependencies


def minibatch_parse(sentences, model, batch_size):
    result = []
    for sentence in sentences:
        parse = PartialParse(sentence)
        while not (len(parse.buffer) == 0 and len(parse.stack) == 1):
            parse.parse_step(model.predict([parse])[0])
        result.append(parse.dependencies)
    return result
