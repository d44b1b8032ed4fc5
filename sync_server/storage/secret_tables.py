"""The tables of secret ballots (docs/formats.md §15): who has asked for a right to vote, and what waits for the log.

Nothing joins the two: `issued` knows persons and no ballot, `secret_ballots` ballots and no person. No time is kept in
either, and no order: both lie by their keys.
"""

from __future__ import annotations

import sqlalchemy as sa

from sync_server.storage.columns import integer, text
from sync_server.storage.tables import metadata

# One right a person and question. `holder` is the person; of one who was erased while the vote went on, the mark of
# each identity ("m:…"), so that nobody comes back for a second right, and "e:…" for the row itself, which is nobody's.
issued = sa.Table(
    "issued",
    metadata,
    text("space", key=True),
    text("consultation", key=True),
    text("question", key=True),
    text("holder", key=True),
    text("blinded"),  # SHA-256 of the blinded message that was signed: another one is refused
    text("jws"),  # the request
    text("c"),  # its commitment, which is a line of the public log, "" where there is none to log
    sa.Column("salt", sa.LargeBinary, nullable=False),
    integer("entry"),  # number of that line, -1 until it is there
    sqlite_with_rowid=False,
)
NOT_LOGGED = sa.text("entry < 0")
sa.Index("issued_due", issued.c.space, issued.c.c, sqlite_where=NOT_LOGGED)
sa.Index("issued_holder", issued.c.space, issued.c.holder)

# Records that are secret ballots: the log takes them in batches, in no order.
secret_ballots = sa.Table(
    "secret_ballots",
    metadata,
    text("space", key=True),
    integer("no", key=True),
    text("consultation"),
    integer("batch"),  # the UTC day, since 1970, on which it went into the log; 0 while it waits
    sqlite_with_rowid=False,
)
sa.Index("secret_ballots_batch", secret_ballots.c.space, secret_ballots.c.consultation, secret_ballots.c.batch)
