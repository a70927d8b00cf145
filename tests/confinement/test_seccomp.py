"""The system call filter: what it decides, in an interpreter of BPF, and what the kernel then does.

Three oracles that know nothing of each other: libseccomp's tables for the numbers, the interpreter
here for the decisions on both machines, and attacks in real processes for the machine at hand.
"""

import errno
import functools
import json
import platform
import re
import signal
import struct
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.confinement.inside import seccomp

MACHINES = ("x86_64", "aarch64")
PID = 4711

# Every other call up to NEWEST, each considered: a student's process may make it.
ALLOWED = {
    "files, where Landlock and modes allow it; RLIMIT_FSIZE and RLIMIT_NOFILE hold": """
        read write pread64 pwrite64 readv writev preadv pwritev preadv2 pwritev2 sendfile
        copy_file_range lseek open openat openat2 creat close close_range dup dup2 dup3 pipe pipe2
        getdents getdents64 getcwd chdir fchdir umask rename renameat renameat2 mkdir mkdirat rmdir
        unlink unlinkat truncate ftruncate fallocate flock fsync fdatasync sync_file_range readahead
        fadvise64""",
    "questions about files: whether a name exists is not a secret that a call can keep": """
        stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2 readlink
        readlinkat getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr""",
    "its own memory; RLIMIT_AS and RLIMIT_MEMLOCK hold": """
        mmap munmap mremap mprotect madvise msync mincore brk membarrier get_mempolicy
        mlock mlock2 mlockall munlock munlockall pkey_alloc pkey_free pkey_mprotect""",
    "its own threads and their end": """
        futex futex_waitv set_tid_address set_robust_list rseq arch_prctl getcpu exit exit_group
        wait4 waitid restart_syscall sched_yield""",
    "its own signals, timers and waits": """
        rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait
        sigaltstack signalfd signalfd4 pause alarm setitimer getitimer timer_create timer_delete
        timer_settime timer_gettime timer_getoverrun timerfd_create timerfd_settime timerfd_gettime
        nanosleep clock_nanosleep poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl
        epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2""",
    "questions about time, itself and the machine": """
        clock_gettime clock_getres gettimeofday time times getpid getppid gettid getpgid getpgrp
        getsid getuid geteuid getgid getegid getgroups getresuid getresgid capget getrlimit
        getrusage getpriority ioprio_get sched_getaffinity sched_getattr sched_getparam
        sched_getscheduler sched_get_priority_max sched_get_priority_min sched_rr_get_interval
        sysinfo uname getrandom""",
    "numbers without code behind them: the kernel itself says ENOSYS": """
        create_module get_kernel_syms query_module nfsservctl getpmsg putpmsg afs_syscall tuxcall
        security vserver set_thread_area get_thread_area epoll_ctl_old epoll_wait_old""",
}
CONSIDERED = " ".join(ALLOWED.values()).split()

ALLOW, KILL = "allow", "kill"


def run(program: bytes, number: int, *arguments: int, architecture: int) -> str:
    """What the filter says of a call, by BPF's rules: "allow", "kill" or the name of an error."""
    words = struct.pack("<IIQ6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    counter = accumulator = 0
    while True:
        code, if_true, if_false, constant = struct.unpack_from("<HBBI", program, 8 * counter)
        counter += 1
        match code:
            case 0x20:  # load a word
                assert constant % 4 == 0
                (accumulator,) = struct.unpack_from("<I", words, constant)
            case 0x54:  # and
                accumulator &= constant
            case 0x15:
                counter += if_true if accumulator == constant else if_false
            case 0x25:
                counter += if_true if accumulator > constant else if_false
            case 0x35:
                counter += if_true if accumulator >= constant else if_false
            case 0x06:
                action = constant & 0xFFFF0000
                if action == 0x00050000:
                    return errno.errorcode[constant & 0xFFFF]
                return {0x7FFF0000: ALLOW, 0x80000000: KILL}[action]
            case _:
                raise AssertionError(f"instruction {counter - 1} has the unknown code {code:#x}")


AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7, "i386": 0x40000003, "arm": 0x40000028}


def decide(machine: str, call: str | int, *arguments: int) -> str:
    """What the filter of `machine` says of one of its own calls."""
    number = seccomp.NUMBERS[machine][call] if isinstance(call, str) else call
    return run(built(machine), number, *arguments, architecture=AUDIT_ARCH[machine])


@functools.cache
def built(machine: str) -> bytes:
    return seccomp.build(machine, PID)


def minus(value: int) -> int:
    """A negative 32-bit argument, as a register holds it."""
    return 2**64 - value


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class TestProgram:
    """The program as such."""

    def test_shape(self, machine: str) -> None:
        """Each jump stays inside, each way ends in a return, and the kernel's maximum is far."""
        program = built(machine)
        assert len(program) % 8 == 0
        codes = list(struct.iter_unpack("<HBBI", program))
        assert len(codes) < 4096
        assert codes[-1][0] == 0x06
        for place, (code, if_true, if_false, _) in enumerate(codes):
            if code in {0x15, 0x25, 0x35}:
                assert place + 1 + max(if_true, if_false) < len(codes)

    def test_foreign_architecture(self, machine: str) -> None:
        """A call by another architecture's numbers kills the process, whatever the number."""
        for foreign in set(AUDIT_ARCH) - {machine}:
            for number in (0, 1, 39, 172, 2**32 - 1):
                verdict = run(built(machine), number, architecture=AUDIT_ARCH[foreign])
                assert verdict == KILL

    def test_unknown_machine(self) -> None:
        """A machine without a table is refused, by name."""
        with pytest.raises(ValueError, match="machine 'riscv64', only for x86_64, aarch64"):
            seccomp.build("riscv64", PID)

    @pytest.mark.parametrize("pid", [0, -1, 2**31])
    def test_no_pid(self, pid: int) -> None:
        """A pid that means several processes, or none, is refused."""
        with pytest.raises(ValueError, match=f"{pid} is not a pid"):
            seccomp.build("x86_64", pid)

    def test_each_name_once(self) -> None:
        """No call is in two groups, and each has a number on x86-64, which has them all."""
        denied = [name for names in seccomp.DENIED.values() for name in names.split()]
        conditional = list(seccomp._conditions(PID))
        together = [*denied, *conditional, *seccomp.MISSING]
        assert len(together) == len(set(together))
        assert set(together) == set(seccomp.NUMBERS["x86_64"])
        assert set(seccomp.NUMBERS["aarch64"]) < set(together)

    def test_numbers_differ(self, machine: str) -> None:
        """No number stands for two calls."""
        numbers = seccomp.NUMBERS[machine].values()
        assert len(set(numbers)) == len(numbers)
        assert max(numbers) == seccomp.NEWEST


class TestDecisions:
    """What is decided, on both machines."""

    def test_denied(self, machine: str) -> None:
        """A denied call is denied for all arguments."""
        for names in seccomp.DENIED.values():
            for name in set(names.split()) & set(seccomp.NUMBERS[machine]):
                assert decide(machine, name) == "EPERM"
                assert decide(machine, name, *[2**64 - 1] * 6) == "EPERM"
                assert decide(machine, name, PID, PID) == "EPERM"

    def test_clone3_does_not_exist(self, machine: str) -> None:
        """clone3 gets ENOSYS, at which libc turns to clone."""
        assert decide(machine, "clone3") == "ENOSYS"

    def test_later_calls_do_not_exist(self, machine: str) -> None:
        """Numbers above the newest one get ENOSYS, the x32 ABI and negative ones included."""
        for number in (seccomp.NEWEST + 1, 469, 512, 547, 2**30, 2**30 | 41, 2**31, 2**32 - 1):
            assert decide(machine, number) == "ENOSYS"

    def test_clone(self, machine: str) -> None:
        """A thread may be started; a process, or a thread in a new namespace, may not."""
        glibc, musl, fork, vfork = 0x3D0F00, 0x7D0F00, 0x01200011, 0x4111
        assert decide(machine, "clone", glibc) == ALLOW
        assert decide(machine, "clone", musl) == ALLOW
        for flags in (fork, vfork, 0, signal.SIGCHLD, 0xF00, minus(1)):
            assert decide(machine, "clone", flags) == "EPERM"
        for bit in (17, 25, 26, 27, 28, 29, 30):  # CLONE_NEWNS, CLONE_NEWCGROUP ... CLONE_NEWNET
            assert decide(machine, "clone", glibc | 1 << bit) == "EPERM"
            assert decide(machine, "clone", 1 << bit) == "EPERM"

    @pytest.mark.parametrize(
        "call", ["kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"]
    )
    def test_signals(self, machine: str, call: str) -> None:
        """Signals reach the process itself, and no other process, group or all."""
        assert decide(machine, call, PID, 6, 6) == ALLOW
        for other in (0, 1, PID - 1, PID + 1, minus(1), minus(PID), PID << 32):
            assert decide(machine, call, other, PID, PID) == "EPERM"

    @given(target=st.integers(0, 2**64 - 1))
    @pytest.mark.parametrize("each", MACHINES)
    def test_signals_by_any_register(self, each: str, target: int) -> None:
        """A pid is what the kernel makes of it: the low half of the register."""
        assert (decide(each, "kill", target, 9) == ALLOW) == (target % 2**32 == PID)

    def test_limits(self, machine: str) -> None:
        """Its own limits may be read; none may be set, and no other process asked."""
        old = 0x7FFF_0000_1000
        assert decide(machine, "prlimit64", 0, 7, 0, old) == ALLOW
        for new in (old, 1, 1 << 32, 0x7FFF << 32):  # also with a low half of zeros
            assert decide(machine, "prlimit64", 0, 7, new, 0) == "EPERM"
        assert decide(machine, "prlimit64", 1, 7, 0, old) == "EPERM"

    def test_priorities(self, machine: str) -> None:
        """Its own affinity and niceness may be set, and those of no other."""
        for itself in (0, PID):
            assert decide(machine, "sched_setaffinity", itself, 8) == ALLOW
            assert decide(machine, "setpriority", 0, itself, 19) == ALLOW
        assert decide(machine, "sched_setaffinity", 1, 8) == "EPERM"
        assert decide(machine, "setpriority", 0, 1, 19) == "EPERM"
        assert decide(machine, "setpriority", 1, 0, 19) == "EPERM"  # a group
        assert decide(machine, "setpriority", 2, 0, 19) == "EPERM"  # a user

    @pytest.mark.parametrize("call", ["sendto", "recvfrom"])
    def test_sockets(self, machine: str, call: str) -> None:
        """Bytes go over a connected socket; no address can be named."""
        assert decide(machine, call, 3, 0x7000, 64, 0, 0, 0) == ALLOW
        assert decide(machine, call, 3, 0x7000, 64, 0, 0x7000, 16) == "EPERM"
        assert decide(machine, call, 3, 0x7000, 64, 0, 1 << 32, 16) == "EPERM"

    def test_personality(self, machine: str) -> None:
        """The personality may be asked for and not changed."""
        assert decide(machine, "personality", 0xFFFFFFFF) == ALLOW
        assert decide(machine, "personality", minus(1)) == ALLOW
        for persona in (0, 8, 0x0040000, 0x400000):
            assert decide(machine, "personality", persona) == "EPERM"

    @pytest.mark.parametrize(
        ("call", "place", "allowed", "denied"),
        [
            # PR_SET_PDEATHSIG, _DUMPABLE, _SECCOMP, _SECUREBITS, _MM, _NO_NEW_PRIVS,
            # _SYSCALL_USER_DISPATCH, _PTRACER; an unknown one
            ("prctl", 0, [3, 15, 16, 21, 39, 51], [1, 4, 22, 28, 35, 38, 59, 0x59616D61, 9999]),
            # F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY, F_ADD_SEALS
            ("fcntl", 1, [0, 1, 2, 3, 4, 5, 6, 7, 37, 1030], [8, 10, 15, 1024, 1026, 1033]),
            # TIOCSTI, TIOCLINUX, TIOCSCTTY, TCSETS, FIOASYNC, FIOSETOWN, SIOCSPGRP, FS_IOC_SETFLAGS
            (
                "ioctl",
                1,
                [0x5401, 0x5413, 0x541B, 0x5421, 0x5451],
                [0x5412, 0x541C, 0x540E, 0x5402, 0x5452, 0x8901, 0x8902, 0x40086602],
            ),
        ],
    )
    def test_many_in_one(
        self, machine: str, call: str, place: int, allowed: list[int], denied: list[int]
    ) -> None:
        """Of prctl, fcntl and ioctl, the listed operations are there, whatever the high half."""
        for high in (0, 1 << 32, 0xFFFFFFFF << 32):
            for operation in allowed:
                assert decide(machine, call, *[0] * place, high | operation) == ALLOW
            for operation in denied:
                assert decide(machine, call, *[0] * place, high | operation) == "EPERM"


class Resolver:
    """libseccomp's own tables."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._machines = {"x86_64": library.Arch.X86_64, "aarch64": library.Arch.AARCH64}

    def number(self, machine: str, name: str) -> int | None:
        """The number of a call, or None where the machine does not have it."""
        try:
            number = int(self._library.resolve_syscall(self._machines[machine], name))
        except ValueError:
            return None
        return number if number >= 0 else None  # negative: a stand-in for a call of other machines

    def name(self, machine: str, number: int) -> str | None:
        """The name of a number, or None where it has none."""
        try:
            name = self._library.resolve_syscall(self._machines[machine], number)
        except ValueError:
            return None
        return str(name.decode())


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    try:
        import pyseccomp
    except (ImportError, OSError, RuntimeError) as error:  # what it raises without the library
        pytest.skip(f"libseccomp cannot be asked: {error}")
    return Resolver(pyseccomp)


class TestNumbers:
    """The tables, held against libseccomp's."""

    def test_each_number(self, machine: str, resolver: Resolver) -> None:
        """Each call has the number that libseccomp knows."""
        ours = seccomp.NUMBERS[machine]
        assert ours == {name: resolver.number(machine, name) for name in ours}

    def test_none_left_out(self, machine: str, resolver: Resolver) -> None:
        """A denied call that is in no table of a machine does not exist there."""
        for name in set(seccomp.NUMBERS["x86_64"]) - set(seccomp.NUMBERS[machine]):
            assert resolver.number(machine, name) is None, name

    def test_every_call_is_a_decision(self, machine: str, resolver: Resolver) -> None:
        """Each call up to the newest is denied, bound to conditions, or considered and allowed."""
        undecided = []
        for number in range(seccomp.NEWEST + 1):
            name = resolver.name(machine, number)
            verdicts = {decide(machine, number, *[value] * 6) for value in (0, 1, 2**64 - 1)}
            if name is None:
                assert verdicts == {"ENOSYS"}, f"{number}, which is no call"
            elif name in CONSIDERED:
                assert verdicts == {ALLOW}, name
            elif name in seccomp.NUMBERS[machine]:
                assert verdicts != {ALLOW}, name
            else:
                undecided.append(name)
        assert not undecided, f"neither denied nor considered: {undecided}"

    def test_newer_ones(self, machine: str, resolver: Resolver) -> None:
        """What libseccomp knows above the newest does not exist for a worker."""
        newer = {
            name: number
            for number in range(seccomp.NEWEST + 1, 1024)
            if (name := resolver.name(machine, number))
        }
        if not newer:
            pytest.skip("this libseccomp knows nothing newer than the table")
        assert {decide(machine, number) for number in newer.values()} == {"ENOSYS"}

    def test_allowed_ones_exist(self, resolver: Resolver) -> None:
        """The list of what was considered names calls, each once and none of them denied."""
        for name in CONSIDERED:
            assert any(resolver.number(machine, name) is not None for machine in MACHINES), name
        assert not set(CONSIDERED) & set(seccomp.NUMBERS["x86_64"])
        assert len(CONSIDERED) == len(set(CONSIDERED))


# --- in real processes ----------------------------------------------------------------------------

MACHINE = platform.machine()
FOLDER = Path(seccomp.__file__).parent
needs_kernel = pytest.mark.skipif(
    sys.platform != "linux" or MACHINE not in MACHINES,
    reason="needs Linux on x86-64 or aarch64",
)

PRELUDE = f"""
import ctypes, errno, json, os, signal, socket, sys, threading, time
sys.path.insert(0, {str(FOLDER)!r})
import seccomp
sys.path.pop(0)
libc = ctypes.CDLL(None, use_errno=True)
NUMBERS = seccomp.NUMBERS[os.uname().machine]

def call(name, *arguments):
    number = name if isinstance(name, int) else NUMBERS[name]
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *wide)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result

def confine():
    return seccomp.install(seccomp.build(os.uname().machine, os.getpid()))

def in_child(work):
    '''What became of `work` in a forked child: its value as text, an error's name, or a signal.'''
    sys.stdout.flush()
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = str(work())
        except OSError as error:
            said = errno.errorcode.get(error.errno, str(error.errno))
        except BaseException as error:
            said = repr(error)
        os.write(theirs, said.encode())
        os._exit(0)
    os.close(theirs)
    said = os.read(ours, 1 << 16).decode()
    while os.read(ours, 1 << 16):
        pass
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return signal.Signals(-status).name if status < 0 else said
"""


def python(program: str, folder: Path, *flags: str) -> str:
    """What a fresh interpreter prints; the modules are loaded there as in a worker, by folder."""
    done = subprocess.run(
        [sys.executable, "-I", *flags, "-c", PRELUDE + textwrap.dedent(program)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def confined(body: str, folder: Path, *flags: str) -> str:
    """What `body` (the inside of a function) returns under the filter, in a child."""
    inside = textwrap.indent(textwrap.dedent(body), "    ")
    program = f"def work():\n    confine()\n{inside}\nprint(in_child(work))"
    return python(program, folder, *(flags or ("-S",)))


# What a student's program might do. Without the filter each works on an ordinary machine.
ATTACKS = {
    "fork": "os.fork() or os._exit(0)",
    "vfork by clone": "call('clone', 0x01200011, 0, 0, 0, 0) or os._exit(0)",
    "exec": "os.execv(sys.executable, [sys.executable, '-c', ''])",
    "exec of a descriptor": "os.execve(os.open(sys.executable, 0), ['python', '-c', ''], {})",
    "posix_spawn": "os.posix_spawn(sys.executable, [sys.executable, '-c', ''], {})",
    "tcp socket": "socket.socket()",
    "udp socket": "socket.socket(type=socket.SOCK_DGRAM)",
    "unix socket": "socket.socket(socket.AF_UNIX)",
    "netlink socket": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "socket pair": "socket.socketpair()",
    "signal the parent": "os.kill(os.getppid(), 0)",
    "signal the parent's thread": "call('tgkill', os.getppid(), os.getppid(), 0)",
    "signal the group": "os.killpg(0, 0)",
    "signal all": "os.kill(-1, 0)",
    "own a descriptor's signals": """
        import fcntl; fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, os.getppid())""",
    "setsid": "os.setsid()",
    "setpgid": "os.setpgid(0, 0)",
    "ptrace": "call('ptrace', 0, 0, 0, 0)",
    "read a process": """
        word = ctypes.create_string_buffer(8)
        vector = (ctypes.c_void_p * 2)(ctypes.addressof(word), 8)
        call('process_vm_readv', os.getpid(), vector, 1, vector, 1, 0)""",
    "pidfd": "call('pidfd_open', os.getppid(), 0)",
    # By number: `resource` makes a ValueError of EPERM. Limit 4 is RLIMIT_CORE.
    "set a limit": "call('prlimit64', 0, 4, bytes(16), 0)",
    "set a limit in the old way": "call('setrlimit', 4, bytes(16))",
    "set a limit of the parent": "call('prlimit64', os.getppid(), 4, bytes(16), 0)",
    "read a limit of the parent": "call('prlimit64', os.getppid(), 4, 0, bytes(16))",
    "affinity of the parent": "os.sched_setaffinity(os.getppid(), os.sched_getaffinity(0))",
    "niceness of the parent": "os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)",
    "shared memory": "call('shmctl', call('shmget', 0, 4096, 0o1600), 0, 0)",
    "semaphore": "call('semctl', call('semget', 0, 1, 0o1600), 0, 0, 0)",
    "message queue": "call('msgctl', call('msgget', 0, 0o1600), 0, 0)",
    "posix message queue": """
        name = ctypes.c_char_p(b'arcgrade-%d' % os.getpid())
        call('mq_open', name, os.O_CREAT, 0o600, 0)
        call('mq_unlink', name)""",
    "keyring": "call('keyctl', 0, -3, 1)",
    "memory file": "os.memfd_create('x')",
    "namespace": "call('unshare', 0x10000000)",
    "personality": "call('personality', 0x0040000)",
    "dumpable": "call('prctl', 4, 1, 0, 0, 0)",
    "outlive the parent": "call('prctl', 1, 0, 0, 0, 0)",
    "another filter": "call('seccomp', 2, 0, ctypes.c_char_p(bytes([0, 0, 0, 0x80])))",
    "chmod": "os.chmod('file', 0o777)",
    "fchmod": "os.fchmod(os.open('file', os.O_RDONLY), 0o777)",
    "chown": "os.chown('file', os.getuid(), os.getgid())",
    "utime": "os.utime('file')",
    "extended attribute": "os.setxattr('file', 'user.arcgrade', b'x')",
    "symbolic link": "os.symlink('/etc/passwd', 'symlink')",
    "hard link": "os.link('file', 'hardlink')",
    "fifo": "os.mkfifo('fifo')",
    "watch a folder": """
        call('inotify_add_watch', call('inotify_init1', 0), ctypes.c_char_p(b'.'), 0xFFF)""",
    "io_uring": "call('io_uring_setup', 1, ctypes.create_string_buffer(120))",
    "userfaultfd": "call('userfaultfd', 1)",
    "setuid": "os.setuid(os.getuid())",
    "setgroups": "os.setgroups(os.getgroups())",
    "capset": "call('capset', ctypes.c_char_p(bytes.fromhex('2205082000000000')), bytes(24))",
    "sync": "call('sync')",
}


@needs_kernel
class TestAttacks:
    """By effect: what works without the filter does not work with it."""

    @pytest.mark.parametrize("attack", ATTACKS)
    def test_denied(self, attack: str, tmp_path: Path) -> None:
        """The attack fails with EPERM, although without the filter it is possible here."""
        for folder in ("with", "without"):
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "file").touch()
        body = textwrap.indent(textwrap.dedent(ATTACKS[attack]), "    ")
        program = f"""
def attack():
{body}
def filtered():
    confine()
    os.chdir("with")
    attack()
def free():
    os.chdir("without")
    attack()
print(json.dumps([in_child(filtered), in_child(free)]))
"""
        filtered, free = json.loads(python(program, tmp_path, "-S"))
        assert filtered == "EPERM"
        assert [path.name for path in (tmp_path / "with").iterdir()] == ["file"]
        if free not in {"None", ""}:  # an exec leaves nothing
            pytest.skip(f"denied; without the filter this machine answers {free}")

    @pytest.mark.parametrize(
        "attempt",
        [
            "os.kill(parent, 9)",
            "call('tgkill', parent, parent, 9)",
            "call('tkill', parent, 9)",
            "call('rt_sigqueueinfo', parent, 9, bytes(128))",
            "os.killpg(0, 9)",  # and not all: were the filter broken, that would be the machine
            "import fcntl; fcntl.fcntl(end, fcntl.F_SETOWN, parent)",
            "import fcntl, struct; fcntl.fcntl(end, 15, struct.pack('ii', 1, parent))",
        ],
    )
    def test_the_parent_lives(self, attempt: str, tmp_path: Path) -> None:
        """No signal reaches the parent, not even one that a descriptor sends when it is ready."""
        body = f"""
        import fcntl
        parent = os.getppid()
        here, end = socket_ends
        try:
            {attempt}
        except PermissionError:
            pass
        fcntl.fcntl(end, fcntl.F_SETFL, os.O_ASYNC)
        os.write(here.fileno(), b"x")
        time.sleep(0.05)
        return "tried"
        """
        inside = textwrap.indent(textwrap.dedent(body), "    ")
        program = (
            "os.setpgid(0, 0)\n"  # a group of its own: the test's must not be hit
            "socket_ends = socket.socketpair()\n"
            f"def work():\n    confine()\n{inside}\n"
            "print(in_child(work), 'and the parent lives')"
        )
        assert python(program, tmp_path, "-S") == "tried and the parent lives"

    def test_session(self, tmp_path: Path) -> None:
        """The process stays in the group by which it is killed."""
        body = """
        before = os.getsid(0), os.getpgid(0)
        for leave in (os.setsid, lambda: os.setpgid(0, 0)):
            try:
                leave()
            except PermissionError:
                pass
        return before == (os.getsid(0), os.getpgid(0))
        """
        assert confined(body, tmp_path) == "True"

    def test_in_threads(self, tmp_path: Path) -> None:
        """A thread is bound like the one that started it."""
        body = """
        said = []
        def attack():
            try:
                socket.socket()
            except OSError as error:
                said.append(errno.errorcode[error.errno])
        thread = threading.Thread(target=attack)
        thread.start()
        thread.join()
        return said
        """
        assert confined(body, tmp_path) == "['EPERM']"

    @pytest.mark.parametrize("number", [39 | 1 << 30, 400, 451, 512, 9999])
    def test_numbers_outside(self, number: int, tmp_path: Path) -> None:
        """The x32 ABI and numbers without a decision get ENOSYS."""
        assert confined(f"return call({number})", tmp_path) == "ENOSYS"

    @pytest.mark.skipif(MACHINE != "x86_64", reason="32-bit calls by machine code of x86-64")
    def test_32_bit_calls(self, tmp_path: Path) -> None:
        """getpid() by the 32-bit gate ends the process at once."""
        body = """
        import mmap
        code = bytes.fromhex("53 b814000000 cd80 5b c3")  # push rbx; eax = 20; int 80h; pop; ret
        page = mmap.mmap(-1, 4096, prot=7)
        page.write(code)
        address = ctypes.addressof(ctypes.c_char.from_buffer(page))
        function = ctypes.CFUNCTYPE(ctypes.c_int)(address)
        """
        inside = textwrap.indent(textwrap.dedent(body), "    ")
        program = (
            f"def work(filtered):\n{inside}\n"
            "    if filtered: confine()\n    return function() == os.getpid()\n"
            "print(in_child(lambda: work(True)), in_child(lambda: work(False)))"
        )
        filtered, free = python(program, tmp_path, "-S").split()
        assert filtered != "True"
        if free != "True":
            pytest.skip(f"the kernel has no 32-bit calls: {free}")
        assert filtered == "SIGSYS"

    def test_for_good(self, tmp_path: Path) -> None:
        """A second filter cannot be installed, and no privilege comes back."""
        body = """
        try:
            confine()
        except OSError as error:
            refused = str(error)
        return refused, call("prctl", 39, 0, 0, 0, 0), call("prctl", 21, 0, 0, 0, 0)
        """
        said = confined(body, tmp_path)
        assert re.search("system call filter was refused: Operation not permitted", said)
        assert said.endswith("1, 2)")  # no new privileges; a filter is on

    def test_refused(self, tmp_path: Path) -> None:
        """A program that the kernel does not take raises OSError and filters nothing."""
        program = """
        def work():
            try:
                seccomp.install(bytes(8))
            except OSError as error:
                return error.errno == errno.EINVAL, len(socket.socketpair())
        print(in_child(work))
        """
        assert python(program, tmp_path, "-S") == "(True, 2)"

    def test_count(self, tmp_path: Path) -> None:
        """`install` tells how many instructions are in force."""
        program = "print(in_child(confine))"
        assert python(program, tmp_path, "-S") == str(len(built(MACHINE)) // 8)


@needs_kernel
class TestHonestCode:
    """What honest code does goes on working."""

    @pytest.mark.parametrize(
        ("end", "expected"),
        [
            ("os.abort()", "SIGABRT"),
            ("libc.abort()", "SIGABRT"),
            ("os.kill(os.getpid(), 15)", "SIGTERM"),
            ("signal.raise_signal(15)", "SIGTERM"),
            ("signal.pthread_kill(threading.get_ident(), 15)", "SIGTERM"),
            ("libc.syscall(NUMBERS['tkill'], os.getpid(), 15)", "SIGTERM"),
            ("ctypes.string_at(0)", "SIGSEGV"),
            ("t = threading.Thread(target=os.abort); t.start(); t.join()", "SIGABRT"),
        ],
    )
    def test_it_may_end_itself(self, end: str, expected: str, tmp_path: Path) -> None:
        """A crash is a crash: the process dies of the signal that it sends itself."""
        assert confined(end, tmp_path) == expected

    def test_threads(self, tmp_path: Path) -> None:
        """Threads and pools of threads start, wait for each other and end."""
        body = """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(4) as pool:
            return sum(pool.map(lambda i: time.sleep(0.001) or i, range(100)))
        """
        assert confined(body, tmp_path) == "4950"

    def test_files(self, tmp_path: Path) -> None:
        """Files and folders are made, written, renamed, listed, truncated, locked and removed."""
        body = """
        import fcntl, pathlib, shutil, tempfile
        with tempfile.TemporaryDirectory(dir=".") as name:
            folder = pathlib.Path(name)
            (folder / "a").mkdir()
            (folder / "a" / "x").write_text("hello")
            (folder / "a" / "x").rename(folder / "y")
            shutil.copyfile(folder / "y", folder / "z")
            (folder / "z").touch()
            os.truncate(folder / "z", 2)
            with open(folder / "z", "r+") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                fcntl.lockf(file, fcntl.LOCK_UN)
                os.fsync(file.fileno())
                read = file.read()
            with tempfile.TemporaryFile(dir=name) as file:
                file.write(b"x")
            with tempfile.NamedTemporaryFile(dir=name) as file:
                file.write(b"x")
            names = sorted(os.listdir(folder))
        return names, read, os.path.exists(name)
        """
        assert confined(body, tmp_path) == "(['a', 'y', 'z'], 'he', False)"

    def test_the_rest(self, tmp_path: Path) -> None:
        """Time, randomness, pipes, polls, maps of memory, callbacks and questions all work."""
        body = """
        import mmap, resource, select, shutil
        time.sleep(0.001)
        signal.setitimer(signal.ITIMER_REAL, 100)
        signal.alarm(0)
        ours, theirs = os.pipe()
        os.set_blocking(ours, False)
        os.set_inheritable(ours, True)
        os.write(theirs, b"x")
        with select.epoll() as polled:
            polled.register(ours, select.EPOLLIN)
            ready = len(polled.poll(1))
        call({"x86_64": 290, "aarch64": 19}[os.uname().machine], 0, 0)  # eventfd2
        page = mmap.mmap(-1, 1 << 20)
        page.madvise(mmap.MADV_DONTNEED)
        called = []
        ctypes.CFUNCTYPE(None, ctypes.c_int)(called.append)(7)
        os.sched_yield()
        os.nice(1)
        os.sched_setaffinity(0, os.sched_getaffinity(0))
        resource.getrlimit(resource.RLIMIT_NOFILE)
        os.times()
        columns = shutil.get_terminal_size().columns
        call("prctl", 15, ctypes.c_char_p(b"student"), 0, 0, 0)
        return ready, len(os.urandom(4)), len(os.getrandom(4)), called, columns, os.isatty(0)
        """
        assert confined(body, tmp_path) == "(1, 4, 4, [7], 80, False)"

    def test_inherited_socket(self, tmp_path: Path) -> None:
        """The connection that a process was born with carries bytes both ways."""
        program = """
        ours, theirs = socket.socketpair()
        def work():
            confine()
            theirs.sendall(b"question")
            os.write(theirs.fileno(), b"s")
            answer = bytearray(6)
            theirs.recv_into(answer)
            try:
                theirs.sendmsg([b"descriptor"])
            except PermissionError:
                return answer.decode() + os.read(theirs.fileno(), 9).decode()
        ours.sendall(b"answer by read")
        print(in_child(work), ours.recv(99))
        """
        assert python(program, tmp_path, "-S") == "answer by read b'questions'"

    def test_refusals_are_exceptions(self, tmp_path: Path) -> None:
        """What honest code loses says so in Python's own words, and the process goes on."""
        body = """
        import asyncio, subprocess
        said = []
        for attempt in (
            lambda: subprocess.run(["true"]),
            lambda: asyncio.new_event_loop(),
        ):
            try:
                attempt()
            except PermissionError as error:
                said.append(error.strerror)
        return said
        """
        expected = "Operation not permitted"
        assert confined(body, tmp_path) == str([expected, expected])

    def test_torch(self, tmp_path: Path) -> None:
        """A model trains, differentiates in several threads, and is saved and loaded."""
        pytest.importorskip("torch")
        body = """
        torch.set_num_threads(2)
        torch.manual_seed(0)
        model = torch.nn.Sequential(
            torch.nn.Conv1d(3, 8, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(48, 5)
        )
        optimizer = torch.optim.Adam(model.parameters())
        x, y = torch.randn(64, 3, 8), torch.randint(0, 5, (64,))
        losses = []
        for _ in range(5):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        grown = []
        def backward():
            w = torch.randn(300, 300, requires_grad=True)
            (w @ w).relu().sum().backward()
            grown.append(w.grad.shape[0])
        threads = [threading.Thread(target=backward) for _ in range(3)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        torch.linalg.svd(torch.randn(50, 50))
        torch.save(model.state_dict(), "model.pt")
        model.load_state_dict(torch.load("model.pt"))
        numpy.save("array.npy", numpy.arange(3))
        data = torch.utils.data.TensorDataset(x, y)
        batches = len(list(torch.utils.data.DataLoader(data, batch_size=16, shuffle=True)))
        return losses[0] > losses[-1], grown, int(numpy.load("array.npy").sum()), batches
        """
        inside = textwrap.indent(textwrap.dedent(body), "    ")
        program = (
            "for name in ('OMP', 'OPENBLAS', 'MKL'): os.environ[name + '_NUM_THREADS'] = '1'\n"
            f"sys.path += {sys.path!r}\nimport numpy, torch, torch._dynamo\n"
            f"def work():\n    confine()\n{inside}\nprint(in_child(work))"
        )
        assert python(program, tmp_path) == "(True, [300, 300, 300], 3, 4)"
