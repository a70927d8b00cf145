"""Downloads a file: verified by its sum, and resumed where an earlier attempt was interrupted."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from data.errors import DataError

Progress = Callable[[str, int, "int | None"], None]
"""Told the name of a file, the bytes that are here, and how many there will be, where known."""

# Seconds to connect, and between two pieces of the answer.
TIMEOUT = (10.0, 30.0)
PIECE = 1 << 16


def download(
    url: str, target: Path, progress: Progress, sha256: str | None = None, size: int | None = None
) -> None:
    """Put the file at an address to `target`, unless it is there and its sum is right.

    What arrives is kept in a `.part` file beside it until all of it is there and its sum is right.
    Without a known sum, the parts of two attempts are never put together.

    Raises:
        DataError: the file cannot be had, or is another one; the sentence says what to do.
    """
    try:
        import pooch
        import requests
    except ModuleNotFoundError as error:
        raise missing(error) from None
    pooch.get_logger().setLevel("WARNING")  # we tell the progress ourselves
    host = urlsplit(url).netloc or url
    fetcher = _Resuming(target, progress, size)
    if sha256 is None:
        fetcher.part.unlink(missing_ok=True)
    try:
        pooch.retrieve(
            url,
            known_hash=f"sha256:{sha256}" if sha256 else None,
            fname=target.name,
            path=target.parent,
            downloader=fetcher,
        )
    except requests.HTTPError as error:
        status, reason = error.response.status_code, error.response.reason
        advice = "try again later" if status >= 500 or status == 429 else "check the address"
        raise DataError(f"{host} answers {status} {reason} for {url}: {advice}.") from None
    except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError):
        if fetcher.streaming:
            raise fetcher.interrupted(host) from None
        raise DataError(
            f"{host} cannot be reached: check the network and try again; "
            "what has arrived before is kept."
        ) from None
    except requests.RequestException as error:
        raise DataError(f"{url} cannot be fetched: {error}.") from None
    except OSError as error:
        where = error.filename or target
        raise DataError(
            f"{where} cannot be written: {error.strerror or error}; what has arrived is kept."
        ) from None
    except ValueError:  # from pooch, which has discarded the file
        reason = "its SHA-256 sum is wrong, so it was discarded. Try again, in case it was damaged"
        raise fetcher.another(url, reason) from None


class _Resuming:
    """A downloader for pooch that goes on after what a `.part` file already holds."""

    def __init__(self, target: Path, progress: Progress, size: int | None) -> None:
        self.name = target.name
        self.part = target.with_name(target.name + ".part")
        self.progress = progress
        self.size = size
        self.streaming = False  # whether the server has begun to send

    def __call__(
        self, url: str, output_file: Any, pooch: Any, check_only: bool | None = False
    ) -> None:
        """Fetch what is missing, then hand the whole to pooch, which compares its sum."""
        if self.size is None or self.length() != self.size:
            self.stream(url)
        os.replace(self.part, output_file)

    def length(self) -> int:
        """The bytes that are here."""
        return self.part.stat().st_size if self.part.exists() else 0

    def stream(self, url: str) -> None:
        """Append what is missing, or start over where the server does not know ranges."""
        import requests

        here = self.length()
        # Not compressed: a range would be one of the compressed bytes.
        headers = {"Accept-Encoding": "identity"}
        if here:
            headers["Range"] = f"bytes={here}-"
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as answer:
            starts = answer.headers.get("Content-Range", "").startswith(f"bytes {here}-")
            if here and (answer.status_code == 416 or (answer.status_code == 206 and not starts)):
                self.part.unlink()  # longer than the file, or the answer is another range
                self.stream(url)
                return
            answer.raise_for_status()
            resumed = answer.status_code == 206
            done = here if resumed else 0
            length = answer.headers.get("Content-Length", "")
            announced = done + int(length) if length.isdecimal() else None
            if self.size is not None and announced not in (None, self.size):
                raise self.another(url, f"it has {announced:,} bytes instead of {self.size:,}")
            total = self.size or announced
            self.streaming = True
            self.progress(self.name, done, total)
            with self.part.open("ab" if resumed else "wb") as file:
                for piece in answer.iter_content(PIECE):
                    file.write(piece)
                    done += len(piece)
                    self.progress(self.name, done, total)
                    if total is not None and done > total:
                        break  # another file: its sum will be wrong
        if total is not None and done < total:
            raise requests.ConnectionError("the answer ended early")

    def another(self, url: str, reason: str) -> DataError:
        """What to say when the server has another file, or what arrived is damaged."""
        host = urlsplit(url).netloc
        return DataError(f"{self.name} from {host} is not the file asked for: {reason}.")

    def interrupted(self, host: str) -> DataError:
        """What to say when the connection broke midway."""
        of = f" of {megabytes(self.size)}" if self.size else ""
        return DataError(
            f"The connection to {host} broke after {megabytes(self.length())}{of} of {self.name}; "
            "what has arrived is kept: fetch again to go on from there."
        )


def missing(error: ModuleNotFoundError) -> DataError:
    """What to install when a library of the extra `train` is not there."""
    return DataError(
        f"Treebanks that are not shipped need {error.name}: "
        "install it with `pip install 'arcgrade[train]'`."
    )


def megabytes(size: int) -> str:
    """A size as people read it."""
    return f"{size / 1e6:.1f} MB"
