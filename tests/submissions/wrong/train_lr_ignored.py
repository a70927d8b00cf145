# classifier.py: a learning rate of its own.
# Loses: 1e.1
import torch
from torch import nn

from softmax import cross_entropy_loss, softmax


class SoftmaxModel(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.W = nn.Parameter(torch.zeros(config.n_features, config.n_classes))
        self.b = nn.Parameter(torch.zeros(config.n_classes))
        self.optimizer = torch.optim.SGD(self.parameters(), lr=0.01)

    def input_specs(self):
        return {
            "inputs": ((None, self.config.n_features), torch.float32),
            "labels": ((None, self.config.n_classes), torch.int32),
        }

    def create_feed(self, inputs_batch, labels_batch=None):
        feed = {"inputs": torch.as_tensor(inputs_batch, dtype=torch.float32)}
        if labels_batch is not None:
            feed["labels"] = torch.as_tensor(labels_batch, dtype=torch.int32)
        return feed

    def forward(self, inputs):
        return softmax(inputs @ self.W + self.b)

    def loss(self, pred, labels):
        return cross_entropy_loss(labels, pred)

    def train_on_batch(self, inputs_batch, labels_batch):
        feed = self.create_feed(inputs_batch, labels_batch)
        self.optimizer.zero_grad()
        loss = self.loss(self.forward(feed["inputs"]), feed["labels"])
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def fit(self, inputs, labels):
        losses = []
        batch_size = self.config.batch_size
        for epoch in range(self.config.n_epochs):
            total, n_batches = 0.0, 0
            for i in range(0, len(inputs), batch_size):
                x, y = inputs[i : i + batch_size], labels[i : i + batch_size]
                total += self.train_on_batch(x, y)
                n_batches += 1
            losses.append(total / n_batches)
        return losses
