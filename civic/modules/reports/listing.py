"""A list of reports cut in blocks whose addresses never change; the first page holds the last two blocks."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import NamedTuple

BLOCK = 25


class Cut(NamedTuple):
    """One page of a list: its numbers oldest first; `block` is 0 for the first page; neighbours -1 for none."""

    block: int
    numbers: list[int]
    newer: int  # block of the page before, 0 for the first one
    older: int


class Listing:
    """Numbers in order, with what a change of them moves."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    def add(self, number: int) -> set[int]:
        """Takes a number; the blocks whose pages differ now."""
        last = self.last
        insort(self.numbers, number)
        return self._moved(bisect_left(self.numbers, number), last)

    def remove(self, number: int) -> set[int]:
        """Gives a number back; the blocks whose pages differ now."""
        last, place = self.last, bisect_left(self.numbers, number)
        del self.numbers[place]
        return self._moved(place, last)

    def block_of(self, number: int) -> int:
        """The block that holds `number`."""
        return bisect_left(self.numbers, number) // BLOCK + 1

    @property
    def last(self) -> int:
        """The number of blocks."""
        return (len(self.numbers) + BLOCK - 1) // BLOCK

    def _moved(self, place: int, last_before: int) -> set[int]:
        moved = set(range(place // BLOCK + 1, self.last + 1)) | {max(1, self.last)}
        if self.last != last_before:
            # A block leaves the first page or comes back to it, and the page before it leads elsewhere.
            moved |= {one for one in range(min(self.last, last_before) - 3, self.last + 1) if one > 0}
        return moved

    def pages(self, blocks: set[int] | None) -> Iterator[Cut]:
        """The pages that hold one of `blocks`, all of them for None; there is always a first one."""
        apart = max(0, self.last - 2)  # blocks that have a page of their own
        if blocks is None or any(one > apart for one in blocks):
            yield Cut(0, self.numbers[apart * BLOCK :], -1, apart or -1)
        for block in range(1, apart + 1) if blocks is None else sorted(one for one in blocks if one <= apart):
            numbers = self.numbers[(block - 1) * BLOCK : block * BLOCK]
            yield Cut(block, numbers, block + 1 if block < apart else 0, block - 1 or -1)
