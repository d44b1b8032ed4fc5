"""The public log on the site (docs/formats.md §11): the worker's files as they are, and where each leaf is found.

The worker writes a checkpoint last, so everything it needs is there when it is read. A tile never changes; a partial
one disappears once the full one is there. What `grow` costs depends on the growth, not on the log.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from civic.canonical import b64u_encode
from civic.log.checkpoint import Checkpoint, parse_note_unchecked
from civic.log.tiles import WIDTH, Tile, growth, outgrown, parse_tile, tile_path
from site_builder.failure import BuildFailure
from site_builder.output import Output

PREFIX = "log"


class LogFiles:
    """The log of the town whose snapshots are in `snapshots`; without a checkpoint there, it has none."""

    def __init__(self, snapshots: Path, output: Output) -> None:
        self._folder, self._output = snapshots / PREFIX, output
        self.vkey = ""  # its verifier key; set before the first file
        self._note, self._size = b"", 0

    def write(self) -> None:
        """Writes every file of the log, for a whole site."""
        self._note, self._size = b"", 0
        found = self._read()
        if found is None:
            return
        note, checkpoint = found
        for place, _, names in os.walk(self._folder / "tile"):
            for name in names:
                if not name.startswith("."):
                    self._copy((Path(place) / name).relative_to(self._folder).as_posix())
        for shard, lines in sorted(self._leaves(0, checkpoint.size).items()):
            self._put(f"find/{shard}.json", b"{" + b",".join(lines) + b"}")
        self._put("vkey", f"{self.vkey}\n".encode())
        self._finish(note, checkpoint.size)

    def grow(self) -> None:
        """Writes what has changed in the log since the last time."""
        found = self._read()
        if found is None or found[0] == self._note:
            return
        if not self._note:
            self.write()
            return
        note, checkpoint = found
        for tile in growth(self._size, checkpoint.size):
            self._copy_tile(tile)
        for shard, lines in sorted(self._leaves(self._size, checkpoint.size).items()):
            file = f"{PREFIX}/find/{shard}.json"
            # Leaves stand in the order of the log, so that a shard only grows at its end.
            before = self._output.read(file)[:-1] + b"," if file in self._output.records else b"{"
            self._output.write(file, before + b",".join(lines) + b"}")
        gone = [*outgrown(self._size, checkpoint.size)]
        self._finish(note, checkpoint.size)
        for folder in gone:
            self._remove(folder)

    def _finish(self, note: bytes, size: int) -> None:
        self._put("checkpoint", note)  # last: whoever reads it finds everything it speaks of
        self._note, self._size = note, size

    def _read(self) -> tuple[bytes, Checkpoint] | None:
        try:
            note = (self._folder / "checkpoint").read_bytes()
        except FileNotFoundError:
            return None
        try:
            return note, parse_note_unchecked(note.decode("utf-8"))
        except ValueError as error:
            raise BuildFailure(f"{self._folder}: the checkpoint can't be read: {error}") from error

    def _copy_tile(self, tile: Tile) -> None:
        """A tile with the partial ones of logs published meanwhile, where it is not full yet."""
        path = tile_path(tile.level, tile.index)
        if tile.width == WIDTH:
            self._copy(path)
            return
        for name in os.listdir(self._folder / f"{path}.p"):  # noqa: PTH208  names are enough
            if name.isdecimal():
                self._copy(f"{path}.p/{name}")

    def _copy(self, path: str) -> None:
        self._put(path, (self._folder / path).read_bytes())

    def _put(self, path: str, data: bytes) -> None:
        self._output.write(f"{PREFIX}/{path}", data)

    def _remove(self, folder: str) -> None:
        place = self._output.root / PREFIX / folder
        for name in sorted(os.listdir(place)) if place.is_dir() else ():  # noqa: PTH208  names are enough
            self._output.remove(f"{PREFIX}/{folder}/{name}")

    def _leaves(self, start: int, end: int) -> dict[str, list[bytes]]:
        """The leaves numbered start..end-1 by shard, as members of its JSON object."""
        shards: dict[str, list[bytes]] = {}
        for number, leaf in self._hashes(start, end):
            shards.setdefault(f"{leaf[0]:02x}", []).append(f'"{b64u_encode(leaf)}":{number}'.encode())
        return shards

    def _hashes(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        for index in range(start // WIDTH, -(-end // WIDTH)):
            tile = Tile(0, index, min(WIDTH, end - index * WIDTH))
            hashes = parse_tile((self._folder / tile.path).read_bytes(), tile.width)
            for number, leaf in enumerate(hashes, index * WIDTH):
                if number >= start:
                    yield number, leaf
