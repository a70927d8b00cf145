"""Opens a submission: finds the work in what was handed in, and copies it to a private folder.

The grader does this itself, often as root, so files are only ever read as data. Everything is
checked before anything is written; after that the copy is all that grading looks at.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

from autograder.archive import (
    DEPTH,
    FOLDER,
    LINK,
    REGULAR,
    SHOWN,
    Entry,
    describe,
    folder_entries,
    zip_entries,
)
from autograder.errors import CannotGrade, Failure
from autograder.text import printable

GRADED = (
    "softmax.py",
    "classifier.py",
    "parser_transitions.py",
    "initialization.py",
    "optimizers.py",
    "parser_model.py",
    "rnn.py",
    "written.toml",
    "test_predictions.txt",
)
# Names of the course's earlier years.
HISTORICAL = {
    "q1_softmax.py": "softmax.py",
    "q1_classifier.py": "classifier.py",
    "q2_parser_transitions.py": "parser_transitions.py",
    "q2_initialization.py": "initialization.py",
    "q2_parser_model.py": "parser_model.py",
}
_CANONICAL = {name: name for name in GRADED} | HISTORICAL

# Files taken: a hand-in has about 10; one with packages of its own, some dozens.
FILES = 500
# Bytes of a source or of written.toml: 20 000 lines. A larger file only burdens the parsers.
SOURCE = 1 << 20
# Bytes of test_predictions.txt: 100 times the predictions for the test sentences of UD EWT.
PREDICTIONS = 8 << 20
# Bytes of a picture: a photograph of a drawing on paper.
PICTURE = 10 << 20
# Bytes of everything taken; it is held in memory until all of it is known to be good.
TOTAL = 32 << 20
# Bytes of the name of a file or folder: systems end at 255, and some tools append to it.
NAME = 200
# Files elsewhere in the submission that are compared with the graded ones, to leave out of the
# notes what is only a copy. It bounds the time; nobody reads a longer list.
COMPARED = 20

PICTURES = (".png", ".jpg", ".jpeg", ".svg", ".pdf")
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
# Python and pytest run or obey these by their name alone, in an editor as in a grader.
_NEVER = {"conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py"}
_LIBRARIES = sys.stdlib_module_names | {"torch", "numpy", "pytest", "hypothesis", "msgspec"}


@dataclass(frozen=True)
class Submission:
    """What is graded. Equal contents have equal digests, in a folder or a zip, however nested."""

    name: str  # for reports: the name of the file or folder, made printable
    folder: Path  # the private copy: the files taken and no others, under their own names
    files: Mapping[str, str]  # graded file to its path in `folder`: softmax.py to q1_softmax.py
    digest: str  # SHA-256, hexadecimal, of the names and contents of the files taken
    notes: tuple[str, ...]  # sentences for staff and student

    def text(self, file: str) -> str:
        """The text of a graded file that is read as data, such as written.toml.

        Raises:
            Failure: it was not handed in, or is no text; the sentence is for the student.
        """
        if file not in self.files:
            raise Failure(f"{file} is missing.")
        data = self.folder.joinpath(self.files[file]).read_bytes()
        try:
            return data.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise Failure(f"{file}, line {line}: this is not UTF-8; save it as UTF-8.") from None


def open_submission(path: Path, into: Path) -> Submission:
    """The submission at `path`, a folder, a zip or one graded file, copied to the folder `into`.

    `into` exists and is empty. It stays so when the submission is refused.

    Raises:
        CannotGrade: There is no submission that could be read safely; the sentence says why.
    """
    name = printable(os.path.basename(os.path.abspath(path)) or str(path), SHOWN)
    files: dict[str, str] = {}
    contents: dict[str, bytes] = {}
    with _entries(path, name) as listed:
        entries = sorted(_without_environments(listed), key=lambda entry: entry.parts)
        candidates = _candidates(entries)
        if candidates:
            # The fullest folder; of equals the one nearest to the top, then the first by name.
            root = min(candidates, key=lambda at: (-len(candidates[at]), len(at), at))
            files = {graded: found[0].parts[-1] for graded, found in candidates[root].items()}
            contents, notes = _take(entries, root, name)
            notes = [*_choices(candidates, root, contents), *_namesakes(contents), *notes]
        else:
            notes = [_nothing_graded(entries)]
    for relative, data in contents.items():
        _write(into, relative.split("/"), data)
    return Submission(name, into, MappingProxyType(files), _digest(contents), tuple(notes))


# --- what was handed in --------------------------------------------------------------------------


@contextmanager
def _entries(path: Path, name: str) -> Iterator[list[Entry]]:
    if os.path.isdir(path):
        with folder_entries(path, name) as entries:
            yield entries
        return
    neither = CannotGrade(
        f"{name} is not a folder or a zip: hand in the folder of your files, or a zip of it."
    )
    try:
        file = open(path, "rb", opener=_no_wait)  # noqa: SIM115 - closed below
    except PermissionError:
        raise CannotGrade(
            f"{name} cannot be read: give the grader permission to read it."
        ) from None
    except (FileNotFoundError, NotADirectoryError, ValueError):  # the last: a NUL in the name
        shown = printable(str(path), SHOWN)
        raise CannotGrade(f"There is no {shown}: give the path of a folder or a zip.") from None
    except OSError:
        raise neither from None
    with file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise neither
        if file.read(4) in (b"PK\3\4", b"PK\5\6"):  # with members, and without
            with zip_entries(file, name) as entries:
                yield entries
            return
        own_name = unicodedata.normalize("NFC", path.name)
        if _canonical(own_name):
            read = partial(_read_again, file)
            yield [Entry((own_name,), REGULAR, status.st_size, read)]
        elif own_name.lower().endswith(".py"):
            raise CannotGrade(
                f"{name} is not the name of a graded file: name it as the assignment does "
                f"({GRADED[0]}, {GRADED[1]}, ...), or hand in the folder of your files."
            )
        else:
            raise neither


def _no_wait(path: str, flags: int) -> int:
    """Opens without waiting: a named pipe is opened at once, and then refused."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _read_again(file: io.BufferedReader, limit: int) -> bytes:
    file.seek(0)
    return file.read(limit + 1)


def _canonical(name: str) -> str | None:
    """The graded file of that name, in whatever case: Windows and macOS do not care for it."""
    return _CANONICAL.get(name.lower())


def _without_environments(entries: Sequence[Entry]) -> list[Entry]:
    """Virtual environments are nobody's work, whatever their folders are called."""
    environments = {entry.parts[:-1] for entry in entries if entry.parts[-1] == "pyvenv.cfg"}
    environments |= {e.parts[:-2] for e in entries if e.parts[-2:] == ("conda-meta", "history")}
    # Someone may have made one in the very folder of the work.
    environments -= {entry.parts[:-1] for entry in entries if _canonical(entry.parts[-1])}
    return [
        entry
        for entry in entries
        if environments.isdisjoint(entry.parts[:end] for end in range(1, len(entry.parts)))
    ]


# --- what is graded of it ------------------------------------------------------------------------

# folder -> graded file -> the entries that may be it
_Candidates = dict[tuple[str, ...], dict[str, list[Entry]]]
# (name relative to the folder that is graded, entry, the most bytes that it may have)
_Wanted = tuple[str, Entry, int]


def _candidates(entries: Sequence[Entry]) -> _Candidates:
    """Of each folder the graded files in it; of several for one, the first has today's name."""
    candidates: _Candidates = {}
    for entry in entries:
        graded = _canonical(entry.parts[-1])
        if graded and entry.kind != FOLDER:
            folder = candidates.setdefault(entry.parts[:-1], {})
            folder.setdefault(graded, []).append(entry)
    for folder in candidates.values():
        for graded, found in folder.items():
            found.sort(key=lambda entry: (entry.parts[-1].lower() != graded, entry.parts))
    return candidates


def _limit(relative: Sequence[str]) -> int | None:
    """The most bytes of the file of that name, or None if such a file is not taken."""
    name = relative[-1].lower()
    if name.endswith(".py"):
        return None if name in _NEVER else SOURCE
    if len(relative) > 1:
        return None
    if name.endswith(PICTURES):
        return PICTURE
    return {"written.toml": SOURCE, "test_predictions.txt": PREDICTIONS}.get(name)


def _take(
    entries: Sequence[Entry], root: tuple[str, ...], name: str
) -> tuple[dict[str, bytes], list[str]]:
    """Contents by name relative to `root`, and notes on what was left out of them."""
    left_out: defaultdict[str, list[str]] = defaultdict(list)
    wanted = list(_wanted(entries, root, name, left_out))
    _refuse_collisions(wanted, name)
    pictures = [item for item in wanted if item[0].lower().endswith(PICTURES)]
    sources = [item for item in wanted if not item[0].lower().endswith(PICTURES)]
    if len(sources) > FILES:
        raise CannotGrade(
            f"{name} holds more than {FILES} Python files: hand in the graded files and what they "
            "import."
        )
    contents: dict[str, bytes] = {}
    total = 0
    for path, entry, limit in sources:
        data = _read(entry, limit)
        if data is None:
            raise CannotGrade(
                f"{describe(entry.parts, name)} is larger than {limit >> 20} MiB: "
                "hand in a smaller one."
            )
        total += len(data)
        if total > TOTAL:
            raise CannotGrade(
                f"The files of {name} are larger than {TOTAL >> 20} MiB together: hand in only "
                "the graded files and what they import."
            )
        contents[path] = data
    # Pictures come last and never stop the grading: most are not even part of the work.
    for path, entry, limit in pictures:
        data = _read(entry, min(limit, TOTAL - total)) if len(contents) < FILES else None
        if data is None:
            left_out[
                f"larger than {PICTURE >> 20} MiB, or too much for {TOTAL >> 20} MiB and {FILES} "
                "files in all"
            ].append(path)
        else:
            total += len(data)
            contents[path] = data
    notes = [f"Left out ({why}): {_some(paths)}." for why, paths in left_out.items()]
    return contents, notes


def _wanted(
    entries: Sequence[Entry],
    root: tuple[str, ...],
    name: str,
    left_out: Mapping[str, list[str]],
) -> Iterator[_Wanted]:
    """What is taken; what a student may miss of the rest goes into `left_out`, under the reason."""
    for entry in entries:
        if entry.parts[: len(root)] != root:
            continue
        parts = entry.parts[len(root) :]
        path = "/".join(parts)
        limit = _limit(parts)
        if entry.kind == FOLDER:
            left_out[f"more than {DEPTH} folders deep"].append(path)
        elif limit is None:
            if entry.kind == LINK:
                left_out["links are not followed"].append(path)
        elif any(map(_is_odd, parts)):
            left_out["the name is too long, or has characters that do not show"].append(path)
        elif entry.kind != REGULAR:
            raise CannotGrade(
                f"{describe(entry.parts, name)} is {entry.kind}, not a file: "
                "hand in the file itself."
            )
        else:
            yield path, entry, limit


def _is_odd(part: str) -> bool:
    """Nothing that can be imported has such a name, and not every system can write it.

    Escapes, invisible characters, bytes that are no text, and the separator of Windows.
    """
    return printable(part, NAME) != part or "\\" in part or len(part.encode()) > NAME


def _refuse_collisions(wanted: Sequence[_Wanted], name: str) -> None:
    """Two names that are one on Windows or macOS are refused everywhere, lest the system choose."""
    seen: dict[str, Entry] = {}
    for path, entry, _ in wanted:
        first = seen.setdefault(path.lower(), entry)
        if first is not entry:
            raise CannotGrade(
                f"{printable('/'.join(first.parts), SHOWN)} and {describe(entry.parts, name)} "
                "differ only in case, or in how an accent is stored: hand in one of them."
            )


def _read(entry: Entry, limit: int) -> bytes | None:
    """The contents, or None if there are more than `limit` bytes of them."""
    if entry.size > limit:
        return None
    data = entry.read(limit)
    return data if len(data) <= limit else None


def _write(into: Path, parts: Sequence[str], data: bytes) -> None:
    """The file and its folders can be read by the confined worker, whatever the umask is."""
    folder = into
    for part in parts[:-1]:
        folder /= part
        if not folder.exists():
            folder.mkdir()
            folder.chmod(0o755)
    path = folder / parts[-1]
    with path.open("xb") as file:
        file.write(data)
    path.chmod(0o644)


def _digest(contents: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for relative in sorted(contents):
        # No name holds a NUL, and the hash of a content has one length: no two lists read alike.
        digest.update(relative.encode() + b"\0" + hashlib.sha256(contents[relative]).digest())
    return digest.hexdigest()


# --- notes ---------------------------------------------------------------------------------------


def _choices(
    candidates: _Candidates, root: tuple[str, ...], contents: Mapping[str, bytes]
) -> Iterator[str]:
    """Where one file was graded and another of its name was not, unless it is a copy."""
    for graded, (chosen, *others) in candidates[root].items():
        own_name = chosen.parts[-1]
        rivals = [entry.parts[-1] for entry in others]
        if any(contents[rival] != contents[own_name] for rival in rivals):
            yield f"{own_name} is graded, {_some(rivals)} is not: both stand for {graded}."
        if own_name not in _CANONICAL:
            yield f"{own_name} is graded as {graded}: mind upper and lower case."
    elsewhere = [
        (entry, candidates[root].get(graded))
        for folder in sorted(set(candidates) - {root})
        for graded, found in candidates[folder].items()
        for entry in found
    ]
    different = [
        "/".join(entry.parts)
        for number, (entry, chosen) in enumerate(elsewhere)
        if number >= COMPARED or not chosen or not _is_copy(entry, contents[chosen[0].parts[-1]])
    ]
    if different:
        where = printable("/".join(root), SHOWN) if root else "the top folder"
        yield f"Graded is what lies in {where}; not graded: {_some(different)}."


def _is_copy(entry: Entry, data: bytes) -> bool:
    try:
        return entry.kind == REGULAR and _read(entry, len(data)) == data
    except CannotGrade:
        return False  # it is not graded, so whatever is wrong with it need not stop the grading


def _namesakes(contents: Mapping[str, bytes]) -> Iterator[str]:
    """Modules and packages whose name is that of a library."""
    modules = {path.split("/")[0] for path in contents if path.endswith(".py")}
    for module in sorted(modules):
        library = module.removesuffix(".py")
        if library in _LIBRARIES:
            yield f"{module} has the name of a library; imports of {library} get the library."


def _nothing_graded(entries: Sequence[Entry]) -> str:
    found = [
        "/".join(entry.parts) + ("" if entry.kind == REGULAR else f" ({entry.kind})")
        for entry in entries
    ]
    note = f"No graded file was found ({', '.join(GRADED)}); "
    if not found:
        return note + "the submission is empty."
    if any(path.lower().endswith(_ARCHIVES) for path in found):
        note += "archives within a submission are not opened; "
    return note + f"what was found: {_some(found)}."


def _some(paths: Sequence[str]) -> str:
    shown = ", ".join(printable(path, SHOWN) for path in paths[:5])
    return shown if len(paths) <= 5 else f"{shown} and {len(paths) - 5} more"
