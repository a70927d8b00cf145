# parser_model.py: weights as F.linear takes them, biases as rows, argparse at import.
# Loses: nothing
import argparse

import torch
import torch.nn.functional as F
from torch import nn

from initialization import dropout, xavier_weight_init

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=10)
args = parser.parse_args()


class ParserModel(nn.Module):
    def __init__(self, embeddings, n_features=36, hidden_size=200, n_classes=3, dropout_prob=0.5):
        super().__init__()
        vocabulary, d = embeddings.shape
        self.dropout_prob = dropout_prob
        self.b2 = nn.Parameter(torch.zeros(1, n_classes))
        self.U = nn.Parameter(xavier_weight_init((n_classes, hidden_size)))
        self.b1 = nn.Parameter(xavier_weight_init((1, hidden_size)))
        self.W = nn.Parameter(xavier_weight_init((hidden_size, n_features * d)))
        self.L = nn.Parameter(torch.as_tensor(embeddings).clone())

    def embedding_lookup(self, w):
        return F.embedding(w, self.L).reshape(len(w), -1)

    def forward(self, w):
        h = torch.clamp(F.linear(self.embedding_lookup(w), self.W) + self.b1, min=0)
        return F.linear(dropout(h, self.dropout_prob, self.training), self.U) + self.b2
