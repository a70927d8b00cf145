"""What was handed in, a folder or a zip, as a list of entries whose contents can be read as data.

Nothing here knows what is graded. What is listed cannot lead out of the submission, and what is
read is what was listed: no link is followed, no device waited for, no declared size believed.
"""

from __future__ import annotations

import io
import os
import re
import stat
import sys
import unicodedata
import zipfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

from autograder.errors import CannotGrade
from autograder.text import printable

# Files and folders looked at. The work has about 20; a forgotten data set should still be listed
# in a moment, and a million entries should be refused in one.
ENTRIES = 20_000
# Bytes of a zip's table of contents: 20 000 entries with long names. It is what bounds the time
# and memory that `zipfile` spends on its table, for the number of entries it declares may lie.
DIRECTORY = 4 << 20
# Folders within folders: sources of real projects stay below 10.
DEPTH = 16
# Characters of a name within a sentence.
SHOWN = 100

REGULAR, FOLDER, LINK = "a regular file", "a folder", "a symbolic link"
_KINDS = {
    stat.S_IFREG: REGULAR,
    stat.S_IFDIR: FOLDER,
    stat.S_IFLNK: LINK,
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
}
# What systems and tools leave beside the work, besides everything hidden (`.git`, `._softmax.py`,
# `.ipynb_checkpoints`, `.venv`).
_JUNK = {"__macosx", "__pycache__", "node_modules", "site-packages", "venv"}

# Windows has no descriptors of folders, no links that need no rights, and no `O_NOFOLLOW`. Only
# students grade there, their own work; so there, paths do.
_DESCRIPTORS = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
_FOLDER_FLAGS: int = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_FILE_FLAGS: int = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_NOFOLLOW: int = getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True)
class Entry:
    """One thing that was handed in; folders are listed only where the listing stops at them."""

    parts: tuple[str, ...]  # where it lies, in NFC: macOS may store what Linux wrote in NFD
    kind: str  # REGULAR, FOLDER, LINK or another of its sort, as words for a sentence
    size: int  # as declared: good for an early no, never for a yes
    read: Callable[[int], bytes]  # read(limit): the contents, of which at most limit + 1 bytes


def describe(parts: Sequence[str], name: str) -> str:
    """The entry as sentences name it, such as `a2/softmax.py in alice.zip`."""
    return f"{printable('/'.join(parts), SHOWN)} in {name}" if parts else name


def _kind(mode: int) -> str:
    return _KINDS.get(stat.S_IFMT(mode), "a device")


def _too_many(name: str) -> CannotGrade:
    return CannotGrade(
        f"{name} holds more than {ENTRIES} files and folders: hand in the graded files and what "
        "they import, without data sets and environments."
    )


def _is_junk(parts: Sequence[str]) -> bool:
    return any(part.startswith(".") or part.lower() in _JUNK for part in parts)


def _normal(parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(unicodedata.normalize("NFC", part) for part in parts)


# --- folders -------------------------------------------------------------------------------------


@contextmanager
def folder_entries(path: Path, name: str) -> Iterator[list[Entry]]:
    """The entries of a folder, which can be read until the context ends.

    `path` itself may be a symbolic link: whoever grades has chosen it.
    """
    try:
        tree = _Tree(path)
    except OSError as error:
        raise _unreadable(name, error) from None
    with tree:
        yield list(_walk(tree, name))


class _Tree:
    """A folder that is read beneath one descriptor, so that no link swapped in can lead out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._top = os.open(path, _FOLDER_FLAGS) if _DESCRIPTORS else None

    def __enter__(self) -> _Tree:
        return self

    def __exit__(self, *_: object) -> None:
        if self._top is not None:
            os.close(self._top)

    @contextmanager
    def at(self, parts: Sequence[str], flags: int) -> Iterator[int | str]:
        """What lies there, as the descriptor or path that `open` and `os.scandir` take."""
        if self._top is None:
            yield os.path.join(self._path, *parts)
            return
        place = os.dup(self._top)
        try:
            for depth, part in enumerate(parts, start=1):
                kind = flags if depth == len(parts) else _FOLDER_FLAGS
                below = os.open(part, kind | _NOFOLLOW, dir_fd=place)
                os.close(place)
                place = below
            yield place
        finally:
            os.close(place)


def _walk(tree: _Tree, name: str) -> Iterator[Entry]:
    seen = 0
    waiting: deque[tuple[str, ...]] = deque([()])  # breadth first: the work lies near the top
    while waiting:
        folder = waiting.popleft()
        try:
            with tree.at(folder, _FOLDER_FLAGS) as place, os.scandir(place) as found:
                for item in found:
                    seen += 1
                    if seen > ENTRIES:
                        raise _too_many(name)
                    parts = (*folder, item.name)
                    if _is_junk(parts[-1:]):
                        continue
                    status = item.stat(follow_symlinks=False)
                    kind = _kind(status.st_mode)
                    if kind == FOLDER and len(parts) < DEPTH:
                        waiting.append(parts)
                        continue
                    read = partial(_read_file, tree, parts, name)
                    yield Entry(_normal(parts), kind, status.st_size, read)
        except OSError as error:
            raise _unreadable(describe(folder, name), error) from None


def _read_file(tree: _Tree, parts: Sequence[str], name: str, limit: int) -> bytes:
    shown = describe(parts, name)
    try:
        # `open` closes what it is given, and so does `at`: hence two descriptors.
        with (
            tree.at(parts, _FILE_FLAGS) as place,
            open(os.dup(place) if isinstance(place, int) else place, "rb") as file,
        ):
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise CannotGrade(f"{shown} changed while it was read: grade it again.")
            # A hard link can make another person's file part of a submission. Who makes one must
            # be able to reach the file, so one that everybody may read gives nothing away that
            # could not have been copied; and such links are common and innocent (the caches of
            # package managers, snapshots by `cp -l` or rsync). A private one may be a secret that
            # the grader can read and the maker of the link cannot.
            if status.st_nlink > 1 and not status.st_mode & stat.S_IROTH:
                raise CannotGrade(
                    f"{shown} is a private file with a second name elsewhere (a hard link): "
                    "hand in a copy of it."
                )
            return file.read(limit + 1)
    except OSError as error:
        raise _unreadable(shown, error) from None


def _unreadable(shown: str, error: OSError) -> CannotGrade:
    if isinstance(error, PermissionError):
        return CannotGrade(f"{shown} cannot be read: give the grader permission to read it.")
    reason = (error.strerror or "input/output error").lower()
    return CannotGrade(f"{shown} cannot be read ({reason}): grade it again.")


# --- zips ----------------------------------------------------------------------------------------


@contextmanager
def zip_entries(file: io.BufferedReader, name: str) -> Iterator[list[Entry]]:
    """The entries of a zip, which can be read until the context ends."""
    with _Bounded(file.raw) as bounded:
        try:
            archive = zipfile.ZipFile(bounded)
        except _TooMuchError:
            raise _too_many(name) from None
        except Exception:  # on hostile bytes `zipfile` raises a dozen types, its own among them
            raise CannotGrade(
                f"{name} is a damaged or incomplete zip: zip the folder again."
            ) from None
        with archive:
            yield list(_members(archive, name))


class _TooMuchError(Exception):
    """Raised through `zipfile`, which asks for more than a sane zip makes it ask for."""


class _Bounded(io.BufferedReader):
    """A file of which `zipfile` cannot take in a huge table of contents.

    It reads the whole table in one call, whose size is the one figure in the zip that cannot lie;
    what the end of the zip declares can, and versions of Python differ in where they look for it.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > DIRECTORY:
            raise _TooMuchError
        # Without a size `zipfile` reads the last 64 KiB.
        return super().read(DIRECTORY if size is None or size < 0 else size)


def _members(archive: zipfile.ZipFile, name: str) -> Iterator[Entry]:
    infos = archive.infolist()
    if len(infos) > ENTRIES:
        raise _too_many(name)
    _refuse_overlaps(infos, name)
    members: dict[tuple[str, ...], Entry] = {}
    folders: set[tuple[str, ...]] = set()
    for info in infos:
        parts, is_folder = _location(info, name)
        kind = _kind(stat.S_IFMT(info.external_attr >> 16) or stat.S_IFREG)  # many have no mode
        if is_folder or kind == FOLDER:
            folders.add(parts)
            continue
        if parts in members:
            raise CannotGrade(f"{describe(parts, name)} is there twice: zip the folder again.")
        read = partial(_read_member, archive, info, describe(parts, name))
        members[parts] = Entry(parts, kind, info.file_size, read)
    folders.update(parts[:end] for parts in members for end in range(1, min(len(parts), DEPTH + 1)))
    for parts in members:
        if parts in folders:
            raise CannotGrade(
                f"{describe(parts, name)} is both a file and a folder: zip the folder again."
            )
    # Links and devices are no more than entries of their kind: nothing is ever unpacked, so that
    # the links of a forgotten environment do no harm. Junk is dropped only now, for an entry that
    # attacks is refused wherever it lies.
    for parts, entry in members.items():
        if len(parts) <= DEPTH and not _is_junk(parts):
            yield entry
    for parts in sorted(folders):
        if len(parts) == DEPTH and not _is_junk(parts):
            yield Entry(parts, FOLDER, 0, lambda _: b"")


def _location(info: zipfile.ZipInfo, name: str) -> tuple[tuple[str, ...], bool]:
    """Where a member lies, and whether its name is that of a folder.

    `info.filename` is not used: `zipfile` cuts it at a NUL, and changes it on Windows.
    """
    raw = info.orig_filename
    if not info.flag_bits & 0x800:
        # macOS writes UTF-8 and does not say so. Other bytes are rarely UTF-8 by chance.
        with suppress(UnicodeError):
            raw = raw.encode("cp437").decode("utf-8")
    # Windows' own Compress-Archive has written `\` between folders.
    path = raw.replace("\\", "/")
    parts = _normal([part for part in path.split("/") if part not in ("", ".")])
    flaws = {
        "has a NUL character in its name": "\0" in path,
        "has '..' in its name": ".." in parts,
        "has an absolute name": path.startswith("/"),
        "has a drive letter in its name": any(re.match("[A-Za-z]:", part) for part in parts),
    }
    flaw = next((words for words, found in flaws.items() if found), None)
    if flaw:
        raise CannotGrade(
            f"{printable(raw, SHOWN)} in {name} {flaw}, which can lead out of the zip: "
            "zip the folder again."
        )
    return parts, path.endswith("/") or not parts


def _refuse_overlaps(infos: Sequence[zipfile.ZipInfo], name: str) -> None:
    """Members that share their bytes make a small zip unpack to a huge one."""
    for first, second in pairwise(sorted(infos, key=lambda info: info.header_offset)):
        # A header has 30 bytes or more.
        if first.header_offset + 30 + first.compress_size > second.header_offset:
            names = (printable(info.orig_filename, SHOWN) for info in (first, second))
            raise CannotGrade(
                f"{' and '.join(names)} in {name} overlap, as in a zip bomb: zip the folder again."
            )


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str, limit: int) -> bytes:
    if info.flag_bits & 1:
        raise CannotGrade(f"{shown} is encrypted: zip the folder again without a password.")
    # The other methods of `zipfile` (bzip2, LZMA) expand a block without a bound.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise CannotGrade(
            f"{shown} is compressed by method {info.compress_type}, which few tools read: "
            "zip the folder again with the usual settings."
        )
    # `zipfile` would stop at the declared size; so it is told another, and what comes out is
    # counted. No ratio needs to be suspicious then: predictions that are all the same may shrink
    # a thousandfold.
    member = copy(info)
    member.file_size = sys.maxsize
    contents = bytearray()
    try:
        with archive.open(member) as stream:
            while len(contents) <= limit and (
                chunk := stream.read(min(1 << 16, limit + 1 - len(contents)))
            ):
                contents += chunk
    except Exception:  # as above: whatever hostile bytes make `zipfile` and `zlib` raise
        raise CannotGrade(f"{shown} is damaged: zip the folder again.") from None
    if len(contents) <= limit and len(contents) != info.file_size:
        raise CannotGrade(f"{shown} is damaged: zip the folder again.")
    return bytes(contents)
