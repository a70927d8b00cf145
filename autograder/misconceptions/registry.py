"""What a misconception is, and how a module of them gathers its own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Wrong = TypeVar("Wrong", bound=Callable[..., Any])


@dataclass(frozen=True)
class Misconception:
    """A known wrong answer.

    Attributes:
        module: the module of the assignment that it is wrong in, such as "softmax".
        name: the function or class there that it takes the place of.
        wrong: the wrong implementation.
        sentence: what to tell a student who has it.
    """

    module: str
    name: str
    wrong: Callable[..., Any]
    sentence: str


class Gatherer:
    """A decorator that gathers the misconceptions of a module of the assignment in `bank`."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.bank: list[Misconception] = []

    def __call__(self, name: str) -> Callable[[Wrong], Wrong]:
        """`@wrong("softmax")` on what takes the place of `softmax`."""

        def gather(wrong: Wrong) -> Wrong:
            sentence = " ".join((inspect.getdoc(wrong) or "").split())
            self.bank.append(Misconception(self.module, name, wrong, sentence))
            return wrong

        return gather
