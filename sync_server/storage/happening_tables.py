"""The tables of what has happened and of whom is still to be told (docs/formats.md §32). Emptied as they go."""

from __future__ import annotations

import sqlalchemy as sa

from sync_server.storage.columns import integer, text
from sync_server.storage.tables import metadata

# What has happened, by the key under which it happens once.
happenings = sa.Table(
    "happenings",
    metadata,
    text("space", key=True),
    text("key", key=True),
    text("purpose"),
    text("about"),
    text("path"),
    integer("at"),
    integer("until"),  # of no use to anybody after
    text("facts"),  # canonical JSON
    text("cursor"),  # up to which of its followers a row of `tellings` was written
    sa.Column("spread", sa.SmallInteger, nullable=False),  # 1: for all of them
)
sa.Index("happenings_spread", happenings.c.spread, happenings.c.at)

# One follower who is to be told of one happening.
tellings = sa.Table(
    "tellings",
    metadata,
    text("space", key=True),
    text("key", key=True),
    text("follower", key=True),
    text("about"),  # what they follow
    text("channel"),
    text("lang"),
    integer("due"),
    integer("until"),
    integer("tries"),
)
sa.Index("tellings_due", tellings.c.due)
sa.Index("tellings_follower", tellings.c.space, tellings.c.follower)
