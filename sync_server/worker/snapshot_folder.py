"""The folder that a town's site is built from: its files come, change and go with the consultations (formats.md §6)."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from civic.consultation import Consultation
from civic.module import Document
from civic.privacy import CODE, FOLDER, key_name, snapshot_name, wrapped_name
from sync_server.reading_keys import ReadingKeys, place_key
from sync_server.worker.parts import Tables
from sync_server.worker.snapshot_files import write_snapshot

TOWN = "space.json"


class SnapshotFolder:
    """What is private lies in a folder of its own, for the builder alone: no route reads it."""

    def __init__(self, path: Path, keys: ReadingKeys) -> None:
        self.path, self._keys = path, keys

    def write_town(self, installation: Document) -> None:
        """What the site is told of its installation."""
        write_snapshot(self.path / TOWN, {"installation": [installation]})

    def write(self, consultation: Consultation, tables: Tables) -> None:
        """The snapshot of one consultation; with its key, where it is private."""
        if consultation.private:
            space, slug = consultation.space, consultation.slug
            place_key(self.path / key_name(slug), self._keys.of(space, slug))
            if consultation.privacy.by == CODE:
                place_key(self.path / wrapped_name(slug), self._keys.wrapped(space, slug))
        write_snapshot(self.path / snapshot_name(consultation), tables)

    def forget_others(self, consultations: Collection[Consultation]) -> None:
        """Removes what is no consultation's any more, or was where another kind of reader finds it."""
        kept = {TOWN, *map(snapshot_name, consultations)}
        kept |= {key_name(one.slug) for one in consultations if one.private}
        kept |= {wrapped_name(one.slug) for one in consultations if one.privacy.by == CODE}
        for file in (*self.path.glob("*.json"), *self.path.glob(f"{FOLDER}/*")):
            if file.is_file() and file.relative_to(self.path).as_posix() not in kept:
                file.unlink()
