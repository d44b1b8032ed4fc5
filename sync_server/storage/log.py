"""The public log in the database: entries in their order, signed checkpoints. What is there never changes.

Entries may be added by any process; the order is decided here, in one transaction each::

    log = PublicLog(ledger)
    log.append_due("valbrume")                        # rules and records that the log does not have yet
    log.append("valbrume", [(0, entry)])              # anything else, at most once each
    log.note_erased(connection, "valbrume", [4127], "request")  # by whoever deletes the content
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from civic.log.entries import Committed, Declared, Erased, LogEntry, entry_bytes
from sync_server.storage.ledger import Ledger
from sync_server.storage.reading import Reading
from sync_server.storage.secret_tables import secret_ballots
from sync_server.storage.tables import OF_NONE, OF_RECORD, log_checkpoints, log_entries, records

WINDOW = 1_000  # records logged in one transaction: voters wait for no more than that

_LOCK = 0x6C6F67  # "log": with the space, what the transactions of one log take turns for
_LOG = log_entries.c
OF_ISSUE = sa.text("no < 0")  # of no record, but one of very many: not what `other_entries` gives

Write = Callable[[Sequence[tuple[int, bytes]]], int]  # adds entries with their numbers; the index of the first


class PublicLog:
    """The log's tables on one ledger. LedgerUnavailable where the database can't be used."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def size(self, space: str) -> int:
        """How many entries the log of `space` has."""
        with self.ledger.reading() as now:
            return _size(now.connection, space)

    def entries(self, space: str, start: int, end: int) -> list[bytes]:
        """The entries numbered start..end-1, as many of them as there are."""
        query = sa.select(_LOG.entry).where(_LOG.space == space, _LOG.i >= start, _LOG.i < end)
        with self.ledger.reading() as now:
            return [bytes(row.entry) for row in now.connection.execute(query.order_by(_LOG.i))]

    def append_due(self, space: str) -> bool:
        """Logs the rules and the next records (WINDOW at most) that are not in the log; whether there may be more.

        Records go in in the order of their numbers, after every version of the rules that they may have been made
        under: a version is registered before it is shown to anybody.
        """
        with self.ledger.reading() as now:
            if not self._due(now, space):
                return False
        with self.ledger.writing() as connection:
            self._lock(connection, space)
            due = self._due(Reading(connection, self.ledger.statements), space)
            self._write(connection, space, due)
        return len(due) >= WINDOW

    def append(self, space: str, entries: Sequence[tuple[int, LogEntry]]) -> None:
        """Adds entries, each with the number of its record or 0; what the log has already is not added twice."""
        with self.ledger.writing() as connection:
            self._lock(connection, space)
            written = list(dict.fromkeys((no, entry_bytes(entry)) for no, entry in entries))
            others, numbers = _others(connection, space), _logged(connection, space, [no for no, _ in written if no])
            new = [one for one in written if (one[0] not in numbers if one[0] else one[1] not in others)]
            self._write(connection, space, new)

    @contextmanager
    def adding(self, space: str) -> Iterator[tuple[sa.Connection, Write]]:
        """A transaction in which nobody else adds to this log, and what adds to it."""
        with self.ledger.writing() as connection:
            self._lock(connection, space)
            yield connection, lambda new: self._write(connection, space, new)

    def note_erased(self, connection: sa.Connection, space: str, numbers: Iterable[int], reason: str) -> None:
        """Says that the words and salts of these records are gone, in the transaction of the caller, who deletes them.

        Records that the log does not have yet are logged first, with all before them: what was promised in a receipt
        is kept, and an erased record is a line like any other.
        """
        self._lock(connection, space)
        reading = Reading(connection, self.ledger.statements)
        while due := self._due(reading, space):
            self._write(connection, space, due)
        gone = sorted({*numbers})
        indexes = _logged(connection, space, gone)
        self._write(connection, space, [(0, entry_bytes(Erased(indexes[no], reason))) for no in gone])

    def other_entries(self, space: str) -> list[bytes]:
        """The entries that are of no record, in their order: rules, erasures, results; rights to vote are not there."""
        with self.ledger.reading() as now:
            return list(_others(now.connection, space))

    def records_of(self, space: str, consultation: str) -> int:
        """How many records of a consultation there are."""
        query = sa.select(sa.func.count()).where(records.c.space == space, records.c.consultation == consultation)
        with self.ledger.reading() as now:
            return int(now.connection.execute(query).scalar_one())

    def rows_after(self, space: str, index: int, limit: int) -> list[tuple[int, int, bytes]]:
        """At most `limit` entries from number `index` on, as (index, number of the record or 0, entry)."""
        query = sa.select(_LOG.i, _LOG.no, _LOG.entry).where(_LOG.space == space, _LOG.i >= index)
        with self.ledger.reading() as now:
            rows = now.connection.execute(query.order_by(_LOG.i).limit(limit))
            return [(row.i, row.no, bytes(row.entry)) for row in rows]

    def restore(self, space: str, rows: Sequence[tuple[int, int, bytes]]) -> None:
        """Puts back rows that `rows_after` gave, into a log that ends where they begin or has them already."""
        if not rows:
            return
        with self.ledger.writing() as connection:
            self._lock(connection, space)
            size = _size(connection, space)
            if size < rows[0][0]:
                raise ValueError("entries of the log are missing")
            new = [(no, entry) for index, no, entry in rows if index >= size]
            self._write(connection, space, new)

    def checkpoints_after(self, space: str, size: int) -> list[tuple[int, str]]:
        """The signed checkpoints of more than `size` entries, smallest first."""
        kept = log_checkpoints.c
        query = sa.select(kept.size, kept.text).where(kept.space == space, kept.size > size)
        with self.ledger.reading() as now:
            return [(row.size, row.text) for row in now.connection.execute(query.order_by(kept.size))]

    def newest_checkpoint(self, space: str) -> str | None:
        """The text of the largest checkpoint that was signed."""
        kept = log_checkpoints.c
        query = sa.select(kept.text).where(kept.space == space).order_by(kept.size.desc()).limit(1)
        with self.ledger.reading() as now:
            return now.connection.execute(query).scalar()

    def keep_checkpoint(self, space: str, size: int, text: str) -> None:
        """Keeps a signed checkpoint, durably. One of the same size gives way: it was signed by an earlier key."""
        row = self.ledger.insert(log_checkpoints).values(space=space, size=size, text=text)
        row = row.on_conflict_do_update(index_elements=["space", "size"], set_={"text": text})
        with self.ledger.writing() as connection:
            connection.execute(row)

    def _due(self, now: Reading, space: str) -> list[tuple[int, bytes]]:
        others = _others(now.connection, space)
        rules = [entry_bytes(Declared(one.consultation, one.mh)) for one in now.manifests(space)]
        query = sa.select(records.c.no, records.c.consultation, records.c.c).where(
            records.c.space == space, records.c.no > _last_no(now.connection, space), ~_is_secret(records)
        )
        rows = now.connection.execute(query.order_by(records.c.no).limit(WINDOW))
        acts = [(row.no, entry_bytes(Committed("env", row.consultation, row.c))) for row in rows]
        return [*((0, one) for one in rules if one not in others), *acts]

    def _lock(self, connection: sa.Connection, space: str) -> None:
        """Until the end of the transaction nobody else adds to this log; SQLite has one writer anyway."""
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK, sa.func.hashtext(space))))

    def _write(self, connection: sa.Connection, space: str, new: Sequence[tuple[int, bytes]]) -> int:
        size = _size(connection, space)
        if new:
            rows = [{"space": space, "i": size + place, "no": no, "entry": one} for place, (no, one) in enumerate(new)]
            connection.execute(sa.insert(log_entries), rows)
        return size


def _size(connection: sa.Connection, space: str) -> int:
    last = sa.select(_LOG.i).where(_LOG.space == space).order_by(_LOG.i.desc()).limit(1)
    index = connection.execute(last).scalar()
    return 0 if index is None else int(index) + 1


def _last_no(connection: sa.Connection, space: str) -> int:
    """The last record that was logged in its turn; secret ballots have none."""
    last = (
        sa.select(_LOG.no)
        .where(_LOG.space == space, OF_RECORD, ~_is_secret(log_entries))
        .order_by(_LOG.no.desc())
        .limit(1)
    )
    return int(connection.execute(last).scalar() or 0)


def _is_secret(table: sa.Table) -> sa.ColumnElement[bool]:
    """Whether a row of `table` is of a secret ballot: these wait for company (storage.secret_log)."""
    return sa.exists().where(secret_ballots.c.space == table.c.space, secret_ballots.c.no == table.c.no)


def _others(connection: sa.Connection, space: str) -> dict[bytes, None]:
    query = sa.select(_LOG.entry).where(_LOG.space == space, OF_NONE).order_by(_LOG.i)
    return {bytes(row.entry): None for row in connection.execute(query)}


def _logged(connection: sa.Connection, space: str, numbers: Sequence[int]) -> dict[int, int]:
    query = sa.select(_LOG.no, _LOG.i).where(_LOG.space == space, OF_RECORD, _LOG.no.in_([*numbers]))
    return {row.no: row.i for row in connection.execute(query)}
