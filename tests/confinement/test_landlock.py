"""Landlock by effect: what a confined process can still read, write, reach and signal."""

import errno
import os
import struct
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from autograder.confinement.inside import landlock

VERSION = landlock.abi() if sys.platform == "linux" else 0
FOLDER = Path(landlock.__file__).parent
needs_landlock = pytest.mark.skipif(VERSION < 1, reason="needs a kernel with Landlock")


def needs(version: int, for_what: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        version > VERSION,
        reason=f"{for_what}: from Landlock {version} on, the kernel here has {VERSION}",
    )


PRELUDE = f"""
import ctypes, ctypes.util, errno, fcntl, mmap, os, signal, socket, subprocess, sys, tempfile
sys.path.insert(0, {str(FOLDER)!r})
import landlock, seccomp
sys.path.pop(0)

def errors(*attempts):
    '''For each attempt the name of its error, or "done".'''
    said = []
    for attempt in attempts:
        try:
            attempt()
            said.append("done")
        except OSError as error:
            said.append(errno.errorcode[error.errno])
    return " ".join(said)

def read(path):
    with open(path) as file:
        return file.read()

def write(path, text="x"):
    with open(path, "w") as file:
        file.write(text)
"""


def python(program: str, folder: Path) -> str:
    """What a fresh interpreter prints; the module is loaded there as in a worker, by its folder."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PRELUDE + textwrap.dedent(program)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Three rooms: one to read, one to write, one that no rule names."""
    for room in ("open", "scratch", "secret"):
        (tmp_path / room / "inner").mkdir(parents=True)
        (tmp_path / room / "file").write_text(room)
        (tmp_path / room / "inner" / "file").write_text(f"inner {room}")
    return tmp_path


RULES = """
with landlock.Ruleset() as rules:
    rules.allow_read("open")
    rules.allow_write("scratch")
    rules.enforce()
"""


def confined(body: str, house: Path) -> str:
    return python(RULES + textwrap.dedent(body), house)


@needs_landlock
class TestReading:
    """What may be read."""

    def test_inside(self, house: Path) -> None:
        """Files at any depth are read, and folders listed, where a rule allows it."""
        body = "print(read('open/file'), read('open/inner/file'), sorted(os.listdir('open')))"
        assert confined(body, house) == "open inner open ['file', 'inner']"

    def test_outside(self, house: Path) -> None:
        """Elsewhere nothing is read or listed, not by a detour either."""
        body = """
        print(errors(
            lambda: read("secret/file"),
            lambda: read("open/../secret/file"),
            lambda: read("/proc/self/cwd/secret/file"),
            lambda: read("/etc/passwd"),
            lambda: os.listdir("secret"),
            lambda: os.listdir("/"),
        ))
        """
        assert confined(body, house) == " ".join(["EACCES"] * 6)

    def test_links(self, house: Path) -> None:
        """A symbolic link is worth what it leads to."""
        (house / "open" / "out").symlink_to("../secret/file")
        (house / "secret" / "in").symlink_to("../open/file")
        body = "print(errors(lambda: read('open/out'), lambda: read('secret/in')))"
        assert confined(body, house) == "EACCES done"

    def test_not_written(self, house: Path) -> None:
        """What may be read is not written, made, removed, renamed or linked into the scratch."""
        body = """
        print(errors(
            lambda: write("open/file"),
            lambda: os.open("open/file", os.O_RDONLY | os.O_APPEND | os.O_RDWR),
            lambda: write("open/new"),
            lambda: os.mkdir("open/new"),
            lambda: os.remove("open/file"),
            lambda: os.rmdir("open/inner"),
            lambda: os.rename("open/file", "open/other"),
            lambda: os.rename("open/file", "scratch/other"),
        ))
        """
        assert confined(body, house) == " ".join(["EACCES"] * 8)
        assert (house / "open" / "file").read_text() == "open"

    @needs(3, "truncating")
    def test_not_truncated(self, house: Path) -> None:
        """What may be read is not emptied, by name or by opening."""
        body = """
        print(errors(
            lambda: os.truncate("open/file", 0),
            lambda: os.open("open/file", os.O_RDONLY | os.O_TRUNC),
        ))
        """
        assert confined(body, house) == "EACCES EACCES"
        assert (house / "open" / "file").read_text() == "open"

    def test_not_executed(self, house: Path) -> None:
        """A program in a folder that may be read or written is not started."""
        for room in ("open", "scratch"):
            # Of no format: had it been let in, the kernel would say ENOEXEC.
            (house / room / "program").write_text("no program")
            (house / room / "program").chmod(0o755)
        body = """
        print(errors(*[
            lambda path=path: os.execv(path, [path]) for path in ("open/program", "scratch/program")
        ]))
        """
        assert confined(body, house) == "EACCES EACCES"

    def test_libraries_are_loaded(self, house: Path) -> None:
        """A shared library in a folder that may be read is loaded: that is reading."""
        program = """
        import importlib.util, sysconfig
        extension = importlib.util.find_spec("_json").origin
        if extension in (None, "built-in"):
            print("built in")
            sys.exit()
        with landlock.Ruleset() as rules:
            rules.allow_read(extension)
            rules.enforce()
        print(errors(lambda: ctypes.CDLL(extension)))
        """
        said = python(program, house)
        if said == "built in":
            pytest.skip("this Python has no library beside it to try")
        assert said == "done"

    def test_one_file(self, house: Path) -> None:
        """A rule on a file opens that file and not its neighbours."""
        (house / "open" / "other").touch()
        program = """
        with landlock.Ruleset() as rules:
            rules.allow_read("open/file")
            rules.enforce()
        print(errors(
            lambda: read("open/file"), lambda: read("open/other"), lambda: os.listdir("open")
        ))
        """
        assert python(program, house) == "done EACCES EACCES"

    def test_listing(self, house: Path) -> None:
        """`allow_list` shows the names in a folder and nothing of what its files hold."""
        program = """
        with landlock.Ruleset() as rules:
            rules.allow_list("open")
            rules.enforce()
        print(*sorted(os.listdir("open")), errors(
            lambda: read("open/file"), lambda: write("open/new"), lambda: os.listdir("secret")
        ))
        """
        assert python(program, house) == "file inner EACCES EACCES EACCES"

    def test_before_and_after(self, house: Path) -> None:
        """A file that was open before stays open; rules restrict what is opened from then on."""
        body = "file = open('secret/file')\n" + RULES + "print(file.read())"
        assert python(body, house) == "secret"


@needs_landlock
class TestWriting:
    """What may be written."""

    def test_inside(self, house: Path) -> None:
        """In the scratch folder files and folders are made, written, truncated and removed."""
        body = """
        os.makedirs("scratch/a/b")
        write("scratch/a/b/x", "hello")
        with open("scratch/a/b/x", "a") as file:
            file.write("!")
        os.truncate("scratch/a/b/x", 4)
        os.rename("scratch/a/b/x", "scratch/a/b/y")
        print(read("scratch/a/b/y"))
        os.remove("scratch/a/b/y")
        os.removedirs("scratch/a/b")
        with tempfile.TemporaryFile(dir="scratch") as file:
            file.write(b"x")
        """
        assert confined(body, house) == "hell"
        assert sorted(p.name for p in (house / "scratch").iterdir()) == ["file", "inner"]

    @needs(2, "moving from folder to folder")
    def test_moving(self, house: Path) -> None:
        """A file moves from one folder of the scratch to another."""
        body = """
        os.rename("scratch/file", "scratch/inner/moved")
        os.rename("scratch/inner", "scratch/other")
        print(read("scratch/other/moved"))
        """
        assert confined(body, house) == "scratch"

    def test_outside(self, house: Path) -> None:
        """Elsewhere nothing is written, made, moved or removed; shared folders are no exception."""
        body = """
        print(errors(
            lambda: write("secret/file"),
            lambda: write("secret/new"),
            lambda: os.mkdir("secret/new"),
            lambda: os.remove("secret/file"),
            lambda: os.rename("scratch/file", "secret/file"),
            lambda: os.rename("secret/file", "scratch/stolen"),
            lambda: os.link("secret/file", "scratch/stolen"),
            lambda: write("/tmp/arcgrade-message"),
            lambda: write("/dev/shm/arcgrade-message"),
        ))
        """
        assert set(confined(body, house).split()) <= {"EACCES", "EXDEV"}
        assert (house / "secret" / "file").read_text() == "secret"
        assert sorted(p.name for p in (house / "scratch").iterdir()) == ["file", "inner"]

    def test_nothing_special(self, house: Path) -> None:
        """In the scratch there are plain files and folders only."""
        body = """
        print(errors(
            lambda: os.mkfifo("scratch/fifo"),
            lambda: os.symlink("/etc/passwd", "scratch/link"),
            lambda: os.mknod("scratch/socket", 0o140600),
            lambda: socket.socket(socket.AF_UNIX).bind("scratch/socket"),
        ))
        """
        assert confined(body, house) == " ".join(["EACCES"] * 4)

    @pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="root makes devices")
    def test_no_devices(self, house: Path) -> None:
        """Not even root makes a device in the scratch."""
        body = """
        print(errors(
            lambda: os.mknod("scratch/null", 0o020600, os.makedev(1, 3)),
            lambda: os.mknod("scratch/ram", 0o060600, os.makedev(1, 0)),
        ))
        """
        assert confined(body, house) == "EACCES EACCES"

    def test_a_device(self, house: Path) -> None:
        """A rule on /dev/null lets it be read and written."""
        program = """
        with landlock.Ruleset() as rules:
            rules.allow_write("/dev/null")
            rules.enforce()
        print(errors(lambda: write("/dev/null"), lambda: read("/dev/null")))
        """
        assert python(program, house) == "done done"

    @needs(5, "ioctl on devices")
    def test_no_ioctl(self, house: Path) -> None:
        """A device that may be read and written takes no commands."""
        program = """
        with landlock.Ruleset() as rules:
            rules.allow_write("/dev/urandom")
            rules.enforce()
        with open("/dev/urandom", "rb") as device:
            count = bytearray(4)
            print(errors(lambda: fcntl.ioctl(device, 0x80045200, count)))  # RNDGETENTCNT
        """
        assert python(program, house) == "EACCES"


@needs_landlock
class TestReaching:
    """What lies beyond files."""

    @needs(4, "TCP")
    def test_tcp(self, house: Path) -> None:
        """TCP neither listens nor connects."""
        program = f"""
        server = socket.create_server(("127.0.0.1", 0))
        {textwrap.indent(RULES, " " * 8).strip()}
        print(errors(
            lambda: socket.create_connection(server.getsockname()),
            lambda: socket.create_server(("127.0.0.1", 0)),
        ))
        """
        assert python(program, house) == "EACCES EACCES"

    @needs(6, "the scope of signals")
    def test_signals(self, house: Path) -> None:
        """No signal reaches the parent; the process itself may be signalled."""
        program = f"""
        if os.fork() == 0:
            parent = os.getppid()
            {textwrap.indent(RULES, " " * 12).strip()}
            said = errors(
                lambda: os.kill(parent, signal.SIGKILL), lambda: os.kill(os.getpid(), 0)
            )
            print(said, flush=True)
            os._exit(0)
        os.wait()
        print("the parent lives")
        """
        assert python(program, house) == "EPERM done\nthe parent lives"

    @needs(6, "the scope of abstract unix sockets")
    def test_abstract_sockets(self, house: Path) -> None:
        """An abstract unix socket of another process is out of reach."""
        program = f"""
        server = socket.socket(socket.AF_UNIX)
        server.bind("")  # the kernel chooses a name
        server.listen()
        if os.fork() == 0:
            {textwrap.indent(RULES, " " * 12).strip()}
            client = socket.socket(socket.AF_UNIX)
            print(errors(lambda: client.connect(server.getsockname())), flush=True)
            os._exit(0)
        os.wait()
        """
        assert python(program, house) == "EPERM"

    def test_for_good(self, house: Path) -> None:
        """A second ruleset takes away and never gives back, and privileges are gone."""
        body = """
        with landlock.Ruleset() as more:
            more.allow_read("open")
            # Opened through the first ruleset, which allows naming a folder and not reading it.
            more.allow_read("secret")
            more.enforce()
        print(errors(
            lambda: read("open/file"), lambda: read("secret/file"), lambda: write("scratch/file")
        ), ctypes.CDLL(None).prctl(39, 0, 0, 0, 0))
        """
        assert confined(body, house) == "done EACCES EACCES 1"


@needs_landlock
class TestRules:
    """How rules are made."""

    def test_of_descriptors(self, house: Path) -> None:
        """A rule may name a descriptor that was opened before, and leaves it open."""
        program = """
        folder = os.open("open", os.O_PATH)
        file = os.open("secret/file", os.O_PATH)
        os.rename("open", "renamed")
        with landlock.Ruleset() as rules:
            rules.allow_read(folder)
            rules.allow_read(file)
            rules.enforce()
        print(read("renamed/file"), read("secret/file"), os.fstat(folder).st_ino > 0)
        """
        assert python(program, house) == "open secret True"

    @pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="root changes users")
    def test_across_a_change_of_user(self, house: Path) -> None:
        """A ruleset that root filled is enforced by another user, who could not have filled it."""
        program = """
        inner = os.open("open/inner", os.O_PATH)
        os.chmod("open", 0o700)
        rules = landlock.Ruleset()
        rules.allow_read("open")
        os.setgroups([])
        os.setresgid(23456, 23456, 23456)
        os.setresuid(23456, 23456, 23456)
        print(errors(lambda: rules.allow_read("open/inner")), end=" ")
        rules.enforce()
        file = lambda: os.close(os.open("file", os.O_RDONLY, dir_fd=inner))
        print(errors(file, lambda: read("/etc/passwd")))
        """
        assert python(program, house) == "EACCES done EACCES"

    def test_missing_path(self, tmp_path: Path) -> None:
        """A path that is not there raises FileNotFoundError, for the caller to decide."""
        with landlock.Ruleset() as rules, pytest.raises(FileNotFoundError):
            rules.allow_read(tmp_path / "missing")

    def test_no_file(self, tmp_path: Path) -> None:
        """A descriptor that names no path, as a pipe's, cannot be ruled on."""
        ours, theirs = os.pipe()
        try:
            with landlock.Ruleset() as rules, pytest.raises(OSError, match="Landlock: ") as caught:
                rules.allow_read(ours)
            assert caught.value.errno == errno.EBADFD
        finally:
            os.close(ours)
            os.close(theirs)

    def test_descriptors_are_closed(self, house: Path) -> None:
        """Neither a ruleset nor a rule leaves a descriptor behind."""
        program = """
        before = sorted(os.listdir("/proc/self/fd"))
        with landlock.Ruleset() as rules:
            rules.allow_read("open")
            errors(lambda: rules.allow_read("missing"))
        rules.close()
        rules = landlock.Ruleset()
        rules.allow_read("/proc")
        rules.enforce()
        print(before == sorted(os.listdir("/proc/self/fd")))
        """
        assert python(program, house) == "True"

    def test_after_enforcing(self, house: Path) -> None:
        """An enforced ruleset takes no more rules and cannot be enforced again."""
        body = "print(errors(lambda: rules.allow_read(0), rules.enforce))"
        assert confined(body, house) == "EBADF EBADF"

    @pytest.mark.parametrize("version", range(1, max(VERSION, 1) + 1))
    def test_each_version(self, version: int, house: Path) -> None:
        """The rights of each version up to the kernel's are enforced as that version had them."""
        program = f"""
        with landlock.Ruleset({version}) as rules:
            rules.allow_read("open")
            rules.allow_write("scratch")
            rules.enforce()
        print(errors(
            lambda: read("open/file"),
            lambda: read("secret/file"),
            lambda: write("scratch/file"),
            lambda: os.truncate("secret/file", 0),
            lambda: os.rename("scratch/file", "scratch/inner/moved"),
        ))
        """
        truncating = "EACCES" if version >= 3 else "done"
        moving = "done" if version >= 2 else "EXDEV"
        assert python(program, house) == f"done EACCES done {truncating} {moving}"


class Kernel:
    """A kernel of one version that takes what that version knows, and notes what it is told."""

    def __init__(self, version: int, scopes: int) -> None:
        self.files = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 5: 0xFFFF, 9: 0x1FFFF}
        self.version = version
        self.scopes = scopes
        self.ruleset: tuple[int, ...] = ()

    def call(self, number: int, *arguments: int | bytes | None) -> int:
        """The result of the system call, or what it fails with."""
        match number, arguments:
            case 444, (None, 0, 1):
                return self.version
            case 444, (bytes() as attributes, int() as size, 0):
                assert size == len(attributes)
                files, network, scopes = struct.unpack("=QQQ", attributes)
                if scopes & ~self.scopes:
                    raise OSError(errno.EINVAL, "unknown scope")
                self.ruleset = files, network, scopes
                return 1000
        raise AssertionError(f"call {number}{arguments}")


class TestVersions:
    """What is asked of kernels that are not here."""

    @pytest.mark.parametrize(
        ("version", "files", "network", "scopes"),
        [
            (1, 0x1FFF, 0, 0),
            (2, 0x3FFF, 0, 0),  # refer
            (3, 0x7FFF, 0, 0),  # truncate
            (4, 0x7FFF, 3, 0),  # TCP
            (5, 0xFFFF, 3, 0),  # ioctl on devices
            (6, 0xFFFF, 3, 3),  # scopes
            (7, 0xFFFF, 3, 3),
            (8, 0xFFFF, 3, 3),
            (9, 0x1FFFF, 3, 3),  # unix sockets by path
            (99, 0x1FFFF, 3, 3),  # not known yet
        ],
    )
    def test_rights(
        self, monkeypatch: pytest.MonkeyPatch, version: int, files: int, network: int, scopes: int
    ) -> None:
        """A ruleset handles all rights of the kernel's version, and of a later one those known."""
        kernel = Kernel(version, scopes)
        monkeypatch.setattr(landlock, "_system_call", kernel.call)
        assert landlock.abi() == version
        rules = landlock.Ruleset()
        assert kernel.ruleset == (files, network, scopes)
        assert (rules.version, rules.files, rules.scopes) == (version, files, scopes)

    def test_six_without_signals(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A kernel that reports 6 and lacks the scope of signals gets, and tells, the other one."""
        kernel = Kernel(6, scopes=1)
        monkeypatch.setattr(landlock, "_system_call", kernel.call)
        assert landlock.Ruleset().scopes == 1
        assert kernel.ruleset == (0xFFFF, 3, 1)

    def test_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without Landlock the version is 0, and a ruleset is refused."""

        def refuse(*_: object) -> int:
            raise OSError(errno.ENOSYS, "not built in")

        monkeypatch.setattr(landlock, "_system_call", refuse)
        assert landlock.abi() == 0
        with pytest.raises(OSError, match="no Landlock") as caught:
            landlock.Ruleset()
        assert caught.value.errno == errno.EOPNOTSUPP

    @pytest.mark.skipif(sys.platform != "linux", reason="needs prctl")
    @pytest.mark.parametrize(("version", "flags"), [(1, 0), (6, 0), (7, 1), (9, 1), (99, 1)])
    def test_log(self, version: int, flags: int, tmp_path: Path) -> None:
        """Denials are kept out of the machine's log, where the version has a flag for that."""
        program = f"""
        def system_call(number, *arguments):
            if number == 446:
                print(*arguments[1:])
            return os.dup(0)
        landlock._system_call = system_call
        landlock.Ruleset({version}).enforce()
        """
        assert python(program, tmp_path) == str(flags)

    @needs_landlock
    def test_behind_a_filter(self, tmp_path: Path) -> None:
        """Where a filter denies Landlock, as an old container's does, the version is 0."""
        program = """
        if os.fork() == 0:
            seccomp.install(seccomp.build(os.uname().machine, os.getpid()))
            print(landlock.abi(), flush=True)
            os._exit(0)
        os.wait()
        """
        assert python(program, tmp_path) == "0"
