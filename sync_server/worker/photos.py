"""The photos of one town's pages: which can be shown, and their files in the snapshot (docs/formats.md §18)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from pathlib import Path

from civic.photos import LARGE, SMALL, Size, file_name
from sync_server.photos.shelf import PhotoShelf
from sync_server.storage.photos import Photos
from sync_server.worker.fold import Fold


class TownPhotos:
    """`folder` is that of the snapshot: what is in it is published. `album` is told to folds and changes in place."""

    def __init__(self, stored: Photos, shelf: PhotoShelf, folder: Path) -> None:
        self.album: dict[str, Size] = {}
        self._stored, self._shelf, self._folder = stored, shelf, folder
        self._count = 0

    def reopen(self, space: str) -> None:
        """Reads again what can be shown, and destroys what no act names any more."""
        self._shelf.keep_only(space, self._stored.forget_orphans(space))
        self.album.clear()
        self._read(space)

    def find_new(self, space: str) -> dict[str, list[str]]:
        """By consultation, the slots of which something can be shown since the last time. Cheap where nothing can."""
        slots: dict[str, list[str]] = {}
        if self._stored.count_whole(space) != self._count:
            before = set(self.album)
            self._read(space)
            for one in self._stored.named(space, self.album.keys() - before):
                slots.setdefault(one.consultation, []).append(one.slot)
        return slots

    def _read(self, space: str) -> None:
        whole = self._stored.whole(space)
        self._count = len(whole)
        there = {sha256: size for sha256, size in whole.items() if self._shelf.has_pictures(space, sha256)}
        self.album |= there

    def place(self, space: str, folds: Collection[Fold], *, is_whole: bool = False) -> None:
        """Makes the folder hold the pictures that `folds` show and no others.

        Looks only where a fold says that they differ, or the site `is_whole` to be built again.
        """
        if not is_whole and not any(fold.has_other_photos for fold in folds):
            return
        shown = {sha256 for fold in folds for sha256 in fold.photos()}
        wanted = {
            file_name(one, side): self._shelf.picture(space, one, side) for one in shown for side in (LARGE, SMALL)
        }
        there = {file.name for file in self._folder.iterdir()} if self._folder.is_dir() else set[str]()
        for name in sorted(there - wanted.keys()):
            (self._folder / name).unlink(missing_ok=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        for name in sorted(wanted.keys() - there):
            draft = self._folder / f".{name}.{os.getpid()}"
            shutil.copyfile(wanted[name], draft)
            draft.replace(self._folder / name)
        for fold in folds:
            fold.has_other_photos = False
