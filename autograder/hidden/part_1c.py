"""Inputs and feeds."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import torch

from autograder.checks import Failure, assert_close, builds_on, number, weight
from autograder.describe import describe, describe_type
from autograder.hidden.model import MODEL, SOFTMAX, batch, config


@number("1c.1")
@weight(1)
@builds_on(SOFTMAX, MODEL)
def test_input_specs(student: Any, rng: torch.Generator) -> None:
    """input_specs() names inputs and labels with shape and dtype; None stands for the batch."""
    given = config(rng, n_features=3, n_classes=2)
    specs = student.classifier.SoftmaxModel(given).input_specs()
    if not isinstance(specs, dict) or set(specs) != {"inputs", "labels"}:
        raise Failure(
            "input_specs() should be a dict with the keys inputs and labels, not "
            f"{describe(specs)}."
        )
    for name, size, dtype in (
        ("inputs", given.fields["n_features"], torch.float32),
        ("labels", given.fields["n_classes"], torch.int32),
    ):
        _check_spec(specs[name], f"input_specs()[{name!r}]", size, dtype)


@number("1c.2")
@weight(1)
@builds_on(SOFTMAX, MODEL)
def test_create_feed(student: Any, rng: torch.Generator) -> None:
    """create_feed(inputs, labels) makes tensors of the right dtypes of tensors and numpy arrays."""
    given = config(rng, n_features=3, n_classes=2)
    model = student.classifier.SoftmaxModel(given)
    inputs, labels = batch(rng, given, 2)
    labels = labels.to(_labels_dtype(model))
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
    given = config(rng, n_features=3, n_classes=2)
    model = student.classifier.SoftmaxModel(given)
    with suppress(Failure):  # a feed with labels is another check's affair, unless it lasts
        model.create_feed(*batch(rng, given, 2))
    feed = model.create_feed(batch(rng, given, 2)[0])
    if not isinstance(feed, dict):
        raise Failure(f"create_feed(inputs) should be a dict, not {describe_type(feed)}.")
    if set(feed) != {"inputs"}:
        raise Failure(f"create_feed(inputs) should have the key inputs only, not {describe(feed)}.")


def _check_spec(spec: object, what: str, size: object, dtype: torch.dtype) -> None:
    if not isinstance(spec, (list, tuple)) or len(spec) != 2:
        raise Failure(f"{what} should be a pair of shape and dtype, not {describe(spec)}.")
    shape, found = spec
    if not isinstance(shape, (list, tuple)) or len(shape) != 2:
        raise Failure(f"The shape in {what} should have two dimensions, not {describe(shape)}.")
    if shape[0] is not None:
        raise Failure(
            f"The batch dimension in {what} should be None, since batches may have any size; "
            f"it is {describe(shape[0])}."
        )
    if type(shape[1]) is not int or shape[1] != size:
        raise Failure(f"Dimension 1 in {what} is {describe(shape[1])}, which is not right.")
    if not isinstance(found, torch.dtype) or found != dtype:
        raise Failure(f"The dtype in {what} is {describe(found)}, which is not right.")


def _labels_dtype(model: Any) -> torch.dtype:
    """What the student's own specs say of labels, if that is a dtype of integers."""
    with suppress(Failure, LookupError, TypeError):
        dtype = model.input_specs()["labels"][1]
        if dtype in (torch.int8, torch.int16, torch.int32, torch.int64):
            return dtype  # type: ignore[no-any-return]
    return torch.int32
