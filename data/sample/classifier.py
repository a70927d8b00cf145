"""Part 1, c to e."""

import torch
from torch import nn

from softmax import cross_entropy_loss, softmax


class Config:
    n_samples = 1024
    n_features = 100
    n_classes = 5
    batch_size = 64
    n_epochs = 50
    lr = 1e-4


class SoftmaxModel(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.W = nn.Parameter(torch.zeros(config.n_features, config.n_classes))
        self.b = nn.Parameter(torch.zeros(config.n_classes))

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
        loss = self.loss(self.forward(feed["inputs"]), feed["labels"])
        loss.backward()
        with torch.no_grad():
            for p in self.parameters():
                p -= self.config.lr * p.grad
        return loss.item()

    def fit(self, inputs, labels):
        losses = []
        for epoch in range(self.config.n_epochs):
            total, batches = 0.0, 0
            for i in range(0, len(inputs), self.config.batch_size):
                j = i + self.config.batch_size
                total += self.train_on_batch(inputs[i:j], labels[i:j])
                batches += 1
            losses.append(total / batches)
            print(f"epoch {epoch}: {losses[-1]:.4f}")
        return losses
