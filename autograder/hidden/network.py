"""What the checks of 2h share: parser models whose parameters are told by their shapes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from autograder.checks import Failure, Remote, StandIn, as_tensor
from autograder.describe import describe_type
from autograder.hidden.inputs import normal

INITIALIZATION = StandIn("initialization", "initialization.py", fallback="initialization alone")

Array = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class Sizes:
    """The sizes of a model. All are different, so that a shape tells a parameter.

    Where only the size of a batch of features matters, the usual ones are taken: a constructor that
    has them fixed is `test_forward`'s affair.
    """

    n_features: int = 36
    hidden_size: int = 8
    n_classes: int = 3
    d: int = 5
    vocabulary: int = 11

    @property
    def width(self) -> int:
        """Of x, the embeddings of all features side by side."""
        return self.n_features * self.d

    def embeddings(self, rng: torch.Generator) -> Array:
        """Standard normal ones."""
        return normal(rng, self.vocabulary, self.d).numpy()

    def words(self, rng: torch.Generator, n: int) -> Tensor:
        """Feature vectors, int64 `(n, n_features)`."""
        return torch.randint(self.vocabulary, (n, self.n_features), generator=rng)

    def build(self, constructor: Any, embeddings: Array, dropout_prob: float = 0.0) -> Any:
        """A model of these sizes; without dropout, so that only its own checks see it."""
        return constructor(
            embeddings, self.n_features, self.hidden_size, self.n_classes, dropout_prob
        )


class Parameters:
    """L, W, b1, U and b2 of a student's model, as far as they are there.

    Matrices may be stored as `x @ W` needs them or transposed, as `nn.Linear` does; a bias may have
    a row's shape. W and U share the hidden size, whatever that is: a size that is not the
    one asked for is `test_forward`'s affair, and so is a missing bias.

    Attributes:
        found: name to parameter.
        shapes: name to shape, of matrices as `x @ W` needs it.
    """

    def __init__(self, student: Any, model: Remote, sizes: Sizes) -> None:
        self._student = student
        self._sizes = sizes
        remotes = student.parameters(model)
        stored = [tuple(as_tensor(student.fetch(p), "A parameter").shape) for p in remotes]
        self._listed = ", ".join(map(str, stored)) or "none"
        self.found: dict[str, Remote] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}
        self._stored: dict[str, tuple[int, ...]] = {}
        matrices: list[tuple[Remote, tuple[int, ...]]] = []
        vectors: list[tuple[Remote, tuple[int, ...]]] = []
        for remote, shape in zip(remotes, stored, strict=True):
            if shape == (sizes.vocabulary, sizes.d) and "L" not in self.found:
                self._add("L", remote, shape, shape)
            elif len(shape) == 2 and min(shape) > 1:
                matrices.append((remote, shape))
            else:
                vectors.append((remote, shape))
        if len(matrices) != 2:
            raise self.unexpected()
        self._add_matrices(matrices)
        for remote, shape in vectors:
            size = math.prod(shape)
            name = {self.hidden: "b1", self.classes: "b2"}.get(size)
            if name is None or name in self.found or shape not in ((size,), (1, size)):
                raise self.unexpected()
            self._add(name, remote, (size,), shape)

    @property
    def hidden(self) -> int:
        """The hidden size that the model has."""
        return self.shapes["U"][0]

    @property
    def classes(self) -> int:
        """The number of classes that the model has."""
        return self.shapes["U"][1]

    def unexpected(self) -> Failure:
        """What to raise if they are not the five parameters."""
        s = self._sizes
        return Failure(
            "ParserModel should have five parameters: the embeddings "
            f"{(s.vocabulary, s.d)}, W {(s.width, s.hidden_size)}, b1 ({s.hidden_size},), "
            f"U {(s.hidden_size, s.n_classes)} and b2 ({s.n_classes},), each in whatever form "
            f"(matrices may be transposed). It has parameters of shapes: {self._listed}. An "
            "extension for 2i belongs in a class of its own."
        )

    def set(self, **values: Tensor | Callable[[tuple[int, ...]], Tensor]) -> None:
        """Give those that are there values, each a tensor or a function of the shape."""
        for name, value in values.items():
            if name in self.found:
                shape, stored = self.shapes[name], self._stored[name]
                tensor = value(shape) if callable(value) else value
                if len(shape) == 2 and shape != stored:
                    tensor = tensor.T.contiguous()
                self._student.assign(self.found[name], tensor.reshape(stored))

    def get(self, name: str) -> Tensor:
        """The present value, float64, in the form of `shapes`."""
        value = as_tensor(self._student.fetch(self.found[name]), name).double()
        shape, stored = self.shapes[name], self._stored[name]
        return value.T if len(shape) == 2 and shape != stored else value.reshape(shape)

    def _add(
        self, name: str, remote: Remote, shape: tuple[int, ...], stored: tuple[int, ...]
    ) -> None:
        self.found[name], self.shapes[name], self._stored[name] = remote, shape, stored

    def _add_matrices(self, matrices: list[tuple[Remote, tuple[int, ...]]]) -> None:
        (first, a), (second, b) = matrices
        shared = set(a) & set(b)
        if len(shared) != 1 or a[0] == a[1] or b[0] == b[1]:
            raise self.unexpected()
        hidden = shared.pop()
        width, classes = (next(size for size in shape if size != hidden) for shape in (a, b))
        if width == self._sizes.n_classes or classes == self._sizes.width:
            (first, a, width), (second, b, classes) = (second, b, classes), (first, a, width)
        self._add("W", first, (width, hidden), a)
        self._add("U", second, (hidden, classes), b)


def positive(rng: torch.Generator, parameters: Parameters, embeddings: Tensor) -> None:
    """Give random values with which, for these positive embeddings, no unit is 0 or saturated."""
    parameters.set(
        L=embeddings,  # once more: other initial ones are `test_embedding_lookup`'s affair
        W=lambda shape: (0.5 + torch.rand(*shape, generator=rng)) / shape[0],
        b1=lambda shape: torch.zeros(shape),
        U=lambda shape: 0.5 + torch.rand(*shape, generator=rng),
        b2=lambda shape: torch.zeros(shape),
    )


def relative_logits(returned: object, n: int) -> Tensor:
    """Logits less that of the last class, float64 `(n, n_classes - 1)`.

    They are also known of a model that returns probabilities or their logarithms: that is
    `test_forward`'s affair.

    Raises:
        Failure: they are not numbers for n examples.
    """
    tensor = as_tensor(returned, "forward(w)")
    if tensor.dim() != 2 or tensor.shape[0] != n or tensor.shape[1] < 2:
        raise Failure(
            f"forward(w) of {n} examples is {describe_type(returned)}, not (batch, n_classes)."
        )
    if not tensor.dtype.is_floating_point or not tensor.isfinite().all():
        raise Failure("forward(w) holds numbers that are not finite floats.")
    logits = tensor.double()
    if are_probabilities(logits):
        logits = logits.clamp(min=1e-37).log()
    return logits[:, :-1] - logits[:, -1:]


def are_probabilities(tensor: Tensor) -> bool:
    """Whether every row is a distribution."""
    sums = tensor.double().sum(-1)
    return bool((tensor >= 0).all()) and torch.allclose(sums, torch.ones_like(sums), atol=1e-3)
