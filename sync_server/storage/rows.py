"""The records of a consultation with their entries in the log, for the ballots that are published with a result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa

from sync_server.storage.reading import Reading
from sync_server.storage.secret_tables import secret_ballots
from sync_server.storage.tables import heads, log_entries, payloads, records

WINDOW = 1_000  # records in memory at once


class LoggedRecord(NamedTuple):
    """A record that the log has an entry of, and whose content is still there."""

    i: int  # number of its entry
    no: int
    rx: int
    kind: str  # of the envelope
    voter: str
    slot: str
    envelope: str
    salt: bytes
    head_no: int  # number of the record that counts in its slot
    is_shown: bool  # its slot is one that pages show
    is_secret: bool  # it is a secret ballot


def logged_records(reading: Reading, space: str, consultation: str) -> Iterator[LoggedRecord]:
    """Those of one consultation in the order of the log, a window at a time.

    What was erased, or is not in the log yet, is left out.
    """
    columns = (
        log_entries.c.i, records.c.no, records.c.rx, records.c.kind, payloads.c.voter, payloads.c.slot,
        payloads.c.envelope, payloads.c.salt, heads.c.no.label("head_no"), heads.c.shown,
        secret_ballots.c.no.label("secret_no"),
    )  # fmt: skip
    same_number = [sa.and_(one.c.space == records.c.space, one.c.no == records.c.no) for one in (payloads, log_entries)]
    same_slot = sa.and_(
        heads.c.space == records.c.space,
        heads.c.consultation == records.c.consultation,
        heads.c.voter == payloads.c.voter,
        heads.c.slot == payloads.c.slot,
    )
    joined = log_entries.join(records, same_number[1]).join(payloads, same_number[0]).join(heads, same_slot)
    is_secret = sa.and_(secret_ballots.c.space == records.c.space, secret_ballots.c.no == records.c.no)
    query = sa.select(*columns).select_from(joined.outerjoin(secret_ballots, is_secret))
    last = -1
    while True:
        wanted = query.where(
            log_entries.c.space == space, records.c.consultation == consultation, log_entries.c.i > last
        ).order_by(log_entries.c.i)
        rows = reading.connection.execute(wanted.limit(WINDOW)).all()
        for row in rows:
            yield LoggedRecord(*row[:9], is_shown=bool(row.shown), is_secret=row.secret_no is not None)
        if len(rows) < WINDOW:
            return
        last = rows[-1].i
