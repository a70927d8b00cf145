# classifier.py: DataLoader, autograd.grad, a dataclass of a config, annotations, a tensor of losses.
# Loses: nothing
from __future__ import annotations

import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

import softmax as q1


@dataclass
class Config:
    n_samples: int = 1024
    n_features: int = 100
    n_classes: int = 5
    batch_size: int = 64
    n_epochs: int = 50
    lr: float = 1e-4


class Affine(nn.Module):
    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.register_parameter("b", nn.Parameter(torch.zeros(n_out)))
        self.register_parameter("W", nn.Parameter(torch.zeros(n_out, n_in)))

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.linear(x, self.W, self.b)


class SoftmaxModel(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.affine = Affine(config.n_features, config.n_classes)

    def input_specs(self) -> dict[str, tuple]:
        return {
            "inputs": ((None, self.config.n_features), torch.float32),
            "labels": ((None, self.config.n_classes), torch.int32),
        }

    def create_feed(self, inputs_batch, labels_batch=None) -> dict[str, Tensor]:
        given = (inputs_batch,) if labels_batch is None else (inputs_batch, labels_batch)
        specs = self.input_specs().items()
        return {name: torch.as_tensor(x, dtype=dtype) for (name, (_, dtype)), x in zip(specs, given)}

    def forward(self, inputs: Tensor) -> Tensor:
        return q1.softmax(self.affine(inputs))

    def loss(self, pred: Tensor, labels: Tensor) -> Tensor:
        return q1.cross_entropy_loss(labels, pred)

    def train_on_batch(self, inputs_batch, labels_batch) -> float:
        self.train()
        feed = self.create_feed(inputs_batch, labels_batch)
        loss = self.loss(self(feed["inputs"]), feed["labels"])
        params = list(self.parameters())
        for param, grad in zip(params, torch.autograd.grad(loss, params)):
            param.data.sub_(grad, alpha=self.config.lr)
        return loss.detach().item()

    def fit(self, inputs, labels) -> Tensor:
        start = time.time()
        data = DataLoader(TensorDataset(inputs, labels), self.config.batch_size, shuffle=True)
        losses = torch.zeros(self.config.n_epochs)
        for epoch in range(self.config.n_epochs):
            losses[epoch] = torch.tensor([self.train_on_batch(x, y) for x, y in data]).mean()
        print(f"{time.time() - start:.2f} s")
        return losses


def test_softmax_model() -> None:
    config = Config(n_epochs=1)
    inputs = torch.rand(config.n_samples, config.n_features)
    labels = torch.zeros(config.n_samples, config.n_classes, dtype=torch.int32)
    labels[:, 0] = 1
    SoftmaxModel(config).fit(inputs, labels)


if __name__ == "__main__":
    test_softmax_model()
