"""The keys that private consultations are sealed with: one each, in a file of the server's (docs/formats.md §30)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from civic.privacy import KEY_BYTES
from sync_server.catalogue import Stamp, stamp_of
from sync_server.keys import KeyUnreadable, read_or_make


class ReadingKeys:
    """Those in `folder`; `random` gives so many bytes."""

    def __init__(self, folder: Path, random: Callable[[int], bytes]) -> None:
        self._folder, self._random = folder, random

    def of(self, space: str, slug: str) -> bytes:
        """The key of one consultation, made first where there is none; KeyUnreadable where its file is no key."""
        path = self._path(space, slug)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = read_or_make(path, lambda: self._random(KEY_BYTES))
        if len(key) != KEY_BYTES:
            raise KeyUnreadable(f"{path}: not {KEY_BYTES} bytes")
        return key

    def replace(self, space: str, slug: str) -> None:
        """Makes another key: whoever may not read any more opens nothing that is sealed from now on."""
        self._path(space, slug).unlink(missing_ok=True)
        self.of(space, slug)

    def stamp(self, space: str) -> Stamp:
        """Another value means that a key of this town is another one."""
        return stamp_of(self._folder / space)

    def _path(self, space: str, slug: str) -> Path:
        return self._folder / space / f"{slug}.key"


def place_key(file: Path, key: bytes) -> None:
    """Makes `file` hold `key` for nobody but this user, whole at any moment."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if file.is_file() and file.read_bytes() == key:
        return
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as written:
        written.write(key)
    draft.replace(file)
