"""Where the published files are read: a folder, or a site at an address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

import requests

TIMEOUT = (10, 60)  # seconds to connect, to wait for more
MOST_BYTES = 64 << 20  # of a file that is read whole: nothing a site publishes comes near
MOST_LINE = 1 << 20
_CHUNK = 1 << 18


class SourceFailed(Exception):
    """The files can't be read now: no network, no such folder. Says nothing about what they hold."""


class Source(Protocol):
    """Read-only: `path` is that of a file below the site's root, without a leading slash."""

    def read(self, path: str) -> bytes | None:
        """The whole file, None where the site has none."""

    def lines(self, path: str) -> Iterator[bytes] | None:
        """The file's lines without their newlines, a few at a time in memory; None where the site has none."""


class Folder:
    """A site's folder on this machine."""

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise SourceFailed(f"{root} is not a folder")
        self.root = root

    def read(self, path: str) -> bytes | None:
        """See Source."""
        try:
            return (self.root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise SourceFailed(f"{self.root / path}: {error}") from error

    def lines(self, path: str) -> Iterator[bytes] | None:
        """See Source."""
        file = self.root / path
        return self._lines(file) if file.is_file() else None

    def _lines(self, file: Path) -> Iterator[bytes]:
        with file.open("rb") as content:
            yield from split_lines(iter(lambda: content.read(_CHUNK), b""))


class Address:
    """A site on the web, read through `session`."""

    def __init__(self, url: str, session: requests.Session) -> None:
        self.url, self.session = url.rstrip("/"), session

    def read(self, path: str) -> bytes | None:
        """See Source."""
        answer = self._get(path)
        if answer is None:
            return None
        with closing(answer):
            return b"".join(self._chunks(answer, MOST_BYTES))

    def lines(self, path: str) -> Iterator[bytes] | None:
        """See Source."""
        answer = self._get(path)
        return None if answer is None else self._lines(answer)

    def _lines(self, answer: requests.Response) -> Iterator[bytes]:
        with closing(answer):
            yield from split_lines(self._chunks(answer, 1 << 40))

    def _get(self, path: str) -> requests.Response | None:
        try:
            answer = self.session.get(f"{self.url}/{path}", timeout=TIMEOUT, stream=True)
            if answer.status_code in (requests.codes.not_found, requests.codes.gone):
                answer.close()
                return None
            answer.raise_for_status()
        except requests.RequestException as error:
            raise SourceFailed(f"{self.url}/{path}: {error}") from error
        return answer

    def _chunks(self, answer: requests.Response, most: int) -> Iterator[bytes]:
        read = 0
        try:
            for chunk in answer.iter_content(_CHUNK):
                read += len(chunk)
                if read > most:
                    raise SourceFailed(f"{answer.url}: the file is too large")
                yield chunk
        except requests.RequestException as error:
            raise SourceFailed(f"{answer.url}: {error}") from error


def split_lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The lines in these pieces of a file, without newlines; SourceFailed for one that does not end."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
        if len(rest) > MOST_LINE:
            raise SourceFailed("a line of the file has no end")
    if rest:
        yield rest
