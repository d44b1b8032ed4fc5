"""The Merkle tree of RFC 6962 §2.1 over SHA-256: hashes, roots, and the two proofs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry as a leaf: the first byte tells it from a node, so that neither passes for the other."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours of a level as one node of the next."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_hash(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes, MTH of the RFC; SHA-256 of nothing for none."""
    return Tree(leaves).root()


def split(size: int) -> int:
    """The greatest power of two smaller than `size` (at least 2): where the RFC cuts a tree in two."""
    return 1 << (size - 1).bit_length() - 1


class Tree:
    """The hashes of every complete subtree, by height: 64 bytes a leaf, each proof a handful of look-ups.

    It only grows. Sizes and indexes asked for must lie within it: ValueError otherwise.
    """

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._heights: list[bytearray] = [bytearray()]
        for leaf in leaves:
            self.append(leaf)

    @property
    def size(self) -> int:
        """The number of leaves."""
        return len(self._heights[0]) // HASH_BYTES

    def append(self, leaf: bytes) -> None:
        """Adds one leaf hash, and every subtree that it completes."""
        if len(leaf) != HASH_BYTES:
            raise ValueError("a leaf hash has 32 bytes")
        number, height, node = self.size, 0, leaf
        self._heights[0] += node
        while number % 2:  # the right one of two: its parent is complete
            node = node_hash(bytes(self._heights[height][-2 * HASH_BYTES : -HASH_BYTES]), node)
            number, height = number // 2, height + 1
            if height == len(self._heights):
                self._heights.append(bytearray())
            self._heights[height] += node

    def hashes(self, height: int, start: int, end: int) -> bytes:
        """The hashes, one after the other, of the complete subtrees of 2^height leaves numbered start..end-1."""
        found = self._heights[height][start * HASH_BYTES : end * HASH_BYTES] if height < len(self._heights) else b""
        if len(found) != (end - start) * HASH_BYTES:
            raise ValueError("the tree is not that large")
        return bytes(found)

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves, over all for None."""
        size = self.size if size is None else self._within(size)
        return self._range(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that leaf `index` is in the tree of `size` leaves: PATH of RFC 6962 §2.1.1, from the leaf up."""
        if not 0 <= index < self._within(size):
            raise ValueError("no such leaf in a tree of this size")
        start, end, proof = 0, size, list[bytes]()
        while end - start > 1:
            middle = start + split(end - start)
            if index < middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        return proof[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of `old` leaves is a prefix of that of `new`: PROOF of RFC 6962 §2.1.2.

        Empty, for there is nothing to prove, where `old` is 0 or `new`.
        """
        if not 0 <= old <= self._within(new):
            raise ValueError("the older tree is not the larger one")
        if old in (0, new):
            return []
        start, end, proof = 0, new, list[bytes]()
        while end != old:
            middle = start + split(end - start)
            if old <= middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        if start:  # else the part that is left is the whole older tree, whose root the reader has
            proof.append(self._range(start, end))
        return proof[::-1]

    def _within(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise ValueError("the tree is not that large")
        return size

    def _range(self, start: int, end: int) -> bytes:
        """MTH(D[start:end]) where `start` is a multiple of every power of two that fits, as in all cuts of the RFC."""
        parts: list[bytes] = []
        while start < end:
            height = (end - start).bit_length() - 1
            parts.append(self.hashes(height, start >> height, (start >> height) + 1))
            start += 1 << height
        node = parts.pop()
        while parts:
            node = node_hash(parts.pop(), node)
        return node
