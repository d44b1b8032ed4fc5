"""The tables of private letters (docs/operating.md). They are private: nothing here is ever published.

The letters themselves are acts, in `payloads`; a talk is known by the id of its first letter.
"""

from __future__ import annotations

import sqlalchemy as sa

from sync_server.storage.columns import integer, sealed, text
from sync_server.storage.tables import metadata

letter_keys = sa.Table(
    "letter_keys",
    metadata,
    text("space", key=True),
    text("kid", key=True),
    text("point"),
    sealed("sealed"),  # the private half
    integer("since"),
    sqlite_with_rowid=False,
)

# What clerks know of a talk; one that nobody has opened has no row.
letter_talks = sa.Table(
    "letter_talks",
    metadata,
    text("space", key=True),
    text("consultation", key=True),
    text("thread", key=True),
    integer("seen_no"),  # the last letter that a clerk has read
    integer("seen_at"),
    integer("closed_at"),  # 0 while it goes on
    sqlite_with_rowid=False,
)

letter_answers = sa.Table(
    "letter_answers",
    metadata,
    text("space", key=True),
    text("consultation", key=True),
    text("thread", key=True),
    integer("n", key=True),
    sealed("sealed"),  # to the phone: the server can't read it again
    sealed("copy"),  # under var/keys, for the clerks
    text("by"),  # clerk
    integer("at"),
    sqlite_with_rowid=False,
)
