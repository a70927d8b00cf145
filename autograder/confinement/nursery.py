"""Starts the nursery and asks it for workers."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import random
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import msgspec

from autograder.errors import CannotGrade, GraderFault

from .channel import Channel, Ticket
from .inside import nursery as inside
from .inside.confine import Confinement

if TYPE_CHECKING:
    # Imports torch, which takes a second: the nursery does so too, and is started first.
    from .connection import Worker

# Users of nobody else's: above what systems hand out, below what containers map.
UIDS = range(20_000, 60_000)
# Where every user may write.
SHARED_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108
# The one command that runs there: load the package from its folder, under a name of its own,
# so that nothing else of the grader's can be imported.
_COMMAND = """
import importlib.util, sys
folder, cold, warm, preparation = sys.argv[1:]
name = "arcgrade_inside"
spec = importlib.util.spec_from_file_location(
    name, folder + "/__init__.py", submodule_search_locations=[folder])
sys.modules[name] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules[name])
sys.path += __import__("json").loads(preparation)["packages"]
from arcgrade_inside.nursery import start
start(int(cold), int(warm), preparation)
"""


Bury = Callable[[int], Ticket]
"""Collects the process of that number, once it was killed."""


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
        # Only names that lead nowhere lie in it; what a worker may read or write lies below.
        self.folder = Path(tempfile.mkdtemp(prefix="arcgrade-", dir=_reachable_temporary_folder()))
        self.folder.chmod(0o711)
        preparation = inside.Preparation(
            packages=_library_folders(),
            secrets=[str(path) for path in secret_folders()],
            uid=self._take_uid() if self.layers.own_user else None,
            preload=list(preload),
        )
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(2)]
        theirs = [pair[1].fileno() for pair in pairs]
        self._process = subprocess.Popen(  # noqa: S603 - our own Python and our own code
            [
                sys.executable, "-s", "-S", "-B", "-X", "utf8", "-c", _COMMAND,
                str(Path(inside.__file__).parent), *map(str, theirs),
                msgspec.json.encode(preparation).decode(),
            ],
            pass_fds=theirs,
            cwd="/",
            # A fixed hash seed: sets of strings have the same order in every run.
            env={
                "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "PATH": "",
                "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
            start_new_session=True,
        )  # fmt: skip
        for _, their_end in pairs:
            their_end.close()
        self._cold, self._warm = (Channel(ours, self._said) for ours, _ in pairs)

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
        self._cold.close()
        self._warm.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._said.close()
        remove(self.folder)

    @property
    def prepared(self) -> inside.Prepared:
        """What it found on this machine; waits until workers can be forked.

        Raises:
            GraderFault: it did not start.
        """
        return self._cold.prepared

    def fork(
        self,
        submission: Path,
        files: Mapping[str, str],
        aliases: Mapping[str, str],
        *,
        warm: bool = False,
    ) -> Birth:
        """Order a fresh, confined worker that holds that submission.

        Args:
            submission: the folder.
            files: module name to file, relative to the folder.
            aliases: other names of these modules.
            warm: whether to wait for the nursery that has imported what was to be preloaded;
                once it is there it is used anyway.
        """
        channel = self._warm if warm or self._warm.ready else self._cold
        _ = channel.prepared
        self._cold.collect()  # what was killed before is cleaned up after
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
        try:
            ticket = channel.send(inside.Fork(spec), [theirs.fileno(), their_output])
        finally:
            theirs.close()
            os.close(their_output)
        return Birth(
            ticket,
            channel is self._warm,
            ours,
            output,
            self._burying(channel, scratch, uid),
            scratch,
        )

    def _burying(self, channel: Channel, scratch: Path, uid: int | None) -> Bury:
        """What collects a worker that was killed, and then removes what it wrote."""

        def clean() -> None:
            remove(scratch)
            if uid is not None and not self.layers.landlock:
                _sweep(uid)

        return lambda pid: channel.send(inside.Bury(pid), [], clean)

    def _take_uid(self) -> int:
        while True:
            uid = self._next_uid
            self._next_uid = uid + 1 if uid + 1 in UIDS else UIDS.start
            try:
                pwd.getpwuid(uid)
            except KeyError:
                return uid


class Birth:
    """A worker that was ordered; the nursery forks it while the grader goes on.

    Attributes:
        warm: whether it comes with what was to be preloaded.
    """

    def __init__(
        self,
        ticket: Ticket,
        warm: bool,
        connection: socket.socket,
        output: int,
        bury: Bury,
        scratch: Path,
    ) -> None:
        self.warm = warm
        self._ticket = ticket
        self._connection = connection
        self._output = output
        self._bury = bury
        self._scratch = scratch

    def worker(self) -> Worker:
        """The worker; it may still be confining itself.

        Raises:
            GraderFault: it could not be forked.
        """
        from .connection import Worker

        reply, descriptors = self._ticket.wait()
        if reply.error:
            self._connection.close()
            os.close(self._output)
            raise GraderFault(reply.error)
        return Worker(
            self._connection, self._output, descriptors[0], reply.pid, self._scratch, self._bury
        )


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
    candidates = dict.fromkeys([tempfile.gettempdir(), *SHARED_FOLDERS[:2]])
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
            subprocess.run(command, check=False, timeout=30, capture_output=True)  # noqa: S603


def _sweep(uid: int) -> None:
    """Without Landlock a worker can leave files in the folders that all may write to."""
    for shared in SHARED_FOLDERS:
        with contextlib.suppress(OSError), os.scandir(shared) as entries:
            for entry in entries:
                if entry.stat(follow_symlinks=False).st_uid == uid:
                    if entry.is_dir(follow_symlinks=False):
                        remove(Path(entry.path))
                    else:
                        os.unlink(entry.path)
