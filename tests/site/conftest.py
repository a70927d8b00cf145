"""The site as it was built: `nox -s docs` builds it, and then runs these tests."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from sphinx.testing.util import SphinxTestApp

from docs.building import BUILT


def built(name: str) -> Path:
    """The folder of an edition."""
    folder = BUILT / name
    if not (folder / "index.html").is_file():
        pytest.fail(f"{folder} is not built: `nox -s docs` builds it, and then tests it.")
    return folder


def build_html(folder: Path) -> tuple[Path, str]:
    """Build a small site of its own; where it is, and the warnings without their colours."""
    warnings = io.StringIO()
    app = SphinxTestApp("html", srcdir=folder, warning=warnings)
    try:
        app.build()
    finally:
        app.cleanup()
    return Path(app.outdir), re.sub(r"\x1b\[[0-9;]*m", "", warnings.getvalue())


@pytest.fixture(scope="session")
def complete() -> Path:
    """The complete edition, with the Chinese pages in `zh_CN/`."""
    return built("html")


@pytest.fixture(scope="session")
def student() -> Path:
    """The edition for students of a running course."""
    return built("student")
