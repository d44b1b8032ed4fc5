"""The files of a log, as C2SP tlog-tiles has them: tiles of 256 hashes, bundles of 256 entries.

tile/<level>/<index>           the hashes of 256 complete subtrees of 256^level leaves
tile/<level>/<index>.p/<width> its first <width> hashes, while there are no more
tile/entries/<index>[.p/…]     the entries themselves: 2 bytes of length, big-endian, then the entry
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

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


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Every tile of a log of `size` entries as (level, index, width), bundles first."""
    for level, _, count in _levels(0, size):
        yield from ((level, index, width) for index, width in _tiles(0, count))


def new_files(
    tree: Tree, entries_of: Callable[[int, int], Sequence[bytes]], old_size: int, new_size: int
) -> Iterator[tuple[str, bytes]]:
    """The files (path, content) that a log has at `new_size` and did not have at `old_size`, bundles first.

    `entries_of(start, end)` gives the entries numbered start..end-1. What it costs depends on the growth alone.
    """
    for level, before, count in _levels(old_size, new_size):
        for index, width in _tiles(before, count):
            start = index * WIDTH
            if level == ENTRIES:
                yield tile_path(level, index, width), bundle(entries_of(start, start + width))
            else:
                yield tile_path(level, index, width), tree.hashes(level * _HEIGHT, start, start + width)


def outgrown(old_size: int, new_size: int) -> Iterator[str]:
    """The folders of partial tiles ("tile/0/000.p") that nobody needs once the files of `new_size` are there.

    The tiles that were partial at `old_size` and are full at `new_size`; the specification allows to delete them.
    """
    for level, before, count in _levels(old_size, new_size):
        index, width = divmod(before, WIDTH)
        if width and count // WIDTH > index:
            yield f"{tile_path(level, index)}.p"


def _levels(old_size: int, new_size: int) -> Iterator[tuple[int, int, int]]:
    """The levels that differ, with the number of hashes they had and have."""
    if old_size < new_size:
        yield ENTRIES, old_size, new_size
    level, before, count = 0, old_size, new_size
    while before < count:
        yield level, before, count
        level, before, count = level + 1, before // WIDTH, count // WIDTH


def _tiles(before: int, count: int) -> Iterator[tuple[int, int]]:
    """The tiles (index, width) of a level that differ when it grows from `before` to `count` hashes."""
    for index in range(before // WIDTH, -(-count // WIDTH)):
        yield index, min(WIDTH, count - index * WIDTH)
