"""Treebanks by name and by folder, and their downloads from a server that misbehaves."""

from __future__ import annotations

import hashlib
import http.server
import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import pytest
from rich.console import Console

from autograder.render.treebanks import DownloadLine
from data import download, treebanks
from data.conllu import MalformedTreebank, Sentence
from data.errors import DataError
from data.treebanks import File, Listed, Registered, Split, Treebank, fetch, load, read_split

from .conftest import ROOT

EWT = Path(os.environ.get("ARCGRADE_TREEBANKS", "nowhere")) / "UD_English-EWT"
SMALL = ROOT / "data" / "small"
NAME = "UD_Test-Small"


@dataclass
class Server:
    """What the server does, and what it was asked.

    Attributes:
        requests: path and Range header of each request.
        sent: how many bytes of a body each answer had.
        ranges: whether it knows ranges.
        cut: break the connection after so many bytes of a body.
        silent: say nothing more after these, instead of breaking it, until it is set.
        status: answer with this instead of a file.
        shifted: send ranges that start a byte early.
        lengths: say how long an answer is.
    """

    files: dict[str, bytes]
    url: str = ""
    ranges: bool = True
    cut: int | None = None
    silent: threading.Event = field(default_factory=threading.Event)
    status: int | None = None
    shifted: bool = False
    lengths: bool = True
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)

    def answer(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        name, wanted = handler.path.rpartition("/")[2], handler.headers.get("Range")
        self.requests.append((name, wanted))
        if self.status or name not in self.files:
            handler.send_error(self.status or 404)
            return
        body, status, start = self.files[name], 200, 0
        if wanted and self.ranges:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(body):
                handler.send_error(416)
                return
            start -= self.shifted
            status = 206
        handler.send_response(status)
        if status == 206:
            handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        if self.lengths:
            handler.send_header("Content-Length", str(len(body) - start))
        handler.end_headers()
        rest = body[start:][: self.cut]
        self.sent.append(len(rest))
        handler.wfile.write(rest)
        self.silent.wait()


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on the loopback interface with the files of the small treebank."""
    files = {
        f"xx_small-ud-{split}.conllu": (SMALL / f"{split}.conllu").read_bytes()
        for split in treebanks.SPLITS
    }
    server = Server(files)
    server.silent.set()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.answer(self)

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        server.url = f"http://127.0.0.1:{running.server_address[1]}/some/commit"
        yield server
        running.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache; no proxy stands between us and the loopback interface."""
    monkeypatch.setenv("ARCGRADE_TREEBANKS", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("ARCGRADE_TREEBANK_URL", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def registered(server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The server's treebank is registered; the folder where it will be."""
    files: dict[Split, File] = {}
    for split in treebanks.SPLITS:
        name = f"xx_small-ud-{split}.conllu"
        body = server.files[name]
        files[split] = File(name, hashlib.sha256(body).hexdigest(), len(body))
    entry = Registered(server.url, "MIT", files)
    monkeypatch.setattr(treebanks, "TREEBANKS", MappingProxyType({NAME: entry}))
    return cache / NAME


def arcgrade(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "autograder", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class TestLoading:
    """By name or by folder, all of it or one split."""

    def test_the_small_one_is_shipped(self) -> None:
        """It has the sentences of its files."""
        small = load("small")
        assert (len(small.train), len(small.dev), len(small.test)) == (1000, 200, 250)
        assert small.name == "small"
        assert read_split("small", "dev") == small.dev

    def test_the_small_one_needs_nothing_of_the_extra(self) -> None:
        """It loads on Gradescope, where what only downloads need is not installed."""
        script = (
            "import sys\n"
            "for name in ('pooch', 'requests', 'platformdirs', 'torch'): sys.modules[name] = None\n"
            "from data.treebanks import load\n"
            "print(len(load('small').train))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert (done.stdout, done.stderr) == ("1000\n", "")

    def test_a_registered_one_that_is_not_here(self, cache: Path) -> None:
        """One sentence with the command to run."""
        with pytest.raises(DataError) as caught:
            load("UD_English-EWT")
        assert str(caught.value) == (
            "UD_English-EWT is not on this machine: run `arcgrade data fetch UD_English-EWT` first."
        )

    def test_without_the_extra_it_says_what_to_install(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A library that is missing is one sentence, for loading and for fetching."""
        monkeypatch.delenv("ARCGRADE_TREEBANKS", raising=False)
        monkeypatch.setitem(sys.modules, "platformdirs", None)
        said = (
            "Treebanks that are not shipped need platformdirs: "
            "install it with `pip install 'arcgrade[train]'`."
        )
        for use in (load, fetch):
            with pytest.raises(DataError) as caught:
                use("UD_English-EWT")
            assert str(caught.value) == said

    def test_cache_is_the_users_unless_the_variable_says_otherwise(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """An empty variable is none."""
        monkeypatch.setenv("ARCGRADE_TREEBANKS", "")
        assert treebanks.cache_folder().parts[-2:] == ("arcgrade", "treebanks")
        monkeypatch.setenv("ARCGRADE_TREEBANKS", str(tmp_path))
        assert treebanks.cache_folder() == tmp_path

    @pytest.mark.parametrize("suffix", [".conllu", ".conllx", ".conll", ".CONLLU"])
    def test_a_folder_of_ones_own(self, tmp_path: Path, suffix: str) -> None:
        """A course's licensed data is read where it lies; other files do not matter."""
        for split, name in zip(treebanks.SPLITS, ("a-train", "DEV.gold", "my_test"), strict=True):
            text = SMALL.joinpath(f"{split}.conllu").read_bytes()
            tmp_path.joinpath(name + suffix).write_bytes(text)
        for name in ("train.txt", "test_predictions.txt", "train.conllu.part"):
            tmp_path.joinpath(name).write_text("no treebank")
        small = load("small")
        for folder in (tmp_path, str(tmp_path)):
            assert load(folder) == Treebank(str(folder), small.train, small.dev, small.test)

    def test_one_split_needs_no_other(self, tmp_path: Path) -> None:
        """A folder with a test file only can be tested on."""
        tmp_path.joinpath("test.conllu").write_bytes(SMALL.joinpath("test.conllu").read_bytes())
        assert len(read_split(tmp_path, "test")) == 250

    def test_folders_that_are_no_treebank(self, tmp_path: Path, cache: Path) -> None:
        """No file, several, an empty one, a broken one, no folder: each is one sentence."""

        def said(what: str | Path) -> str:
            with pytest.raises(DataError) as caught:
                read_split(what, "train")
            return str(caught.value)

        kinds = "(*train*.conllu, *train*.conllx, *train*.conll)"
        has = f"{tmp_path} must hold one file for train {kinds}, and has"
        assert said(tmp_path) == f"{has} no file."
        train = tmp_path / "train.conllu"
        train.write_text("# nothing\n")
        assert said(tmp_path) == f"{train} holds no sentence."
        train.write_text("1\ta\n")
        with pytest.raises(MalformedTreebank, match="line 1: 2 columns"):
            read_split(tmp_path, "train")
        tmp_path.joinpath("train2.conll").write_text("")
        assert said(tmp_path) == f"{has} several files: train.conllu, train2.conll."
        nowhere = "is neither a folder nor a treebank known here: small, UD_English-EWT."
        assert said(tmp_path / "nowhere") == f"{tmp_path / 'nowhere'} {nowhere}"
        assert said("UD_Nowhere") == f"UD_Nowhere {nowhere}"
        assert said("../small") == f"../small {nowhere}"

    def test_a_name_wins_and_a_path_is_a_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A folder called small is meant only when it is written as a folder."""
        monkeypatch.chdir(tmp_path)
        Path("small").mkdir()
        assert len(read_split("small", "train")) == 1000
        for folder in (Path("small"), "./small"):
            with pytest.raises(DataError, match="must hold one file for train"):
                read_split(folder, "train")

    @pytest.mark.skipif(not EWT.is_dir(), reason="ARCGRADE_TREEBANKS names no folder with UD EWT")
    def test_ewt(self) -> None:
        """UD English EWT 2.16 has the sentences and words that its authors count."""
        ewt = load("UD_English-EWT")
        sentences: list[Sentence] = [*ewt.train, *ewt.dev, *ewt.test]
        assert len(ewt.train) == 12_544
        assert len(sentences) == 16_622
        for file in treebanks.TREEBANKS["UD_English-EWT"].files.values():
            data = (EWT / file.name).read_bytes()
            assert (hashlib.sha256(data).hexdigest(), len(data)) == (file.sha256, file.size)


class TestFetching:
    """A download is verified and can be interrupted at any moment."""

    def test_all_of_it(self, server: Server, registered: Path) -> None:
        """The files are there, and nothing else; then the treebank loads."""
        told: list[tuple[str, int, int | None]] = []
        assert fetch(NAME, lambda *news: told.append(news)) == registered
        assert {path.name: path.read_bytes() for path in registered.iterdir()} == server.files
        assert load(NAME).dev == load("small").dev
        for name, body in server.files.items():
            steps = [(done, total) for file, done, total in told if file == name]
            assert steps[0] == (0, len(body))
            assert steps[-1] == (len(body), len(body))
            assert steps == sorted(steps)

    def test_twice_asks_once(self, server: Server, registered: Path) -> None:
        """What is here and right is not asked for again."""
        fetch(NAME)
        assert len(server.requests) == 3
        fetch(NAME)
        assert len(server.requests) == 3

    def test_a_damaged_file_is_fetched_again(self, server: Server, registered: Path) -> None:
        """Only the file whose sum is wrong."""
        fetch(NAME)
        damaged = registered / "xx_small-ud-dev.conllu"
        damaged.write_bytes(damaged.read_bytes()[:-1])
        fetch(NAME)
        assert server.requests[3:] == [("xx_small-ud-dev.conllu", None)]
        assert damaged.read_bytes() == server.files[damaged.name]

    @pytest.mark.parametrize("lengths", [True, False])
    def test_goes_on_where_the_connection_broke(
        self, server: Server, registered: Path, lengths: bool
    ) -> None:
        """What has arrived is kept, the error says so, and only the rest is sent."""
        server.cut, server.lengths = 2 * download.PIECE, lengths
        with pytest.raises(DataError) as caught:
            fetch(NAME)
        host = server.url.split("/")[2]
        whole = len(server.files["xx_small-ud-train.conllu"])
        assert str(caught.value) == (
            f"The connection to {host} broke after 0.1 MB of {whole / 1e6:.1f} MB of "
            "xx_small-ud-train.conllu; "
            "what has arrived is kept: fetch again to go on from there."
        )
        assert [path.name for path in registered.iterdir()] == ["xx_small-ud-train.conllu.part"]
        server.cut = None
        fetch(NAME)
        assert server.requests[1] == ("xx_small-ud-train.conllu", "bytes=131072-")
        assert server.sent[:2] == [131_072, whole - 131_072]
        assert {path.name: path.read_bytes() for path in registered.iterdir()} == server.files

    @pytest.mark.parametrize("how", ["ignored", "shifted"])
    def test_starts_over_where_the_server_does_not_know_ranges(
        self, server: Server, registered: Path, how: str
    ) -> None:
        """Neither the whole file nor another part of it is appended to what is here."""
        registered.mkdir(parents=True)
        body = server.files["xx_small-ud-train.conllu"]
        registered.joinpath("xx_small-ud-train.conllu.part").write_bytes(body[:1000])
        server.ranges, server.shifted = how != "ignored", how == "shifted"
        fetch(NAME)
        assert server.requests[0] == ("xx_small-ud-train.conllu", "bytes=1000-")
        assert {path.name: path.read_bytes() for path in registered.iterdir()} == server.files

    def test_a_part_that_is_complete_is_not_asked_for(
        self, server: Server, registered: Path
    ) -> None:
        """A run that was killed at the very end costs nothing."""
        registered.mkdir(parents=True)
        body = server.files["xx_small-ud-train.conllu"]
        registered.joinpath("xx_small-ud-train.conllu.part").write_bytes(body)
        fetch(NAME)
        assert len(server.requests) == 2

    def test_a_part_that_is_too_long_is_discarded(self, server: Server, registered: Path) -> None:
        """It cannot be the start of the file."""
        registered.mkdir(parents=True)
        body = server.files["xx_small-ud-train.conllu"]
        registered.joinpath("xx_small-ud-train.conllu.part").write_bytes(body + b"x")
        fetch(NAME)
        assert server.requests[1] == ("xx_small-ud-train.conllu", None)
        assert {path.name: path.read_bytes() for path in registered.iterdir()} == server.files

    @pytest.mark.parametrize("how", ["the file", "the part", "a longer file"])
    def test_a_wrong_sum_is_discarded(self, server: Server, registered: Path, how: str) -> None:
        """Whether the server has another file or what was kept is damaged, nothing is left."""
        name = "xx_small-ud-train.conllu"
        body = server.files[name]
        if how == "the part":
            registered.mkdir(parents=True)
            registered.joinpath(f"{name}.part").write_bytes(b"x" * 1000)
        else:
            server.files[name] = b"x" * (len(body) + 100_000 * (how == "a longer file"))
            server.lengths = how != "a longer file"
        with pytest.raises(DataError) as caught:
            fetch(NAME)
        assert str(caught.value) == (
            f"{name} from {server.url.split('/')[2]} is not the file asked for: its SHA-256 sum is "
            "wrong, so it was discarded. Try again, in case it was damaged."
        )
        assert list(registered.iterdir()) == []
        server.files[name] = body
        fetch(NAME)
        assert load(NAME).train == load("small").train

    @pytest.mark.parametrize(
        ("status", "said"),
        [
            (404, "answers 404 Not Found for {url}: check the address."),
            (503, "answers 503 Service Unavailable for {url}: try again later."),
            (429, "answers 429 Too Many Requests for {url}: try again later."),
        ],
    )
    def test_a_status_that_is_an_error(
        self, server: Server, registered: Path, status: int, said: str
    ) -> None:
        """The status, the address, and what to do; what has arrived before is kept."""
        registered.mkdir(parents=True)
        part = registered / "xx_small-ud-train.conllu.part"
        part.write_bytes(b"1\t")
        server.status = status
        with pytest.raises(DataError) as caught:
            fetch(NAME)
        said = said.format(url=f"{server.url}/xx_small-ud-train.conllu")
        assert str(caught.value) == f"{server.url.split('/')[2]} {said}"
        assert part.read_bytes() == b"1\t"

    def test_a_host_that_cannot_be_reached(self, registered: Path) -> None:
        """One sentence; nothing is lost."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            host = f"127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(DataError) as caught:
            fetch(NAME, url=f"http://{host}/")
        assert str(caught.value) == (
            f"{host} cannot be reached: check the network and try again; what has arrived before "
            "is kept."
        )

    def test_a_host_that_never_answers(
        self, registered: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Waiting has an end."""
        monkeypatch.setattr(download, "TIMEOUT", (0.1, 0.1))
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            with pytest.raises(DataError, match="cannot be reached"):
                fetch(NAME, url=f"http://127.0.0.1:{silent.getsockname()[1]}")

    def test_an_address_that_is_none(self, registered: Path) -> None:
        """One sentence."""
        with pytest.raises(DataError, match=r"^nonsense/xx_small-ud-train.conllu cannot be fetch"):
            fetch(NAME, url="nonsense")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
    def test_a_disk_that_is_full(self, registered: Path) -> None:
        """One sentence, with the file."""
        registered.mkdir(parents=True)
        registered.joinpath("xx_small-ud-train.conllu.part").symlink_to("/dev/full")
        with pytest.raises(DataError) as caught:
            fetch(NAME)
        assert str(caught.value) == (
            f"{registered / 'xx_small-ud-train.conllu'} cannot be written: No space left on "
            "device; what has arrived is kept."
        )

    def test_a_folder_that_cannot_be_made(self, registered: Path) -> None:
        """One sentence, with the folder."""
        registered.parent.write_text("a file where the cache should be")
        with pytest.raises(DataError, match=r"cannot be written: .*; what has arrived is kept\.$"):
            fetch(NAME)

    @pytest.mark.parametrize("library", ["pooch", "requests"])
    def test_without_the_extra_it_says_what_to_install(
        self, registered: Path, monkeypatch: pytest.MonkeyPatch, library: str
    ) -> None:
        """A library that is missing is one sentence."""
        monkeypatch.setitem(sys.modules, library, None)
        with pytest.raises(DataError, match=rf"^Treebanks that are not shipped need {library}: "):
            fetch(NAME)

    def test_the_small_one_is_always_here(self, cache: Path) -> None:
        """Nothing is downloaded for it."""
        assert fetch("small") == SMALL
        assert not cache.exists()


class TestFetchingWhatIsNotRegistered:
    """Any treebank of UD: its address, and the code of its files."""

    def test_by_its_address_and_its_code(self, server: Server, cache: Path) -> None:
        """It is fetched, and then loads by its name, whatever that is."""
        fetch("UD_Mine", url=server.url, code="xx_small")
        assert load("UD_Mine").dev == load("small").dev
        assert [entry.name for entry in treebanks.listed()] == [
            "small",
            "UD_English-EWT",
            "UD_Mine",
        ]

    def test_parts_of_two_attempts_are_never_put_together(
        self, server: Server, cache: Path
    ) -> None:
        """Nothing could tell that they do not fit: it starts over."""
        server.cut = 1000
        with pytest.raises(DataError, match="broke after"):
            fetch("UD_Mine", url=server.url, code="xx_small")
        server.cut = None
        fetch("UD_Mine", url=server.url, code="xx_small")
        assert server.requests[1] == ("xx_small-ud-train.conllu", None)

    @pytest.mark.parametrize(
        ("name", "url", "code", "said"),
        [
            ("UD_Mine", None, None, "UD_Mine is not registered (UD_English-EWT): give the address"),
            ("UD_Mine", "http://x", None, "UD_Mine is not registered"),
            ("../mine", "http://x", "xx", "'../mine' is no name"),
            ("UD_Mine", "http://x", "../xx", "'../xx' is no name"),
        ],
    )
    def test_what_is_missing(
        self, cache: Path, name: str, url: str | None, code: str | None, said: str
    ) -> None:
        """One sentence; no name leads out of the cache."""
        with pytest.raises(DataError) as caught:
            fetch(name, url=url, code=code)
        assert str(caught.value).startswith(said)


class TestCommands:
    """`arcgrade data`, as its user meets it."""

    def test_fetch_from_a_mirror_is_verified(
        self, server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The mirror is named by a variable; a file that is not the registered one is refused."""
        server.files["en_ewt-ud-train.conllu"] = b"another"
        monkeypatch.setenv("ARCGRADE_TREEBANK_URL", server.url)
        done = arcgrade("data", "fetch", "UD_English-EWT")
        assert (done.returncode, done.stdout) == (2, "")
        host = server.url.split("/")[2]
        assert done.stderr == (
            f"arcgrade: en_ewt-ud-train.conllu from {host} is not the file asked for: "
            "it has 7 bytes instead of 14,203,025.\n"
        )
        assert list((cache / "UD_English-EWT").iterdir()) == []

    @pytest.mark.skipif(not EWT.is_dir(), reason="ARCGRADE_TREEBANKS names no folder with UD EWT")
    def test_fetch_ewt(
        self, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The whole of EWT from a mirror, broken once and taken up again."""
        monkeypatch.setenv("ARCGRADE_TREEBANKS", str(tmp_path))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        server.files = {path.name: path.read_bytes() for path in EWT.glob("*.conllu")}
        server.cut = 5_000_000
        command = ("data", "fetch", "UD_English-EWT", "--url", server.url)
        done = arcgrade(*command)
        assert "broke after 5.0 MB of 14.2 MB of en_ewt-ud-train.conllu;" in done.stderr
        server.cut = None
        done = arcgrade(*command)
        assert (done.returncode, done.stdout) == (
            *(0, f"UD_English-EWT is in {tmp_path / 'UD_English-EWT'}\n"),
        )
        assert done.stderr == (
            "en_ewt-ud-train.conllu: going on after 5.0 MB\n"
            "en_ewt-ud-train.conllu: 14.2 MB\n"
            "en_ewt-ud-dev.conllu: 1.8 MB\n"
            "en_ewt-ud-test.conllu: 1.8 MB\n"
        )

    def test_fetch_and_list(self, server: Server, cache: Path) -> None:
        """A fetched treebank is listed with its folder, one that is not with the command."""
        done = arcgrade("data", "fetch", "UD_Mine", "--url", server.url, "--code", "xx_small")
        assert (done.returncode, done.stdout) == (0, f"UD_Mine is in {cache / 'UD_Mine'}\n")
        assert "xx_small-ud-train.conllu: 0." in done.stderr
        done = arcgrade("data", "list")
        assert done.returncode == 0, done.stderr
        small, ewt, mine = done.stdout.splitlines()
        assert small.split() == ["small", "0.7", "MB", "MIT", str(SMALL)]
        assert ewt.endswith(
            "17.8 MB  CC BY-SA 4.0       not here: arcgrade data fetch UD_English-EWT"
        )
        assert mine.endswith(str(cache / "UD_Mine"))

    @pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT to send to a process")
    def test_interrupted_by_its_user(self, server: Server, cache: Path) -> None:
        """Ctrl-C ends it with one line; what has arrived is kept, and nothing else is left."""
        server.cut = 2 * download.PIECE
        server.silent.clear()
        command = [sys.executable, "-m", "autograder", "data", "fetch", "UD_English-EWT"]
        part = cache / "UD_English-EWT" / "en_ewt-ud-train.conllu.part"
        server.files[part.stem] = bytes(14_203_025)
        running = subprocess.Popen(
            [*command, "--url", server.url], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        deadline = time.monotonic() + 60
        while not (part.exists() and part.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=60)
        server.silent.set()
        assert (running.returncode, errors) == (
            *(130, "arcgrade: interrupted; what has arrived is kept.\n"),
        )
        assert [path.name for path in part.parent.iterdir()] == [part.name]

    def test_what_cannot_be_had_is_one_sentence_and_status_2(self, cache: Path) -> None:
        """No traceback, nothing on stdout."""
        done = arcgrade("data", "fetch", "UD_Nowhere")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("arcgrade: UD_Nowhere is not registered (UD_English-EWT): ")
        assert done.stderr.count("\n") == 1


class TestProgress:
    """How far a download is, for people and for logs."""

    def test_bars_in_a_terminal(self) -> None:
        """The name, the bytes and the share of the whole."""
        screen = io.StringIO()
        console = Console(file=screen, force_terminal=True, width=100)
        with DownloadLine(console) as line:
            line.update("train.conllu", 0, 2_000_000)
            line.update("train.conllu", 1_000_000, 2_000_000)
            line.update("train.conllu", 2_000_000, 2_000_000)
        assert "train.conllu" in screen.getvalue()
        assert "2.0/2.0 MB" in screen.getvalue()

    def test_lines_elsewhere(self) -> None:
        """A line for what is taken up, and one at the end of each file."""
        log = io.StringIO()
        with DownloadLine(Console(file=log, width=20)) as line:
            for done in (500_000, 1_000_000, 2_000_000):
                line.update("a[b]-train.conllu", done, 2_000_000)
            line.update("dev.conllu", 0, None)
            line.update("dev.conllu", 1, None)
        assert log.getvalue() == (
            "a[b]-train.conllu: going on after 0.5 MB\na[b]-train.conllu: 2.0 MB\n"
        )


def test_listing_shows_what_is_incomplete_as_not_here(registered: Path) -> None:
    """A treebank with a file missing cannot be loaded, so it is not here."""
    fetch(NAME)
    assert treebanks.listed()[1].folder == registered
    registered.joinpath("xx_small-ud-dev.conllu").unlink()
    size = sum(path.stat().st_size for path in SMALL.glob("*.conllu"))
    assert treebanks.listed()[1] == Listed(NAME, size, "MIT", None)
