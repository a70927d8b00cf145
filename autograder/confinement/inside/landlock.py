"""Landlock: the file system, TCP and signals closed, but for what rules open.

A `Ruleset` handles every right of the running kernel (up to version 9): what no rule grants is
denied. Rules may name descriptors that were opened (O_PATH) with more privileges than the process
has at the end; `enforce` is for good, and binds the calling thread and whatever it starts.

    with Ruleset() as rules:
        rules.allow_read("/usr/lib")
        rules.allow_write("/tmp/scratch")
        rules.enforce()

Not covered by any version handled here: stat, chdir, chmod, chown, utime, xattr, and networks
other than TCP. The system call filter has to deny those that matter.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
from typing import Final

# The same on every machine that has been given system calls since 2019.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_DIR, _REMOVE_FILE = (1 << i for i in range(6))
_MAKE_DIR, _MAKE_REG = 1 << 7, 1 << 8
_REFER, _TRUNCATE, _IOCTL_DEV, _RESOLVE_UNIX = (1 << i for i in range(13, 17))

# The version that a group of rights came with. Later versions are handled as the last one here:
# a right that nobody has thought about must not be taken away from honest code.
_FILES: Final = {
    1: (1 << 13) - 1,  # from execute to making symbolic links
    2: _REFER,
    3: _TRUNCATE,
    5: _IOCTL_DEV,
    9: _RESOLVE_UNIX,
}
_NETWORK: Final = {4: 0b11}  # bind and connect TCP
_SCOPES: Final = {6: 0b11}  # connecting to abstract unix sockets, sending signals: inside only
_WITHOUT_SIGNALS = 0b01

# Not execute: libraries are mapped, which is reading, and programs are not to be started.
_READ = _READ_FILE | _READ_DIR
# Not devices, pipes, sockets and symbolic links: what is made in a scratch folder gets read and
# removed by a process with more rights, which should meet plain files and folders only.
_WRITE = (
    _READ | _WRITE_FILE | _TRUNCATE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER
)
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV


def abi() -> int:
    """The version of Landlock that the kernel reports; 0 where there is none, or it is off."""
    try:
        return _system_call(_CREATE_RULESET, None, 0, 1)  # LANDLOCK_CREATE_RULESET_VERSION
    except OSError:
        return 0


class Ruleset:
    """Everything denied at first; what a rule grants for a folder holds for all beneath it.

    Attributes:
        version: the version of Landlock whose rights are handled.
        scopes: 0b11 if signals and abstract unix sockets end at the process, 0b01 if only the
            sockets do, 0 if neither.
    """

    def __init__(self, version: int | None = None) -> None:
        """Handle the rights of the kernel's version, or of an earlier one.

        Raises:
            OSError: there is no Landlock.
        """
        self.version = abi() if version is None else version
        if self.version < 1:
            raise OSError(errno.EOPNOTSUPP, "the kernel has no Landlock, or it is switched off")
        self.files = _known(_FILES, self.version)
        self.scopes = _known(_SCOPES, self.version)
        try:
            self._descriptor = self._create()
        except OSError as error:
            # Kernels of RHEL 9 report 6 and lack the scope of signals.
            if error.errno != errno.EINVAL or not self.scopes:
                raise
            self.scopes = _WITHOUT_SIGNALS
            self._descriptor = self._create()

    def _create(self) -> int:
        # An older kernel takes a longer structure as long as it ends in zeros.
        attributes = struct.pack("=QQQ", self.files, _known(_NETWORK, self.version), self.scopes)
        return _system_call(_CREATE_RULESET, attributes, len(attributes), 0)

    def allow_read(self, path: str | os.PathLike[str] | int) -> None:
        """A file may be read, a folder listed and all beneath it read; nothing may be executed."""
        self._allow(path, _READ)

    def allow_list(self, path: str | os.PathLike[str] | int) -> None:
        """The names in a folder and in those beneath it may be listed, and no file read."""
        self._allow(path, _READ_DIR)

    def allow_write(self, path: str | os.PathLike[str] | int) -> None:
        """A file may be read and written; in a folder plain files and folders made and removed."""
        self._allow(path, _WRITE)

    def _allow(self, path: str | os.PathLike[str] | int, rights: int) -> None:
        if not isinstance(path, int):
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                return self._allow(descriptor, rights)
            finally:
                os.close(descriptor)
        if not stat.S_ISDIR(os.fstat(path).st_mode):
            rights &= _OF_A_FILE
        rule = struct.pack("=Qi", rights & self.files, path)
        _system_call(_ADD_RULE, self._descriptor, 1, rule, 0)  # LANDLOCK_RULE_PATH_BENEATH
        return None

    def enforce(self) -> None:
        """The calling thread is confined from here on, and the ruleset is closed.

        It gives up new privileges itself (PR_SET_NO_NEW_PRIVS): the kernel asks for that.

        Raises:
            OSError: the kernel refused; nothing is confined then.
        """
        # A program that tries a denied path in a loop must not fill the log of the machine.
        silent = 1 if self.version >= 7 else 0  # LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF
        prctl = ctypes.CDLL(None, use_errno=True).prctl
        prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)
        if prctl(38, 1, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "privileges could not be given up")
        _system_call(_RESTRICT_SELF, self._descriptor, silent)
        self.close()

    def fileno(self) -> int:
        """The descriptor of the ruleset, which must stay open until it is enforced."""
        return self._descriptor

    def close(self) -> None:
        """The descriptor of the ruleset is closed; what was enforced stays."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def __enter__(self) -> Ruleset:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _known(rights: dict[int, int], version: int) -> int:
    return sum(group for since, group in rights.items() if since <= version)


def _system_call(number: int, *arguments: int | bytes | None) -> int:
    """The result of a system call; libc has no functions for these."""
    syscall = ctypes.CDLL(None, use_errno=True).syscall
    syscall.restype = ctypes.c_long
    # Each as wide as a register: of a plain int ctypes would pass 32 bits.
    wide = [ctypes.c_long(a) if isinstance(a, int) else ctypes.c_char_p(a) for a in arguments]
    result: int = syscall(ctypes.c_long(number), *wide)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"Landlock: {os.strerror(code)}")
    return result
