"""Imports the student's modules.

The modules of the submission are found by name wherever they are imported from, under their
current and their older names alike, but never instead of a library: `torch.py` stays unused.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

PACKAGE = "submission"

_ended: dict[str, SystemExit] = {}


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a student's file; what it defined before it called `sys.exit` counts."""

    def exec_module(self, module: ModuleType) -> None:
        try:
            super().exec_module(module)
        except SystemExit as end:  # a script's way to end
            _ended[module.__name__] = end

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        """Writes no byte code: the folder is read-only."""

    def get_code(self, fullname: str) -> CodeType | None:
        # Compiled here and now: a submitted .pyc is never believed.
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class _AliasLoader(importlib.abc.Loader):
    """Gives the one module that goes by several names: `q1_softmax` is `softmax`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = importlib.import_module(self._name)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """It has run already; the import system has put the alias's spec in it."""
        module.__spec__ = self._spec


class _GradedFinder(importlib.abc.MetaPathFinder):
    """Finds the graded modules, under all their names, before any library of the same name."""

    def __init__(self, folder: Path, files: dict[str, str], aliases: dict[str, str]) -> None:
        self._files = {f"{PACKAGE}.{name}": str(folder / file) for name, file in files.items()}
        names = {**{name: name for name in files}, **aliases}
        self._aliases = {alias: f"{PACKAGE}.{name}" for alias, name in names.items()}
        self._aliases |= {f"{PACKAGE}.{a}": f"{PACKAGE}.{name}" for a, name in aliases.items()}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if file := self._files.get(fullname):
            return importlib.util.spec_from_file_location(
                fullname, file, loader=_Loader(fullname, file)
            )
        name = self._aliases.get(fullname, "")
        if name in self._files:
            return importlib.machinery.ModuleSpec(fullname, _AliasLoader(name))
        return None


def install(folder: Path, files: dict[str, str], aliases: dict[str, str]) -> None:
    """The submission can be imported; `files` maps graded modules to the names handed in."""
    package = ModuleType(PACKAGE)  # so that `from .softmax import softmax` works as well
    package.__path__ = [str(folder)]
    sys.modules[PACKAGE] = package
    sys.meta_path.insert(0, _GradedFinder(folder, files, aliases))
    # Helpers of the student's own come last: a file named torch.py replaces nothing.
    sys.path.append(str(folder))


def ended(module: object) -> SystemExit | None:
    """What a module ended itself with while it was imported: what it defines below is missing."""
    return _ended.get(getattr(module, "__name__", "")) if isinstance(module, ModuleType) else None


def is_own(name: str) -> bool:
    """Whether an import of that name would get a file of the submission, and no library."""
    with contextlib.suppress(ImportError, ValueError):
        spec = importlib.util.find_spec(name) if name.isidentifier() else None
        if spec is not None and isinstance(spec.loader, _AliasLoader):
            return True
        folders = getattr(sys.modules.get(PACKAGE), "__path__", ())
        return spec is not None and any(
            Path(spec.origin or "").is_relative_to(folder) for folder in folders
        )
    return False
