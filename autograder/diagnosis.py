"""Names the mistake: which misconception would have returned what the student returned?

What was asked of the student's code is asked again, in this process, of the misconceptions: they
are our own code, and the arguments are our own. One that gives every answer the student gave has
the student's mistake, unless the reference gives these answers too.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from autograder.comparison import TOLERANCE, equal
from autograder.confinement.student import (
    ASSIGN,
    PARAMETERS,
    Answers,
    Asked,
    Fields,
    Remote,
)
from autograder.misconceptions import BANK
from autograder.misconceptions.registry import Misconception


def diagnose(asked: Sequence[Asked], bank: Sequence[Misconception] = BANK) -> str:
    """The sentence of the one misconception that gives the same answers; "" if there is none."""
    module = asked[0].module if asked else None
    known = [
        misconception
        for misconception in bank
        if misconception.module == module and _gives_the_same(asked, misconception)
    ]
    if len(known) != 1 or _gives_the_same(asked, None):
        return ""
    return known[0].sentence


def _gives_the_same(asked: Sequence[Asked], misconception: Misconception | None) -> bool:
    """Whether the reference, with one misconception in it, would have given these answers."""
    objects: dict[int, Any] = {}

    def local(value: object) -> Any:
        if isinstance(value, Remote):
            return objects[value.number]
        if isinstance(value, Answers):
            return SimpleNamespace(**{value.method: value.locally or value.answer_locally})
        if isinstance(value, Fields):
            return SimpleNamespace(**value.fields)
        return value.clone() if isinstance(value, torch.Tensor) else value

    compared = False
    try:
        for question in asked:
            owner: Any
            if question.module is not None:
                owner = importlib.import_module(f"solutions.{question.module}")
                if misconception is not None and question.name == misconception.name:
                    owner = SimpleNamespace(**{misconception.name: misconception.wrong})
            else:
                owner = objects[question.target]
            if question.name == PARAMETERS:
                # Which of its parameters each one is, the shape of a value will tell.
                objects |= {p.number: owner for p in _list(question.answer)}
                continue
            if question.name == ASSIGN and question.args is not None:
                _assign(owner, question.args[0])
                continue
            answer = getattr(owner, question.name)
            if question.args is not None:
                function: Callable[..., Any] = answer
                answer = function(*map(local, question.args))
            if isinstance(question.answer, Remote):
                objects[question.answer.number] = answer
            elif not _same(question.answer, answer):
                return False
            else:
                compared = compared or question.answer is not None
    except Exception:
        return False  # it cannot even be asked: then it is not this one
    return compared


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _assign(model: Any, value: Any) -> None:
    """Copy a value into the parameter of that shape, which may be stored in another form.

    Raises:
        ValueError: there is not just one.
    """
    sizes = sorted(n for n in value.shape if n != 1)
    (parameter,) = (p for p in model.parameters() if sorted(n for n in p.shape if n != 1) == sizes)
    plain = value if value.shape == parameter.shape or value.dim() != 2 else value.T
    with torch.no_grad():
        parameter.copy_(plain.reshape(parameter.shape))


def _same(given: object, answer: object) -> bool:
    """Whether two answers are the same, NaN for NaN, within the tolerance.

    Of a dict, what the answer has counts, and a row `(1, n)` in it is as good as a vector `(n,)`.
    """
    if isinstance(given, dict) and isinstance(answer, dict):
        return all(
            key in given and _same(_like(given[key], answer[key]), answer[key]) for key in answer
        )
    if isinstance(given, (list, tuple)) and isinstance(answer, (list, tuple)):
        return len(given) == len(answer) and all(map(_same, given, answer))
    if isinstance(given, torch.Tensor) and isinstance(answer, torch.Tensor):
        if given.dtype != answer.dtype or given.shape != answer.shape:
            return False
        tolerance = TOLERANCE.get(given.dtype, 0.0)
        return bool(
            torch.isclose(
                given.detach(), answer.detach(), rtol=tolerance, atol=tolerance, equal_nan=True
            ).all()
        )
    return not isinstance(given, np.ndarray) and equal(given, answer)


def _like(given: object, answer: object) -> object:
    """A row as a vector, where the answer is one."""
    if isinstance(given, torch.Tensor) and isinstance(answer, torch.Tensor):
        return given[0] if given.shape == (1, *answer.shape) else given
    return given
