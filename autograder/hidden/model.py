"""What parts 1c, 1d and 1e share: small configurations, and models with known weights."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from autograder.checks import Failure, Fields, Remote, StandIn
from autograder.hidden.inputs import integer, normal, one_hot

SOFTMAX = StandIn("softmax", "softmax.py", fallback="softmax alone")
MODEL = StandIn("SoftmaxModel", "the constructor, forward and loss of SoftmaxModel")
FED_MODEL = StandIn("SoftmaxModel and feed", "parts 1c and 1d of SoftmaxModel")


def config(rng: torch.Generator, **values: object) -> Fields:
    """A configuration with numbers that tell a feature from a class; `values` replace some."""
    n_features = integer(rng, 6, 8)
    fields: dict[str, object] = {
        "n_samples": 12, "n_features": n_features, "n_classes": integer(rng, 3, 4),
        "batch_size": 5, "n_epochs": 2, "lr": 0.05,
    }  # fmt: skip
    return Fields(**{**fields, **values})


def batch(rng: torch.Generator, config: Fields, size: int) -> tuple[Tensor, Tensor]:
    """Inputs, float32 `(size, n_features)`, and one-hot labels, int32 `(size, n_classes)`."""
    n_features, n_classes = int(str(config.fields["n_features"])), _n_classes(config)
    classes = torch.randint(n_classes, (size,), generator=rng)
    return normal(rng, size, n_features), one_hot(classes, n_classes).int()


def _n_classes(config: Fields) -> int:
    return int(str(config.fields["n_classes"]))


def randomise(student: Any, model: Remote, rng: torch.Generator) -> list[Remote]:
    """Give random values to whatever parameters a model has."""
    parameters: list[Remote] = student.parameters(model)
    for parameter in parameters:
        student.assign(parameter, normal(rng, *student.fetch(parameter).shape))
    return parameters


class Weights:
    """W and b of a student's model, found among its parameters by their shapes.

    W may be stored as `x @ W` needs it or, as `nn.Linear` does, transposed; b may have a row's
    shape, and float64 is as good as float32. Whatever the form, here they are float32
    `(n_features, n_classes)` and `(n_classes,)`.
    """

    def __init__(self, student: Any, model: Remote, config: Fields) -> None:
        self._student = student
        shape = (int(str(config.fields["n_features"])), _n_classes(config))
        parameters = student.parameters(model)
        self._shapes = [tuple(student.fetch(p).shape) for p in parameters]
        weights = [i for i, s in enumerate(self._shapes) if s in (shape, shape[::-1])]
        biases = [i for i, s in enumerate(self._shapes) if s in ((shape[1],), (1, shape[1]))]
        if len(weights) != 1 or len(biases) != 1 or len(parameters) != 2:
            listed = ", ".join(map(str, self._shapes)) or "none"
            raise Failure(
                f"SoftmaxModel should have two parameters, W {shape} and b ({shape[1]},); "
                f"it has parameters of shapes: {listed}."
            )
        self._W, self._b = parameters[weights[0]], parameters[biases[0]]
        self._transposed = self._shapes[weights[0]] != shape
        self._bias_shape = self._shapes[biases[0]]

    def get(self) -> tuple[Tensor, Tensor]:
        """The present values."""
        return self._plain(self._student.fetch(self._W), self._student.fetch(self._b))

    def draw(self, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Give them random values, and return these."""
        W, b = (normal(rng, *value.shape) for value in self.get())
        self.set(W, b)
        return W, b

    def set(self, W: Tensor, b: Tensor) -> None:
        """Give them values."""
        self._student.assign(self._W, W.T.contiguous() if self._transposed else W)
        self._student.assign(self._b, b.reshape(self._bias_shape))

    def _plain(self, W: Any, b: Any) -> tuple[Tensor, Tensor]:
        for tensor in (W, b):
            if not isinstance(tensor, Tensor):
                raise Failure("A parameter of SoftmaxModel is not a tensor.")
        W, b = W.detach().float(), b.detach().float()
        return (W.T if self._transposed else W), b.reshape(-1)
