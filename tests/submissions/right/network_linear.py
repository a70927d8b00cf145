# parser_model.py: nn.Linear and nn.Dropout, embeddings as a parameter, prints.
# Loses: nothing
import torch
import torch.nn as nn
import torch.nn.functional as F


class ParserModel(nn.Module):
    """Feed-forward network with an embedding layer and two hidden layers."""

    def __init__(self, embeddings, n_features=36, hidden_size=200, n_classes=3, dropout_prob=0.5):
        super(ParserModel, self).__init__()
        print("vocabulary", embeddings.shape[0])
        self.embed_size = embeddings.shape[1]
        self.embeddings = nn.Parameter(torch.tensor(embeddings))
        self.embed_to_hidden = nn.Linear(n_features * self.embed_size, hidden_size)
        nn.init.xavier_uniform_(self.embed_to_hidden.weight, gain=1)
        self.dropout = nn.Dropout(dropout_prob)
        self.hidden_to_logits = nn.Linear(hidden_size, n_classes)
        nn.init.xavier_uniform_(self.hidden_to_logits.weight, gain=1)

    def embedding_lookup(self, w):
        return self.embeddings[w].view(w.shape[0], -1)

    def forward(self, w):
        embedded = self.embedding_lookup(w)
        h = F.relu(self.embed_to_hidden(embedded))
        print("h", h.shape)
        return self.hidden_to_logits(self.dropout(h))
