"""What towns have written, for who works beside the builder: read again only where a file has changed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from civic.content import Content, parse_content
from civic.declaration import DeclarationError
from sync_server.catalogue import Stamp, read_files, stamp_of

MOST_KEPT = 16  # towns in memory at once

log = logging.getLogger("preau.contents")


class _Read(NamedTuple):
    folder: Path
    stamp: Stamp
    content: Content | None


class Contents:
    """`find` gives the folders of towns by the id of their space; the cost of one town is not that of all."""

    def __init__(self, find: Callable[[], Mapping[str, Path]]) -> None:
        self._find = find
        self._read: dict[str, _Read] = {}

    def of(self, space: str) -> Content | None:
        """The town as its files are; as they were before, where they can't be read now; None if they never could."""
        known = self._read.pop(space, None)
        try:
            folder = known.folder if known is not None and known.folder.is_dir() else self._find().get(space)
            read = None if folder is None else _read(folder, known)
        except OSError as error:
            log.warning("the files of %s can't be read: %s", space, error)
            read = known
        if read is None or (read.content is not None and read.content.space.id != space):
            return None
        self._read[space] = read  # last: the town asked for longest ago is let go first
        while len(self._read) > MOST_KEPT:
            del self._read[next(iter(self._read))]
        return read.content


def _read(folder: Path, known: _Read | None) -> _Read:
    stamp = stamp_of(folder)
    if known is not None and (known.folder, known.stamp) == (folder, stamp):
        return known
    try:
        return _Read(folder, stamp, parse_content(read_files(folder)))
    except DeclarationError:
        return _Read(folder, stamp, None if known is None else known.content)
