"""The photos on the site (docs/formats.md §18): the pictures of the snapshot's folder as they are."""

from __future__ import annotations

import os
from pathlib import Path

from site_builder.output import Output

PREFIX = "photos"


class PhotoFiles:
    """Those beside the snapshots in `snapshots`; the worker puts there what pages show, and nothing else."""

    def __init__(self, snapshots: Path, output: Output) -> None:
        self._folder, self._output = snapshots / PREFIX, output
        self._stamp = -1
        self._files: set[str] = set()

    def write(self) -> None:
        """Writes every picture, for a whole site."""
        self._stamp, self._files = -1, set()
        self.grow()

    def grow(self) -> None:
        """Writes what has come and removes what has gone since the last time; one look where nothing has."""
        stamp = self._folder.stat().st_mtime_ns if self._folder.is_dir() else 0
        if stamp == self._stamp:
            return
        there = os.listdir(self._folder) if stamp else []  # noqa: PTH208  names are enough
        names = {name for name in there if not name.startswith(".")}
        for name in sorted(names - self._files):
            self._output.place(f"{PREFIX}/{name}", self._folder / name)
        for name in sorted(self._files - names):
            self._output.remove(f"{PREFIX}/{name}")
        self._stamp, self._files = stamp, names
