"""What a process of the imitated container is allowed: capabilities and system calls.

Executed in the container, as `python box.py [--without-landlock] COMMAND ...`: it gives up what
Docker does not give by default, and becomes the command. It stands alone, since nothing else of
ours is there.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

# Docker's 14: what root keeps in a container that nobody gave privileges.
CAPABILITIES = {
    "chown": 0, "dac_override": 1, "fowner": 3, "fsetid": 4, "kill": 5, "setgid": 6, "setuid": 7,
    "setpcap": 8, "net_bind_service": 10, "net_raw": 13, "sys_chroot": 18, "mknod": 27,
    "audit_write": 29, "setfcap": 31,
}  # fmt: skip
LAST_CAPABILITY = 63

# What Docker's default profile refuses to a process without CAP_SYS_ADMIN and its like, as far as
# a grader could be tempted: x86-64 and ARM64. It allows ptrace, and says that clone3 is not there.
REFUSED = {
    "x86_64": {
        "unshare": 272, "setns": 308, "mount": 165, "umount2": 166, "pivot_root": 155,
        "move_mount": 429, "open_tree": 428, "fsopen": 430, "fsmount": 432, "fspick": 433,
        "bpf": 321, "perf_event_open": 298, "fanotify_init": 300, "userfaultfd": 323,
        "keyctl": 250, "add_key": 248, "request_key": 249, "init_module": 175,
        "finit_module": 313, "delete_module": 176, "kexec_load": 246, "reboot": 169,
        "swapon": 167, "swapoff": 168, "settimeofday": 164, "clock_settime": 227,
        "sethostname": 170, "setdomainname": 171, "iopl": 172, "ioperm": 173, "acct": 163,
        "open_by_handle_at": 304, "io_uring_setup": 425, "io_uring_enter": 426,
        "io_uring_register": 427, "quotactl": 179,
    },
    "aarch64": {
        "unshare": 97, "setns": 268, "mount": 40, "umount2": 39, "pivot_root": 41,
        "move_mount": 429, "open_tree": 428, "fsopen": 430, "fsmount": 432, "fspick": 433,
        "bpf": 280, "perf_event_open": 241, "fanotify_init": 262, "userfaultfd": 282,
        "keyctl": 219, "add_key": 217, "request_key": 218, "init_module": 105,
        "finit_module": 273, "delete_module": 106, "kexec_load": 104, "reboot": 142,
        "swapon": 224, "swapoff": 225, "settimeofday": 170, "clock_settime": 112,
        "sethostname": 161, "setdomainname": 162, "acct": 89, "open_by_handle_at": 265,
        "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "quotactl": 60,
    },
}  # fmt: skip
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3 = 435
LANDLOCK = (444, 445, 446)
NAMESPACES = 0x7E020000  # the CLONE_NEW* flags
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_LOAD, _SET, _EQUAL, _RETURN = 0x20, 0x45, 0x15, 0x06
_ALLOW, _FAIL, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_EPERM, _ENOSYS = 1, 38


def program(machine: str, *, landlock: bool = True) -> bytes:
    """The filter of system calls, as an array of sock_filter; also of a kernel without Landlock."""
    code = [
        (_LOAD, 0, 0, 4), (_EQUAL, 1, 0, ARCHITECTURE[machine]), (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_EQUAL, 0, 1, CLONE3), (_RETURN, 0, 0, _FAIL | _ENOSYS),
        # clone: its flags are the first argument.
        (_EQUAL, 0, 4, CLONE[machine]), (_LOAD, 0, 0, 16), (_SET, 0, 1, NAMESPACES),
        (_RETURN, 0, 0, _FAIL | _EPERM), (_RETURN, 0, 0, _ALLOW),
    ]  # fmt: skip
    for number in () if landlock else LANDLOCK:
        code += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _FAIL | _ENOSYS)]
    for number in sorted(REFUSED[machine].values()):
        code += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _FAIL | _EPERM)]
    code.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def enter(*, landlock: bool = True) -> None:
    """This process, and whatever it becomes, has Docker's capabilities and system calls."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)

    def call(name: str, result: int) -> None:
        if result != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"{name}: {os.strerror(number)}")

    kept = set(CAPABILITIES.values())
    code = program(os.uname().machine, landlock=landlock)
    filtered = _Program(len(code) // 8, code)
    # The filter first: without no_new_privs, which Docker does not set, it takes CAP_SYS_ADMIN.
    call("seccomp", libc.prctl(22, 2, ctypes.addressof(filtered), 0, 0))
    for capability in range(LAST_CAPABILITY + 1):
        # Beyond the kernel's last one the answer is EINVAL.
        if capability not in kept and libc.prctl(23, capability, 0, 0, 0) == 1:
            call("capability", libc.prctl(24, capability, 0, 0, 0))
    mask = sum(1 << capability for capability in kept)
    header = struct.pack("<Ii", 0x20080522, 0)
    low = struct.pack("<III", mask, mask, 0)  # effective, permitted, inheritable
    call("capset", libc.capset(header, low + struct.pack("<III", 0, 0, 0)))


if __name__ == "__main__":
    command = sys.argv[1:]
    without = command[0] == "--without-landlock"
    enter(landlock=not without)
    command = command[without:]
    os.execvpe(command[0], command, dict(os.environ))
