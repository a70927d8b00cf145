# parser_transitions.py: the attributes never change, since parse_step does nothing.
# Loses: 2c.1 2c.2 2c.3 2c.4 2c.5 2c.6 2c.7 2c.8
class PartialParse:
    sentence, stack, buffer, dependencies = [], ["ROOT"], [], [("a", "b")]

    def __init__(self, sentence):
        pass

    def parse_step(self, transition):
        pass

    def parse(self, transitions):
        return self.dependencies


def minibatch_parse(sentences, model, batch_size):
    partial_parses = [PartialParse(sentence) for sentence in sentences]
    unfinished = partial_parses[:]
    while unfinished:
        minibatch = unfinished[:batch_size]
        for parse, transition in zip(minibatch, model.predict(minibatch)):
            parse.parse_step(transition)
        unfinished = [p for p in unfinished if p.buffer or len(p.stack) > 1]
    return [p.dependencies for p in partial_parses]
