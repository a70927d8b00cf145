"""Packs what a student hands in, and says what is missing or not filled in."""

from __future__ import annotations

import ast
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.errors import CannotGrade, Failure
from autograder.facts import facts
from autograder.predictions import read_predictions
from autograder.submission import GRADED, PICTURES, Submission, open_submission
from autograder.written import FORM, Written

# What need not be answered for all points of the assignment.
OPTIONAL = {("2i", "extension"), ("bonus", "speed_up"), ("3d", "tau_losses")}


def pack(path: Path, out: Path) -> list[str]:
    """Write the zip; what is in it and what was noticed, as lines to show.

    In it are the graded files, the student's own modules beside them, what these import of the
    handout, and the picture that written.toml names.

    Raises:
        CannotGrade: there is nothing to pack, or the zip cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="arcgrade-", ignore_cleanup_errors=True) as folder:
        submission = open_submission(path, Path(folder))
        if not submission.files:
            raise CannotGrade(submission.notes[0])
        contents = {
            file.relative_to(submission.folder).as_posix(): file.read_bytes()
            for file in sorted(submission.folder.rglob("*"))
            if file.is_file()
        }
        chosen = sorted(_chosen(submission, contents))
        warnings = [*submission.notes, *_missing(submission)]
    try:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in chosen:
                archive.writestr(name, contents[name])
    except OSError as error:
        raise CannotGrade(f"{out} cannot be written: {error.strerror}.") from None
    lines = [f"{out} holds {', '.join(chosen)}."]
    if warnings:
        lines += ["", "Before you hand it in:", *(f"  - {warning}" for warning in warnings)]
    return lines


def _chosen(submission: Submission, contents: Mapping[str, bytes]) -> set[str]:
    given = set(facts().given) - set(GRADED)
    chosen = set(submission.files.values())
    chosen |= {name for name in contents if name.endswith(".py") and name not in given}
    if drawing := _drawing(submission):
        chosen |= {name for name in contents if name.lower() == drawing.lower()}
    # What they import of the handout goes along, and what that imports.
    waiting = [name for name in chosen if name.endswith(".py")]
    while waiting:
        for name in _imported(contents[waiting.pop()], contents):
            if name not in chosen:
                chosen.add(name)
                waiting.append(name)
    return chosen


def _imported(source: bytes, contents: Mapping[str, bytes]) -> Iterator[str]:
    """The files among `contents` that a source imports by an absolute name."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for module in modules:
            parts = module.split(".")
            for end in range(1, len(parts) + 1):
                stem = "/".join(parts[:end])
                yield from (n for n in (f"{stem}.py", f"{stem}/__init__.py") if n in contents)


def _drawing(submission: Submission) -> str:
    try:
        return Written.of(submission).prose("3c", "drawing")
    except Failure:
        return ""


def _missing(submission: Submission) -> Iterator[str]:
    """What is not there, and what is not filled in."""
    missing = [file for file in GRADED if file not in submission.files]
    if missing:
        yield f"Missing: {', '.join(missing)}. What is not handed in costs its own points."
    for graded, name in submission.files.items():
        if graded.endswith(".py"):
            source = submission.folder.joinpath(name).read_bytes()
            if count := source.count(b"raise NotImplementedError"):
                yield f"{name} still raises NotImplementedError ({count} times)."
    if "written.toml" in submission.files:
        yield from _unanswered(submission)
    if "test_predictions.txt" in submission.files:
        try:
            _, slips = read_predictions(
                submission.text("test_predictions.txt"), facts().test_lengths
            )
        except Failure as failure:
            yield str(failure)
        else:
            if slips:
                yield f"test_predictions.txt:{slips}"


def _unanswered(submission: Submission) -> Iterator[str]:
    try:
        written = Written.of(submission)
    except Failure as failure:
        yield str(failure)
        return
    empty: list[str] = []
    for part, names in FORM.items():
        for name in names:
            try:
                answer = written.answer(part, name)
            except Failure:
                if (part, name) not in OPTIONAL:
                    empty.append(f"[{part}] {name}")
                continue
            if (part, name) == ("2a", "rows") and isinstance(answer, list) and len(answer) <= 5:
                empty.append("[2a] rows")
    if empty:
        yield f"written.toml, not answered yet: {', '.join(empty)}."
    if drawing := _drawing(submission):
        pictures = [p.name for p in submission.folder.iterdir() if p.suffix.lower() in PICTURES]
        if drawing.lower() not in map(str.lower, pictures):
            yield f"written.toml names the drawing {drawing!r}, which does not lie beside it."
