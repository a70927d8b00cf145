"""Part 2h."""

from __future__ import annotations

import torch
from torch import Tensor

from autograder.misconceptions.registry import Gatherer
from solutions.parser_model import ParserModel

wrong = Gatherer("parser_model")


@wrong("ParserModel")
class EmbeddingsInterleaved(ParserModel):
    """The numbers of different embeddings are interleaved: look up `(batch, n_features, d)` and
    flatten that as it is, without exchanging dimensions."""

    def embedding_lookup(self, w: Tensor) -> Tensor:
        return self.L[w].transpose(1, 2).flatten(1)


@wrong("ParserModel")
class EmbeddingsReversed(ParserModel):
    """The embeddings of the features stand in reverse order."""

    def embedding_lookup(self, w: Tensor) -> Tensor:
        return self.L[w.flip(1)].flatten(1)


@wrong("ParserModel")
class EmbeddingsAveraged(ParserModel):
    """The embeddings of the features are averaged; they should stand side by side, so that W has
    weights for each feature."""

    def embedding_lookup(self, w: Tensor) -> Tensor:
        return self.L[w].mean(1)


@wrong("ParserModel")
class EmbeddingsAdded(ParserModel):
    """The embeddings of the features are added up; they should stand side by side, so that W has
    weights for each feature."""

    def embedding_lookup(self, w: Tensor) -> Tensor:
        return self.L[w].sum(1)


@wrong("ParserModel")
class EmbeddingsNotFlattened(ParserModel):
    """The embeddings of an example are still a matrix: make one row of them, with `flatten(1)` or
    `view(batch, -1)`."""

    def embedding_lookup(self, w: Tensor) -> Tensor:
        return self.L[w]


@wrong("ParserModel")
class EmbeddingsOfOtherExamples(ParserModel):
    """The embeddings of different examples are mixed: the batch should stay the first dimension
    when the others are flattened."""

    def embedding_lookup(self, w: Tensor) -> Tensor:
        return self.L[w.T].reshape(len(w), -1)


@wrong("ParserModel")
class WithoutReLU(ParserModel):
    """The ReLU is missing: without it the two layers are one linear map."""

    def forward(self, w: Tensor) -> Tensor:
        return (self.embedding_lookup(w) @ self.W + self.b1) @ self.U + self.b2


@wrong("ParserModel")
class SigmoidForReLU(ParserModel):
    """The hidden layer has a sigmoid; the assignment asks for ReLU."""

    def forward(self, w: Tensor) -> Tensor:
        return torch.sigmoid(self.embedding_lookup(w) @ self.W + self.b1) @ self.U + self.b2


@wrong("ParserModel")
class TanhForReLU(ParserModel):
    """The hidden layer has a tanh; the assignment asks for ReLU."""

    def forward(self, w: Tensor) -> Tensor:
        return torch.tanh(self.embedding_lookup(w) @ self.W + self.b1) @ self.U + self.b2


@wrong("ParserModel")
class CubeForReLU(ParserModel):
    """The hidden layer has the cube of Chen and Manning's paper; the assignment asks for ReLU."""

    def forward(self, w: Tensor) -> Tensor:
        return (self.embedding_lookup(w) @ self.W + self.b1) ** 3 @ self.U + self.b2


@wrong("ParserModel")
class ReLUOnLogits(ParserModel):
    """The logits go through a ReLU, too: no score may be negative then. Only h has one."""

    def forward(self, w: Tensor) -> Tensor:
        return torch.relu(super().forward(w))


@wrong("ParserModel")
class BiasAfterReLU(ParserModel):
    """b₁ is added after the ReLU; it belongs inside."""

    def forward(self, w: Tensor) -> Tensor:
        return (torch.relu(self.embedding_lookup(w) @ self.W) + self.b1) @ self.U + self.b2


@wrong("ParserModel")
class WithoutFirstBias(ParserModel):
    """b₁ is a parameter, but it is not added to x W."""

    def forward(self, w: Tensor) -> Tensor:
        return torch.relu(self.embedding_lookup(w) @ self.W) @ self.U + self.b2


@wrong("ParserModel")
class WithoutSecondBias(ParserModel):
    """b₂ is a parameter, but it is not added to h U."""

    def forward(self, w: Tensor) -> Tensor:
        return torch.relu(self.embedding_lookup(w) @ self.W + self.b1) @ self.U


@wrong("ParserModel")
class ReturnsProbabilities(ParserModel):
    """forward ends with a softmax, and the cross-entropy of training would apply another one."""

    def forward(self, w: Tensor) -> Tensor:
        return torch.softmax(super().forward(w), dim=1)


@wrong("ParserModel")
class ReturnsLogProbabilities(ParserModel):
    """forward ends with a log_softmax, which belongs to the loss."""

    def forward(self, w: Tensor) -> Tensor:
        return torch.log_softmax(super().forward(w), dim=1)
