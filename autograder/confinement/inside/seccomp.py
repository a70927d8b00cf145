"""The system calls that a student's code may make: a deny-list as a classic BPF program.

Every call up to NEWEST has been decided on: denied (DENIED), allowed for some arguments only
(`_conditions`), or allowed. Later calls do not exist for the worker, so a newer kernel opens
nothing. A denied call fails with EPERM and one that "does not exist" with ENOSYS, which is what
libraries know how to live with. A call of a foreign architecture kills the process.

`install` confines the calling thread and whatever it starts, so it belongs in a process that has
one thread, after everything that needs a denied call. What honest code loses: processes
(`subprocess`, `multiprocessing`, `DataLoader(num_workers=1)`), sockets and therefore `asyncio`
(its loop needs a socketpair), `shutil.copy` (copies the mode; `copyfile` works), links.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Iterable
from typing import Final, NamedTuple

# Reason -> calls. A name that a machine does not have is not in its table below.
DENIED: Final = {
    "one process, one program: killing it must be the end of it (clone: see _conditions)": """
        fork vfork execve execveat uselib setsid setpgid""",
    "no other user, no privilege": """
        setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset""",
    "no other view of the file system, and no namespace, the usual way to kernel bugs": """
        unshare setns chroot pivot_root mount umount2 mount_setattr open_tree move_mount fsopen
        fsconfig fsmount fspick""",
    "nothing of other processes: memory, descriptors, pages, events": """
        ptrace kcmp get_robust_list process_vm_readv process_vm_writev process_madvise
        process_mrelease pidfd_open pidfd_getfd pidfd_send_signal perf_event_open migrate_pages
        move_pages""",
    "no network, and of an inherited socket only its bytes (sendto, recvfrom: see _conditions)": """
        socket socketpair connect bind listen accept accept4 sendmsg sendmmsg recvmsg recvmmsg
        shutdown getsockname getpeername setsockopt getsockopt""",
    "nothing that outlives the process, where the next student's could find it": """
        shmget shmat shmctl shmdt semget semop semctl semtimedop msgget msgsnd msgrcv msgctl
        mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
        add_key request_key keyctl""",
    # Written, not mapped, it counts neither for RLIMIT_AS nor as resident, and RLIMIT_FSIZE
    # holds for each file alone: one descriptor more is one RLIMIT_FSIZE of memory more.
    "no memory that the limits do not count": """
        memfd_create memfd_secret""",
    # Landlock does not cover these, and where the grader runs as the same user neither do modes.
    "no metadata: modes, owners, times, attributes": """
        chmod fchmod fchmodat chown fchown lchown fchownat utime utimes futimesat utimensat
        setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr""",
    "only plain files and folders: a link leads whoever reads or cleans the scratch elsewhere": """
        mknod mknodat link linkat symlink symlinkat name_to_handle_at open_by_handle_at""",
    "no watching of what others open, in folders that may not even be read": """
        inotify_init inotify_init1 inotify_add_watch inotify_rm_watch fanotify_init
        fanotify_mark""",
    "limits and priorities stay as they were set (on itself: see _conditions)": """
        setrlimit ioprio_set sched_setparam sched_setscheduler sched_setattr mbind set_mempolicy
        set_mempolicy_home_node""",
    "the confinement stays as it was set": """
        seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self""",
    "large or old parts of the kernel that no numerical code needs": """
        bpf userfaultfd io_uring_setup io_uring_enter io_uring_register io_setup io_destroy
        io_submit io_cancel io_getevents io_pgetevents splice tee vmsplice remap_file_pages
        lookup_dcookie modify_ldt iopl ioperm""",
    "the machine is not theirs": """
        reboot kexec_load kexec_file_load init_module finit_module delete_module swapon swapoff
        quotactl quotactl_fd acct syslog sethostname setdomainname settimeofday clock_settime
        adjtimex clock_adjtime vhangup _sysctl sysfs ustat sync syncfs""",
}

# Its flags lie in memory, where a filter cannot look. Told that it does not exist, libc uses clone.
MISSING: Final = ("clone3",)


class _Word(NamedTuple):
    """Half an argument (2 i: low half of argument i, 2 i + 1: its high half) and what it may be.

    The kernel takes a pid, an operation or a flag as 32 bits and drops the high half, so only
    the low one counts; a pointer is both.
    """

    half: int
    values: tuple[int, ...]
    mask: int = 0xFFFFFFFF


def _conditions(pid: int) -> dict[str, tuple[_Word, ...]]:
    """The calls that are allowed when every word holds one of its values, and denied otherwise."""
    thread, namespaces = 0x00010000, 0x7E020000  # CLONE_THREAD; CLONE_NEWNS ... CLONE_NEWNET
    to_itself = (_Word(0, (pid,)),)
    no_address = (_Word(8, (0,)), _Word(9, (0,)))  # what send() and recv() are
    return {
        "clone": (_Word(0, (thread,), mask=thread | namespaces),),
        # A tid says nothing of its process, so tkill reaches the first thread only.
        "kill": to_itself,
        "tkill": to_itself,
        "tgkill": to_itself,  # abort() and pthread_kill()
        "rt_sigqueueinfo": to_itself,
        "rt_tgsigqueueinfo": to_itself,
        "sendto": no_address,
        "recvfrom": no_address,
        "sched_setaffinity": (_Word(0, (0, pid)),),  # OpenMP asks with it at its start
        "setpriority": (_Word(0, (0,)), _Word(2, (0, pid))),  # PRIO_PROCESS: nice()
        "prlimit64": (_Word(0, (0,)), _Word(4, (0,)), _Word(5, (0,))),  # no new limit: reading
        "personality": (_Word(0, (0xFFFFFFFF,)),),  # the question what it is
        # Of the calls that are many in one, those in use. Not there: PR_SET_DUMPABLE, _PDEATHSIG,
        # _PTRACER, _SECCOMP; F_SETOWN and F_SETSIG, which send any process a signal; F_SETLEASE,
        # which makes the grader wait; TIOCSTI and TIOCLINUX, which type into a terminal; drivers.
        "prctl": (
            _Word(
                0,
                (
                    15,  # PR_SET_NAME: torch names its threads
                    16,  # PR_GET_NAME
                    3,  # PR_GET_DUMPABLE
                    21,  # PR_GET_SECCOMP
                    39,  # PR_GET_NO_NEW_PRIVS
                    51,  # PR_SVE_GET_VL: the vector length of an aarch64
                    64,  # PR_SME_GET_VL
                    0x53564D41,  # PR_SET_VMA: allocators name their memory
                ),
            ),
        ),
        "fcntl": (
            _Word(
                2,
                (
                    *range(8),  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK(W)
                    *(36, 37, 38),  # F_OFD_GETLK, F_OFD_SETLK(W)
                    1030,  # F_DUPFD_CLOEXEC
                    1032,  # F_GETPIPE_SZ
                ),
            ),
        ),
        "ioctl": (
            _Word(
                2,
                (
                    0x5401,  # TCGETS: isatty()
                    0x802C542A,  # TCGETS2: the same in a later libc
                    0x5413,  # TIOCGWINSZ: the width of a progress bar
                    0x541B,  # FIONREAD
                    0x5421,  # FIONBIO: os.set_blocking
                    0x5450,  # FIONCLEX: os.set_inheritable
                    0x5451,  # FIOCLEX
                ),
            ),
        ),
    }


def _table(text: str) -> dict[str, int]:
    words = text.split()
    return {name: int(number) for name, number in zip(words[::2], words[1::2], strict=True)}


# The numbers of the calls above. From 424 on they are the same everywhere.
_SINCE_424 = _table("""
    pidfd_send_signal 424  io_uring_setup 425  io_uring_enter 426  io_uring_register 427
    open_tree 428  move_mount 429  fsopen 430  fsconfig 431  fsmount 432  fspick 433
    pidfd_open 434  clone3 435  pidfd_getfd 438  process_madvise 440  mount_setattr 442
    quotactl_fd 443  landlock_create_ruleset 444  landlock_add_rule 445
    landlock_restrict_self 446  memfd_secret 447  process_mrelease 448
    set_mempolicy_home_node 450
""")
NEWEST: Final = 450

NUMBERS: Final = {
    "x86_64": _SINCE_424 | _table("""
        ioctl 16  shmget 29  shmat 30  shmctl 31  socket 41  connect 42  accept 43  sendto 44
        recvfrom 45  sendmsg 46  recvmsg 47  shutdown 48  bind 49  listen 50  getsockname 51
        getpeername 52  socketpair 53  setsockopt 54  getsockopt 55  clone 56  fork 57  vfork 58
        execve 59  kill 62  semget 64  semop 65  semctl 66  shmdt 67  msgget 68  msgsnd 69
        msgrcv 70  msgctl 71  fcntl 72  link 86  symlink 88  chmod 90  fchmod 91  chown 92
        fchown 93  lchown 94  ptrace 101  syslog 103  setuid 105  setgid 106  setpgid 109
        setsid 112  setreuid 113  setregid 114  setgroups 116  setresuid 117  setresgid 119
        setfsuid 122  setfsgid 123  capset 126  rt_sigqueueinfo 129  utime 132  mknod 133
        uselib 134  personality 135  ustat 136  sysfs 139  setpriority 141  sched_setparam 142
        sched_setscheduler 144  vhangup 153  modify_ldt 154  pivot_root 155  _sysctl 156
        prctl 157  adjtimex 159  setrlimit 160  chroot 161  sync 162  acct 163  settimeofday 164
        mount 165  umount2 166  swapon 167  swapoff 168  reboot 169  sethostname 170
        setdomainname 171  iopl 172  ioperm 173  init_module 175  delete_module 176  quotactl 179
        setxattr 188  lsetxattr 189  fsetxattr 190  removexattr 197  lremovexattr 198
        fremovexattr 199  tkill 200  sched_setaffinity 203  io_setup 206  io_destroy 207
        io_getevents 208  io_submit 209  io_cancel 210  lookup_dcookie 212  remap_file_pages 216
        semtimedop 220  clock_settime 227  tgkill 234  utimes 235  mbind 237  set_mempolicy 238
        mq_open 240  mq_unlink 241  mq_timedsend 242  mq_timedreceive 243  mq_notify 244
        mq_getsetattr 245  kexec_load 246  add_key 248  request_key 249  keyctl 250
        ioprio_set 251  inotify_init 253  inotify_add_watch 254  inotify_rm_watch 255
        migrate_pages 256  mknodat 259  fchownat 260  futimesat 261  linkat 265  symlinkat 266
        fchmodat 268  unshare 272  get_robust_list 274  splice 275  tee 276  vmsplice 278
        move_pages 279  utimensat 280  accept4 288  inotify_init1 294  rt_tgsigqueueinfo 297
        perf_event_open 298  recvmmsg 299  fanotify_init 300  fanotify_mark 301  prlimit64 302
        name_to_handle_at 303  open_by_handle_at 304  clock_adjtime 305  syncfs 306  sendmmsg 307
        setns 308  process_vm_readv 310  process_vm_writev 311  kcmp 312  finit_module 313
        sched_setattr 314  seccomp 317  memfd_create 319  kexec_file_load 320  bpf 321
        execveat 322  userfaultfd 323  io_pgetevents 333
    """),
    "aarch64": _SINCE_424 | _table("""
        io_setup 0  io_destroy 1  io_submit 2  io_cancel 3  io_getevents 4  setxattr 5
        lsetxattr 6  fsetxattr 7  removexattr 14  lremovexattr 15  fremovexattr 16
        lookup_dcookie 18  fcntl 25  inotify_init1 26  inotify_add_watch 27  inotify_rm_watch 28
        ioctl 29  ioprio_set 30  mknodat 33  symlinkat 36  linkat 37  umount2 39  mount 40
        pivot_root 41  chroot 51  fchmod 52  fchmodat 53  fchownat 54  fchown 55  vhangup 58
        quotactl 60  vmsplice 75  splice 76  tee 77  sync 81  utimensat 88  acct 89  capset 91
        personality 92  unshare 97  get_robust_list 100  kexec_load 104  init_module 105
        delete_module 106  clock_settime 112  syslog 116  ptrace 117  sched_setparam 118
        sched_setscheduler 119  sched_setaffinity 122  kill 129  tkill 130  tgkill 131
        rt_sigqueueinfo 138  setpriority 140  reboot 142  setregid 143  setgid 144  setreuid 145
        setuid 146  setresuid 147  setresgid 149  setfsuid 151  setfsgid 152  setpgid 154
        setsid 157  setgroups 159  sethostname 161  setdomainname 162  setrlimit 164  prctl 167
        settimeofday 170  adjtimex 171  mq_open 180  mq_unlink 181  mq_timedsend 182
        mq_timedreceive 183  mq_notify 184  mq_getsetattr 185  msgget 186  msgctl 187  msgrcv 188
        msgsnd 189  semget 190  semctl 191  semtimedop 192  semop 193  shmget 194  shmctl 195
        shmat 196  shmdt 197  socket 198  socketpair 199  bind 200  listen 201  accept 202
        connect 203  getsockname 204  getpeername 205  sendto 206  recvfrom 207  setsockopt 208
        getsockopt 209  shutdown 210  sendmsg 211  recvmsg 212  add_key 217  request_key 218
        keyctl 219  clone 220  execve 221  swapon 224  swapoff 225  remap_file_pages 234
        mbind 235  set_mempolicy 237  migrate_pages 238  move_pages 239  rt_tgsigqueueinfo 240
        perf_event_open 241  accept4 242  recvmmsg 243  prlimit64 261  fanotify_init 262
        fanotify_mark 263  name_to_handle_at 264  open_by_handle_at 265  clock_adjtime 266
        syncfs 267  setns 268  sendmmsg 269  process_vm_readv 270  process_vm_writev 271  kcmp 272
        finit_module 273  sched_setattr 274  seccomp 277  memfd_create 279  bpf 280  execveat 281
        userfaultfd 282  io_pgetevents 292  kexec_file_load 294
    """),
}  # fmt: skip

# Numbers that no call had when NEWEST was the newest. Later kernels do give them away, as 335,
# uretprobe, which they also let past every filter; it kills whoever calls it.
_GAPS: Final = {"x86_64": ((335, 423),), "aarch64": ((244, 259), (295, 423))}

_ARCHITECTURES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_*

_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_EQUAL, _IF_GREATER, _IF_NOT_LESS = 0x15, 0x25, 0x35  # jumps: (constant, if true, if false)
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _FAIL, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000  # SECCOMP_RET_*

_DENY = (_RETURN, _FAIL | errno.EPERM)
_NO_SUCH_CALL = (_RETURN, _FAIL | errno.ENOSYS)

_Instruction = tuple[int, int] | tuple[int, int, int, int]


def build(machine: str, pid: int) -> bytes:
    """The filter for the process `pid` on `machine` ("x86_64", "aarch64"), as sock_filter's.

    Raises:
        ValueError: there is no table for this machine, or the pid is not that of one process.
    """
    if machine not in NUMBERS:
        known = ", ".join(NUMBERS)
        raise ValueError(f"no system call filter for the machine {machine!r}, only for {known}")
    if not 0 < pid < 2**31:
        raise ValueError(f"a system call filter is for one process, and {pid} is not a pid")
    numbers = NUMBERS[machine]
    denied = sorted(numbers[name] for name in _names(DENIED.values()) if name in numbers)

    program: list[_Instruction] = [
        (_LOAD, _ARCHITECTURE),
        (_IF_EQUAL, _ARCHITECTURES[machine], 1, 0),
        (_RETURN, _KILL_PROCESS),
        (_LOAD, _NUMBER),
        # Also all of the x32 ABI, whose numbers have bit 30 set: a comparison is unsigned.
        (_IF_GREATER, NEWEST, 0, 1),
        _NO_SUCH_CALL,
    ]
    for first, last in _GAPS[machine]:
        program += [(_IF_NOT_LESS, first, 0, 2), (_IF_GREATER, last, 1, 0), _NO_SUCH_CALL]
    for name in MISSING:
        program += [(_IF_EQUAL, numbers[name], 0, 1), _NO_SUCH_CALL]
    for name, words in _conditions(pid).items():
        body = [*_all_hold(words), (_RETURN, _ALLOW)]
        program += [(_IF_EQUAL, numbers[name], 0, len(body)), *body]
    # Every jump of this list leads over the rest of it and over "allow" to "deny".
    program += [(_IF_EQUAL, n, len(denied) - i, 0) for i, n in enumerate(denied)]
    program += [(_RETURN, _ALLOW), _DENY]
    return b"".join(map(_encode, program))


def _names(texts: Iterable[str]) -> list[str]:
    return " ".join(texts).split()


def _all_hold(words: Iterable[_Word]) -> list[_Instruction]:
    """Go on to the next instruction if every word holds one of its values, else deny."""
    program: list[_Instruction] = []
    for word in words:
        program.append((_LOAD, _ARGUMENTS + 4 * word.half))
        if word.mask != 0xFFFFFFFF:
            program.append((_AND, word.mask))
        # A match leads over the other values and over "deny".
        program += [(_IF_EQUAL, v, len(word.values) - i, 0) for i, v in enumerate(word.values)]
        program.append(_DENY)
    return program


def _encode(instruction: _Instruction) -> bytes:
    code, constant, if_true, if_false = (*instruction, 0, 0)[:4]
    return struct.pack("<HBBI", code, if_true, if_false, constant)


class _SockFprog(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def install(program: bytes) -> int:
    """The calling thread is under the filter from here on; the result is its instructions.

    It gives up new privileges itself (PR_SET_NO_NEW_PRIVS): without that the kernel takes a
    filter from root only, and a setuid program could be tricked by one.

    Raises:
        OSError: the kernel refused; nothing is filtered then.
    """
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)
    length = len(program) // 8
    fprog = _SockFprog(length, program)
    no_new_privs, set_seccomp, mode_filter = 38, 22, 2
    for arguments in (
        (no_new_privs, 1, 0, 0, 0),
        (set_seccomp, mode_filter, ctypes.addressof(fprog), 0, 0),
    ):
        if prctl(*arguments) != 0:
            code = ctypes.get_errno()
            raise OSError(code, f"the system call filter was refused: {os.strerror(code)}")
    return length
