"""Starts the nursery and asks it for workers."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import random
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn

import msgspec

from autograder.errors import CannotGrade, GraderFault

from .inside import nursery as inside
from .inside.confine import Confinement

if TYPE_CHECKING:
    # Imports torch, which takes a second: the nursery does so too, and is started first.
    from .connection import Worker

START_SECONDS = 120.0
FORK_SECONDS = 30.0
# Users of nobody else's: above what systems hand out, below what containers map.
UIDS = range(20_000, 60_000)
# The one command that runs there: load the package from its folder, under a name of its own,
# so that nothing else of the grader's can be imported.
_COMMAND = """
import importlib.util, sys
folder, control, preparation = sys.argv[1:]
name = "arcgrade_inside"
spec = importlib.util.spec_from_file_location(
    name, folder + "/__init__.py", submodule_search_locations=[folder])
sys.modules[name] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules[name])
sys.path += __import__("json").loads(preparation)["packages"]
from arcgrade_inside.nursery import start
start(int(control), preparation)
"""


@dataclass(frozen=True)
class Layers:
    """Which layers of confinement are asked for."""

    own_user: bool
    landlock: bool
    seccomp: bool


def possible_layers() -> Layers:
    """What is asked for by default: everything that may be had here; see `tiers` for what holds."""
    linux = sys.platform == "linux"
    if not linux:
        return Layers(own_user=False, landlock=False, seccomp=False)
    from .inside import landlock

    return Layers(own_user=os.geteuid() == 0, landlock=landlock.abi() > 0, seccomp=True)


class Nursery:
    """The warm process that workers are forked from. A context manager.

    Importing the libraries takes it a second or two; it does so while the caller goes on, and is
    waited for when the first worker is needed.
    """

    def __init__(self, layers: Layers | None = None, preload: tuple[str, ...] = ()) -> None:
        """Start it.

        Args:
            layers: which layers workers get; by default all that this machine may offer.
            preload: modules that students' code is likely to import late and at a cost.

        Raises:
            CannotGrade: this system cannot confine anything.
        """
        if sys.platform != "linux":
            raise CannotGrade(
                f"Student code cannot be confined on {sys.platform}: grade on Linux, "
                "in a container or a virtual machine for instance."
            )
        self.layers = layers if layers is not None else possible_layers()
        self._next_uid = random.SystemRandom().choice(UIDS)
        self._prepared: inside.Prepared | None = None
        self._births: deque[Birth] = deque()
        # Only names that lead nowhere lie in it; what a worker may read or write lies below.
        self.folder = Path(tempfile.mkdtemp(prefix="arcgrade-", dir=_reachable_temporary_folder()))
        self.folder.chmod(0o711)
        preparation = inside.Preparation(
            packages=_library_folders(),
            secrets=[str(path) for path in secret_folders()],
            uid=self._take_uid() if self.layers.own_user else None,
            preload=list(preload),
        )
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._errors = tempfile.TemporaryFile()
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable, "-s", "-S", "-B", "-X", "utf8", "-c", _COMMAND,
                    str(Path(inside.__file__).parent), str(theirs.fileno()),
                    msgspec.json.encode(preparation).decode(),
                ],
                pass_fds=[theirs.fileno()],
                cwd="/",
                # A fixed hash seed: sets of strings have the same order in every run.
                env={
                    "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "PATH": "",
                    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
                },
                stdin=subprocess.DEVNULL,
                stdout=self._errors,
                stderr=self._errors,
                start_new_session=True,
            )  # fmt: skip

    def __enter__(self) -> Nursery:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it, every worker with it, and remove its folder."""
        self._control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()
        remove(self.folder)

    @property
    def prepared(self) -> inside.Prepared:
        """What it found on this machine; waits until it is warm.

        Raises:
            GraderFault: it did not start.
        """
        if self._prepared is None:
            data, _ = self._receive(START_SECONDS)
            self._prepared = msgspec.json.decode(data, type=inside.Prepared)
        return self._prepared

    def fork(
        self, submission: Path, files: Mapping[str, str], aliases: Mapping[str, str]
    ) -> Birth:
        """Order a fresh, confined worker that holds that submission."""
        _ = self.prepared
        uid = self._take_uid() if self.layers.own_user else None
        scratch = Path(tempfile.mkdtemp(prefix="scratch-", dir=self.folder))
        if uid is not None:
            os.chown(scratch, uid, uid)
        confinement = Confinement(
            str(scratch), uid, landlock=self.layers.landlock, seccomp=self.layers.seccomp
        )
        if uid is None:
            # That limit counts all of the user's processes, also those that are not ours.
            tasks = confinement.tasks + _tasks_of_user()
            confinement = msgspec.structs.replace(confinement, tasks=tasks)
        spec = inside.Spec(confinement, str(submission.absolute()), dict(files), dict(aliases))
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        output, their_output = os.pipe()
        request = msgspec.json.encode(inside.Fork(spec))
        try:
            socket.send_fds(self._control, [request], [theirs.fileno(), their_output])
        except OSError:
            self._fail("ended")
        finally:
            theirs.close()
            os.close(their_output)
        birth = Birth(self, ours, output, scratch, uid)
        self._births.append(birth)
        return birth

    def bury(self, worker: Worker) -> int:
        """The exit code of a worker that was killed; its scratch folder is gone."""
        self._collect_births()
        self._control.send(msgspec.json.encode(inside.Bury(worker.pid)))
        reply, _ = self._receive_reply()
        remove(worker.scratch)
        if worker.uid is not None and not self.layers.landlock:
            _sweep(worker.uid)
        return reply.exit_code

    def _collect_births(self) -> None:
        """Answers come in the order of the requests."""
        while self._births:
            birth = self._births.popleft()
            birth.answer = self._receive_reply()

    def _receive_reply(self) -> tuple[inside.Reply, list[int]]:
        data, descriptors = self._receive(FORK_SECONDS)
        return msgspec.json.decode(data, type=inside.Reply), descriptors

    def _receive(self, seconds: float) -> tuple[bytes, list[int]]:
        ready, _, _ = select.select([self._control], [], [], seconds)
        data, descriptors = b"", []
        if ready:
            with contextlib.suppress(ConnectionError):
                data, descriptors, _, _ = socket.recv_fds(self._control, inside.MAX_MESSAGE, 1)
        if not data:
            self._fail("ended" if ready else f"did not answer within {seconds:.0f} s")
        return data, list(descriptors)

    def _fail(self, what: str) -> NoReturn:
        self._errors.seek(0)
        said = self._errors.read()[-2000:].decode(errors="replace").strip()
        raise GraderFault(f"The process that starts workers {what}. It said: {said or '-'}")

    def _take_uid(self) -> int:
        while True:
            uid = self._next_uid
            self._next_uid = uid + 1 if uid + 1 in UIDS else UIDS.start
            try:
                pwd.getpwuid(uid)
            except KeyError:
                return uid


class Birth:
    """A worker that was ordered; the nursery forks it while the grader goes on."""

    def __init__(
        self, nursery: Nursery, connection: socket.socket, output: int, scratch: Path, uid: int | None
    ) -> None:
        self.answer: tuple[inside.Reply, list[int]] | None = None
        self._nursery = nursery
        self._connection = connection
        self._output = output
        self._scratch = scratch
        self._uid = uid

    def worker(self) -> Worker:
        """The worker; it may still be confining itself.

        Raises:
            GraderFault: it could not be forked.
        """
        from .connection import Worker

        if self.answer is None:
            self._nursery._collect_births()
        assert self.answer is not None
        reply, descriptors = self.answer
        if reply.error:
            self._connection.close()
            os.close(self._output)
            raise GraderFault(reply.error)
        return Worker(
            self._nursery, self._connection, self._output, descriptors[0], reply.pid,
            self._scratch, self._uid,
        )  # fmt: skip


def secret_folders() -> list[Path]:
    """The packages that no worker may read: checks, reference solutions, treebanks."""
    return [_package_folder(name) for name in ("autograder", "solutions", "data")]


def _library_folders() -> list[str]:
    """The folders that student code imports libraries from, found without importing any."""
    folders = [_package_folder(name).parent for name in ("torch", "numpy", "msgspec")]
    return list(dict.fromkeys(str(folder) for folder in folders))


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise CannotGrade(f"The package {name} is not installed: install arcgrade again.")
    return Path(spec.submodule_search_locations[0])


def _reachable_temporary_folder() -> str:
    """Where temporary files go, as long as other users can get there."""
    candidates = dict.fromkeys([tempfile.gettempdir(), "/tmp", "/var/tmp"])
    for candidate in candidates:
        path = Path(candidate).resolve()
        if os.geteuid() != 0 or all(p.stat().st_mode & 0o001 for p in (path, *path.parents)):
            return str(path)
    raise CannotGrade(
        f"Workers run as another user, who can reach none of {', '.join(candidates)}: "
        "set TMPDIR to a folder whose parents all have mode 0755."
    )


def _tasks_of_user() -> int:
    """How many threads the user has now."""
    count = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if process.stat().st_uid == os.getuid():
                count += len(os.listdir(process / "task"))
    return count


def remove(folder: Path) -> None:
    """A folder is gone, however deep and odd what hostile code made in it."""
    with contextlib.suppress(OSError):
        os.rmdir(folder)  # nearly always it is empty
    if not folder.exists():
        return
    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        # Deeper than Python's stack: the system's own command walks without one.
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            command = ["/bin/rm", "-rf", "--", str(folder)]
            subprocess.run(command, check=False, timeout=30, capture_output=True)


def _sweep(uid: int) -> None:
    """Without Landlock a worker can leave files in the folders that all may write to."""
    for shared in ("/tmp", "/var/tmp", "/dev/shm"):
        with contextlib.suppress(OSError):
            for entry in os.scandir(shared):
                if entry.stat(follow_symlinks=False).st_uid == uid:
                    if entry.is_dir(follow_symlinks=False):
                        remove(Path(entry.path))
                    else:
                        os.unlink(entry.path)
