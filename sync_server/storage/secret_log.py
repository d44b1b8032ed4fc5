"""What the public log holds of a secret vote: rights that were given, and ballots in batches, in no order.

The log is public, and grows in the sight of all: a ballot that went in by itself would tell when it was cast. So
ballots wait until they are many, and no more than one batch a day goes in, shuffled::

    SecretLog(PublicLog(ledger)).append("valbrume", over={"maire-2026"}, day=20_715, shuffle=SystemRandom().shuffle)
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import sqlalchemy as sa

from civic.log.entries import BALLOT, ISSUE, Committed, entry_bytes, parse_entry
from sync_server.storage.log import OF_ISSUE, PublicLog
from sync_server.storage.reading import Reading
from sync_server.storage.secret_tables import NOT_LOGGED, issued, secret_ballots
from sync_server.storage.tables import heads, log_entries, records

LEAST = 20  # ballots in a batch, but for the last one
WAITING = 0  # batch of a ballot that is not in the log

Shuffle = Callable[[list[Any]], object]
_BALLOT = secret_ballots.c


class SecretLog:
    """The entries of secret votes in the logs of a ledger's database."""

    def __init__(self, log: PublicLog) -> None:
        self._ledger, self._log = log.ledger, log

    def append(self, space: str, over: Collection[str], day: int, shuffle: Shuffle) -> None:
        """Logs every right that was given, and what ballots may go in on this `day`, counted from 1970 in UTC.

        Of a consultation LEAST ballots or more, if none went in today; whatever is left of one that is `over`.
        """
        with self._ledger.reading() as now:
            due = self._due_batches(now.connection, space, over, day)
            if not due and not self._rights(now.connection, space):
                return
        with self._log.adding(space) as (connection, write):
            self._append_rights(connection, space, write)
            for slug in self._due_batches(connection, space, over, day):
                self._append_batch(connection, space, slug, day, shuffle, write)

    def ballots_of(self, space: str, consultation: str) -> int:
        """How many secret ballots of a consultation there are."""
        query = sa.select(sa.func.count()).where(_BALLOT.space == space, _BALLOT.consultation == consultation)
        with self._ledger.reading() as now:
            return int(now.connection.execute(query).scalar_one())

    def rights_of(self, space: str, consultation: str) -> int:
        """How many lines of the log are rights that were given in a consultation."""
        query = sa.select(log_entries.c.entry).where(log_entries.c.space == space, OF_ISSUE)
        with self._ledger.reading() as now:
            entries = (parse_entry(bytes(row.entry)) for row in now.connection.execute(query))
            return sum(isinstance(one, Committed) and one.consultation == consultation for one in entries)

    def note_restored(self, space: str) -> None:
        """Marks what a log that was put back holds already: ballots keep their lines and go in no second time.

        A right that was logged while the log was being copied has no line in the copy, and gets one.
        """
        same = sa.and_(log_entries.c.space == _BALLOT.space, log_entries.c.no == _BALLOT.no)
        is_logged = sa.exists().where(same)
        with self._ledger.writing() as connection:
            waiting = sa.update(secret_ballots).where(_BALLOT.space == space, _BALLOT.batch == WAITING, is_logged)
            connection.execute(waiting.values(batch=1))
            end = sa.select(sa.func.coalesce(sa.func.max(log_entries.c.i), -1)).where(log_entries.c.space == space)
            has_line = sa.and_(issued.c.space == space, issued.c.c != "")
            beyond = sa.update(issued).where(has_line, issued.c.entry > end.scalar_subquery())
            connection.execute(beyond.values(entry=-1))

    def _due_batches(self, connection: sa.Connection, space: str, over: Collection[str], day: int) -> list[str]:
        number = sa.func.count().label("number")
        waiting = sa.select(_BALLOT.consultation, number).where(_BALLOT.space == space, _BALLOT.batch == WAITING)
        today = sa.select(_BALLOT.consultation).where(_BALLOT.space == space, _BALLOT.batch >= day).distinct()
        been = set(connection.execute(today).scalars())
        rows = connection.execute(waiting.group_by(_BALLOT.consultation).order_by(_BALLOT.consultation))
        return [
            row.consultation
            for row in rows
            if row.consultation in over or (row.number >= LEAST and row.consultation not in been)
        ]

    def _append_batch(
        self, connection: sa.Connection, space: str, slug: str, day: int, shuffle: Shuffle, write: Any
    ) -> None:
        own = (_BALLOT.space == space, _BALLOT.consultation == slug, _BALLOT.batch == WAITING)
        same = sa.and_(records.c.space == _BALLOT.space, records.c.no == _BALLOT.no)
        query = sa.select(records.c.no, records.c.c).select_from(secret_ballots.join(records, same)).where(*own)
        rows = [(row.no, entry_bytes(Committed(BALLOT, slug, row.c))) for row in connection.execute(query)]
        shuffle(rows)
        write(rows)
        connection.execute(sa.update(secret_ballots).where(*own).values(batch=max(1, day)))

    def _rights(self, connection: sa.Connection, space: str) -> list[Any]:
        """Those that are not in the log, in the order of their commitments: not that in which they were asked for."""
        columns = (issued.c[name] for name in ("space", "consultation", "question", "holder", "c"))
        query = sa.select(*columns).where(issued.c.space == space, NOT_LOGGED).order_by(issued.c.c)
        return list(connection.execute(query))

    def _append_rights(self, connection: sa.Connection, space: str, write: Any) -> None:
        rows = self._rights(connection, space)
        first = write([(-1, entry_bytes(Committed(ISSUE, row.consultation, row.c))) for row in rows])
        key = ("space", "consultation", "question", "holder")
        for place, row in enumerate(rows):
            own = [issued.c[name] == getattr(row, name) for name in key]
            connection.execute(sa.update(issued).where(*own).values(entry=first + place))


def vote_of(reading: Reading, space: str, no: int) -> str | None:
    """The consultation of which record `no` is a secret ballot; None for any other record."""
    query = sa.select(_BALLOT.consultation).where(_BALLOT.space == space, _BALLOT.no == no)
    return reading.connection.execute(query).scalar()


def standing_ballots(reading: Reading, space: str, consultation: str) -> list[int]:
    """How many secret ballots count for each question of a consultation that has any."""
    is_secret = sa.and_(_BALLOT.space == heads.c.space, _BALLOT.no == heads.c.no)
    query = (
        sa.select(sa.func.count())
        .select_from(heads.join(secret_ballots, is_secret))
        .where(heads.c.space == space, heads.c.consultation == consultation, heads.c.counted != "")
        .group_by(heads.c.slot)
    )
    return sorted(reading.connection.execute(query).scalars())
