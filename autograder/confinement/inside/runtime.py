"""What of this machine a worker may read: Python, its libraries, and nothing of the grader's.

A worker under its own uid may not even reach them: root's Python often lies below a home
directory of mode 0700. Such folders are opened once while the nursery may still, and are known
from then on by the name of the open descriptor, `/proc/self/fd/N`. The worker inherits the
descriptor; it leads down into that folder and, since the parents stay closed, nowhere else.
"""

from __future__ import annotations

import fcntl
import os
import sys
import sysconfig
from pathlib import Path

# What the C library, OpenMP and `time` read beside shared libraries. Each may be missing.
_SYSTEM_TREES = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
)
# Where these descriptors begin: above the few that a worker arranges for itself.
LOWEST = 64
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/proc/cpuinfo", "/dev/null", "/dev/urandom")


class Runtime:
    """The folders that `sys.path` needs, opened, and the descriptors that a worker keeps.

    Attributes:
        readable: descriptors (O_PATH) of what is granted with everything below it.
        listable: descriptors of folders whose names are granted, since a part of them is not.
        kept: descriptors that a worker must not close.
        hidden: the folders that another uid cannot reach, and that are read by descriptor.
    """

    def __init__(self, packages: list[str], secrets: list[str], uid: int | None) -> None:
        """Point `sys.path` at the standard library and `packages` alone.

        Args:
            packages: folders with torch and the other libraries (site-packages).
            secrets: folders that no worker may read, wherever they lie.
            uid: the user that workers will be, or None where they stay who we are.
        """
        paths = sysconfig.get_paths()
        # The longest first, so that a nested folder is rewritten by its own name.
        roots = sorted(
            {os.path.realpath(p) for p in (paths["stdlib"], paths["platstdlib"], *packages)},
            key=len,
            reverse=True,
        )
        self._secrets = [Path(os.path.realpath(secret)) for secret in secrets]
        self.readable: list[int] = []
        self.listable: list[int] = []
        self.kept: list[int] = []
        self.hidden: list[str] = []
        self._known_as: dict[str, str] = {}
        for root in roots:
            if uid is not None and not _reachable(root, uid):
                self._know_by_descriptor(root)
        for tree in (*roots, *_SYSTEM_TREES):
            self._grant(Path(os.path.realpath(tree)))
        for file in _SYSTEM_FILES:
            self._grant(Path(file))

        standard = [
            p for p in sys.path if os.path.realpath(p).startswith(os.path.dirname(os.__file__))
        ]
        zipped = [p for p in sys.path if p.endswith(".zip")]
        sys.path[:] = [self._translate(p) for p in (*zipped, *standard, *packages)]
        for module in list(sys.modules.values()):
            if isinstance(path := getattr(module, "__path__", None), list):
                path[:] = [self._translate(p) for p in path]
        sys.path_importer_cache.clear()

    def _know_by_descriptor(self, root: str) -> None:
        descriptor = _open(root)
        self.kept.append(descriptor)
        self.hidden.append(root)
        self._known_as[root] = f"/proc/self/fd/{descriptor}"

    def _translate(self, path: str) -> str:
        real = os.path.realpath(path)
        for root, name in self._known_as.items():
            if real == root or real.startswith(root + os.sep):
                return name + real[len(root) :]
        return path

    def _grant(self, path: Path) -> None:
        """Grant `path` and what is below it, but for the secrets."""
        if path in self._secrets or not path.exists():
            return
        descriptor = _open(path)
        if not any(path in secret.parents for secret in self._secrets):
            self.readable.append(descriptor)
            return
        self.listable.append(descriptor)
        for child in sorted(path.iterdir()):
            self._grant(child)


def _open(path: str | Path) -> int:
    opened = os.open(path, os.O_PATH)
    try:
        return fcntl.fcntl(opened, fcntl.F_DUPFD_CLOEXEC, LOWEST)
    finally:
        os.close(opened)


def _reachable(path: str, uid: int) -> bool:
    """Whether that user can list a folder; tried out in a child, by that user."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            os.listdir(path)
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
