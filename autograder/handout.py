"""Builds what students get: one folder in a zip, generated from the solutions.

What stands between `# BEGIN SOLUTION: PART` and `# END SOLUTION` in a solution becomes a
`NotImplementedError` that says what is left to do; between `# BEGIN SOLUTION NO PROMPT` and
`# END SOLUTION` it vanishes (these are otter's markers). All else is what this module names: a
file that nobody named here is not in the handout.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

import autograder.hidden
from autograder.course import DEFAULT, Course
from autograder.errors import CannotGrade, GraderFault
from autograder.facts import Facts
from autograder.grading import undisturbed
from autograder.rubric import Check
from autograder.running import version

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
NAME = "arcgrade-handout"
STARTERS = (
    "softmax.py", "classifier.py", "parser_transitions.py", "initialization.py", "optimizers.py",
    "parser_model.py", "rnn.py",
)  # fmt: skip
# Of the autograder, what runs the public checks: no hidden check, no misconception, no stand-in.
CHECKER = (
    "__init__", "archive", "checking", "checks", "comparison", "describe", "equality", "errors",
    "facts", "forbidden", "formulas", "grading", "packing", "predictions", "report", "rubric",
    "running", "student_cli", "submission", "symbols", "text", "written",
    "confinement/__init__", "confinement/dialogue", "confinement/launch", "confinement/plain",
    "confinement/student",
    *(f"confinement/inside/{name}"
      for name in ("__init__", "plain", "scan", "submitted", "wire", "worker")),
    "render/__init__", "render/check", "render/terminal",
)  # fmt: skip
# Of the data, what reads treebanks. Not the grammar: it could write the test heads.
DATA = ("__init__", "conllu", "download", "errors", "treebanks")
# What runs the checks and the training; the rest of the project's dependencies grades.
REQUIRED = (
    "click", "gradescope-utils", "hypothesis", "msgspec", "numpy", "pytest", "rich", "safetensors",
    "tomli", "torch",
)  # fmt: skip
# The first year that every tool for zips takes, so that the same files are the same zip.
DATE = (1980, 1, 1, 0, 0, 0)
_BEGIN = re.compile(r"( *)# BEGIN SOLUTION(?:: (?P<part>\w+)|(?P<vanish> NO PROMPT))")
_END = re.compile(r" *# END SOLUTION")
_RELATIVE = re.compile(r"^from \.(\w+) import ", re.MULTILINE)


def build_handout(out: Path, course: Path = DEFAULT) -> None:
    """Write the zip; built twice from the same files, it has the same bytes.

    Args:
        out: where to.
        course: the course's file: how many words each of its test sentences has goes along.

    Raises:
        CannotGrade: the project's files are not all there, the course cannot be read, or the zip
            cannot be written.
    """
    files = handout_files(course)
    try:
        with zipfile.ZipFile(out, "w") as archive:
            for name in sorted(files):
                info = zipfile.ZipInfo(f"{NAME}/{name}", DATE)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.create_system = 3  # Unix, whatever this is
                info.external_attr = 0o100644 << 16
                archive.writestr(info, files[name])
    except OSError as error:
        raise CannotGrade(f"{out} cannot be written: {error.strerror}.") from None


def handout_files(course: Path = DEFAULT) -> dict[str, bytes]:
    """Name to contents of everything in the handout, below its one folder."""
    files = {name: starter(_text(f"solutions/{name}")) for name in STARTERS}
    files |= {name: _text(f"autograder/handout_files/{name}") for name in _listed("handout_files")}
    files |= {
        f"support/{path.name}": _text(path) for path in (ROOT / "solutions/support").glob("*.py")
    }
    files |= {f"data/{name}.py": _text(f"data/{name}.py") for name in DATA}
    files |= {f"data/small/{s}.conllu": _text(f"data/small/{s}.conllu") for s in ("train", "dev")}
    files["data/small/test.conllu"] = without_heads(_text("data/small/test.conllu"))
    public = [f"public/{path.stem}" for path in (ROOT / "autograder/public").glob("*.py")]
    for name in (*CHECKER, *public):
        files[f"checker/autograder/{name}.py"] = _text(f"autograder/{name}.py")
    files["written.toml"] = _text("data/templates/written.toml")
    files["ASSIGNMENT.md"] = _text("docs/assignment.md")
    files["docs/written.md"] = _for_students(_text("docs/written.md"))
    files["requirements.txt"] = requirements()
    files["LICENSE"] = _text("LICENSE")
    contents = {name: text.encode() for name, text in files.items()}
    json = "checker/autograder/handout.json"
    facts = msgspec.structs.replace(collect_facts(course), given=tuple(sorted((*contents, json))))
    contents[json] = msgspec.json.format(msgspec.json.encode(facts), indent=1) + b"\n"
    return contents


def collect_facts(course: Path = DEFAULT) -> Facts:
    """What the checks of today and the course say."""
    lengths = tuple(len(sentence.words) for sentence in Course(course).test_sentences)
    return Facts(version(), len(hidden_checks()), lengths)


def hidden_checks() -> list[Check]:
    """Every hidden check, in the order of the assignment."""
    with undisturbed():  # a check keeps the settings of Hypothesis that it was imported under
        modules = [
            importlib.import_module(f"autograder.hidden.{module.name}")
            for module in pkgutil.iter_modules(autograder.hidden.__path__)
            if module.name.startswith("part_")
        ]
    functions = [
        function
        for module in modules
        for name, function in vars(module).items()
        if name.startswith("test_") and function.__module__ == module.__name__
    ]
    return sorted(map(Check.of, functions), key=lambda check: check.order)


def starter(source: str) -> str:
    """A solution without its solution: every region is replaced, and siblings are imported plainly.

    Raises:
        GraderFault: a marker is missing, or what is left cannot be parsed.
    """
    names = _functions(source)
    kept: list[str] = []
    begun = ""
    for number, line in enumerate(source.splitlines(), start=1):
        if begin := _BEGIN.fullmatch(line):
            if begun:
                raise GraderFault(f"line {number}: a region begins within another: {line.strip()}")
            begun = line
            if begin["part"]:
                todo = f"{names[number]}: part {begin['part']} is left to do"
                kept.append(f'{begin[1]}raise NotImplementedError("{todo}")')
        elif _END.fullmatch(line):
            if not begun:
                raise GraderFault(f"line {number}: a region ends that had not begun")
            begun = ""
        elif "SOLUTION" in line:
            raise GraderFault(f"line {number}: this is no marker: {line.strip()}")
        elif not begun:
            kept.append(line)
    if begun:
        raise GraderFault(f"a region does not end: {begun.strip()}")
    text = "\n".join(kept).rstrip() + "\n"
    # The blank lines around what vanished: two between functions, one within a class and before
    # an import.
    text = re.sub(r"\n{4,}", "\n\n\n", text)
    text = re.sub(r"\n{3,}(?= |from |import )", "\n\n", text)
    # Starters are modules of their own, beside each other, and no package.
    text = _RELATIVE.sub(r"from \1 import ", text)
    try:
        ast.parse(text)
    except SyntaxError as error:
        raise GraderFault(f"what is left of a solution cannot be parsed: {error}") from None
    return text


def regions(source: str) -> Iterator[str]:
    """The lines of a solution that no handout may have."""
    inside = False
    for line in source.splitlines():
        if _BEGIN.fullmatch(line) or _END.fullmatch(line):
            inside = not inside
        elif inside:
            yield line


def without_heads(text: str) -> str:
    """A treebank in CoNLL-U without heads and relations."""
    lines = []
    for line in text.split("\n"):
        row = line.split("\t")
        if len(row) > 7:
            row[6] = row[7] = "_"
        lines.append("\t".join(row))
    return "\n".join(lines)


def requirements() -> str:
    """What students install: torch in the version of the grader, the rest in what it needs."""
    project = tomllib.loads(_text("pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["train"]]
    named = {re.split(r"[^\w-]", line, maxsplit=1)[0]: line for line in wanted}
    pins = dict(re.findall(r"^([\w-]+)(==\S+)", _text("constraints.txt"), re.MULTILINE))
    lines = [f"{name}{pins[name]}" if name in pins else named[name] for name in REQUIRED]
    return (
        "# python -m pip install -r requirements.txt\n"
        "# On Linux, where you have no GPU, first\n"
        "#   export PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu\n"
        "# takes the CPU build of PyTorch, which spares several GB of CUDA libraries.\n"
        + "".join(f"{line}\n" for line in lines)
    )


def _functions(source: str) -> dict[int, str]:
    """Line to the dotted name of the innermost function or class around it."""
    names: dict[int, str] = {}

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
                name = f"{prefix}{child.name}"
                end = child.end_lineno or child.lineno
                names.update(dict.fromkeys(range(child.lineno, end + 2), name))
                visit(child, f"{name}.")

    visit(ast.parse(source), "")
    return names


def _for_students(document: str) -> str:
    """The document without what is for staff, and with links that lead somewhere in the handout."""
    text = document.partition("\n## For staff\n")[0].rstrip() + "\n"
    return text.replace("[data/templates/written.toml](../data/templates/written.toml)",
                        "[written.toml](../written.toml)")  # fmt: skip


def _listed(folder: str) -> list[str]:
    return [path.name for path in (ROOT / "autograder" / folder).iterdir() if path.is_file()]


def _text(path: str | Path) -> str:
    """A file of the project, with LF at the ends of its lines."""
    path = ROOT / path
    if path.is_symlink() or not path.is_file():
        raise CannotGrade(
            f"{path} is not there: a handout is built in a clone of arcgrade's repository."
        )
    return path.read_bytes().decode("utf-8").replace("\r\n", "\n")
