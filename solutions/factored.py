"""The parser network, computed faster: each product of an embedding and its weights only once.

The input of the hidden layer is a sum over the features, x W = Σᵢ L_{wᵢ} Wᵢ, where Wᵢ are the d
rows of W that meet feature i. Among the states of a batch most pairs (i, wᵢ) occur again and again,
and so do most among all states of all sentences that are parsed: Chen and Manning (2014) computed
the commonest beforehand. Here each pair of a batch is computed once, and the sums are gathered.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import embedding, embedding_bag

from .initialization import dropout
from .parser_model import ParserModel
from .support.corpus import Corpus, Ints
from .support.oracle import Examples
from .support.parser import NetworkParser
from .support.parsing import Score, Scores
from .support.states import N_POSITIONS
from .support.training import OnBatch, Settings, train


def logits(model: ParserModel, w: Tensor) -> Tensor:
    """What `model(w)` is, up to rounding: integer `(n, m)` → `(n, n_classes)`."""
    vocabulary, d = model.L.shape
    m = w.shape[1]
    pairs, place = torch.unique(w + vocabulary * torch.arange(m), return_inverse=True)
    counts = torch.bincount(pairs // vocabulary, minlength=m).tolist()  # pairs of each feature
    L_w = embedding(pairs % vocabulary, model.L).split(counts)
    W = model.W.view(m, d, -1)
    # eq-parser-blocks: the products, (pairs, hidden); then their sums, (n, hidden)
    products = torch.cat([L_i @ W_i for L_i, W_i in zip(L_w, W, strict=True)])
    h = torch.relu(embedding_bag(place, products, mode="sum") + model.b1)
    h = dropout(h, model.dropout_prob, model.training)
    return h @ model.U + model.b2


@torch.no_grad()
def scorer(model: ParserModel, corpus: Corpus) -> Score:
    """The scores of a corpus's states, without dropout, from products computed beforehand."""
    d, n_kinds = model.L.shape[1], len(corpus.kinds)
    W = model.W.view(n_kinds, N_POSITIONS, d, -1)
    found = [np.unique(kind, return_inverse=True) for kind in corpus.kinds]
    sizes = [N_POSITIONS * len(numbers) for numbers, _ in found]
    table = torch.empty(sum(sizes), len(model.b1))
    places: list[tuple[Ints, Ints]] = []  # of each row's product in the first position; the steps
    first = 0
    for (numbers, place), W_kind, products in zip(found, W, table.split(sizes), strict=True):
        L_kind = model.L[torch.from_numpy(numbers)].expand(N_POSITIONS, -1, -1)
        torch.bmm(L_kind, W_kind, out=products.view(N_POSITIONS, len(numbers), -1))
        places.append((first + place, len(numbers) * np.arange(N_POSITIONS)))
        first += len(products)
    table[: len(found[0][0])] += model.b1  # each state has one word in the first position

    def score(rows: Ints) -> Scores:
        indices = np.concatenate([place[rows] + steps for place, steps in places], axis=1)
        with torch.no_grad():
            h = embedding_bag(torch.from_numpy(indices), table, mode="sum").relu_()
            return torch.addmm(model.b2, h, model.U).numpy()

    return score


class FactoredParser(NetworkParser):
    """The reference's network, trained and asked in the fast way."""

    def __init__(self, network: ParserModel) -> None:
        super().__init__(network)
        self.model = network

    def train(self, examples: Examples, settings: Settings, on_batch: OnBatch) -> None:
        """Fit the network."""
        train(self.model, examples, settings, on_batch, partial(logits, self.model))

    def scorer(self, corpus: Corpus) -> Score:
        """The network's logits, without dropout."""
        return scorer(self.model, corpus)
