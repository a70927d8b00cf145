# parser_model.py: dropout before ReLU is the same; the embeddings share the array's memory.
# Loses: nothing
import torch
from torch import nn

from initialization import *


class ParserModel(nn.Module):
    def __init__(self, embeddings, n_features=36, hidden_size=200, n_classes=3, dropout_prob=0.5):
        super().__init__()
        self.step = 0
        self.history = []
        self.embeddings = nn.Parameter(torch.from_numpy(embeddings))
        d = self.embeddings.size(1)
        self.W = nn.Linear(n_features * d, hidden_size)
        self.W.weight.data = xavier_weight_init(self.W.weight.shape)
        self.U = nn.Linear(hidden_size, n_classes)
        self.U.weight.data.copy_(xavier_weight_init((hidden_size, n_classes)).t())
        self.drop = nn.Dropout(dropout_prob)
        self.relu = nn.ReLU()

    def embedding_lookup(self, w):
        return torch.cat([self.embeddings[w[:, i]] for i in range(w.shape[1])], dim=1)

    def forward(self, w):
        self.step += 1
        self.history.append(len(w))
        return self.U(self.relu(self.drop(self.W(self.embedding_lookup(w)))))

    def predict(self, w):
        """For parsing."""
        with torch.no_grad():
            return self.forward(w).argmax(dim=1)
