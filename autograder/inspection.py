"""Looks a bundle over before anyone uploads it, and grades with it what has a known score."""

from __future__ import annotations

import importlib.util
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import solutions
from autograder.bundle import COURSE, LIBRARY, SCRIPTS, SECRET, is_script, library
from autograder.confinement.apart import run_apart
from autograder.course import Course
from autograder.errors import CannotGrade
from autograder.handout import build_handout
from autograder.render.contract import MAX_TEXT, BrokenContract, Results, read_results
from autograder.submission import GRADED, PICTURES
from solutions.support.evaluation import predictions_text

# A bundle of ours has half a megabyte; what is far above has something in it that nobody meant.
MAX_SIZE = 50 << 20
_NEEDED = (*SCRIPTS, "requirements.txt", COURSE, SECRET, f"{LIBRARY}/autograder/container.py")
_STRANGERS = {"tests", "docs", ".git", "__pycache__", ".nox"}
_RUN = "import pathlib; from autograder.container import run; run(pathlib.Path(sys.argv[1]))"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: as in "executable bits".
        held: whether it is as it should be; None where that could not be found out.
        detail: a sentence.
    """

    what: str
    held: bool | None
    detail: str


def inspect(bundle: Path) -> Iterator[Finding]:
    """What is found, one after the other; the last ones take a minute.

    Raises:
        CannotGrade: it is no zip.
    """
    try:
        archive = zipfile.ZipFile(bundle)
    except (OSError, zipfile.BadZipFile):
        raise CannotGrade(f"{bundle} is no zip that can be read.") from None
    with archive, tempfile.TemporaryDirectory(prefix="arcgrade-bundle-") as folder:
        infos = {info.filename: info for info in archive.infolist()}
        for look in (_size, _layout, _bits, _line_ends, _secret):
            yield look(archive, infos)
        if any(name not in infos for name in _NEEDED) or not all(map(_is_inside, infos)):
            yield Finding("trial run", None, "It was not tried, since its layout is wrong.")
            return
        source = Path(folder) / "source"
        archive.extractall(source)
        course = _course(source / COURSE)
        yield course
        same = _same_grader(archive)
        yield same
        if not course.held or not same.held:
            yield Finding("trial run", None, "It was not tried: see above.")
            return
        yield from _trials(Path(folder), source, Course(source / COURSE))
        yield from _handout(Path(folder))


def _size(archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo]) -> Finding:
    size = sum(info.compress_size for info in infos.values())
    unpacked = sum(info.file_size for info in infos.values())
    detail = f"{size / 1e6:.2f} MB in {len(infos)} files, {unpacked / 1e6:.2f} MB unpacked."
    return Finding("size", max(size, unpacked) < MAX_SIZE, detail)


def _layout(archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo]) -> Finding:
    missing = [name for name in _NEEDED if name not in infos]
    if missing:
        deeper = [n for n in infos if PurePosixPath(n).name == SCRIPTS[0] and n != SCRIPTS[0]]
        hint = f" Zip the files, not their folder: there is {deeper[0]}." if deeper else ""
        return Finding("layout", False, f"It has no {', no '.join(missing)} at its root.{hint}")
    odd = [name for name in infos if not _is_inside(name)]
    odd += [name for name in infos if _STRANGERS & set(PurePosixPath(name).parts)]
    if odd:
        return Finding("layout", False, f"It holds what does not belong into it: {odd[0]}.")
    return Finding("layout", True, f"{' and '.join(SCRIPTS)} are at its root.")


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _bits(archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo]) -> Finding:
    for name in filter(is_script, infos):
        if infos[name].create_system != 3 or not infos[name].external_attr >> 16 & 0o100:
            return Finding("executable bits", False, f"{name} is not marked as executable.")
        if not archive.read(name).startswith(b"#!"):
            return Finding("executable bits", False, f"{name} does not begin with #!.")
    return Finding("executable bits", True, f"{' and '.join(SCRIPTS)} can be run.")


def _line_ends(archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo]) -> Finding:
    for name in infos:
        if b"\r\n" in archive.read(name):
            detail = f"{name} has line ends of Windows; a script with them does not start."
            return Finding("line ends", False, detail)
    return Finding("line ends", True, "They are Linux's everywhere.")


def _secret(archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo]) -> Finding:
    if SECRET not in infos or not archive.read(SECRET).strip():
        return Finding("secret", False, "There is none, so that anybody can draw hidden inputs.")
    mode = infos[SECRET].external_attr >> 16 & 0o777
    if mode & 0o077:
        return Finding("secret", False, f"Others may read {SECRET}: its mode is {mode:o}.")
    return Finding("secret", True, "It is there, for root alone.")


def _course(path: Path) -> Finding:
    try:
        course = Course(path)
        n = len(course.test_sentences)
    except CannotGrade as error:
        return Finding("course", False, str(error))
    settings = course.gradescope
    limit = course.rate_limit
    return Finding(
        "course", True,
        f"Public checks are {settings.public}, hidden ones {settings.hidden}; leaderboard "
        f"{'on' if settings.leaderboard else 'off'}; "
        f"{f'{limit.submissions} submissions in {limit.hours:g} h' if limit else 'no rate limit'}; "
        f"{n} test sentences.",
    )  # fmt: skip


def _same_grader(archive: zipfile.ZipFile) -> Finding:
    """Only then is what is tried here what would run there."""
    theirs = {
        name: archive.read(name)
        for name in archive.namelist()
        if name.startswith(f"{LIBRARY}/") and ".dist-info/" not in name
    }
    ours = dict(library())
    different = sorted(n for n in ours.keys() | theirs.keys() if ours.get(n) != theirs.get(n))
    if different:
        detail = f"It is from another version than this one ({different[0]}): build it again."
        return Finding("grader", False, detail)
    return Finding("grader", True, f"Its {len(ours)} files are those that are installed here.")


def _trials(folder: Path, source: Path, course: Course) -> Iterator[Finding]:
    reference = folder / "reference"
    reference.mkdir()
    for path in Path(solutions.__file__).parent.iterdir():
        if path.name in GRADED or path.name.endswith(PICTURES):
            shutil.copy(path, reference)
    # Whatever treebank the course chose: nobody parses its test sentences better than this.
    heads = [[head or 0 for head in sentence.heads] for sentence in course.test_sentences]
    (reference / "test_predictions.txt").write_text(predictions_text(heads), encoding="utf-8")
    yield from _trial("reference", folder, source, reference, full=True)


def _trial(
    what: str, folder: Path, source: Path, submission: Path, *, full: bool
) -> Iterator[Finding]:
    """What the bundle makes of a submission whose score is known: all points, or none."""
    root = folder / f"root-{what}"
    (root / "results").mkdir(parents=True)
    source.rename(root / "source")
    shutil.copytree(submission, root / "submission")
    try:
        # With the bundle's own library, as `run_autograder` does: what is installed here has more.
        said = run_apart(root / "source" / LIBRARY, _RUN, str(root))
    finally:
        (root / "source").rename(source)
    try:
        results = read_results((root / "results" / "results.json").read_bytes())
    except (OSError, BrokenContract) as error:
        yield Finding(f"schema ({what})", False, str(error))
        return
    longest = max(len(test.output) for test in results.tests)
    yield Finding(
        f"schema ({what})", True,
        f"results.json keeps to the contract; its longest output has {longest} of {MAX_TEXT} "
        "characters.",
    )  # fmt: skip
    if results.extra_data.get("graded") is not True:
        detail = f"Not every check could be run: {said.strip()[-2000:]}"
        yield Finding(f"the {what}", False, detail)
        return
    yield _score(what, results, full=full)


def _score(what: str, results: Results, *, full: bool) -> Finding:
    scored = [test for test in results.tests if test.score is not None]
    possible = sum(test.max_score or 0 for test in scored)
    off = [t.number for t in scored if t.score != (t.max_score if full else 0)]
    detail = f"It gets {results.points:g} of {possible:g} points."
    if off:
        detail += f" Not as it should be: {', '.join(off)}."
    return Finding(f"the {what}", not off, detail)


# --- the handout ---------------------------------------------------------------------------------


def _handout(folder: Path) -> Iterator[Finding]:
    """That the students' zip gives nothing away, and gets nothing."""
    path = folder / "handout.zip"
    try:
        build_handout(path)
    except CannotGrade as error:  # it needs a clone of the project, and a bundle does not
        yield Finding("handout", None, str(error))
        return
    with zipfile.ZipFile(path) as archive:
        texts = {n: archive.read(n).decode("utf-8", "replace") for n in archive.namelist()}
        starter = folder / "starter"
        if not all(map(_is_inside, texts)):
            yield Finding("handout", False, "It holds a name that leads out of it.")
            return
        archive.extractall(starter)
    yield _leaks(texts)
    yield from _trial("starter", folder, folder / "source", starter, full=False)


def _leaks(texts: dict[str, str]) -> Finding:
    secret = dict(_secrets())
    for name, text in texts.items():
        if "hidden" in PurePosixPath(name).parts:
            return Finding("handout", False, f"{name} is a hidden check.")
        lines = {line.strip() for line in text.split("\n")}
        if found := sorted(lines & secret.keys()):
            return Finding("handout", False, f"{name} has a line of {secret[found[0]]}: {found[0]}")
    return Finding(
        "handout", True, f"No solution and no hidden check is in its {len(texts)} files."
    )


def _secrets() -> Iterator[tuple[str, str]]:
    """Lines that only the staff have, with where they are from: long enough to be no accident."""
    for path in sorted(Path(solutions.__file__).parent.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        for region in re.findall(r"(?s)# BEGIN SOLUTION[^\n]*\n(.*?)# END SOLUTION", text):
            for line in region.split("\n"):
                if len(line.strip()) > 20:
                    yield line.strip(), f"solutions/{path.name}"
    spec = importlib.util.find_spec("autograder.hidden")
    assert spec is not None
    assert spec.origin is not None
    for path in sorted(Path(spec.origin).parent.glob("part_*.py")):
        # What each check says of itself.
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.startswith('    """') and len(line) > 40:
                yield line.strip(), f"autograder/hidden/{path.name}"
