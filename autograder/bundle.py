"""Builds the zip that Gradescope makes its container of.

It holds what grading needs and nothing else: three packages, the course's decisions and its secret,
the versions of all that they import, and the two scripts that the platform runs. The same inputs
give the same bytes.
"""

from __future__ import annotations

import importlib.util
import io
import os
import re
import secrets
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from autograder.course import DEFAULT, Course
from autograder.errors import CannotGrade
from data.errors import DataError
from data.treebanks import SMALL, locate

SCRIPTS = ("setup.sh", "run_autograder")
SECRET = "course.secret"  # noqa: S105 - the name of its file
COURSE = "course.toml"
LIBRARY = "lib"
TREEBANK = "treebank"

# What a bundle has no use for: what builds it, what trains, and samples.
_LEFT_OUT = re.compile(
    r"""
    (.*/)?__pycache__/.* | .*\.py[co]
    | autograder/(bundle|inspection|handout|train_lm|render/(inspection|treebanks))\.py
    | autograder/confinement/apart\.py
    | autograder/(bundled|handout_files)/.*
    | autograder/course\.toml
    | solutions/(?!.*\.py$).* | solutions/(extended|language_model|fast_output)\.py
    | data/(sample|templates|text)/.* | data/small/(?!__init__\.py$|.*\.conllu$).*
    """,
    re.VERBOSE,
)
_OLDEST = {"python_version": "3.10", "python_full_version": "3.10.12"}
_LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "extra": ""}
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Built:
    """What `build_bundle` made.

    Attributes:
        size: of the zip, in bytes.
        secret: the file of the course's secret: without it, scores change.
        new: whether the secret was made now.
    """

    size: int
    secret: Path
    new: bool


def build_bundle(out: Path, course: Path | None = None, secret: Path | None = None) -> Built:
    """Write the bundle to `out`, with the secret in the file `secret`.

    If no such file is named it is `course.secret` beside the course's file, or beside `out`
    where no course is named; it is made if it is not there.

    Raises:
        CannotGrade: something that belongs into it cannot be read, or `out` cannot be written.
    """
    if not out.absolute().parent.is_dir():
        raise CannotGrade(f"{out} cannot be written: its folder does not exist.")
    where = secret or (course or out).absolute().parent / SECRET
    new = secret is None and not where.exists()
    if new:
        make_secret(where)
    data = _zip(dict(_members(course, read_secret(where))))
    try:
        out.write_bytes(data)
        out.chmod(0o600)  # the secret and the solutions are in it
    except OSError as error:
        raise CannotGrade(f"{out} cannot be written: {error.strerror}.") from None
    return Built(len(data), where, new)


def make_secret(path: Path) -> None:
    """There is a new secret in that file, which only its owner reads."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CannotGrade(f"{path} cannot be written: {error.strerror}.") from None
    with os.fdopen(descriptor, "w", encoding="ascii", newline="\n") as file:
        file.write(f"{secrets.token_urlsafe(32)}\n")


def read_secret(path: Path) -> bytes:
    """The secret in a file, without the white space around it.

    Raises:
        CannotGrade: there is none.
    """
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise CannotGrade(f"{path} cannot be read: {error.strerror}.") from None
    return secret or _none(path)


def _none(path: Path) -> bytes:
    raise CannotGrade(f"{path} is empty; it should hold the secret of the course.")


def is_script(name: str) -> bool:
    """Whether a member of the bundle is executed."""
    return name in SCRIPTS


def _members(course: Path | None, secret: bytes) -> Iterator[tuple[str, bytes]]:
    """What the bundle holds, by name."""
    bundled = Path(__file__).parent / "bundled"
    for script in SCRIPTS:
        yield script, _text(bundled / script)
    yield "requirements.txt", "".join(f"{line}\n" for line in requirements()).encode()
    yield SECRET, secret + b"\n"
    yield from _course(course or DEFAULT)
    yield from library()
    about = f"Metadata-Version: 2.1\nName: arcgrade\nVersion: {metadata.version('arcgrade')}\n"
    folder = f"{LIBRARY}/arcgrade-{metadata.version('arcgrade')}.dist-info"
    yield f"{folder}/METADATA", about.encode()


def library() -> Iterator[tuple[str, bytes]]:
    """The packages, as far as grading needs them."""
    for package in ("autograder", "solutions", "data"):
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.submodule_search_locations
        folder = Path(spec.submodule_search_locations[0])
        for path in sorted(folder.rglob("*")):
            name = f"{package}/{path.relative_to(folder).as_posix()}"
            if path.is_file() and not _LEFT_OUT.fullmatch(name):
                yield f"{LIBRARY}/{name}", _text(path)


def _course(path: Path) -> Iterator[tuple[str, bytes]]:
    """The course's file, and the test sentences that it names."""
    course = Course(path)
    _ = course.test_sentences  # what is missing of them is better said now than by a container
    text = _text(path)
    if course.treebank != SMALL:
        folder = path.parent / course.treebank
        try:
            sentences = locate(folder if folder.is_dir() else course.treebank, "test")
        except DataError as error:
            raise CannotGrade(str(error)) from None
        yield f"{TREEBANK}/test{sentences.suffix}", _text(sentences)
        text = re.sub(
            rb"(?m)^(\s*treebank\s*=\s*)(\"[^\"\n]*\"|'[^'\n]*')",
            rb'\1"' + TREEBANK.encode() + b'"',
            text,
        )
    yield COURSE, text


def _text(path: Path) -> bytes:
    """A file with line ends as Linux has them: on Windows git may have made others of them."""
    return path.read_bytes().replace(b"\r\n", b"\n")


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3  # Unix: the modes below count
            mode = 0o755 if is_script(name) else 0o600 if name == SECRET else 0o644
            info.external_attr = (0o100000 | mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, members[name])
    return buffer.getvalue()


# --- versions ------------------------------------------------------------------------------------


def requirements() -> list[str]:
    """The version of each distribution that grading imports: that which is installed here.

    Where it needs a newer Python than the container's 3.10, that one gets a version of its own.

    Raises:
        CannotGrade: there is none for Python 3.10, or something is not installed.
    """
    instead = _for_oldest()
    lines = []
    for name in sorted(_needed()):
        try:
            installed = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            # Only Python 3.10 needs it, and this is a newer one.
            lines.append(f'{name}=={_known(name, instead)} ; python_version < "3.11"')
            continue
        version = installed.version.partition("+")[0]  # torch 2.13.0+cpu is a build of 2.13.0
        if "3.10" in SpecifierSet(_python_of(installed)):
            lines.append(f"{name}=={version}")
        else:
            lines.append(f'{name}=={_known(name, instead)} ; python_version < "3.11"')
            lines.append(f'{name}=={version} ; python_version >= "3.11"')
    return lines


def _needed() -> set[str]:
    """Every distribution that arcgrade needs on Linux, with Python 3.10 or with this one."""
    found: set[str] = set()
    waiting = ["arcgrade"]
    while waiting:
        name = waiting.pop()
        try:
            texts = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            texts = []
        for requirement in map(Requirement, texts):
            marker = requirement.marker
            wanted = marker is None or any(marker.evaluate({**_LINUX, **e}) for e in ({}, _OLDEST))
            dependency = canonicalize_name(requirement.name)
            if wanted and dependency not in found:
                found.add(dependency)
                waiting.append(dependency)
    return found


def _python_of(installed: metadata.Distribution) -> str:
    """The versions of Python that it runs on; empty for all."""
    return str(installed.metadata.json.get("requires_python", ""))


def _for_oldest() -> dict[str, str]:
    text = (Path(__file__).parent / "bundled" / "python-3.10.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w-]+)==(\S+)$", text, re.MULTILINE))


def _known(name: str, instead: dict[str, str]) -> str:
    if name not in instead:
        raise CannotGrade(
            f"{name} is to be pinned for Python 3.10 too: add the last version that runs there "
            "to autograder/bundled/python-3.10.txt."
        )
    return instead[name]
