"""The tables of who is told of what (docs/formats.md §31). Private: nothing here is ever published."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from sync_server.storage.columns import integer, sealed, text
from sync_server.storage.happening_tables import tellings
from sync_server.storage.tables import metadata

# One row a purpose: who is to be told of an event is one range of the key.
follows = sa.Table(
    "follows",
    metadata,
    text("space", key=True),
    text("about", key=True),  # slug, or slug/id of the item
    text("purpose", key=True),
    text("follower", key=True),  # a person's id, or for push the thumbprint of a phone's key
    text("channel"),
    text("lang"),
    integer("created"),
    sqlite_with_rowid=False,
)
sa.Index("follows_follower", follows.c.space, follows.c.follower)

# Where a phone takes pushed messages: one address a phone, however much it follows.
endpoints = sa.Table(
    "endpoints",
    metadata,
    text("space", key=True),
    text("follower", key=True),
    sealed("endpoint"),
)


def forget_followers(connection: sa.Connection, space: str, followers: Collection[str]) -> None:
    """Ends what any of the followers follows and is to be told, inside the caller's transaction."""
    for table in (follows, endpoints, tellings):
        connection.execute(sa.delete(table).where(table.c.space == space, table.c.follower.in_(followers)))
