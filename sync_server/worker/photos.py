"""The photos of one town's pages: which can be shown, and their files in the snapshot (docs/formats.md §18)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from pathlib import Path

from civic.photos import LARGE, SMALL, Size, file_name
from civic.privacy import photos_folder
from sync_server.photos.shelf import PhotoShelf
from sync_server.storage.photos import Photos
from sync_server.worker.fold import Fold

PHOTOS = "photos"


class TownPhotos:
    """`folder` is that of the snapshots: what is in its photos/ is published, and sealed what is private (§30).

    `album` is told to folds and changes in place.
    """

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
        """Makes the folders hold the pictures that `folds` show and no others.

        Looks only where a fold says that they differ, or the site `is_whole` to be built again.
        """
        if not is_whole and not any(fold.has_other_photos for fold in folds):
            return
        shown = {PHOTOS: set[str]()}
        for fold in folds:
            rules = fold.consultation
            shown.setdefault(photos_folder(rules.slug) if rules.private else PHOTOS, set()).update(fold.photos())
            fold.has_other_photos = False
        for path, some in shown.items():
            self._fill(space, self._folder / path, some)
        for old in self._folder.glob(photos_folder("*")):
            if old.relative_to(self._folder).as_posix() not in shown:
                shutil.rmtree(old)

    def _fill(self, space: str, folder: Path, shown: Collection[str]) -> None:
        wanted = {
            file_name(one, side): self._shelf.picture(space, one, side) for one in shown for side in (LARGE, SMALL)
        }
        there = {file.name for file in folder.iterdir()} if folder.is_dir() else set[str]()
        for name in sorted(there - wanted.keys()):
            (folder / name).unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        for name in sorted(wanted.keys() - there):
            draft = folder / f".{name}.{os.getpid()}"
            shutil.copyfile(wanted[name], draft)
            draft.replace(folder / name)
