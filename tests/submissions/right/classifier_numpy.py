# classifier.py: numpy wherever it may be: feeds, shuffling, means; softmax by its older name.
# Loses: nothing
import numpy as np
import torch
from torch import nn

from q1_softmax import cross_entropy_loss, softmax


class SoftmaxModel(nn.Module):
    def __init__(self, config):
        nn.Module.__init__(self)
        self.config = config
        self.W = nn.Parameter(torch.from_numpy(np.zeros((config.n_features, config.n_classes))).float())
        self.b = nn.Parameter(torch.from_numpy(np.zeros(config.n_classes, dtype=np.float32)))
        self.opt = torch.optim.SGD([{"params": [self.W]}, {"params": [self.b]}], lr=config.lr)

    def input_specs(self):
        c = self.config
        return dict(
            inputs=[(None, c.n_features), torch.float32],
            labels=[(None, c.n_classes), torch.int32],
        )

    def create_feed(self, inputs_batch, labels_batch=None):
        feed = {}
        feed["inputs"] = torch.from_numpy(np.asarray(inputs_batch, dtype=np.float32))
        if not labels_batch is None:
            feed["labels"] = torch.from_numpy(np.asarray(labels_batch, dtype=np.int32))
        return feed

    def forward(self, inputs):
        return softmax(inputs.mm(self.W).add(self.b))

    def loss(self, pred, labels):
        return cross_entropy_loss(y=labels, yhat=pred)

    def train_on_batch(self, inputs_batch, labels_batch):
        feed = self.create_feed(inputs_batch, labels_batch)
        for group in self.opt.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p.grad.zero_()
        loss = self.loss(self.forward(feed["inputs"]), feed["labels"])
        loss.backward()
        self.opt.step()
        return np.float64(loss.detach().numpy())

    def fit(self, inputs, labels):
        inputs, labels = np.asarray(inputs), np.asarray(labels)
        out = np.zeros(self.config.n_epochs)
        for epoch in range(self.config.n_epochs):
            order = np.random.permutation(inputs.shape[0])
            cuts = np.arange(self.config.batch_size, len(order), self.config.batch_size)
            out[epoch] = np.mean([self.train_on_batch(inputs[i], labels[i]) for i in np.split(order, cuts)])
        return out
