"""Bonus 2i: parsers beyond the handout's network; docs/extensions.md measures what each gains."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from .factored import FactoredParser
from .initialization import dropout, xavier_weight_init
from .parser_model import ParserModel
from .support.corpus import Corpus, Ints
from .support.oracle import Examples
from .support.parser import NetworkParser, Parser
from .support.parsing import Score, Scores
from .support.states import N_POSITIONS
from .support.training import OnBatch, Settings
from .support.vocabulary import Vocabulary

# A step's weights count for 1/500 of the average: it spans the last two or three epochs of EWT.
DECAY = 0.998
N_MEMBERS = 3


def plain_parser(vocabulary: Vocabulary, seed: int = 0) -> FactoredParser:
    """The handout's network with its sizes, and random embeddings.

    With fine tags in the vocabulary it has 54 features instead of 36.
    """
    torch.manual_seed(seed)
    n_features = N_POSITIONS * (3 if vocabulary.fine_tags else 2)
    return FactoredParser(ParserModel(vocabulary.embeddings(seed=seed), n_features))


class DeeperModel(ParserModel):
    """A second hidden layer of the same size between the first one and the logits."""

    def __init__(self, embeddings: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> None:
        super().__init__(embeddings)
        hidden_size = len(self.b1)
        self.W2 = nn.Parameter(xavier_weight_init((hidden_size, hidden_size)))
        self.b3 = nn.Parameter(torch.zeros(hidden_size))

    def forward(self, w: Tensor) -> Tensor:
        """The logits of the transitions: integer `(n, m)` → `(n, n_classes)`."""
        h = torch.relu(self.embedding_lookup(w) @ self.W + self.b1)
        h = dropout(h, self.dropout_prob, self.training)
        h = torch.relu(h @ self.W2 + self.b3)
        h = dropout(h, self.dropout_prob, self.training)
        return h @ self.U + self.b2


def deeper_parser(vocabulary: Vocabulary, seed: int = 0) -> NetworkParser:
    """The network with an additional layer."""
    torch.manual_seed(seed)
    return NetworkParser(DeeperModel(vocabulary.embeddings(seed=seed)))


class AveragedParser(FactoredParser):
    """Parses with a moving average of the weights of all steps, in place of the last ones.

    The last steps of Adam at a constant rate wander around a good place; their mean is nearer.

    Attributes:
        last: what parses with the weights of the last step, once it is trained.
    """

    last: FactoredParser

    def train(self, examples: Examples, settings: Settings, on_batch: OnBatch) -> None:
        """Fit the network, and put the average in its place."""
        average = AveragedModel(self.model, multi_avg_fn=get_ema_multi_avg_fn(DECAY))

        def on_step(step: int, loss: float) -> None:
            average.update_parameters(self.model)
            on_batch(step, loss)

        super().train(examples, settings, on_step)
        self.last = FactoredParser(deepcopy(self.model))
        self.model.load_state_dict(average.module.state_dict())


def averaged_parser(vocabulary: Vocabulary, seed: int = 0) -> AveragedParser:
    """The plain network, to be averaged."""
    return AveragedParser(plain_parser(vocabulary, seed).model)


class Ensemble:
    """Several parsers that differ in their seeds; the sum of their log-probabilities decides.

    They are trained one after another. What one of them has learnt of single sentences, the
    others have not, and in the sum it does not count for much.
    """

    def __init__(self, members: list[Parser]) -> None:
        self.members = members
        self.n_networks = sum(member.n_networks for member in members)

    def train(self, examples: Examples, settings: Settings, on_batch: OnBatch) -> None:
        """Train each member with a seed of its own."""
        for place, member in enumerate(self.members):
            seed = _seed(settings.seed, place)
            member.train(examples, replace(settings, seed=seed), on_batch)

    def scorer(self, corpus: Corpus) -> Score:
        """The sum of the members' log-probabilities."""
        scorers = [member.scorer(corpus) for member in self.members]

        def score(rows: Ints) -> Scores:
            logits = torch.from_numpy(np.stack([member(rows) for member in scorers]))
            return logits.log_softmax(dim=2).sum(dim=0).numpy()

        return score

    def tensors(self) -> dict[str, Tensor]:
        """The members' weights, their names after the member's number."""
        return {
            f"{place}.{name}": tensor
            for place, member in enumerate(self.members)
            for name, tensor in member.tensors().items()
        }


def extended_parser(vocabulary: Vocabulary, seed: int = 0) -> Ensemble:
    """The best of the extensions: an ensemble of averaged networks, which read fine tags too."""
    seeds = [_seed(seed, place) for place in range(N_MEMBERS)]
    return Ensemble([averaged_parser(vocabulary, member) for member in seeds])


def _seed(seed: int, place: int) -> int:
    """A seed for each member: no two ensembles share one."""
    return seed * N_MEMBERS + place
