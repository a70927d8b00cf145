"""Inputs and feeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from autograder.checks import Failure, Fields, number, weight
from autograder.describe import describe
from autograder.public.example import expect, expect_plain

# The constructor is part 1d, and these checks need it.
CONFIG = Fields(n_samples=4, n_features=3, n_classes=2, batch_size=2, n_epochs=1, lr=0.1)
X = np.array([[1.0, 2.0, 3.0]])
Y = np.array([[0, 1]])


@number("1c.1")
@weight(0)
def test_input_specs(student: Any) -> None:
    """input_specs() of 3 features and 2 classes: shapes (None, 3) and (None, 2), torch's dtypes."""
    specs = student.classifier.SoftmaxModel(CONFIG).input_specs()
    if not isinstance(specs, dict) or set(specs) != {"inputs", "labels"}:
        raise Failure(
            f"input_specs() should have the keys inputs and labels, not {describe(specs)}."
        )
    for name, size, dtype in (("inputs", 3, torch.float32), ("labels", 2, torch.int32)):
        expect_plain(specs[name], ((None, size), dtype), f"input_specs()[{name!r}]")


@number("1c.2")
@weight(0)
def test_create_feed(student: Any) -> None:
    """create_feed of numpy arrays gives tensors, inputs float32 and labels int32."""
    feed = student.classifier.SoftmaxModel(CONFIG).create_feed(X, Y)
    if not isinstance(feed, dict) or set(feed) != {"inputs", "labels"}:
        raise Failure(
            f"create_feed(x, y) should have the keys inputs and labels: {describe(feed)}."
        )
    expect(feed["inputs"], torch.tensor([[1.0, 2.0, 3.0]]), "feed['inputs']")
    expect(feed["labels"], torch.tensor([[0, 1]], dtype=torch.int32), "feed['labels']")


@number("1c.3")
@weight(0)
def test_create_feed_without_labels(student: Any) -> None:
    """create_feed(inputs) has no key labels."""
    feed = student.classifier.SoftmaxModel(CONFIG).create_feed(X)
    if not isinstance(feed, dict) or set(feed) != {"inputs"}:
        raise Failure(f"create_feed(inputs) should have the key inputs only: {describe(feed)}.")
