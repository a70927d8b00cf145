"""Part 2 h."""

import torch
from torch import nn

from initialization import dropout, xavier_weight_init


class ParserModel(nn.Module):
    def __init__(self, embeddings, n_features=36, hidden_size=200, n_classes=3, dropout_prob=0.5):
        super().__init__()
        self.dropout_prob = dropout_prob
        self.embeddings = nn.Embedding.from_pretrained(torch.tensor(embeddings))
        self.W = nn.Parameter(xavier_weight_init((n_features * embeddings.shape[1], hidden_size)))
        self.b1 = nn.Parameter(torch.zeros(hidden_size))
        self.U = nn.Parameter(xavier_weight_init((hidden_size, n_classes)))
        self.b2 = nn.Parameter(torch.zeros(n_classes))

    def embedding_lookup(self, w):
        return self.embeddings(w).reshape(w.shape[0], -1)

    def forward(self, w):
        h = torch.relu(self.embedding_lookup(w) @ self.W + self.b1)
        h = dropout(h, self.dropout_prob)
        return h @ self.U + self.b2


if __name__ == "__main__":
    model = ParserModel(torch.randn(100, 50).numpy())
    print(model(torch.zeros(4, 36, dtype=torch.long)).shape)
