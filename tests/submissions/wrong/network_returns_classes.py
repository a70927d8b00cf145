# parser_model.py: forward returns the most likely class.
# Loses: 2h.2 2h.3 2h.4 2h.5 2h.6 2h.8
import torch
import torch.nn as nn
import torch.nn.functional as F


class ParserModel(nn.Module):
    def __init__(self, embeddings, n_features=36, hidden_size=200, n_classes=3, dropout_prob=0.5):
        super(ParserModel, self).__init__()
        self.n_features = n_features
        self.n_classes = n_classes
        self.dropout_prob = dropout_prob
        self.embed_size = embeddings.shape[1]
        self.hidden_size = hidden_size
        self.embeddings = nn.Parameter(torch.tensor(embeddings))
        self.hidden = nn.Linear(self.n_features * self.embed_size, self.hidden_size)
        nn.init.xavier_uniform_(self.hidden.weight)
        self.dropout = nn.Dropout(self.dropout_prob)
        self.output = nn.Linear(self.hidden_size, self.n_classes)
        nn.init.xavier_uniform_(self.output.weight)

    def embedding_lookup(self, w):
        x = self.embeddings[w]
        return x.view(x.shape[0], -1)

    def forward(self, w):
        x = self.embedding_lookup(w)
        h = F.relu(self.hidden(x))
        h = self.dropout(h)
        return self.output(h).argmax(dim=1)
