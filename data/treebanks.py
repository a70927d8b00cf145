"""Treebanks by name: the small one that is shipped, real ones to download, or a folder of files."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from data.conllu import Sentence, read_treebank
from data.download import Progress, download, missing
from data.errors import DataError

Split = Literal["train", "dev", "test"]
SPLITS: tuple[Split, ...] = ("train", "dev", "test")
SMALL = "small"
# Holds the downloaded treebanks, each in a folder of its name.
FOLDER_VARIABLE = "ARCGRADE_TREEBANKS"

_SHIPPED = Path(__file__).parent / SMALL
_SUFFIXES = (".conllu", ".conllx", ".conll")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class File:
    """A file of a treebank: the sum and the size are None where they are not known."""

    name: str
    sha256: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A treebank that can be downloaded.

    Attributes:
        url: the folder that holds the files, pinned to a commit.
        licence: under which it may be used.
        files: the file of each split.
    """

    url: str
    licence: str
    files: Mapping[Split, File]


@dataclass(frozen=True, slots=True)
class Treebank:
    """The sentences of a treebank."""

    name: str
    train: list[Sentence]
    dev: list[Sentence]
    test: list[Sentence]


@dataclass(frozen=True, slots=True)
class Listed:
    """A treebank that can be loaded or fetched; `folder` is None where it is not here."""

    name: str
    size: int
    licence: str
    folder: Path | None


TREEBANKS: Mapping[str, Registered] = MappingProxyType(
    {
        # Release 2.16.
        "UD_English-EWT": Registered(
            url="https://raw.githubusercontent.com/UniversalDependencies/UD_English-EWT/"
            "4c89b5833a70aa5ed3a00bad2f23f57992cc7df8",
            licence="CC BY-SA 4.0",
            files=MappingProxyType(
                {
                    "train": File(
                        "en_ewt-ud-train.conllu",
                        "3fb78e2b55482c8ee00caa653af436c88c9e5bc9a73ce26e4ae3ddc79d2b7e7b",
                        14_203_025,
                    ),
                    "dev": File(
                        "en_ewt-ud-dev.conllu",
                        "531a54ff90d6ab12201c5a50c3e78e6ddac4de69abc4bce5d275d3cd29efe2b6",
                        1_805_545,
                    ),
                    "test": File(
                        "en_ewt-ud-test.conllu",
                        "e266e515a0a7547657ed3d90d9ba46487d6bd251f27ad4269d4e8a427c8555cd",
                        1_804_515,
                    ),
                }
            ),
        ),
    }
)


def load(name_or_folder: str | Path) -> Treebank:
    """A treebank: "small", a registered name, or a folder with a file for each split.

    A folder's files are those named `*train*`, `*dev*` and `*test*`, in CoNLL-U or CoNLL-X
    (`.conllu`, `.conllx`, `.conll`), one each. A name wins over a folder of the same name; as a
    `Path`, or with a slash in it, it is a folder.

    Raises:
        DataError: it is not here, or is no treebank; the sentence says what to do.
    """
    paths = {split: locate(name_or_folder, split) for split in SPLITS}
    train, dev, test = (_read(paths[split]) for split in SPLITS)
    return Treebank(str(name_or_folder), train, dev, test)


def read_split(name_or_folder: str | Path, split: Split) -> list[Sentence]:
    """One split of what `load` loads; the others need not be there."""
    return _read(locate(name_or_folder, split))


def locate(name_or_folder: str | Path, split: Split) -> Path:
    """The file of a split.

    Raises:
        DataError: it is not here.
    """
    if name_or_folder == SMALL:
        return _SHIPPED / f"{split}.conllu"
    if isinstance(name_or_folder, str) and (registered := TREEBANKS.get(name_or_folder)):
        path = cache_folder() / name_or_folder / registered.files[split].name
        if not path.is_file():
            raise DataError(
                f"{name_or_folder} is not on this machine: "
                f"run `arcgrade data fetch {name_or_folder}` first."
            )
        return path
    folder = Path(name_or_folder)
    if not folder.is_dir() and isinstance(name_or_folder, str) and _NAME.fullmatch(name_or_folder):
        folder = cache_folder() / name_or_folder
    if not folder.is_dir():
        names = ", ".join((SMALL, *TREEBANKS))
        raise DataError(f"{name_or_folder} is neither a folder nor a treebank known here: {names}.")
    return _in_folder(folder, split)


def cache_folder() -> Path:
    """The folder that holds downloaded treebanks; it need not exist."""
    if chosen := os.environ.get(FOLDER_VARIABLE):
        return Path(chosen)
    try:
        import platformdirs
    except ModuleNotFoundError as error:
        raise missing(error) from None
    return platformdirs.user_cache_path("arcgrade", appauthor=False) / "treebanks"


def fetch(
    name: str,
    progress: Progress = lambda name, done, total: None,
    url: str | None = None,
    code: str | None = None,
) -> Path:
    """Download a treebank, or what is missing of it; the folder that holds it.

    Args:
        name: a registered name, or, with `url` and `code`, any.
        progress: told about every piece that arrives.
        url: the folder that holds the files, where it is not the registered one. What is
            registered is compared with its sums all the same.
        code: what the files' names start with where the treebank is not registered: those of UD
            are `fr_gsd-ud-train.conllu` and so on, with the code `fr_gsd`.

    Raises:
        DataError: it cannot be had; the sentence says why, and what to do.
    """
    if name == SMALL:
        return _SHIPPED
    registered = TREEBANKS.get(name)
    if registered is None:
        registered = _unregistered(name, url, code)
    folder = cache_folder() / name
    for file in registered.files.values():
        address = f"{(url or registered.url).rstrip('/')}/{file.name}"
        download(address, folder / file.name, progress, file.sha256, file.size)
    return folder


def listed() -> list[Listed]:
    """The shipped treebank, the registered ones, and what else was fetched, by name."""
    shipped = Listed(SMALL, sum(_sizes(_SHIPPED).values()), "MIT", _SHIPPED)
    cache = cache_folder()
    found = [shipped]
    for name, registered in TREEBANKS.items():
        here = _sizes(cache / name)
        size = sum(file.size or 0 for file in registered.files.values())
        complete = all(file.name in here for file in registered.files.values())
        found.append(Listed(name, size, registered.licence, cache / name if complete else None))
    others = sorted(cache.iterdir()) if cache.is_dir() else []
    for folder in others:
        if folder.name not in TREEBANKS and (sizes := _sizes(folder)):
            found.append(Listed(folder.name, sum(sizes.values()), "licence not known", folder))
    return found


def _unregistered(name: str, url: str | None, code: str | None) -> Registered:
    if not (url and code):
        names = ", ".join(TREEBANKS)
        raise DataError(
            f"{name} is not registered ({names}): give the address of its folder and the code that "
            "its files' names start with, as in `--url https://... --code fr_gsd`."
        )
    for text in (name, code):
        if not _NAME.fullmatch(text):
            raise DataError(f"{text!r} is no name: letters, digits, and . _ - after the first.")
    files: dict[Split, File] = {split: File(f"{code}-ud-{split}.conllu") for split in SPLITS}
    return Registered(url, "licence not known", files)


def _in_folder(folder: Path, split: Split) -> Path:
    """The one file of a split in a folder."""
    fitting = sorted(name for name in _sizes(folder) if split in name.lower())
    if len(fitting) != 1:
        kinds = ", ".join(f"*{split}*{suffix}" for suffix in _SUFFIXES)
        has = f"several files: {', '.join(fitting)}" if fitting else "no file"
        raise DataError(f"{folder} must hold one file for {split} ({kinds}), and has {has}.")
    return folder / fitting[0]


def _sizes(folder: Path) -> dict[str, int]:
    """The treebank files in a folder, and their sizes."""
    if not folder.is_dir():
        return {}
    files = (path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES)
    return {path.name: path.stat().st_size for path in files if path.is_file()}


def _read(path: Path) -> list[Sentence]:
    sentences = read_treebank(path)
    if not sentences:
        raise DataError(f"{path} holds no sentence.")
    return sentences
