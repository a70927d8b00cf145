"""Training."""

from __future__ import annotations

import math
from typing import Any

import torch

from autograder.checks import TRAIN, Failure, Fields, as_float, number, weight
from autograder.describe import describe
from autograder.public.example import expect

X = torch.tensor([[1.0, 0.0]])
Y = torch.tensor([[1, 0]], dtype=torch.int32)


@number("1e.1")
@weight(0)
def test_train_on_batch(student: Any) -> None:
    """From zero, the loss of one example of two classes is ln 2, and lower at the next step."""
    # After the first step with lr = 0.1 the feature's weights and the biases are all ±0.05: the
    # scores are (0.1, −0.1), and the loss is ln(1 + exp(−0.2)).
    config = Fields(n_samples=1, n_features=2, n_classes=2, batch_size=1, n_epochs=1, lr=0.1)
    model = student.classifier.SoftmaxModel(config)
    for call, expected in (("first", math.log(2)), ("second", math.log(1 + math.exp(-0.2)))):
        what = f"What the {call} call of train_on_batch returns"
        loss = as_float(model.train_on_batch(X, Y), what)
        expect(torch.tensor(loss, dtype=torch.float32), torch.tensor(expected), what)


@number("1e.2")
@weight(0)
def test_fit(student: Any) -> None:
    """What fit returns is one loss for each epoch; of four equal examples the loss falls."""
    config = Fields(n_samples=4, n_features=2, n_classes=2, batch_size=2, n_epochs=3, lr=0.1)
    model = student.classifier.SoftmaxModel(config)
    with student.allow(TRAIN):
        losses = model.fit(X.repeat(4, 1), Y.repeat(4, 1))
    if not isinstance(losses, (list, tuple)) or len(losses) != 3:
        raise Failure(f"fit should return a list of 3 losses for 3 epochs, not {describe(losses)}.")
    numbers = [as_float(loss, "A loss") for loss in losses]
    if not numbers[0] > numbers[1] > numbers[2]:
        raise Failure(f"The losses should fall from epoch to epoch; they are {describe(numbers)}.")
