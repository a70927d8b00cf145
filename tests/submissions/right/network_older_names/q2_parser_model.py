# parser_model.py: under its older name, with the older name of initialization.py.
# Loses: nothing
import torch
from torch import nn

from q2_initialization import xavier_weight_init


class ParserModel(nn.Module):
    def __init__(self, embeddings, n_features=36, hidden_size=200, n_classes=3, dropout_prob=0.5):
        super().__init__()
        self.L = nn.Parameter(torch.tensor(embeddings))
        self.W = nn.Parameter(xavier_weight_init((n_features * embeddings.shape[1], hidden_size)))
        self.b1 = nn.Parameter(torch.zeros((1, hidden_size)))
        self.U = nn.Parameter(xavier_weight_init((hidden_size, n_classes)))
        self.b2 = nn.Parameter(torch.zeros((1, n_classes)))
        self.dropout = nn.Dropout(dropout_prob)

    def embedding_lookup(self, w):
        return self.L.index_select(0, w.flatten()).reshape(-1, w.shape[1] * self.L.shape[1])

    def forward(self, w):
        h = torch.max(self.embedding_lookup(w) @ self.W + self.b1, torch.zeros(1))
        return self.dropout(h) @ self.U + self.b2
