"""The plain way to grade, to compare with: student code imported into pytest's own process.

It runs the very same checks in a fresh interpreter, with no confinement whatever, as graders that
are built on pytest or unittest do: `python -m tests.bench.plain FOLDER`.
"""

from __future__ import annotations

import copy
import hashlib
import importlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch

import autograder.hidden
from autograder.checks import Answers, Fields
from autograder.confinement.inside import training
from autograder.grading import undisturbed


class PlainStudent:
    """What checks ask of `Student`, answered by plain calls in this process."""

    def __init__(self, folder: Path) -> None:
        self._modules = {file.stem for file in folder.glob("*.py")}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._modules:
            raise AttributeError(name)
        return _Module(importlib.import_module(name))

    def keep(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call a function."""
        return function(*args)

    def put(self, value: Any, *, requires_grad: bool = False) -> Any:
        """A copy of a value."""
        if isinstance(value, torch.Tensor):
            return value.clone().requires_grad_(requires_grad)
        return copy.deepcopy(value)

    def fetch(self, value: Any) -> Any:
        """The value itself."""
        return value

    def backward(self, result: torch.Tensor, weights: torch.Tensor) -> None:
        """Back-propagate from a weighted sum."""
        (result * weights).sum().backward()

    def observe(self, value: Any, *names: str) -> list[Any]:
        """Copies of several attributes."""
        return [list(getattr(value, name)) for name in names]

    def parameters(self, module: torch.nn.Module) -> list[torch.Tensor]:
        """The parameters of a module."""
        return list(module.parameters())

    def train(
        self, model: Any, features: torch.Tensor, labels: torch.Tensor, **how: Any
    ) -> list[float]:
        """Fit a model by the grader's own loop."""
        return training.fit(model, features, labels, **how)

    def assign(self, tensor: torch.Tensor, value: torch.Tensor) -> None:
        """Copy a value into a tensor."""
        with torch.no_grad():
            tensor.copy_(value)

    def restart(self, stand_ins: dict[str, object]) -> None:
        """Everything goes on in this process."""

    @contextmanager
    def allow(self, budget: object) -> Iterator[None]:
        """Nothing is limited here."""
        yield


class _Module:
    """A module whose functions take what checks pass."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._module, name)
        return lambda *args: function(*map(_plain, args))


def _plain(value: object) -> object:
    if isinstance(value, Fields):
        return SimpleNamespace(**value.fields)
    if isinstance(value, Answers):
        return SimpleNamespace(**{value.method: value.answer_locally})
    return value


class PlainPlugin:
    """The fixtures of the checks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @pytest.fixture
    def student(self) -> PlainStudent:
        """The submission, in this process."""
        return PlainStudent(self._folder)

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> torch.Generator:
        """A generator for this check."""
        digest = hashlib.sha256(request.function.__number__.encode()).digest()
        return torch.Generator().manual_seed(int.from_bytes(digest[:6], "big"))


def main(folder: Path) -> int:
    """Run every check on a folder; pytest's exit code."""
    sys.path.insert(0, str(folder.resolve()))
    checks = str(Path(autograder.hidden.__file__).parent)
    with undisturbed():
        return int(
            pytest.main(
                ["-q", checks, "-c", os.devnull, "-o", "python_files=part_*.py",
                 "-p", "no:cacheprovider"],
                plugins=[PlainPlugin(folder)],
            )
        )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
