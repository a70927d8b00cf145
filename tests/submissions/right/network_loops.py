# parser_model.py: the look-up by loops, h unit by unit, its own masks.
# Loses: nothing
import math

import torch
from torch import nn


def uniform(rows, columns):
    epsilon = math.sqrt(6 / (rows + columns))
    return torch.rand(rows, columns) * 2 * epsilon - epsilon


class ParserModel(nn.Module):
    def __init__(self, embeddings, n_features=36, hidden_size=200, n_classes=3, dropout_prob=0.5):
        super().__init__()
        self.E = nn.Parameter(torch.tensor(embeddings.tolist()))
        self.W = nn.Parameter(uniform(n_features * embeddings.shape[1], hidden_size))
        self.b1 = nn.Parameter(torch.zeros(hidden_size))
        self.U = nn.Parameter(uniform(hidden_size, n_classes))
        self.b2 = nn.Parameter(torch.zeros(n_classes))
        self.keep = 1 - dropout_prob

    def embedding_lookup(self, w):
        x = []
        for i in range(w.shape[0]):
            row = []
            for j in range(w.shape[1]):
                row.append(self.E[w[i, j]])
            x.append(torch.cat(row))
        return torch.stack(x)

    def forward(self, w):
        z = torch.addmm(self.b1, self.embedding_lookup(w), self.W)
        h = torch.where(z > 0, z, torch.zeros_like(z))
        if self.training:
            mask = torch.empty_like(h).bernoulli_(self.keep)
            h = h * mask / self.keep
        return torch.einsum("nh,hc->nc", h, self.U) + self.b2.unsqueeze(0)
