"""The straightforward way to write the parser: what the reference is measured against.

Python loops over one state at a time, dictionaries, `nn.Linear`, a batch of 1024, ten epochs of
Adam at 1e-3: what many solutions of this assignment look like. Being so plain, it is also the
oracle of the tests: the features, the oracle and the parsing loop by their definitions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from data.conllu import Sentence
from solutions.parser_transitions import Dependency, PartialParse, Transition, minibatch_parse
from solutions.support.states import TRANSITIONS
from solutions.support.vocabulary import NULL, ROOT, Vocabulary


class Words(list[str]):
    """A sentence whose words are their own numbers, "1" and on, so that no two are alike."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(place) for place in range(1, 1 + len(sentence.words)))
        self.sentence = sentence


def number(item: str) -> int:
    """The number of an item on the stack."""
    return 0 if item == "ROOT" else int(item)


def children(parse: PartialParse, head: int) -> tuple[list[int], list[int]]:
    """The children on the left from the leftmost, and on the right from the rightmost."""
    found = sorted(number(d) for h, d in parse.dependencies if number(h) == head)
    return [c for c in found if c < head], [c for c in reversed(found) if c > head]


def features(parse: PartialParse, vocabulary: Vocabulary) -> list[int]:
    """The 36 features of a state."""
    assert isinstance(parse.sentence, Words)
    sentence = parse.sentence.sentence
    words: list[int | None] = [None] * max(0, 3 - len(parse.stack))
    words += [number(item) for item in parse.stack[-3:]]
    words += [number(item) for item in parse.buffer[:3]]
    words += [None] * (6 - len(words))
    for place in (-1, -2):
        if len(parse.stack) < -place:
            words += [None] * 6
            continue
        left, right = children(parse, number(parse.stack[place]))
        words.append(left[0] if left else None)
        words.append(right[0] if right else None)
        words.append(left[1] if len(left) > 1 else None)
        words.append(right[1] if len(right) > 1 else None)
        outer = children(parse, left[0])[0] if left else []
        words.append(outer[0] if outer else None)
        outer = children(parse, right[0])[1] if right else []
        words.append(outer[0] if outer else None)
    found: list[int] = []
    for word in words:
        if word is None:
            found.append(vocabulary.words[NULL])
        else:
            found.append(vocabulary.word(sentence.words[word - 1]) if word else
                         vocabulary.words[ROOT])  # fmt: skip
    for word in words:
        if word is None:
            found.append(vocabulary.tags[NULL])
        else:
            found.append(vocabulary.tag(sentence.tags[word - 1]) if word else
                         vocabulary.tags[ROOT])  # fmt: skip
    return found


def legal(parse: PartialParse) -> list[bool]:
    """Which of LEFT-ARC, RIGHT-ARC and SHIFT are legal."""
    return [len(parse.stack) > 2, len(parse.stack) > 1, len(parse.buffer) > 0]


def oracle(parse: PartialParse, heads: Sequence[int | None]) -> Transition | None:
    """The transition on the way to a tree; None if there is none."""
    if len(parse.stack) > 1:
        second, first = number(parse.stack[-2]), number(parse.stack[-1])
        if second and heads[second - 1] == first:
            return "LA"
        waiting = any(heads[int(word) - 1] == first for word in parse.buffer)
        if first and heads[first - 1] == second and not waiting:
            return "RA"
    return "S" if parse.buffer else None


def examples(
    sentences: Sequence[Sentence], vocabulary: Vocabulary
) -> tuple[list[list[int]], list[int], int]:
    """The features and transitions of all states of the projective sentences; how many are not."""
    states: list[list[int]] = []
    transitions: list[int] = []
    skipped = 0
    for sentence in sentences:
        parse = PartialParse(Words(sentence))
        found: list[list[int]] = []
        done: list[int] = []
        while not parse.finished:
            transition = oracle(parse, sentence.heads)
            if transition is None:
                break
            found.append(features(parse, vocabulary))
            done.append(TRANSITIONS.index(transition))
            parse.parse_step(transition)
        if parse.finished:
            states += found
            transitions += done
        else:
            skipped += 1
    return states, transitions, skipped


class Network(nn.Module):
    """The network of the assignment, as most write it."""

    def __init__(self, embeddings: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> None:
        super().__init__()
        self.embedding = nn.Embedding.from_pretrained(torch.tensor(embeddings), freeze=False)
        self.hidden = nn.Linear(36 * embeddings.shape[1], 200)
        self.out = nn.Linear(200, 3)
        self.dropout = nn.Dropout(0.5)
        nn.init.xavier_uniform_(self.hidden.weight)
        nn.init.xavier_uniform_(self.out.weight)

    def forward(self, w: Tensor) -> Tensor:
        """Logits."""
        x = self.embedding(w).view(len(w), -1)
        logits: Tensor = self.out(self.dropout(torch.relu(self.hidden(x))))
        return logits


def fit(
    model: nn.Module,
    states: list[list[int]],
    transitions: list[int],
    n_epochs: int = 10,
    after_epoch: Callable[[int], bool] = lambda epoch: False,
) -> None:
    """Train; `after_epoch` may end it."""
    X, y = torch.tensor(states), torch.tensor(transitions)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(n_epochs):
        model.train()
        for batch in torch.randperm(len(X)).split(1024):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(X[batch]), y[batch]).backward()
            optimizer.step()
        if after_epoch(epoch):
            return


class Predictor:
    """Chooses the best legal transition of each parse."""

    def __init__(self, model: nn.Module, vocabulary: Vocabulary) -> None:
        self.model = model.eval()
        self.vocabulary = vocabulary

    def predict(self, partial_parses: list[PartialParse]) -> list[Transition]:
        """The next transition of each."""
        w = torch.tensor([features(parse, self.vocabulary) for parse in partial_parses])
        with torch.no_grad():
            logits = self.model(w)
        allowed = torch.tensor([legal(parse) for parse in partial_parses])
        best = logits.masked_fill(~allowed, -torch.inf).argmax(1).tolist()
        names: list[Transition] = ["LA", "RA", "S"]
        return [names[number] for number in best]


def parse(
    sentences: Sequence[Sentence], model: nn.Module, vocabulary: Vocabulary
) -> list[list[int]]:
    """The heads of each sentence, by the plain minibatch loop."""
    words = [Words(sentence) for sentence in sentences]
    found = minibatch_parse(words, Predictor(model, vocabulary), batch_size=5000)
    return [_heads(dependencies) for dependencies in found]


def _heads(dependencies: list[Dependency]) -> list[int]:
    heads = [0] * len(dependencies)
    for head, dependent in dependencies:
        heads[number(dependent) - 1] = number(head)
    return heads
