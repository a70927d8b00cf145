import shutil
from pathlib import Path

import pytest

from docs.building import BUILT


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Chromium of the system, which can reach no network."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    args = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"]
    return {"executable_path": path, "args": args}


@pytest.fixture(scope="session")
def site() -> Path:
    return BUILT / "html"
