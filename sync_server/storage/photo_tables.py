"""Which photos the acts of the ledger name, and what has become of each (docs/formats.md §18)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from civic.admission import Act
from civic.photos import attached_by
from sync_server.storage.columns import integer, text
from sync_server.storage.tables import metadata

# Follows from the words of the acts that pages show, and is written with them: who may send a photo is decided by it.
attached = sa.Table(
    "attached",
    metadata,
    text("space", key=True),
    text("sha256", key=True),
    integer("no", key=True),
    text("consultation"),
    text("slot"),
    sqlite_with_rowid=False,
)
sa.Index("attached_no", attached.c.space, attached.c.no)

# A photo has a row once all of it has come. Its bytes are files (settings: media).
photos = sa.Table(
    "photos",
    metadata,
    text("space", key=True),
    text("sha256", key=True),
    text("state"),  # arrived | whole | refused
    integer("w"),  # of the smaller picture, 0 before it is made
    integer("h"),
    sqlite_with_rowid=False,
)
ARRIVED = sa.text("state = 'arrived'")
sa.Index("photos_arrived", photos.c.space, photos.c.sha256, sqlite_where=ARRIVED)


def attached_rows(space: str, act: Act, no: int) -> list[tuple[Any, ...]]:
    """The rows of `attached` for an act that is record `no`: none where pages do not show its kind, or it is erased."""
    if act.kind not in act.module.tables or act.is_erased:
        return []
    slug, slot = act.consultation.slug, act.envelope.slot
    return [(space, sha256, no, slug, slot) for sha256 in attached_by(act.module, act.kind, act.payload)]


def detach(connection: sa.Connection, space: str, numbers: Collection[int]) -> None:
    """The records with these numbers name no photo any more: their words are gone."""
    connection.execute(sa.delete(attached).where(attached.c.space == space, attached.c.no.in_([*numbers])))
