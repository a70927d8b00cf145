# classifier.py: the parameters are float64, what comes in and goes out is float32.
# Loses: nothing
import torch
from torch import nn

from softmax import cross_entropy_loss, softmax


class SoftmaxModel(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.W = nn.Parameter(torch.zeros(config.n_features, config.n_classes, dtype=torch.float64))
        self.b = nn.Parameter(torch.zeros(config.n_classes, dtype=torch.float64))

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
        return softmax(inputs.double() @ self.W + self.b).float()

    def loss(self, pred, labels):
        return cross_entropy_loss(labels, pred)

    def train_on_batch(self, inputs_batch, labels_batch):
        feed = self.create_feed(inputs_batch, labels_batch)
        self.zero_grad()
        loss = self.loss(self(feed["inputs"]), feed["labels"])
        loss.backward()
        with torch.no_grad():
            self.W -= self.config.lr * self.W.grad
            self.b -= self.config.lr * self.b.grad
        return loss.item()

    def fit(self, inputs, labels):
        losses = []
        for _ in range(self.config.n_epochs):
            batches = zip(inputs.split(self.config.batch_size), labels.split(self.config.batch_size))
            found = [self.train_on_batch(x, y) for x, y in batches]
            losses.append(sum(found) / len(found))
        return losses
