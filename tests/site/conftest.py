"""The site as it was built: `nox -s docs` builds it, and then runs these tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.building import BUILT


def built(name: str) -> Path:
    """The folder of an edition."""
    folder = BUILT / name
    if not (folder / "index.html").is_file():
        pytest.fail(f"{folder} is not built: `nox -s docs` builds it, and then tests it.")
    return folder


@pytest.fixture(scope="session")
def complete() -> Path:
    """The complete edition, with the Chinese pages in `zh_CN/`."""
    return built("html")


@pytest.fixture(scope="session")
def student() -> Path:
    """The edition for students of a running course."""
    return built("student")
