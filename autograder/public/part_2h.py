"""The parser's network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from autograder.checks import Failure, number, weight
from autograder.predictions import read_predictions
from autograder.public.example import expect
from autograder.submission import Submission

# Five words with embeddings of size 2; two features; three hidden units and two classes.
EMBEDDINGS = np.array([[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]], dtype=np.float32)
W = torch.tensor([[0, 4], [1, 1]])


@number("2h.1")
@weight(0)
def test_embedding_lookup(student: Any) -> None:
    """embedding_lookup puts the rows of the features side by side: words (0, 4) are 0 1 8 9."""
    got = _model(student).embedding_lookup(W)
    expect(got, torch.tensor([[0.0, 1.0, 8.0, 9.0], [2.0, 3.0, 2.0, 3.0]]), "embedding_lookup(w)")


@number("2h.2")
@weight(0)
def test_forward(student: Any) -> None:
    """With every parameter 1 the logits are 16; with embeddings of −1 no unit fires: they are 1."""
    # x is four ones, x W + b₁ = 5, and h U + b₂ = 3 · 5 + 1. With x = −1 it is ReLU(−3) = 0.
    model = _model(student)
    model.eval()
    parameters = student.parameters(model)
    shapes = [tuple(student.fetch(parameter).shape) for parameter in parameters]
    if len(shapes) != 5 or shapes.count((5, 2)) != 1:
        raise Failure(
            "ParserModel should have five parameters: the embeddings (5, 2), W, b1, U and b2. "
            f"It has parameters of shapes: {', '.join(map(str, shapes)) or 'none'}."
        )
    for embedding, expected in ((1.0, 16.0), (-1.0, 1.0)):
        for parameter, shape in zip(parameters, shapes, strict=True):
            value = embedding if shape == (5, 2) else 1.0
            student.assign(parameter, torch.full(shape, value))
        expect(model.forward(W), torch.full((2, 2), expected), "forward(w)")


@number("2h.3")
@weight(0)
def test_modes(student: Any) -> None:
    """In eval mode the same words get the same logits, and every parameter gets a gradient."""
    model = _model(student)
    model.eval()
    if not torch.equal(*(_tensor(model.forward(W)) for _ in range(2))):
        raise Failure("In eval mode the same input gave different logits: nothing should drop out.")
    logits = student.keep(model.forward, W)
    student.backward(logits, torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    for parameter in student.parameters(model):
        if not isinstance(parameter.grad, torch.Tensor):
            shape = tuple(student.fetch(parameter).shape)
            raise Failure(f"No gradient reaches the parameter of shape {shape}.")


@number("2h.4")
@weight(0)
def test_predictions(submission: Submission, sentence_lengths: Sequence[int]) -> None:
    """test_predictions.txt has a line for each test sentence, and in it a head for each word."""
    _, slips = read_predictions(submission.text("test_predictions.txt"), sentence_lengths)
    if slips:
        raise Failure(slips.strip())


def _model(student: Any) -> Any:
    return student.parser_model.ParserModel(EMBEDDINGS, 2, 3, 2, 0.5)


def _tensor(value: object) -> torch.Tensor:
    if not isinstance(value, torch.Tensor) or value.shape != (2, 2):
        raise Failure("forward(w) of two examples and two classes should be a tensor (2, 2).")
    return value
