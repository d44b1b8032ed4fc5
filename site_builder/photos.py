"""The photos on the site (docs/formats.md §18): the pictures of the snapshot's folder as they are."""

from __future__ import annotations

import os
from pathlib import Path

from civic.privacy import SEALED, photos_folder
from site_builder.output import Output
from site_builder.sealing import Seal

PREFIX = "photos"


class PhotoFiles:
    """Those beside the snapshots in `snapshots`; the worker puts there what pages show, and nothing else."""

    def __init__(self, snapshots: Path, output: Output) -> None:
        self.folder, self.output = snapshots / PREFIX, output
        self._stamp = -1
        self._files: set[str] = set()

    def write(self) -> None:
        """Writes every picture, for a whole site."""
        self._stamp, self._files = -1, set()
        self.grow()

    def grow(self) -> None:
        """Writes what has come and removes what has gone since the last time; one look where nothing has."""
        stamp = self.folder.stat().st_mtime_ns if self.folder.is_dir() else 0
        if stamp == self._stamp:
            return
        there = os.listdir(self.folder) if stamp else []  # noqa: PTH208  names are enough
        names = {name for name in there if not name.startswith(".")}
        for name in sorted(names - self._files):
            self.put(name)
        for name in sorted(self._files - names):
            self.output.remove(self.file_of(name))
        self._stamp, self._files = stamp, names

    def file_of(self, name: str) -> str:
        """The file of a picture on the site."""
        return f"{PREFIX}/{name}"

    def put(self, name: str) -> None:
        """Writes a picture."""
        self.output.place(self.file_of(name), self.folder / name)


class SealedPhotoFiles(PhotoFiles):
    """Those of a private consultation, which lie sealed beside its pages (docs/formats.md §30)."""

    def __init__(self, snapshots: Path, output: Output, seal: Seal, slug: str) -> None:
        super().__init__(snapshots, output)
        self.folder, self._seal, self._slug = snapshots / photos_folder(slug), seal, slug

    def file_of(self, name: str) -> str:
        """Likewise: neither what it shows nor what was signed follows from it."""
        return f"{self._seal.photo(self._slug, name)[1:]}{SEALED}"

    def put(self, name: str) -> None:
        """Seals a picture."""
        file = self.file_of(name)
        self.output.write(file, self._seal.close(file.removesuffix(SEALED), (self.folder / name).read_bytes()))
