"""The folder of the site: files appear whole, by rename; one that already has its bytes is left alone.

A first site is written beside what will be its place (`.new/` inside the folder, so on the same disk) and then moved
there; later files are replaced one by one. A file's compressed copies are written before the file itself. So a file
that has the right bytes has the right copies, wherever the program was cut off, and no state is kept elsewhere.
"""
# Paths are text here: this is the path of a vote, and ten thousand are written in a build.
# ruff: noqa: PTH103, PTH104, PTH106, PTH108, PTH123, PTH208

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from site_builder import compression
from site_builder.failure import BuildFailure

MARK = "_headers"  # every site has it; a folder with other files and without it is not ours to clean
_COPIES = (".br", ".gz")
_NEW = ".new"
SLICE = 1 << 17  # bytes made smaller at one `settle`: a fifth of a second, which is what a vote may have to wait


class Written(NamedTuple):
    """What one process tells another of the files it wrote; fields as in Output."""

    records: dict[str, bytes]
    waiting: dict[str, None]
    changed: set[str]


class Output:
    """`records` is the digest last written for each file; `changed` the files that differ since last taken."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._place = str(root)  # where files are written: the root, or a first site's place
        self._is_whole = False  # between `begin` and `finish`
        self.is_compressed = False  # whether copies are written; set before the first file
        self.records: dict[str, bytes] = {}
        self.waiting: dict[str, None] = {}  # files whose copies are not the last word, oldest first
        self._claimed: set[str] = set()  # files written since `begin`, whether they differed or not
        self._changed: set[str] = set()
        self._folders: set[str] = set()

    def begin(self) -> None:
        """Begins a whole site, which `finish` ends; BuildFailure if the folder holds something that is not ours."""
        strangers = self._strangers()
        if strangers and not (self.root / MARK).is_file():
            raise BuildFailure(f"{self.root} is not a site made by this program: it holds '{min(strangers)}'")
        shutil.rmtree(self.root / _NEW, ignore_errors=True)
        self._is_whole = True
        # What the folder holds is looked at again: somebody may have deleted a file of it, or all.
        self.records, self.waiting, self._claimed, self._folders = {}, {}, set(), set()
        if not strangers:
            self._place = str(self.root / _NEW)

    def _strangers(self) -> list[str]:
        return [name for name in os.listdir(self.root) if not name.startswith(".")] if self.root.is_dir() else []

    @property
    def _is_first(self) -> bool:
        return self._place != str(self.root)

    def write(self, file: str, data: bytes) -> bool:
        """Makes `data` the content of `file`; False if it already was.

        Outside of a whole site, which is a vote's path, its gzip copy is left for `shrink`: nearly everybody takes the
        Brotli one.
        """
        self._claimed.add(file)
        digest = hashlib.blake2b(data, digest_size=16).digest()
        before = self.records.get(file)
        if before == digest:
            return False
        self.records[file] = digest
        has_copies = self.is_compressed and compression.is_compressible(file)
        if before is None and not self._is_first and self._is_there(file, data, has_copies=has_copies):
            return False
        if has_copies:
            self._replace_copy(f"{file}.br", compression.quick(data))
            if self._is_whole:
                self._replace_copy(f"{file}.gz", compression.gzip(data))
            else:
                self._drop(f"{file}.gz")
            self.waiting[file] = None
        self._replace(file, data)
        self._changed.add(file)
        return True

    def place(self, file: str, source: Path) -> bool:
        """Makes `file` a copy of `source`, which may be larger than memory; False if it already was. No copies of it.

        `source` must not change meanwhile but by being replaced whole.
        """
        self._claimed.add(file)
        with source.open("rb") as content:
            digest = _digest(content)
            before = self.records.get(file)
            if before == digest:
                return False
            self.records[file] = digest
            there = Path(f"{self._place}/{file}")
            if before is None and there.is_file():
                with there.open("rb") as published:
                    if _digest(published) == digest:
                        return False
            there.parent.mkdir(parents=True, exist_ok=True)
            content.seek(0)
            with open(f"{there}~", "wb") as copy:
                shutil.copyfileobj(content, copy, 1 << 20)
        os.rename(f"{there}~", there)
        self._changed.add(file)
        return True

    def keep(self, file: str) -> bool:
        """Leaves a file that is there, whose name says what is in it, as it is; False where there is none."""
        try:
            digest = hashlib.blake2b((self.root / file).read_bytes(), digest_size=16).digest()
        except FileNotFoundError:
            return False
        self._claimed.add(file)
        self.records[file] = digest
        return True

    def _is_there(self, file: str, data: bytes, *, has_copies: bool) -> bool:
        path = self.root / file
        try:
            if path.read_bytes() != data:
                return False
            if has_copies:
                with Path(f"{path}.br").open("rb") as copy:
                    is_small = compression.is_small(copy.read(1))
                if not is_small or not Path(f"{path}.gz").is_file():
                    self.waiting[file] = None
        except FileNotFoundError:
            return False
        return True

    def _replace(self, file: str, data: bytes) -> None:
        path = f"{self._place}/{file}"
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            os.makedirs(folder, exist_ok=True)
            self._folders.add(folder)
        if self._is_first:
            _write(path, data)
        else:
            _write(f"{path}~", data)
            os.rename(f"{path}~", path)

    def _replace_copy(self, file: str, data: bytes) -> None:
        """As `_replace`, of a copy, which may be missing for a moment: whoever serves then takes the file itself.

        Some file systems flush a file to the disk when it replaces another by rename, and a vote would wait for that.
        """
        if not self._is_first:
            self._drop(file)
        self._replace(file, data)

    def _drop(self, file: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(f"{self._place}/{file}")

    def read(self, file: str) -> bytes:
        """The content of a file written before."""
        with open(f"{self._place}/{file}", "rb") as content:
            return content.read()

    def remove(self, file: str) -> None:
        """Removes a file, its copies, and the folders that are empty then."""
        if self.records.pop(file, None) is None:
            return
        self.waiting.pop(file, None)
        self._changed.add(file)
        for suffix in ("", *_COPIES):
            Path(f"{self.root}/{file}{suffix}").unlink(missing_ok=True)
        self._remove_empty((self.root / file).parent)

    def _remove_empty(self, folder: Path) -> None:
        while folder != self.root and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            self._folders.discard(str(folder))
            folder = folder.parent

    def finish(self) -> None:
        """Ends a whole site: what was not written since `begin` is removed, a first site moved to its place."""
        self._is_whole = False
        self.records = {file: digest for file, digest in self.records.items() if file in self._claimed}
        self.waiting = {file: None for file in self.waiting if file in self._claimed}
        if self._is_first:
            # The mark first: cut off here, the next build must know the folder for ours.
            for name in sorted(os.listdir(self._place), key=lambda name: (name != MARK, name)):
                os.rename(f"{self._place}/{name}", f"{self.root}/{name}")
            os.rmdir(self._place)
            self._place = str(self.root)
            self._folders = set()
        else:
            self._sweep()

    def _sweep(self) -> None:
        kept = set(self.records)
        if self.is_compressed:
            kept |= {f"{file}{copy}" for file in self.records if compression.is_compressible(file) for copy in _COPIES}
        root = str(self.root)
        for folder, folders, files in os.walk(root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in files:
                file = f"{folder}/{name}"[len(root) + 1 :]
                if file not in kept and not name.startswith("."):
                    os.unlink(f"{root}/{file}")
                    if not file.endswith((*_COPIES, "~")):
                        self._changed.add(file)
                    self._remove_empty(Path(folder))

    def shrink(self, limit: int = SLICE) -> None:
        """Makes the copies that `write` left, small ones, oldest first, until `limit` bytes were read."""
        while self.waiting and limit > 0:
            file = next(iter(self.waiting))
            data = self.read(file)
            self._replace(f"{file}.gz", compression.gzip(data))
            self._replace(f"{file}.br", compression.small(data))
            del self.waiting[file]
            limit -= len(data)

    def take_changed(self) -> list[str]:
        """Files written or removed since the last call, in order of their names; without compressed copies."""
        changed, self._changed = sorted(self._changed), set()
        return changed

    def written(self, files: set[str]) -> Written:
        """What another process must `absorb` to know of these files."""
        records = {file: self.records[file] for file in files}
        return Written(records, {file: None for file in files if file in self.waiting}, self._changed & files)

    def absorb(self, written: Written) -> None:
        """Takes over what a process of ours has written to the same folder."""
        self.records |= written.records
        self.waiting |= written.waiting
        self._changed |= written.changed
        self._claimed |= written.records.keys()


def _digest(content: BinaryIO) -> bytes:
    """As `write` keeps it, of a file that is read a piece at a time."""
    digest = hashlib.blake2b(digest_size=16)
    while piece := content.read(1 << 20):
        digest.update(piece)
    return digest.digest()


def _write(path: str, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
    finally:
        os.close(descriptor)
