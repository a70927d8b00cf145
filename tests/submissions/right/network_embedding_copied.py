# parser_model.py: nn.Embedding whose weight is filled, nn.Sequential.
# Loses: nothing
import torch
import torch.nn as nn


class ParserModel(nn.Module):
    def __init__(self, embeddings, n_features=36, hidden_size=200, n_classes=3, dropout_prob=0.5):
        nn.Module.__init__(self)
        v, d = embeddings.shape
        self.n_features, self.d = n_features, d
        self.pretrained_embeddings = nn.Embedding(v, d)
        self.pretrained_embeddings.weight = nn.Parameter(torch.tensor(embeddings))
        self.net = nn.Sequential(
            nn.Linear(n_features * d, hidden_size),
            nn.ReLU(inplace=True),
            nn.Dropout(p=dropout_prob),
            nn.Linear(hidden_size, n_classes),
        )
        for name, parameter in self.net.named_parameters():
            if name.endswith("weight"):
                nn.init.xavier_uniform_(parameter)

    def embedding_lookup(self, w):
        return self.pretrained_embeddings(w).view(-1, self.n_features * self.d)

    def forward(self, w):
        return self.net(self.embedding_lookup(w))
