# parser_transitions.py: the three lists are properties; recursion; lists of sentences by number.
# Loses: nothing
class PartialParse:
    def __init__(self, sentence):
        self.sentence = [] + sentence  # a tuple would not do, and need not
        self._next = 0
        self._stack = []
        self._arcs = []

    @property
    def stack(self):
        return ["ROOT"] + [self.sentence[i] for i in self._stack]

    @property
    def buffer(self):
        return self.sentence[self._next :]

    @property
    def dependencies(self):
        words = self.sentence + ["ROOT"]
        return [(words[head], words[dependent]) for head, dependent in self._arcs]

    def parse_step(self, transition):
        if transition == "S":
            self._stack.append(self._next)
            self._next += 1
        else:
            first = self._stack.pop()
            second = self._stack.pop() if self._stack else -1
            head, dependent = (first, second) if transition == "LA" else (second, first)
            self._arcs.append((head, dependent))
            if head >= 0:
                self._stack.append(head)

    def parse(self, transitions):
        if not transitions:
            return self.dependencies
        self.parse_step(transitions[0])
        return self.parse(transitions[1:])


def minibatch_parse(sentences, model, batch_size):
    parses = {i: PartialParse(s) for i, s in enumerate(sentences)}
    todo = sorted(parses, key=lambda i: len(sentences[i]))
    while todo:
        now, later = todo[:batch_size], todo[batch_size:]
        answers = model.predict([parses[i] for i in now])
        for i, answer in zip(now, answers):
            parses[i].parse_step(answer)
        todo = [i for i in now if parses[i].buffer or parses[i]._stack] + later
    return tuple(tuple(parses[i].dependencies) for i in range(len(parses)))
