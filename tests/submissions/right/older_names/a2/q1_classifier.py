import torch
from q1_softmax import cross_entropy_loss, softmax


class Model(torch.nn.Module):
    def fit(self, inputs, labels):
        losses = []
        for epoch in range(self.config.n_epochs):
            losses.append(self.run_epoch(inputs, labels))
        return losses

    def run_epoch(self, inputs, labels):
        total, n = 0.0, 0
        for i in range(0, inputs.shape[0], self.config.batch_size):
            j = i + self.config.batch_size
            total += self.train_on_batch(inputs[i:j], labels[i:j])
            n += 1
        return total / n


class SoftmaxModel(Model):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.W = torch.nn.Parameter(torch.zeros((config.n_features, config.n_classes)))
        self.b = torch.nn.Parameter(torch.zeros((config.n_classes,)))
        self.train_op = torch.optim.SGD(self.parameters(), config.lr)

    def input_specs(self):
        return {
            "inputs": ((None, self.config.n_features), torch.float32),
            "labels": ((None, self.config.n_classes), torch.int32),
        }

    def create_feed(self, inputs_batch, labels_batch=None):
        feed_dict = {"inputs": torch.as_tensor(inputs_batch, dtype=torch.float32)}
        if labels_batch is not None:
            feed_dict["labels"] = torch.as_tensor(labels_batch, dtype=torch.int32)
        return feed_dict

    def forward(self, inputs):
        return softmax(torch.addmm(self.b, inputs, self.W))

    def loss(self, pred, labels):
        return cross_entropy_loss(labels, pred)

    def train_on_batch(self, inputs_batch, labels_batch):
        feed = self.create_feed(inputs_batch, labels_batch=labels_batch)
        self.train_op.zero_grad()
        loss = self.loss(self.forward(feed["inputs"]), feed["labels"])
        loss.backward()
        self.train_op.step()
        return loss.item()
