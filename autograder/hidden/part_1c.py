"""Inputs and feeds."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checks import Failure, assert_close, assert_equal, builds_on, number, weight
from autograder.describe import describe, describe_type
from autograder.hidden.model import MODEL, SOFTMAX, batch, config


@number("1c.1")
@weight(1)
@builds_on(SOFTMAX, MODEL)
def test_input_specs(student: Any, rng: torch.Generator) -> None:
    """input_specs() names inputs and labels with shape and dtype; None stands for the batch."""
    given = config(rng)
    specs = student.classifier.SoftmaxModel(given).input_specs()
    if not isinstance(specs, dict) or set(specs) != {"inputs", "labels"}:
        raise Failure(
            "input_specs() should be a dict with the keys inputs and labels, not "
            f"{describe(specs)}."
        )
    wanted = {
        "inputs": ((None, given.fields["n_features"]), torch.float32),
        "labels": ((None, given.fields["n_classes"]), torch.int32),
    }
    for name, spec in wanted.items():
        assert_equal(specs[name], spec, f"input_specs()[{name!r}]")


@number("1c.2")
@weight(1)
@builds_on(SOFTMAX, MODEL)
def test_create_feed(student: Any, rng: torch.Generator) -> None:
    """create_feed(inputs, labels) makes tensors of the right dtypes of tensors and numpy arrays."""
    given = config(rng)
    model = student.classifier.SoftmaxModel(given)
    inputs, labels = batch(rng, given, 3)
    forms = ((inputs, labels), (inputs.double().numpy(), labels.long().numpy()))
    for x, y in forms:
        feed = model.create_feed(x, y)
        if not isinstance(feed, dict) or set(feed) != {"inputs", "labels"}:
            raise Failure(
                "create_feed(inputs, labels) should be a dict with the keys inputs and labels, "
                f"not {describe(feed)}."
            )
        assert_close(feed["inputs"], inputs, "feed['inputs']")
        assert_close(feed["labels"], labels, "feed['labels']")


@number("1c.3")
@weight(1)
@builds_on(SOFTMAX, MODEL)
def test_create_feed_without_labels(student: Any, rng: torch.Generator) -> None:
    """create_feed(inputs) has no entry for labels."""
    given = config(rng)
    model = student.classifier.SoftmaxModel(given)
    feed = model.create_feed(batch(rng, given, 2)[0])
    if not isinstance(feed, dict):
        raise Failure(f"create_feed(inputs) should be a dict, not {describe_type(feed)}.")
    if set(feed) != {"inputs"}:
        raise Failure(f"create_feed(inputs) should have the key inputs only, not {describe(feed)}.")
