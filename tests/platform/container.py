"""Images and containers as Gradescope has them, made of an overlay, namespaces and control groups.

An image is what `setup.sh` left behind; every submission gets a fresh container of it. Nothing of
this machine's own files is changed, and those that could matter are not seen: homes, and whatever
lies beside the project.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

BOX = Path(__file__).parent / "box.py"
GROUPS = Path("/sys/fs/cgroup")
# Not seen in a container: folders of people, and of this project.
HIDDEN = ("/root", "/home", "/work", "/srv", "/mnt", "/media", "/tmp", "/run")
# What the platform has in the environment of its own harness, and must not reach anybody.
TOKEN = "a token that nobody should see"


class NoContainers(Exception):
    """This machine cannot imitate the platform; one sentence says what is missing."""


@dataclass(frozen=True)
class Size:
    """One of the sizes that the platform offers."""

    processors: float = 1.0
    memory: int = 1_500_000_000


@dataclass(frozen=True)
class Run:
    """What came of one submission."""

    results: bytes
    stdout: str
    seconds: float
    peak: int | None
    status: int


class Image:
    """The platform's image of an assignment; a context manager."""

    def __init__(self, bundle: Path, variables: Mapping[str, str]) -> None:
        """Unpack `bundle`, and run its `setup.sh` with these variables on top of a clean slate.

        Raises:
            NoContainers: this machine has not what it takes.
            RuntimeError: `setup.sh` failed.
        """
        _require()
        self.folder = Path(tempfile.mkdtemp(prefix="arcgrade-platform-"))
        self._layer = self.folder / "image"
        autograder = self._layer / "autograder"
        autograder.mkdir(parents=True)
        _unpack(bundle, autograder / "source")
        (autograder / "submission").mkdir()
        (autograder / "results").mkdir()
        # The platform copies it when the image is built.
        shutil.copy(autograder / "source" / "run_autograder", autograder / "run_autograder")
        begun = time.monotonic()
        done = _contained(self._layer, None, ["/autograder/source/setup.sh"], variables, None, 1800)
        self.log, self.seconds = done.stdout, time.monotonic() - begun
        if done.returncode != 0:
            self.close()
            raise RuntimeError(f"setup.sh ended with {done.returncode}:\n{done.stdout}")

    def __enter__(self) -> Image:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(
        self,
        submission: Path,
        metadata: Mapping[str, object],
        size: Size,
        limit: float = 600,
        *,
        landlock: bool = True,
    ) -> Run:
        """Grade a folder in a fresh container of that size, and take what it left.

        Without `landlock` its kernel is one that has none: whether the platform's has is not known.
        """
        layer = Path(tempfile.mkdtemp(prefix="container-", dir=self.folder))
        autograder = layer / "autograder"
        autograder.mkdir()
        # As the harness does before each run: both folders are new.
        for name in ("submission", "results"):
            (autograder / name).mkdir()
            # An overlay shows a new folder's contents on top of the old one's, but for this.
            os.setxattr(autograder / name, "trusted.overlay.opaque", b"y")
        for path in submission.rglob("*"):
            target = autograder / "submission" / path.relative_to(submission)
            target.mkdir(parents=True) if path.is_dir() else shutil.copy(path, target)
        (autograder / "submission_metadata.json").write_text(json.dumps(metadata))
        before = _tree(self._layer / "autograder" / "source")
        without = [] if landlock else ["--without-landlock"]
        begun = time.monotonic()
        with _group(size) as group:
            done = _contained(
                layer, self._layer, [*without, "/autograder/run_autograder"], {}, group, limit,
                size.processors,
            )  # fmt: skip
            peak = group.peak() if group else None
        seconds = time.monotonic() - begun
        results = autograder / "results" / "results.json"
        changed = [p for p in (autograder / "source").rglob("*") if not p.is_dir()]
        if changed or _tree(self._layer / "autograder" / "source") != before:
            raise AssertionError(f"the grader was changed by a run: {changed}")
        run = Run(
            results.read_bytes() if results.is_file() else b"", done.stdout, seconds, peak,
            done.returncode,
        )  # fmt: skip
        shutil.rmtree(layer, ignore_errors=True)
        return run


def metadata(**values: object) -> dict[str, object]:
    """A submission_metadata.json as the platform documents it."""
    return {
        "id": 123456,
        "created_at": "2026-02-01T14:22:32.365935-08:00",
        "assignment_id": 25828,
        "assignment": {
            "due_date": "2026-02-02T23:00:00.000000-08:00",
            "group_size": None,
            "group_submission": False,
            "id": 25828,
            "course_id": 1234,
            "late_due_date": None,
            "release_date": "2026-01-20T00:00:00.000000-08:00",
            "title": "Assignment 2",
            "total_points": "87.0",
        },
        "submission_method": "upload",
        "users": [{"email": "student@example.com", "id": 1234, "name": "Student User"}],
        "previous_submissions": [],
        **values,
    }


def _require() -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NoContainers("A container is imitated by root on Linux only.")
    missing = [name for name in ("unshare", "mount", "chroot") if not shutil.which(name)]
    if missing:
        raise NoContainers(f"There is no {' and no '.join(missing)} here (package util-linux).")
    with tempfile.TemporaryDirectory(prefix="arcgrade-platform-") as folder:
        (Path(folder) / "layer" / "autograder").mkdir(parents=True)
        done = _contained(Path(folder) / "layer", None, ["/bin/true"], {}, None, 60)
    if done.returncode != 0:
        raise NoContainers(f"No container can be made here: {done.stdout.strip()}")


def _unpack(bundle: Path, folder: Path) -> None:
    """As `unzip` does: with the modes."""
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
        for info in archive.infolist():
            (folder / info.filename).chmod(info.external_attr >> 16 & 0o777)


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def _contained(
    layer: Path,
    image: Path | None,
    command: list[str],
    variables: Mapping[str, str],
    group: _Group | None,
    limit: float,
    processors: float = 2.0,
) -> subprocess.CompletedProcess[str]:
    """Run a command as root of a container.

    What it changes below /autograder goes to `layer`/autograder, on top of that of `image` if
    there is one; the rest of what it sees is this machine, and its changes there are lost.
    """
    root, work, rest = (layer.with_name(f"{layer.name}-{n}") for n in ("root", "work", "rest"))
    mine, above = layer / "autograder", layer.with_name(f"{layer.name}-above")
    for path in (root, work, rest, above):
        path.mkdir(exist_ok=True)
    if image:
        below = image / "autograder"
        options = f"lowerdir={below},upperdir={mine},workdir={above}"
        folder = f"mount -t overlay -o {options} overlay {root}/autograder"
    else:
        folder = f"mount --bind {mine} {root}/autograder"
    box = "/dev/shm/box.py"
    inside = f"cd /autograder && exec {_PYTHON} {box} {shlex.join(command)}"
    options = f"lowerdir=/,upperdir={rest},workdir={work}"
    wheels = [f"mount --bind {path} {root}{path}" for path in _wheels(variables)]
    script = "\n".join(
        [
            "set -e",
            f"mount -t overlay -o {options} overlay {root}",
            f"mkdir -p {root}/autograder",
            folder,
            *(f"test ! -d {r} || mount -t tmpfs -o mode=1777 none {root}{r}" for r in HIDDEN),
            *wheels,
            f"mount -t proc proc {root}/proc",
            f"mount --rbind /dev {root}/dev",
            f"mount -t tmpfs -o size=64m,mode=1777 none {root}/dev/shm",
            f"cp {shlex.quote(str(BOX))} {root}{box}",
            f"mount -t tmpfs none {root}/sys",
            *(group.mounts(root) if group else []),
            f"exec chroot {root} /usr/bin/env -i PATH={_PATH} HOME=/root AUTHENTICATION_TOKEN="
            f"{shlex.quote(TOKEN)} "
            + " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())
            + f" sh -c {shlex.quote(inside)}",
        ]
    )
    # Few processors are few processors also for what counts them.
    pinned = ["taskset", "-c", "0"] if processors <= 1 and shutil.which("taskset") else []
    joined = [f"echo $$ > {shlex.quote(str(p))}" for p in (group.joins if group else [])]
    inner = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--ipc", "--uts"]
    outer = "\n".join([*joined, f"exec {shlex.join([*pinned, *inner, 'sh', '-c', script])}"])
    try:
        return subprocess.run(
            ["sh", "-c", outer],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=limit,
            check=False,
        )
    finally:
        for path in (root, work, rest, above):
            shutil.rmtree(path, ignore_errors=True)


_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PYTHON = "/usr/bin/python3"


def _wheels(variables: Mapping[str, str]) -> list[str]:
    """Folders that pip is told to look into, where they lie in one that is not seen."""
    named = variables.get("PIP_FIND_LINKS", "").split()
    return [path for path in named if path.startswith(HIDDEN) and os.path.isdir(path)]


# --- limits --------------------------------------------------------------------------------------


class _Group:
    """A control group, of version 2 or 1, with a limit on memory and, if it can be, processors."""

    def __init__(self, size: Size) -> None:
        name = f"arcgrade-{secrets.token_hex(4)}"
        self._folders: list[Path] = []
        self.joins: list[Path] = []
        self._peaks: list[str] = []
        if (GROUPS / "cgroup.controllers").is_file():
            self._make(GROUPS / name, {
                "memory.max": str(size.memory), "memory.swap.max": "0",
                "cpu.max": f"{int(size.processors * 100_000)} 100000",
            })  # fmt: skip
            self._memory, self._seen = GROUPS / name, "memory.max"
        else:
            self._memory = GROUPS / "memory" / name
            self._seen = "memory/memory.limit_in_bytes"
            self._make(self._memory, {
                "memory.limit_in_bytes": str(size.memory),
                "memory.memsw.limit_in_bytes": str(size.memory),
            })  # fmt: skip
            quota = {"cpu.cfs_quota_us": str(int(size.processors * 100_000))}
            with contextlib.suppress(OSError):
                self._make(GROUPS / "cpu" / name, quota)

    def _make(self, folder: Path, values: Mapping[str, str]) -> None:
        folder.mkdir()
        self._folders.append(folder)
        for file, value in values.items():
            # Swap and quotas are not everywhere; the memory is what must hold.
            with contextlib.suppress(OSError):
                if (folder / file).exists():
                    (folder / file).write_text(value)
        self.joins.append(folder / "cgroup.procs")

    def mounts(self, root: Path) -> list[str]:
        """Shell: what a container sees of it, read only."""
        file = f"{root}/sys/fs/cgroup/{self._seen}"
        return [
            f"mkdir -p {shlex.quote(str(Path(file).parent))}",
            f"cp {self._memory / Path(self._seen).name} {shlex.quote(file)}",
        ]

    def peak(self) -> int | None:
        """The most memory that it had, page cache included."""
        for name in ("memory.peak", "memory.max_usage_in_bytes"):
            with contextlib.suppress(OSError, ValueError):
                return int((self._memory / name).read_text())
        return None

    def remove(self) -> None:
        """End what is left in it, and the group."""
        for folder in self._folders:
            for _ in range(50):
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    break
                time.sleep(0.1)


@contextlib.contextmanager
def _group(size: Size) -> Iterator[_Group | None]:
    """A control group of that size; None where none can be made."""
    try:
        group = _Group(size)
    except OSError:
        yield None
        return
    try:
        yield group
    finally:
        group.remove()
