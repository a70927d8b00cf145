# parser_model.py: b1 comes after the ReLU.
# Loses: 2h.2
import torch
from torch import nn

from initialization import xavier_weight_init


class ParserModel(nn.Module):
    def __init__(self, embeddings, n_features=36, hidden_size=200, n_classes=3, dropout_prob=0.5):
        super().__init__()
        d = embeddings.shape[1]
        self.p = dropout_prob
        self.L = nn.Embedding.from_pretrained(torch.from_numpy(embeddings), freeze=False)
        self.W = nn.Parameter(xavier_weight_init((n_features * d, hidden_size)))
        self.b1 = nn.Parameter(torch.zeros(1, hidden_size))
        self.U = nn.Parameter(xavier_weight_init((hidden_size, n_classes)))
        self.b2 = nn.Parameter(torch.zeros(1, n_classes))

    def embedding_lookup(self, w):
        return self.L(w).flatten(start_dim=1)

    def forward(self, w):
        x = self.embedding_lookup(w)
        h = torch.relu(torch.matmul(x, self.W)) + self.b1
        if self.training:
            mask = (torch.rand(h.shape) > self.p).float()
            h = h * mask / (1 - self.p)
        return torch.matmul(h, self.U) + self.b2
