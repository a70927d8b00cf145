# parser_model.py: nn.Embedding from the given array, layers in a ModuleDict.
# Loses: nothing
import torch
from torch import nn


class ParserModel(nn.Module):
    def __init__(self, embeddings, n_features=36, hidden_size=200, n_classes=3, dropout_prob=0.5):
        super().__init__()
        self.embed = nn.Embedding.from_pretrained(torch.from_numpy(embeddings), freeze=False)
        self.layers = nn.ModuleDict({
            "W": nn.Linear(n_features * self.embed.embedding_dim, hidden_size),
            "U": nn.Linear(hidden_size, n_classes),
        })
        self.dropout_prob = dropout_prob
        self.apply(self._init)

    @staticmethod
    def _init(module):
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)

    def embedding_lookup(self, w):
        return torch.flatten(self.embed(w), 1)

    def forward(self, w):
        h = self.layers["W"](self.embedding_lookup(w)).relu()
        h = nn.functional.dropout(h, self.dropout_prob, training=self.training)
        return self.layers["U"](h)
