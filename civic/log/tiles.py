"""The files of a log, as C2SP tlog-tiles has them: tiles of 256 hashes, bundles of 256 entries.

tile/<level>/<index>           the hashes of 256 complete subtrees of 256^level leaves
tile/<level>/<index>.p/<width> its first <width> hashes, while there are no more
tile/entries/<index>[.p/…]     the entries themselves: 2 bytes of length, big-endian, then the entry
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from civic.log.tree import HASH_BYTES, Tree

WIDTH = 256
ENTRIES = -1  # the level whose tiles are bundles of entries
MAX_ENTRY = 0xFFFF
_HEIGHT = 8  # of the subtree in a tile


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """The path of a tile below the log's prefix: "tile/0/x001/067.p/3"; level -1 is "tile/entries/…"."""
    groups = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        groups.append(f"x{index % 1000:03d}")
    place = "entries" if level == ENTRIES else str(level)
    return f"tile/{place}/{'/'.join(reversed(groups))}" + ("" if width == WIDTH else f".p/{width}")


def bundle(entries: Iterable[bytes]) -> bytes:
    """The bundle of these entries; ValueError for one that is longer than 65,535 bytes."""
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise ValueError("an entry is too long for a bundle")
        parts.append(len(entry).to_bytes(2, "big"))
        parts.append(entry)
    return b"".join(parts)


def parse_bundle(data: bytes, width: int) -> list[bytes]:
    """The `width` entries of a bundle; ValueError unless it holds exactly so many, to the last byte."""
    entries, place = [], 0
    for _ in range(width):
        start = place + 2
        place = start + int.from_bytes(data[place:start], "big")
        if start > len(data) or place > len(data):
            raise ValueError("the bundle is cut short")
        entries.append(data[start:place])
    if place != len(data):
        raise ValueError("the bundle goes on after its last entry")
    return entries


def parse_tile(data: bytes, width: int) -> list[bytes]:
    """The `width` hashes of a tile; ValueError unless it holds exactly so many."""
    if len(data) != width * HASH_BYTES:
        raise ValueError("the tile has another width")
    return [data[place : place + HASH_BYTES] for place in range(0, len(data), HASH_BYTES)]


@dataclass(frozen=True, slots=True)
class Tile:
    """Which file of a log: level (ENTRIES for a bundle), index in the level, and how many hashes or entries it has."""

    level: int
    index: int
    width: int

    @property
    def path(self) -> str:
        """Where it lies, see `tile_path`."""
        return tile_path(self.level, self.index, self.width)


def growth(old_size: int, new_size: int) -> Iterator[Tile]:
    """The tiles that a log has at `new_size` and did not have at `old_size`, bundles first."""
    for level, before, count in _levels(old_size, new_size):
        for index in range(before // WIDTH, -(-count // WIDTH)):
            yield Tile(level, index, min(WIDTH, count - index * WIDTH))


def partial_tiles(size: int) -> Iterator[Tile]:
    """The tiles of a log of this size that are not full."""
    for level, _, count in _levels(0, size):
        if count % WIDTH:
            yield Tile(level, count // WIDTH, count % WIDTH)


def is_outgrown(tile: Tile, size: int) -> bool:
    """Whether a partial tile is full in a log of this size: then nobody needs the partial one any more."""
    count = size >> _HEIGHT * max(tile.level, 0)
    return tile.width < WIDTH and count // WIDTH > tile.index


def outgrown(old_size: int, new_size: int) -> Iterator[str]:
    """The folders ("tile/0/000.p") of the tiles that were partial at `old_size` and are full at `new_size`.

    The specification allows to delete them once the full tile is there: so the number of files stays bounded.
    """
    for tile in partial_tiles(old_size):
        if is_outgrown(tile, new_size):
            yield f"{tile_path(tile.level, tile.index)}.p"


def tile_content(tree: Tree, entries_of: Callable[[int, int], Sequence[bytes]], tile: Tile) -> bytes:
    """The bytes of a tile; `entries_of(start, end)` gives the entries numbered start..end-1."""
    start = tile.index * WIDTH
    if tile.level == ENTRIES:
        return bundle(entries_of(start, start + tile.width))
    return tree.hashes(tile.level * _HEIGHT, start, start + tile.width)


def new_files(
    tree: Tree, entries_of: Callable[[int, int], Sequence[bytes]], old_size: int, new_size: int
) -> Iterator[tuple[str, bytes]]:
    """The files (path, content) of `growth`. What it costs depends on the growth alone."""
    for tile in growth(old_size, new_size):
        yield tile.path, tile_content(tree, entries_of, tile)


def _levels(old_size: int, new_size: int) -> Iterator[tuple[int, int, int]]:
    """The levels that differ, with the number of hashes they had and have."""
    if old_size < new_size:
        yield ENTRIES, old_size, new_size
    level, before, count = 0, old_size, new_size
    while before < count:
        yield level, before, count
        level, before, count = level + 1, before // WIDTH, count // WIDTH
