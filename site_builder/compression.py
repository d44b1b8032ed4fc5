"""Compressed copies beside each file: quick at once, small when there is time; the copy itself says which it is.

A Brotli stream begins with its window: the quick ones are made with a window of 2^19 bytes, the small ones of 2^22,
so that after a restart no list is needed to know which files still wait for a smaller copy.
"""

from __future__ import annotations

import zlib

import brotli

QUICK_WINDOW, SMALL_WINDOW = 19, 22
_SMALL_FIRST = 0x0B  # low four bits of a stream whose window is 2^22 (RFC 7932 §9.1)
_LARGE = 512 * 1024  # bytes: from here on quality 11 would take seconds, 9 gains nearly as much
_TEXTS = frozenset({"html", "css", "js", "json", "geojson", "xml", "svg", "csv", "txt", "webmanifest"})


def is_compressible(file: str) -> bool:
    """Whether copies of this file are worth having. The public log is hashes: nothing makes them smaller."""
    return not file.startswith("log/") and file.rpartition(".")[2] in _TEXTS


def gzip(data: bytes) -> bytes:
    """A gzip copy: no name, no time, so that the same bytes give the same copy."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def quick(data: bytes) -> bytes:
    """A Brotli copy for at once: as large as a gzip copy, in half its time."""
    return bytes(brotli.compress(data, quality=3, lgwin=QUICK_WINDOW))


def small(data: bytes) -> bytes:
    """A Brotli copy that is as small as it gets."""
    return bytes(brotli.compress(data, quality=9 if len(data) > _LARGE else 11, lgwin=SMALL_WINDOW))


def is_small(copy: bytes) -> bool:
    """Whether a Brotli copy was made by `small`."""
    return bool(copy) and copy[0] & 0x0F == _SMALL_FIRST
