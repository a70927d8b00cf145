"""Submissions are opened as their authors meant them, and hostile ones do no harm."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import stat
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import archive, submission
from autograder.archive import folder_entries
from autograder.errors import CannotGrade
from autograder.submission import GRADED, open_submission

Files = Mapping[str, bytes]
SOFTMAX = b"def softmax(x): ...\n"
WORK: Files = {name: name.encode() for name in GRADED}
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX files")


@pytest.fixture
def hand_in(tmp_path: Path) -> Path:
    """The folder of a student called alice."""
    folder = tmp_path / "alice"
    folder.mkdir()
    return folder


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """The empty folder for the private copy."""
    folder = tmp_path / "copy"
    folder.mkdir()
    return folder


def fill(folder: Path, files: Files) -> Path:
    for name, contents in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents)
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if not path.is_dir()
    }


def refusal(path: Path, into: Path) -> str:
    """The sentence with which a submission is refused; nothing has been written then."""
    with pytest.raises(CannotGrade) as caught:
        open_submission(path, into)
    assert list(into.iterdir()) == []
    return str(caught.value)


class TestFolder:
    """What is taken of a folder, and as what it is graded."""

    def test_the_work_is_copied(self, hand_in: Path, into: Path) -> None:
        """Every graded file is found under its own name, in a copy that is equal."""
        opened = open_submission(fill(hand_in, WORK), into)
        assert opened.name == "alice"
        assert opened.folder == into
        assert dict(opened.files) == {name: name for name in GRADED}
        assert opened.notes == ()
        assert tree(into) == WORK

    def test_historical_names_are_graded(self, hand_in: Path, into: Path) -> None:
        """The names of earlier years are graded, and stay as they were handed in."""
        old = ("q1_softmax", "q1_classifier", "q2_parser_transitions", "q2_initialization")
        fill(hand_in, {f"{name}.py": b"" for name in (*old, "q2_parser_model")})
        opened = open_submission(hand_in, into)
        assert dict(opened.files) == {
            "softmax.py": "q1_softmax.py",
            "classifier.py": "q1_classifier.py",
            "parser_transitions.py": "q2_parser_transitions.py",
            "initialization.py": "q2_initialization.py",
            "parser_model.py": "q2_parser_model.py",
        }
        assert opened.notes == ()

    @pytest.mark.parametrize("place", ["", "a2/", "a3/", "alice/a2/", "x/y/z/"])
    def test_the_work_is_found_wherever_it_lies(
        self, hand_in: Path, into: Path, place: str
    ) -> None:
        """Folders around the work change nothing, not even the digest."""
        fill(hand_in, {place + name: contents for name, contents in WORK.items()})
        fill(hand_in, {place + "utils/general.py": b"", "README.md": b"", "data/train.txt": b""})
        opened = open_submission(hand_in, into)
        assert tree(into) == {**WORK, "utils/general.py": b""}
        assert opened.digest == digest_of({**WORK, "utils/general.py": b""})
        assert opened.notes == ()

    def test_only_what_may_be_needed_is_taken(self, hand_in: Path, into: Path) -> None:
        """Helpers anywhere beneath, pictures beside the work; nothing that acts by its name."""
        taken = {
            "softmax.py": SOFTMAX,
            "rnn.py": b"0",
            "optimizers.py": b"0",
            "helper.py": b"1",
            "deep/er/helper.py": b"2",
            "unrolled.PNG": b"3",
            "Screenshot at 3.10\u202fPM.jpeg": b"4",
        }
        fill(hand_in, taken)
        never = ["conftest.py", "deep/conftest.py", "Sitecustomize.py", "usercustomize.py"]
        never += ["setup.py", "setup.cfg", "pytest.ini", "x.pth", "tox.ini", "pyproject.toml"]
        never += ["softmax.pyc", "helper.so", "notes.ipynb", "model.pt", "a.zip", "Makefile"]
        never += [".hidden.py", "._softmax.py", ".DS_Store", ".git/hooks/x.py", ".vscode/x.py"]
        never += ["__MACOSX/softmax.py", "__pycache__/x.py", ".ipynb_checkpoints/softmax.py"]
        never += ["venv/lib/x.py", "lib/site-packages/torch.py", "deep/drawing.png"]
        never += ["deep/written.toml", "deep/test_predictions.txt"]
        fill(hand_in, dict.fromkeys(never, b"no"))
        opened = open_submission(hand_in, into)
        assert tree(into) == taken
        assert opened.digest == digest_of(taken)

    @pytest.mark.parametrize("marker", ["pyvenv.cfg", "conda-meta/history"])
    def test_environments_are_not_the_work(self, hand_in: Path, into: Path, marker: str) -> None:
        """A virtual environment is left out, whatever it is called; work is not."""
        env = {f"torch2/{marker}": b"", "torch2/bin/activate_this.py": b""}
        fill(hand_in, {"a2/softmax.py": SOFTMAX, "a2/" + marker: b"", **env})
        fill(hand_in / "a2", env)
        opened = open_submission(hand_in, into)
        assert tree(into) == {"softmax.py": SOFTMAX}
        assert opened.notes == ()

    @posix
    def test_modes_do_not_depend_on_the_source(self, hand_in: Path, into: Path) -> None:
        """The copy has modes 0755 and 0644 under any umask, for the confined worker to read."""
        fill(hand_in, {"softmax.py": SOFTMAX, "utils/deep/x.py": b""})
        (hand_in / "softmax.py").chmod(0o4700)
        (hand_in / "utils").chmod(0o700)
        before = os.umask(0o077)
        try:
            open_submission(hand_in, into)
        finally:
            os.umask(before)
        assert {
            path.relative_to(into).as_posix(): stat.S_IMODE(path.stat().st_mode)
            for path in into.rglob("*")
        } == {"softmax.py": 0o644, "utils": 0o755, "utils/deep": 0o755, "utils/deep/x.py": 0o644}

    def test_systems_without_folder_descriptors(
        self, hand_in: Path, into: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """On Windows the same files are found by paths."""
        monkeypatch.setattr(archive, "_DESCRIPTORS", False)
        open_submission(fill(hand_in, {"a2/softmax.py": SOFTMAX, "a2/utils/x.py": b""}), into)
        assert tree(into) == {"softmax.py": SOFTMAX, "utils/x.py": b""}

    def test_a_report_may_have_any_name(self, tmp_path: Path, into: Path) -> None:
        """The name of a submission is shown escaped and shortened."""
        folder = tmp_path / ("bob\n\x1b[2J" + "x" * 200)
        folder.mkdir()
        name = open_submission(folder, into).name
        assert name == r"bob\n\x1b[2J" + "x" * (99 - 12) + "…"

    @posix
    def test_the_path_itself_may_be_a_link(self, hand_in: Path, into: Path) -> None:
        """Whoever grades may name a submission by a symbolic link."""
        link = hand_in.with_name("latest")
        link.symlink_to(fill(hand_in, {"softmax.py": SOFTMAX}))
        opened = open_submission(link, into)
        assert opened.name == "latest"
        assert tree(into) == {"softmax.py": SOFTMAX}


class TestNotes:
    """What a student would want to know, without losing a point for it."""

    def test_an_empty_folder_is_a_submission(self, hand_in: Path, into: Path) -> None:
        """Nothing handed in is graded as nothing, and said."""
        opened = open_submission(hand_in, into)
        assert dict(opened.files) == {}
        assert opened.digest == hashlib.sha256().hexdigest()
        assert opened.notes == (
            "No graded file was found (softmax.py, classifier.py, parser_transitions.py, "
            "initialization.py, optimizers.py, parser_model.py, rnn.py, written.toml, "
            "test_predictions.txt); the submission is empty.",
        )

    @posix
    def test_no_graded_file(self, hand_in: Path, into: Path) -> None:
        """Nothing is taken where nothing is graded; the note names what was found."""
        files = ["a2.zip", "b/main.py", "softmax.py.txt", "softmax-1.py", "x\u202e.ipynb", "z"]
        fill(hand_in, dict.fromkeys(files, b""))
        (hand_in / "a3").symlink_to("/")
        opened = open_submission(hand_in, into)
        assert tree(into) == {}
        (note,) = opened.notes
        assert note.endswith(
            "test_predictions.txt); archives within a submission are not opened; what was found: "
            "a2.zip, a3 (a symbolic link), b/main.py, softmax-1.py, softmax.py.txt and 2 more."
        )

    def test_the_fullest_folder_is_graded(self, hand_in: Path, into: Path) -> None:
        """Of several folders the one with the most graded files counts, and the rest is named."""
        fill(hand_in, {"rnn.py": b"draft", "softmax.py": SOFTMAX, "z/classifier.py": b""})
        fill(hand_in, {"new/rnn.py": b"", "new/softmax.py": SOFTMAX, "new/written.toml": b""})
        opened = open_submission(hand_in, into)
        assert sorted(opened.files) == ["rnn.py", "softmax.py", "written.toml"]
        assert opened.notes == ("Graded is what lies in new; not graded: rnn.py, z/classifier.py.",)

    def test_of_equal_folders_the_shallowest_then_the_first_is_graded(
        self, hand_in: Path, into: Path
    ) -> None:
        """A tie has one outcome, whatever the order in which a system lists the files."""
        fill(hand_in, {"x/y/rnn.py": b"1", "b/rnn.py": b"2", "a/rnn.py": b"3"})
        opened = open_submission(hand_in, into)
        assert tree(into) == {"rnn.py": b"3"}
        assert opened.notes == ("Graded is what lies in a; not graded: b/rnn.py, x/y/rnn.py.",)

    def test_the_top_folder_is_called_that(self, hand_in: Path, into: Path) -> None:
        """The note is readable where the work lies at the top."""
        opened = open_submission(fill(hand_in, {"rnn.py": b"1", "b/rnn.py": b"2"}), into)
        assert opened.notes == ("Graded is what lies in the top folder; not graded: b/rnn.py.",)

    def test_copies_need_no_note(self, hand_in: Path, into: Path) -> None:
        """Equal files in two folders, or under two names, are no question."""
        fill(hand_in, {"a/softmax.py": SOFTMAX, "b/softmax.py": SOFTMAX})
        fill(hand_in, {"a/q1_softmax.py": SOFTMAX, "b/q1_softmax.py": SOFTMAX})
        assert open_submission(hand_in, into).notes == ()

    def test_many_copies_are_not_all_compared(
        self, hand_in: Path, into: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The work of comparing is bounded; what was not compared counts as different."""
        monkeypatch.setattr(submission, "COMPARED", 1)
        fill(hand_in, dict.fromkeys(("a/rnn.py", "b/rnn.py", "c/rnn.py"), b""))
        opened = open_submission(hand_in, into)
        assert opened.notes == ("Graded is what lies in a; not graded: c/rnn.py.",)

    def test_the_current_name_goes_before_the_historical(self, hand_in: Path, into: Path) -> None:
        """Of softmax.py and q1_softmax.py the first is graded, and the note says so."""
        fill(hand_in, {"softmax.py": SOFTMAX, "q1_softmax.py": b"old"})
        opened = open_submission(hand_in, into)
        assert dict(opened.files) == {"softmax.py": "softmax.py"}
        assert sorted(tree(into)) == ["q1_softmax.py", "softmax.py"]
        assert opened.notes == (
            "softmax.py is graded, q1_softmax.py is not: both stand for softmax.py.",
        )

    def test_case_does_not_cost_points(self, hand_in: Path, into: Path) -> None:
        """A name in other case, as Windows and macOS let it pass, is graded with a note."""
        fill(hand_in, {"Softmax.py": SOFTMAX, "Written.TOML": b"", "RNN.PY": b""})
        opened = open_submission(hand_in, into)
        assert dict(opened.files) == {
            "rnn.py": "RNN.PY",
            "softmax.py": "Softmax.py",
            "written.toml": "Written.TOML",
        }
        assert opened.notes == (
            "RNN.PY is graded as rnn.py: mind upper and lower case.",
            "Softmax.py is graded as softmax.py: mind upper and lower case.",
            "Written.TOML is graded as written.toml: mind upper and lower case.",
        )

    def test_names_of_libraries_are_pointed_out(self, hand_in: Path, into: Path) -> None:
        """A top-level module or package named like a library is taken, with a note."""
        files = [
            "softmax.py",
            "torch.py",
            "random.py",
            "numpy/linalg.py",
            "utils/json.py",
            "re.svg",
        ]
        opened = open_submission(fill(hand_in, dict.fromkeys(files, b"")), into)
        assert sorted(tree(into)) == sorted(files)
        assert opened.notes == (
            "numpy has the name of a library; imports of numpy get the library.",
            "random.py has the name of a library; imports of random get the library.",
            "torch.py has the name of a library; imports of torch get the library.",
        )

    @posix
    def test_names_that_do_not_show_are_left_out(self, hand_in: Path, into: Path) -> None:
        """Nobody can import such names, and not every system could write them."""
        names = ["a\u202e.py", "b\n.py", "c\\d.py", "z\u200b/x.py", "字" * 70 + ".py"]
        fill(hand_in, dict.fromkeys(["softmax.py", *names], b""))
        opened = open_submission(hand_in, into)
        assert sorted(tree(into)) == ["softmax.py"]
        assert opened.notes == (
            "Left out (the name is too long, or has characters that do not show): "
            rf"a\u202e.py, b\n.py, c\d.py, z\u200b/x.py, {'字' * 70}.py.",
        )

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
    def test_names_that_are_not_text_are_left_out(self, hand_in: Path, into: Path) -> None:
        """Bytes that are not UTF-8 show as escapes."""
        fill(hand_in, {"softmax.py": b"", os.fsdecode(b"gr\xf6sse.py"): b""})
        assert open_submission(hand_in, into).notes == (
            r"Left out (the name is too long, or has characters that do not show): gr\udcf6sse.py.",
        )

    @posix
    def test_links_beside_the_work_are_not_followed(self, hand_in: Path, into: Path) -> None:
        """A linked folder is named; the links of systems and tools are not worth a word."""
        fill(hand_in, {"a2/softmax.py": SOFTMAX, "data/secret.py": b""})
        (hand_in / "a2/utils").symlink_to("../data")
        (hand_in / "a2/.venv").symlink_to("/")
        opened = open_submission(hand_in, into)
        assert tree(into) == {"softmax.py": SOFTMAX}
        assert opened.notes == ("Left out (links are not followed): utils.",)

    def test_deep_folders_are_left_out(self, hand_in: Path, into: Path) -> None:
        """Sixteen folders down, looking ends."""
        deep = "/".join("abcdefghijklmnopqrst")
        fill(hand_in, {"softmax.py": SOFTMAX, f"{deep[:29]}/x.py": b"", f"{deep}/y.py": b""})
        opened = open_submission(hand_in, into)
        assert sorted(tree(into)) == ["a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/x.py", "softmax.py"]
        assert opened.notes == ("Left out (more than 16 folders deep): " + deep[:31] + ".",)

    def test_pictures_never_stop_the_grading(
        self, hand_in: Path, into: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is too much in pictures is left out with a note; the sources come first."""
        monkeypatch.setattr(submission, "PICTURE", 1 << 20)
        monkeypatch.setattr(submission, "TOTAL", 2 << 20)
        size = {"a.png": (1 << 20) + 1, "b.pdf": 1 << 20, "c.jpg": 1 << 20, "softmax.py": 1 << 20}
        fill(hand_in, {name: bytes(count) for name, count in size.items()})
        opened = open_submission(hand_in, into)
        assert sorted(tree(into)) == ["b.pdf", "softmax.py"]
        assert opened.notes == (
            "Left out (larger than 1 MiB, or too much for 2 MiB and 500 files in all): "
            "a.png, c.jpg.",
        )


class TestRefusedFolder:
    """A folder that cannot be read safely is refused with one sentence."""

    @posix
    @pytest.mark.parametrize("name", ["softmax.py", "a2/rnn.py", "helper.py", "drawing.png"])
    def test_links(self, hand_in: Path, into: Path, name: str) -> None:
        """A link where a file should be may lead to any file that the grader can read."""
        secret = hand_in.with_name("secret")
        secret.write_text("hidden")
        fill(hand_in, {"a2/classifier.py": b""} if "/" in name else {"classifier.py": b""})
        (hand_in / name).symlink_to(secret)
        assert refusal(hand_in, into) == (
            f"{name} in alice is a symbolic link, not a file: hand in the file itself."
        )

    @posix
    def test_pipes_and_sockets(self, hand_in: Path, into: Path) -> None:
        """What could keep the grader waiting is not opened."""
        os.mkfifo(hand_in / "softmax.py")
        assert refusal(hand_in, into) == (
            "softmax.py in alice is a named pipe, not a file: hand in the file itself."
        )
        (hand_in / "softmax.py").unlink()
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(os.path.relpath(hand_in / "softmax.py"))  # the name may have 100 bytes
        assert refusal(hand_in, into) == (
            "softmax.py in alice is a socket, not a file: hand in the file itself."
        )

    @posix
    def test_devices(self, hand_in: Path, into: Path) -> None:
        """A device is not opened, whatever it is."""
        try:
            os.mknod(hand_in / "softmax.py", stat.S_IFCHR | 0o666, os.makedev(1, 5))
        except PermissionError:
            pytest.skip("needs the right to make devices")
        assert refusal(hand_in, into) == (
            "softmax.py in alice is a device, not a file: hand in the file itself."
        )

    @posix
    def test_private_hard_links(self, hand_in: Path, into: Path) -> None:
        """A hard link may be another person's secret, unless everybody may read the file."""
        secret = hand_in.with_name("secret")
        secret.write_text("hidden")
        os.link(secret, hand_in / "softmax.py")
        secret.chmod(0o640)
        assert refusal(hand_in, into) == (
            "softmax.py in alice is a private file with a second name elsewhere (a hard link): "
            "hand in a copy of it."
        )
        secret.chmod(0o644)
        open_submission(hand_in, into)
        assert tree(into) == {"softmax.py": b"hidden"}

    @posix
    @pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read all")
    def test_permissions(self, hand_in: Path, into: Path) -> None:
        """What the grader may not read is named: the path, a folder, a file."""
        fill(hand_in, {"a2/softmax.py": SOFTMAX})
        for path, shown in (
            (hand_in / "a2/softmax.py", "a2/softmax.py in alice"),
            (hand_in / "a2", "a2 in alice"),
            (hand_in, "alice"),
        ):
            mode = path.stat().st_mode
            path.chmod(0)
            try:
                assert refusal(hand_in, into) == (
                    f"{shown} cannot be read: give the grader permission to read it."
                )
            finally:
                path.chmod(mode)
        single = fill(hand_in, {"rnn.py": b""}) / "rnn.py"
        single.chmod(0)
        assert refusal(single, into) == (
            "rnn.py cannot be read: give the grader permission to read it."
        )

    @posix
    @pytest.mark.parametrize(
        ("swap", "sentence"),
        [
            ("file", "a2/softmax.py in alice cannot be read (too many levels of symbolic links)"),
            ("folder", "a2/softmax.py in alice cannot be read (not a directory)"),
            ("pipe", "a2/softmax.py in alice changed while it was read"),
            ("nothing", "a2/softmax.py in alice cannot be read (no such file or directory)"),
        ],
    )
    def test_swapped_entries(self, hand_in: Path, swap: str, sentence: str) -> None:
        """What is put in the place of a file after it was listed is not read."""
        fill(hand_in.with_name("secret"), {"softmax.py": b"hidden"})
        file = fill(hand_in, {"a2/softmax.py": SOFTMAX}) / "a2/softmax.py"
        with folder_entries(hand_in, "alice") as (entry,):
            if swap == "folder":
                (hand_in / "a2").rename(hand_in / "moved")
                (hand_in / "a2").symlink_to("../secret")
            else:
                file.unlink()
            if swap == "file":
                file.symlink_to("../../secret/softmax.py")
            if swap == "pipe":
                os.mkfifo(file)
            with pytest.raises(CannotGrade) as caught:
                entry.read(100)
        assert str(caught.value) == f"{sentence}: grade it again."

    @pytest.mark.skipif(sys.platform != "linux", reason="needs a system that minds case")
    @pytest.mark.parametrize(
        ("one", "other"), [("Softmax.py", "softmax.py"), ("u/e\u0301.py", "u/\u00e9.py")]
    )
    def test_names_that_are_one_elsewhere(
        self, hand_in: Path, into: Path, one: str, other: str
    ) -> None:
        """Which of two files is graded must not depend on the system that grades."""
        fill(hand_in, {"rnn.py": b"", one: b"1", other: b"2"})
        assert refusal(hand_in, into).endswith(
            f"{other} in alice differ only in case, or in how an accent is stored: hand in one of "
            "them."
        )

    @pytest.mark.parametrize(
        ("name", "limit"),
        [
            ("softmax.py", 1 << 20),
            ("helper.py", 1 << 20),
            ("written.toml", 1 << 20),
            ("test_predictions.txt", 8 << 20),
        ],
    )
    def test_large_files(self, hand_in: Path, into: Path, name: str, limit: int) -> None:
        """A file may be as large as its kind needs, and not a byte larger."""
        fill(hand_in, {"rnn.py": b""})
        with (hand_in / name).open("wb") as file:
            file.truncate(limit + 1)
        assert refusal(hand_in, into) == (
            f"{name} in alice is larger than {limit >> 20} MiB: hand in a smaller one."
        )
        os.truncate(hand_in / name, limit)
        open_submission(hand_in, into)

    def test_much_together(
        self, hand_in: Path, into: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Files that are small one by one may still be too much."""
        monkeypatch.setattr(submission, "TOTAL", 3 << 20)
        fill(hand_in, dict.fromkeys(("rnn.py", "a.py", "b.py", "c.py"), bytes(1 << 20)))
        assert refusal(hand_in, into) == (
            "The files of alice are larger than 3 MiB together: hand in only the graded files and "
            "what they import."
        )

    def test_many_files(self, hand_in: Path, into: Path) -> None:
        """More than 500 modules are not an assignment."""
        fill(hand_in, {"rnn.py": b"", **{f"p/m{number}.py": b"" for number in range(500)}})
        assert refusal(hand_in, into) == (
            "alice holds more than 500 Python files: hand in the graded files and what they import."
        )

    def test_many_entries(self, hand_in: Path, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Looking ends at a bound, also where nothing of what is seen would be taken."""
        monkeypatch.setattr(archive, "ENTRIES", 9)
        fill(hand_in, dict.fromkeys([*(f"data/.{number}" for number in range(8))], b""))
        open_submission(hand_in, into)
        fill(hand_in, {"data/9": b""})
        assert refusal(hand_in, into) == (
            "alice holds more than 9 files and folders: hand in the graded files and what they "
            "import, without data sets and environments."
        )


# --- zips, built by hand -------------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """A member of a zip, honest unless told otherwise."""

    name: bytes
    data: bytes = b""
    method: int = 8
    flags: int = 0
    mode: int = stat.S_IFREG | 0o644
    declared: int | None = None  # size, where it is not that of the data
    checksum: int | None = None
    packed: bytes | None = None  # what is stored in place of the compressed data
    body: int | None = None  # which member's bytes it points to, in place of its own


def packed(member: Member) -> bytes:
    if member.packed is not None:
        return member.packed
    if member.method == 0:
        return member.data
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflate.compress(member.data) + deflate.flush()


def build(*members: Member, count: int | None = None, tail: bytes = b"") -> bytes:
    """A zip of these members; `count` is how many its end declares."""
    out, directory, offsets = b"", b"", list[int]()
    for member in members:
        offsets.append(len(out) if member.body is None else offsets[member.body])
        common = struct.pack(
            "<HHHHHLLLHH",
            *(20, member.flags, member.method, 0, 0x21),
            zlib.crc32(member.data) if member.checksum is None else member.checksum,
            len(packed(member)),
            len(member.data) if member.declared is None else member.declared,
            *(len(member.name), 0),
        )
        if member.body is None:
            out += b"PK\3\4" + common + member.name + packed(member)
        directory += b"PK\1\2" + struct.pack("<H", 0x0314) + common
        directory += struct.pack("<HHHLL", 0, 0, 0, member.mode << 16, offsets[-1]) + member.name
    number = len(members) if count is None else count
    end = struct.pack("<HHHHLLH", 0, 0, number, number, len(directory), len(out), len(tail))
    return out + directory + b"PK\5\6" + end + tail


def zip64_end(directory: int, start: int, count: int) -> bytes:
    """The end of a zip whose true figures stand in a record of 64 bits."""
    record = struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, count, count, directory, start)
    return (
        b"PK\6\6" + record
        + b"PK\6\7" + struct.pack("<LQL", 0, start + directory, 1)
        + b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, *[0xFFFF] * 2, *[0xFFFFFFFF] * 2, 0)
    )  # fmt: skip


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[[bytes], Path]:
    """A function that hands in bytes as alice.zip."""

    def write(contents: bytes) -> Path:
        path = tmp_path / "alice.zip"
        path.write_bytes(contents)
        return path

    return write


Zipped = Callable[[bytes], Path]
WORKING = Member(b"softmax.py", SOFTMAX)


class TestZip:
    """A zip is the folder that was zipped."""

    @pytest.mark.parametrize("place", ["", "./", "a2/", "alice/a2/"])
    def test_the_work_is_found(self, zipped: Zipped, into: Path, place: str) -> None:
        """The same files have the same digest, wherever in a zip or a folder they lie."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("__MACOSX/" + place + "._softmax.py", b"junk")
            for name, contents in WORK.items():
                file.writestr(place + name, contents)
        opened = open_submission(zipped(out.getvalue()), into)
        assert opened.name == "alice.zip"
        assert tree(into) == WORK
        assert opened.digest == digest_of(WORK)
        assert opened.notes == ()

    def test_contents_decide_and_not_the_name(self, tmp_path: Path, into: Path) -> None:
        """A zip may be called anything."""
        path = tmp_path / "softmax.py"
        path.write_bytes(build(WORKING, Member(b"rnn.py")))
        assert sorted(open_submission(path, into).files) == ["rnn.py", "softmax.py"]

    def test_an_empty_zip_is_a_submission(self, zipped: Zipped, into: Path) -> None:
        """As an empty folder is."""
        assert dict(open_submission(zipped(build()), into).files) == {}

    @pytest.mark.parametrize(
        ("member", "name"),
        [
            (Member(b"a2\\utils\\x.py"), "utils/x.py"),
            (Member(b"a2//utils/./x.py"), "utils/x.py"),
            (Member("a2/größe.py".encode()), "größe.py"),
            (Member("a2/größe.py".encode(), flags=0x800), "größe.py"),
            (Member("a2/größe.py".encode("cp437")), "größe.py"),
            (Member("a2/gro\u0308ße.py".encode()), "größe.py"),
            (Member(b"a2/x.py", method=0), "x.py"),
            (Member(b"a2/x.py", mode=0), "x.py"),
            (Member(b"a2/x.py", mode=0o600), "x.py"),
        ],
    )
    def test_zips_of_all_systems(
        self, zipped: Zipped, into: Path, member: Member, name: str
    ) -> None:
        """Windows' separators, undeclared UTF-8 and members without modes are understood."""
        work = Member(b"a2/softmax.py", SOFTMAX)
        folders = Member(b"a2/", mode=0), Member(b"a2/", mode=stat.S_IFDIR), Member(b"a2\\utils\\")
        opened = open_submission(zipped(build(*folders, work, member)), into)
        assert tree(into) == {"softmax.py": SOFTMAX, name: b""}
        assert opened.notes == ()

    def test_zip64(self, zipped: Zipped, into: Path) -> None:
        """A small zip with the fields of a huge one is a zip."""
        plain = build(WORKING)
        end = plain.index(b"PK\5\6")
        start = plain.index(b"PK\1\2")
        open_submission(zipped(plain[:end] + zip64_end(end - start, start, 1)), into)
        assert tree(into) == {"softmax.py": SOFTMAX}

    def test_what_is_not_taken_may_be_anything(self, zipped: Zipped, into: Path) -> None:
        """Links, devices, bombs and encrypted members cost nothing where nothing reads them."""
        bomb = Member(b"data/zeros.bin", bytes(64 << 20))
        odd = [
            Member(b"a2/.venv/bin/python3", b"/usr/bin/python3", mode=stat.S_IFLNK | 0o777),
            Member(b"a2/data", b"/etc", mode=stat.S_IFLNK | 0o777),
            Member(b"a2/pipe", mode=stat.S_IFIFO),
            Member(b"a2/model.pt", b"x", flags=1, checksum=1),
            Member(b"a2/notes.txt", b"x", method=99),
            Member(b"inner.zip", build(WORKING)),
            Member(b"d/" * 40 + b"x.py"),
        ]
        work = Member(b"a2/softmax.py", SOFTMAX)
        opened = open_submission(zipped(build(bomb, *odd, work)), into)
        assert tree(into) == {"softmax.py": SOFTMAX}
        assert opened.notes == ("Left out (links are not followed): data.",)

    def test_deep_folders_are_left_out(self, zipped: Zipped, into: Path) -> None:
        """As of a folder."""
        opened = open_submission(zipped(build(WORKING, Member(b"d/" * 40 + b"x.py"))), into)
        assert opened.notes == (
            "Left out (more than 16 folders deep): " + "/".join("d" * 16) + ".",
        )

    def test_repetition_is_no_bomb(self, zipped: Zipped, into: Path) -> None:
        """Predictions that are all the same shrink a thousandfold, and are graded."""
        predictions = b"0 " * (4 << 20)
        open_submission(zipped(build(Member(b"test_predictions.txt", predictions))), into)
        assert tree(into) == {"test_predictions.txt": predictions}


def slip(words: str) -> str:
    return f"{words}, which can lead out of the zip: zip the folder again."


class TestRefusedZip:
    """A zip that no ordinary tool makes, or that cannot be read, is refused with one sentence."""

    @pytest.mark.parametrize(
        ("member", "sentence"),
        [
            (Member(b"../softmax.py"), slip("../softmax.py in alice.zip has '..' in its name")),
            (Member(b"a/../../x.txt"), slip("a/../../x.txt in alice.zip has '..' in its name")),
            (Member(b"a\\..\\x"), slip(r"a\..\x in alice.zip has '..' in its name")),
            (Member(b"../"), slip("../ in alice.zip has '..' in its name")),
            (
                Member(b"__MACOSX/../x"),
                slip("__MACOSX/../x in alice.zip has '..' in its name"),
            ),
            (Member(b"/etc/x.py"), slip("/etc/x.py in alice.zip has an absolute name")),
            (Member(b"\\\\host\\x"), slip(r"\\host\x in alice.zip has an absolute name")),
            (Member(b"C:\\x.py"), slip(r"C:\x.py in alice.zip has a drive letter in its name")),
            (Member(b"a/c:x.py"), slip("a/c:x.py in alice.zip has a drive letter in its name")),
            (
                Member(b"softmax.py\0.txt"),
                slip(r"softmax.py\x00.txt in alice.zip has a NUL character in its name"),
            ),
            (
                Member("../\u202e\x1b[2J".encode() + b"x" * 90),
                slip(rf"../\u202e\x1b[2J{'x' * 83}… in alice.zip has '..' in its name"),
            ),
            (WORKING, "softmax.py in alice.zip is there twice: zip the folder again."),
            (
                Member(b"./softmax.py", mode=stat.S_IFLNK),
                "softmax.py in alice.zip is there twice: zip the folder again.",
            ),
            (
                Member(b"softmax.py/x.txt"),
                "softmax.py in alice.zip is both a file and a folder: zip the folder again.",
            ),
            (
                Member(b"softmax.py/"),
                "softmax.py in alice.zip is both a file and a folder: zip the folder again.",
            ),
            (
                Member(b"SOFTMAX.py"),
                "SOFTMAX.py and softmax.py in alice.zip differ only in case, or in how an accent "
                "is stored: hand in one of them.",
            ),
            (
                Member(b"rnn.py", b"/etc/passwd", mode=stat.S_IFLNK | 0o777),
                "rnn.py in alice.zip is a symbolic link, not a file: hand in the file itself.",
            ),
            (
                Member(b"rnn.py", mode=stat.S_IFCHR | 0o666),
                "rnn.py in alice.zip is a device, not a file: hand in the file itself.",
            ),
            (
                Member(b"rnn.py", flags=1),
                "rnn.py in alice.zip is encrypted: zip the folder again without a password.",
            ),
            (
                Member(b"rnn.py", method=14),
                "rnn.py in alice.zip is compressed by method 14, which few tools read: "
                "zip the folder again with the usual settings.",
            ),
            (
                Member(b"a.py", bytes(1 << 20) + b"1"),
                "a.py in alice.zip is larger than 1 MiB: hand in a smaller one.",
            ),
            (
                Member(b"a.py", declared=1 << 40 >> 9),
                "a.py in alice.zip is larger than 1 MiB: hand in a smaller one.",
            ),
            (
                Member(b"a.py", bytes(2 << 20), declared=9),
                "a.py in alice.zip is larger than 1 MiB: hand in a smaller one.",
            ),
            (
                Member(b"a.py", b"no longer", declared=2, checksum=zlib.crc32(b"no")),
                "a.py in alice.zip is damaged: zip the folder again.",
            ),
            (
                Member(b"a.py", b"no longer", declared=2),
                "a.py in alice.zip is damaged: zip the folder again.",
            ),
            (
                Member(b"a.py", b"short", declared=9),
                "a.py in alice.zip is damaged: zip the folder again.",
            ),
            (
                Member(b"a.py", b"1", checksum=0),
                "a.py in alice.zip is damaged: zip the folder again.",
            ),
            (
                Member(b"a.py", b"1", packed=b"\xff\xff"),
                "a.py in alice.zip is damaged: zip the folder again.",
            ),
            (
                Member(b"a.py", b"1", packed=b""),
                "a.py in alice.zip is damaged: zip the folder again.",
            ),
            (
                Member(b"a.py", b"1", flags=0x20),
                "a.py in alice.zip is damaged: zip the folder again.",
            ),
            (
                Member(b"a.py", body=0),
                "softmax.py and a.py in alice.zip overlap, as in a zip bomb: zip the folder again.",
            ),
            (
                Member(b"\xff.py", flags=0x800),
                "alice.zip is a damaged or incomplete zip: zip the folder again.",
            ),
        ],
    )
    def test_members(self, zipped: Zipped, into: Path, member: Member, sentence: str) -> None:
        """One bad member refuses the zip, and is named."""
        assert refusal(zipped(build(WORKING, member)), into) == sentence

    def test_a_link_is_not_a_folder(self, zipped: Zipped, into: Path) -> None:
        """A link that later members would lie beneath leads nowhere."""
        link = Member(b"a2", b"/etc", mode=stat.S_IFLNK | 0o777)
        assert refusal(zipped(build(link, Member(b"a2/softmax.py"))), into) == (
            "a2 in alice.zip is both a file and a folder: zip the folder again."
        )

    def test_bytes_that_are_used_many_times(self, zipped: Zipped, into: Path) -> None:
        """A member that contains the next one, header and all, is part of a bomb."""
        inner = build(Member(b"b.py", bytes(1000)))
        inner = inner[: inner.index(b"PK\1\2")]
        plain = bytearray(build(Member(b"a.py", inner, method=0), Member(b"b.py", bytes(1000))))
        second = plain.rindex(b"PK\1\2")
        plain[second + 42 : second + 46] = struct.pack("<L", plain.index(b"PK\3\4", 1))
        assert refusal(zipped(bytes(plain)), into) == (
            "a.py and b.py in alice.zip overlap, as in a zip bomb: zip the folder again."
        )

    def test_truncation(self, zipped: Zipped, into: Path) -> None:
        """An upload that broke off is called incomplete, wherever it did."""
        whole = build(WORKING, Member(b"rnn.py"))
        for length in range(4, len(whole)):
            assert refusal(zipped(whole[:length]), into) == (
                "alice.zip is a damaged or incomplete zip: zip the folder again."
            )

    @pytest.mark.parametrize("count", [None, 1, 0xFFFF])
    def test_many_members(
        self, zipped: Zipped, into: Path, count: int | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Too many members are refused, also where the zip declares one."""
        monkeypatch.setattr(archive, "ENTRIES", 99)
        members = [Member(b"%d.c" % number, method=0) for number in range(100)]
        assert refusal(zipped(build(*members, count=count)), into) == (
            "alice.zip holds more than 99 files and folders: hand in the graded files and what "
            "they import, without data sets and environments."
        )

    @pytest.mark.parametrize("wide", [False, True])
    def test_a_huge_table(
        self, zipped: Zipped, into: Path, wide: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A huge table of contents is refused before it is read, also in a zip of 64 bits."""
        monkeypatch.setattr(archive, "ENTRIES", 10**9)  # it is not the members that are counted
        plain = build(Member(b""))
        start, end = plain.index(b"PK\1\2"), plain.index(b"PK\5\6")
        table = plain[start:end] * 100_000
        if wide:
            tail = zip64_end(len(table), start, 1)
        else:
            tail = b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(table), start, 0)
        assert refusal(zipped(plain[:start] + table + tail), into) == (
            "alice.zip holds more than 1000000000 files and folders: hand in the graded files and "
            "what they import, without data sets and environments."
        )

    def test_figures_of_64_bits_that_lie(self, zipped: Zipped, into: Path) -> None:
        """No figure makes the grader allocate or seek without bound."""
        plain = build(WORKING)
        end = plain.index(b"PK\5\6")
        start = plain.index(b"PK\1\2")
        for directory in (1, 1 << 31, 1 << 62, (1 << 64) - 1):
            for at in (0, start, 1 << 62, (1 << 64) - 1):
                contents = plain[:end] + zip64_end(end - start, start, 1)
                record = contents.index(b"PK\6\6") + 40
                lie = struct.pack("<QQ", directory, at)
                refusal(zipped(contents[:record] + lie + contents[record + 16 :]), into)


class TestNeither:
    """What is neither a folder nor a zip."""

    @pytest.mark.parametrize("name", [*GRADED, "q1_softmax.py", "Softmax.py"])
    def test_one_graded_file(self, tmp_path: Path, into: Path, name: str) -> None:
        """One graded file alone is a submission of that file."""
        path = fill(tmp_path, {name: SOFTMAX}) / name
        opened = open_submission(path, into)
        assert list(opened.files.values()) == [name]
        assert opened.digest == digest_of({name: SOFTMAX})
        assert tree(into) == {name: SOFTMAX}

    @pytest.mark.parametrize(
        ("name", "sentence"),
        [
            (
                "homework.py",
                "homework.py is not the name of a graded file: name it as the assignment does "
                "(softmax.py, classifier.py, ...), or hand in the folder of your files.",
            ),
            (
                "alice.tar.gz",
                "alice.tar.gz is not a folder or a zip: hand in the folder of your files, or a zip "
                "of it.",
            ),
            (
                "alice.zip",
                "alice.zip is not a folder or a zip: hand in the folder of your files, or a zip of "
                "it.",
            ),
        ],
    )
    def test_other_files(self, tmp_path: Path, into: Path, name: str, sentence: str) -> None:
        """Any other file is refused, whatever its name."""
        assert refusal(fill(tmp_path, {name: b"\x1f\x8b\x08"}) / name, into) == sentence

    @posix
    def test_a_pipe(self, tmp_path: Path, into: Path) -> None:
        """A named pipe is refused without waiting for what it may bring."""
        os.mkfifo(tmp_path / "alice.zip")
        assert refusal(tmp_path / "alice.zip", into) == (
            "alice.zip is not a folder or a zip: hand in the folder of your files, or a zip of it."
        )

    @pytest.mark.parametrize("name", ["nobody", "no\0body", "n\x1b[2J"])
    def test_nothing(self, into: Path, name: str) -> None:
        """A path that leads nowhere is named."""
        shown = name.replace("\0", r"\x00").replace("\x1b", r"\x1b")
        assert refusal(Path(name), into) == (
            f"There is no {shown}: give the path of a folder or a zip."
        )


names = st.sampled_from(
    [
        "softmax.py",
        "q1_softmax.py",
        "rnn.py",
        "written.toml",
        "x.py",
        "a2",
        "a/b",
        "é",
        "unrolled.svg",
    ]
)
paths = st.lists(names, min_size=1, max_size=3).map("/".join)


@settings(derandomize=True, deadline=None)
@given(st.dictionaries(paths, st.binary(max_size=9), max_size=8))
def test_folder_and_zip_are_one_submission(files: dict[str, bytes]) -> None:
    """Whatever is handed in, a folder and a zip of it give the same digest, files and notes."""
    files = {
        path: data
        for path, data in files.items()
        if not any(other.startswith(path + "/") for other in files)
    }
    with tempfile.TemporaryDirectory() as top:
        folder = fill(Path(top, "alice"), {".keep": b"", **files})
        zipped = Path(top, "alice.zip")
        zipped.write_bytes(
            build(*(Member(path.encode(), data) for path, data in reversed(files.items())))
        )
        opened = []
        for path in (folder, zipped):
            into = Path(top, "copy of " + path.name)
            into.mkdir()
            one = open_submission(path, into)
            assert one.digest == digest_of(tree(into))
            opened.append((dict(one.files), one.digest, one.notes, tree(into)))
        assert opened[0] == opened[1]


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
    st.sampled_from(["softmax.py", "../x.py", "a/b/../../../x.py", "/x.py", "a\\..\\..\\x.py"]),
)
def test_a_damaged_zip_does_no_harm(damage: list[tuple[int, int]], name: str) -> None:
    """Whatever its bytes are, a zip is opened or refused, and nothing leaves the copy."""
    contents = bytearray(build(Member(b"rnn.py", SOFTMAX), Member(name.encode(), SOFTMAX)))
    for at, byte in damage:
        contents[4 + at % (len(contents) - 4)] = byte
    with tempfile.TemporaryDirectory() as top:
        into = Path(top, "in", "copy")
        into.mkdir(parents=True)
        zipped = Path(top, "alice.zip")
        zipped.write_bytes(contents)
        try:
            opened = open_submission(zipped, into)
        except CannotGrade:
            assert tree(into) == {}
        else:
            assert opened.digest == digest_of(tree(into))
        assert sorted(os.listdir(top)) == ["alice.zip", "in"]
        assert os.listdir(Path(top, "in")) == ["copy"]


def digest_of(files: Files) -> str:
    """The digest as it is documented, computed another way."""
    hashed = sorted((name.encode(), hashlib.sha256(data).digest()) for name, data in files.items())
    return hashlib.sha256(b"".join(name + b"\0" + data for name, data in hashed)).hexdigest()
