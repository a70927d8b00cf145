"""What the guides say is what the code does."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
import types
import typing
import zlib
from pathlib import Path

import msgspec
import pytest

from autograder import course
from docs.building.inventories import inventory

from .conftest import ROOT

DOCS = ROOT / "docs"


def text(name: str) -> str:
    """A page's source."""
    return (DOCS / name).read_text(encoding="utf-8")


def keys(struct: type[msgspec.Struct], prefix: str = "") -> dict[str, str]:
    """The keys of a course file, with their defaults as TOML writes them; `…` is not compared."""
    found: dict[str, str] = {}
    for field in msgspec.structs.fields(struct):
        kinds = [field.type, *typing.get_args(field.type)]
        inner = [k for k in kinds if isinstance(k, type) and issubclass(k, msgspec.Struct)]
        if inner:
            optional = types.NoneType in kinds
            nested = keys(inner[0], f"{prefix}{field.name}.")
            found |= dict.fromkeys(nested, "no limit") if optional else nested
        elif field.required:
            found[prefix + field.name] = "required"
        elif field.default is msgspec.NODEFAULT:
            found[prefix + field.name] = f"`{json.dumps(field.default_factory())}`"
        else:
            found[prefix + field.name] = f"`{json.dumps(field.default)}`"
    return found


def test_every_key_of_a_course_is_explained() -> None:
    """The table of the page on configuration has every key, its default, and no other key."""
    table = dict(re.findall(r"^\| `(\w+\.\w+)` \| (.+?) \|", text("configuration.md"), re.M))
    assert table == keys(course._File)


def test_every_variable_is_explained() -> None:
    """So it has every environment variable that the project reads."""
    sources = [
        p for folder in ("autograder", "data", "solutions") for p in (ROOT / folder).rglob("*")
    ]
    sources = [path for path in sources if path.suffix in (".py", ".sh")]
    read = {n for p in sources for n in re.findall(r"\bARCGRADE_[A-Z_]+", p.read_text("utf-8"))}
    assert set(re.findall(r"^\| `(ARCGRADE_\w+)`", text("configuration.md"), re.M)) >= read


@pytest.fixture
def graded_class(tmp_path: Path) -> Path:
    """A folder with two submissions, a stand-in for the command, and what it would write."""
    (tmp_path / "submissions" / "bo").mkdir(parents=True)
    (tmp_path / "submissions" / "an.zip").touch()
    command = tmp_path / "arcgrade"
    command.write_text(
        f"#!{sys.executable}\nimport sys\n"
        "out = sys.argv[sys.argv.index('--results') + 1]\n"
        "if 'bo' in out: sys.exit(2)\n"
        "open(out, 'w').write('"
        '{"tests": [{"score": 2, "max_score": 3, "status": "failed"},'
        ' {"extra_data": {"staff_points": 4}}]}'
        "')\n"
    )
    command.chmod(0o755)
    return tmp_path


def test_class_loop_and_table(
    graded_class: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The loop grades all, says what was not graded, and the table has a row for each score."""
    page = text("class.md")
    loop = re.search(r"```bash\n(mkdir.+?)```", page, re.S)
    table = re.search(r"```python\n(.+?)```", page, re.S)
    assert loop
    assert table
    path = f"{graded_class}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euc", loop[1]], cwd=graded_class, env={"PATH": path},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "bo: not graded, see reports/bo.txt\n"
    script = graded_class / "table.py"
    script.write_text(table[1])
    monkeypatch.chdir(graded_class)
    runpy.run_path(str(script))
    head, row = capsys.readouterr().out.splitlines()
    assert head == "submission,points,of,awaiting staff"
    assert row == "an,2.0,3.0,4"


def test_inventory_is_what_intersphinx_reads() -> None:
    """Four lines of text, then every name with its place, compressed."""
    address, data = inventory("python", "https://example.org\npathlib.Path class p.html#$\n")
    *head, body = data.split(b"\n", 4)
    assert address == "https://example.org"
    assert head[0] == b"# Sphinx inventory version 2"
    assert zlib.decompress(body) == b"pathlib.Path py:class 1 p.html#$ -\n"


@pytest.mark.parametrize("path", sorted((DOCS / "inventories").glob("*.txt")), ids=lambda p: p.stem)
def test_inventories_have_only_what_is_there(path: Path) -> None:
    """Each name of a local inventory is one that Python can import."""
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        module, _, name = line.split(" ")[0].rpartition(".")
        assert hasattr(__import__(module, fromlist=[name]), name), line


def test_benchmarks_repeat_what_was_measured() -> None:
    """Every figure on that page stands on the page that explains it."""
    explained = "".join(text(f"{name}.md") for name in ("parser", "extensions", "gradescope"))
    rows = re.findall(r"^\| (?!figure|---).+? \| (.+?) \|", text("benchmarks.md"), re.M)
    figures = {f for row in rows for f in re.findall(r"\d[\d,]*\.\d+|\d{2,}(?:,\d+)*", row)}
    assert len(figures) > 20
    for figure in figures - {"95"}:
        assert figure in explained, figure
