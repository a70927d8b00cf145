# parser_model.py: one-hot rows times the embeddings; a generator of its own for the masks.
# Loses: nothing
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class ParserModel(nn.Module):
    def __init__(self, embeddings, n_features=36, hidden_size=200, n_classes=3, dropout_prob=0.5):
        super().__init__()
        self.config = dict(n_features=n_features, hidden=hidden_size, classes=n_classes)
        self.p = float(dropout_prob)
        self.random = np.random.default_rng(0)
        self.L = nn.Parameter(torch.FloatTensor(np.array(embeddings)))
        self.W, self.b1 = self._layer(n_features * self.L.shape[1], hidden_size)
        self.U, self.b2 = self._layer(hidden_size, n_classes)

    def _layer(self, m, n):
        eps = np.sqrt(6.0) / np.sqrt(m + n)
        weights = torch.empty(n, m)
        nn.init.uniform_(weights, -eps, eps)
        return nn.Parameter(weights.t()), nn.Parameter(torch.full((n,), 0.1))

    def embedding_lookup(self, w):
        one_hot = F.one_hot(w, self.L.shape[0]).float()
        return (one_hot @ self.L).reshape(w.size(0), w.size(1) * self.L.size(1))

    def forward(self, w):
        h = F.relu(self.embedding_lookup(w).matmul(self.W).add(self.b1))
        if self.training and self.p > 0:
            mask = self.random.random(tuple(h.shape)) >= self.p
            h = h * torch.from_numpy(mask.astype(np.float32)) / (1 - self.p)
        return h.matmul(self.U).add(self.b2)
