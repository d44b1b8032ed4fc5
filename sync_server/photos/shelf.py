"""The photos of an installation as files, a folder a space, each named by its hash in hexadecimal.

`coming/<hash>.part` grows piece by piece; `coming/<hash>.sent` is whole and has the hash; `<hash>-1200.webp` and
`-480.webp` are the pictures made of it, the only ones that ever leave the machine. Several processes may share the
folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from civic.photos import LARGE, MOST_BYTES, SMALL, file_name, parse_digest
from civic.refusals import Code, Refused

COMING = "coming"  # apart, so that looking for news costs nothing that grows with the pictures there are
PART, SENT = ".part", ".sent"
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


class OffsetWrong(Exception):
    """A piece does not go on where the photo ends so far: at `offset`."""

    def __init__(self, offset: int) -> None:
        super().__init__(str(offset))
        self.offset = offset


class PhotoShelf:
    """The folder `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def sent(self, space: str, sha256: str) -> Path:
        """Where a photo is that has come whole, until its pictures are made."""
        return self._file(space, sha256, SENT)

    def has_sent(self) -> bool:
        """Whether any photo waits for its pictures, in any space."""
        return next(self.root.glob(f"*/{COMING}/*{SENT}"), None) is not None

    def picture(self, space: str, sha256: str, side: int) -> Path:
        """Where a picture is, or will be."""
        return self.root / space / file_name(sha256, side)

    def has_pictures(self, space: str, sha256: str) -> bool:
        """Whether both are there."""
        return all(self.picture(space, sha256, side).is_file() for side in (LARGE, SMALL))

    def offset(self, space: str, sha256: str) -> int:
        """How many bytes of a photo have come so far."""
        try:
            return self._file(space, sha256, PART).stat().st_size
        except FileNotFoundError:
            return 0

    def add(self, space: str, sha256: str, offset: int, length: int, piece: bytes) -> int:
        """Adds `piece` at `offset` to a photo of `length` bytes; how many there are now, durable where that is all.

        OffsetWrong where it does not go on there. Refused TOO_LARGE; BAD_PHOTO where it is no JPEG, PNG or WebP;
        PHOTO_CHANGED where all has come and is not what was signed: then it begins again.
        """
        if length > MOST_BYTES or offset + len(piece) > length:
            raise Refused(Code.TOO_LARGE)
        part = self._file(space, sha256, PART)
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # page and service worker, or two tabs, may send the same piece
            if not part.exists() or os.fstat(file.fileno()).st_size != offset:
                raise OffsetWrong(self.offset(space, sha256))
            if offset == 0 and not _is_picture(piece):
                part.unlink()
                raise Refused(Code.BAD_PHOTO)
            file.write(piece)
            file.flush()
            if offset + len(piece) == length:
                self._finish(part, self.sent(space, sha256), sha256)
        return offset + len(piece)

    def _finish(self, part: Path, sent: Path, sha256: str) -> None:
        if hashlib.sha256(part.read_bytes()).digest() != parse_digest(sha256):
            part.unlink()
            raise Refused(Code.PHOTO_CHANGED)
        _flush(part)
        part.replace(sent)
        _flush(sent.parent)

    def keep_only(self, space: str, hashes: Collection[str]) -> None:
        """Removes what is there of any photo that is not among `hashes`."""
        kept = {_hexadecimal(one) for one in hashes}
        for file in self.files(space):
            if file.name[:64] not in kept:
                file.unlink(missing_ok=True)

    def files(self, space: str) -> Iterator[Path]:
        """Every file of a space."""
        for folder in (self.root / space, self.root / space / COMING):
            yield from (sorted(one for one in folder.iterdir() if one.is_file()) if folder.is_dir() else ())

    def _file(self, space: str, sha256: str, suffix: str) -> Path:
        return self.root / space / COMING / f"{_hexadecimal(sha256)}{suffix}"


def _hexadecimal(sha256: str) -> str:
    return (parse_digest(sha256) or b"").hex()


def _is_picture(piece: bytes) -> bool:
    is_webp = piece[:4] == b"RIFF" and piece[8:12] == b"WEBP"
    return is_webp or piece.startswith(_MAGIC)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
