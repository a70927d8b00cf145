"""Part 2h: the network that chooses the next transition of a parse."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .initialization import dropout, xavier_weight_init


class ParserModel(nn.Module):
    """ŷ = softmax(h U + b₂), h = ReLU(x W + b₁), x = [L_{w₁}, …, L_{wₘ}]; returns the logits.

    Attributes:
        L: embeddings `(vocabulary, d)`, trained like everything else.
        W, b1: `(m·d, hidden_size)` and `(hidden_size,)`.
        U, b2: `(hidden_size, n_classes)` and `(n_classes,)`.
    """

    def __init__(
        self,
        embeddings: np.ndarray[Any, np.dtype[np.float32]],
        n_features: int = 36,
        hidden_size: int = 200,
        n_classes: int = 3,
        dropout_prob: float = 0.5,
    ) -> None:
        super().__init__()
        # BEGIN SOLUTION: 2h
        d = embeddings.shape[1]
        self.dropout_prob = dropout_prob
        self.L = nn.Parameter(torch.tensor(embeddings))
        self.W = nn.Parameter(xavier_weight_init((n_features * d, hidden_size)))
        self.b1 = nn.Parameter(torch.zeros(hidden_size))
        self.U = nn.Parameter(xavier_weight_init((hidden_size, n_classes)))
        self.b2 = nn.Parameter(torch.zeros(n_classes))
        # END SOLUTION

    def embedding_lookup(self, w: Tensor) -> Tensor:
        """The embeddings of the features side by side: integer `(n, m)` → `(n, m·d)`."""
        # BEGIN SOLUTION: 2h
        # Not L[w]: the gradient of an embedding look-up is much faster to compute.
        return nn.functional.embedding(w, self.L).flatten(1)  # eq-parser-input
        # END SOLUTION

    def forward(self, w: Tensor) -> Tensor:
        """The logits of the transitions: integer `(n, m)` → `(n, n_classes)`."""
        # BEGIN SOLUTION: 2h
        x = self.embedding_lookup(w)  # (n, m·d)
        h = torch.relu(x @ self.W + self.b1)  # eq-parser-hidden (n, hidden_size)
        h = dropout(h, self.dropout_prob, self.training)
        return h @ self.U + self.b2  # eq-parser-logits (n, n_classes)
        # END SOLUTION
