"""Words that the town hall hides, shows again, or erases for good.

Hiding takes nothing away: a row in `hidden`, which the fold reads, and the site is asked to be built again. Erasing
deletes words and salts as for a person who asks for it (storage.erasing), of one slot alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa

from civic.moderation import Hidden
from civic.slots import Head, Remains
from civic.tombstones import Tombstone, erased_head, no_more
from sync_server.storage.batch import head_of, head_row, stone_row
from sync_server.storage.erasing import rev_of
from sync_server.storage.ledger import Ledger
from sync_server.storage.letters import forget_talks
from sync_server.storage.log import PublicLog
from sync_server.storage.photo_tables import detach
from sync_server.storage.reading import Reading, Record
from sync_server.storage.tables import SHOWN, heads, hidden, payloads, records, spaces

MODERATION = "moderation"


class Shown(NamedTuple):
    """Words that pages show, or would if they were not hidden; `envelope` is None once they are erased."""

    consultation: str
    slot: str
    no: int  # number of the record that counts
    first_no: int
    rx: int
    envelope: str | None
    withdrawn: bool
    hidden: Hidden | None


class Place(NamedTuple):
    """Where words are."""

    space: str
    consultation: str
    slot: str


class _When(NamedTuple):
    at: int
    reason: str


class Hiding:
    """The words of every space in a ledger's database, as moderators see them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def newest(
        self, space: str, consultations: frozenset[str] | None, before: int, limit: int, private: Iterable[str] = ()
    ) -> list[Shown]:
        """At most `limit` words with a first record below `before`, newest first; of all consultations for None.

        Not those of the kinds that are `private`.
        """
        query = shown_words(space).where(heads.c.first_no < before, heads.c.kind.not_in([*private]))
        if consultations is not None:
            query = query.where(heads.c.consultation.in_(sorted(consultations)))
        with self._ledger.reading() as now:
            rows = now.connection.execute(query.order_by(heads.c.first_no.desc()).limit(limit)).all()
        return [shown_of(row) for row in rows]

    def find(self, space: str, first_no: int) -> Shown | None:
        """The words whose first record has this number."""
        with self._ledger.reading() as now:
            row = now.connection.execute(shown_words(space).where(heads.c.first_no == first_no)).first()
        return None if row is None else shown_of(row)

    def count(self, space: str) -> int:
        """How many words are hidden."""
        query = sa.select(sa.func.count()).where(hidden.c.space == space)
        with self._ledger.reading() as now:
            return int(now.connection.execute(query).scalar_one())

    def hide(self, connection: sa.Connection, place: Place, why: Hidden, now: int) -> None:
        """Hides the words, or changes why, inside the caller's transaction."""
        row = {"reason": why.reason, "words": why.words, "at": now}
        putting = self._ledger.insert(hidden).values(**place._asdict(), **row)
        connection.execute(putting.on_conflict_do_update(index_elements=[*hidden.primary_key], set_=row))
        ask_rebuild(connection, place.space)

    def show(self, connection: sa.Connection, place: Place) -> bool:
        """Shows them again, inside the caller's transaction; False where they were not hidden."""
        done = connection.execute(sa.delete(hidden).where(_is(place)))
        ask_rebuild(connection, place.space)
        return done.rowcount == 1

    def prepare_erasing(self, space: str) -> None:
        """Logs what waits for the public log, before the transaction that erases: voters wait for that one."""
        log = PublicLog(self._ledger)
        while log.append_due(space):
            continue

    def erase(self, connection: sa.Connection, place: Place, now: int, reason: str = MODERATION) -> int:
        """Deletes the words and salts of the slot's records, inside the caller's transaction; how many they were.

        The caller has taken `people.lock_space`. What stands of them is a tombstone, with the `reason`; what was hidden
        stays so.
        """
        if self._ledger.statements.is_sqlite:
            connection.exec_driver_sql("PRAGMA secure_delete = 1")  # else the words stay in free pages of the file
        reading = Reading(connection, self._ledger.statements)
        row = self._owner(connection, place)
        if row is None:
            return 0
        head = head_of(row)
        gone = _records_of(connection, place, head)
        if gone:
            self._bury(connection, place, row, gone, _When(now, reason))
            forget_talks(connection, place.space, [(place.consultation, place.slot)])
            numbers = [one.no for one in gone]
            PublicLog(self._ledger).note_erased(reading.connection, place.space, numbers, reason)
            ask_rebuild(connection, place.space)
        return len(gone)

    def _owner(self, connection: sa.Connection, place: Place) -> Any:
        cursor = connection.connection.cursor()
        found = self._ledger.statements.find_owners.find(cursor, place.space, [(place.consultation, place.slot)])
        cursor.close()
        return next(iter(found), None)

    def _bury(self, connection: sa.Connection, place: Place, row: Any, gone: list[Record], when: _When) -> None:
        head = head_of(row)
        remains = Remains(head.subject, (), withdrawn=True)
        stones = [
            Tombstone(
                one.no, head.voter, place.slot, rev_of(one), remains if one.no == head.no else no_more(head.subject),
                when.reason, when.at,
            )
            for one in gone
        ]  # fmt: skip
        say, cursor = self._ledger.statements, connection.connection.cursor()
        say.tombstones.write(cursor, [stone_row(place.space, stone) for stone in stones])
        if any(one.no == head.no for one in gone):
            kind = place.slot.partition(":")[0]
            say.heads.write(cursor, [head_row(place.space, place.consultation, erased_head(head, remains), kind, True)])
        cursor.close()
        numbers = [one.no for one in gone]
        detach(connection, place.space, numbers)
        connection.execute(sa.delete(payloads).where(payloads.c.space == place.space, payloads.c.no.in_(numbers)))


def _is(place: Place) -> sa.ColumnElement[bool]:
    own = hidden.c
    return sa.and_(own.space == place.space, own.consultation == place.consultation, own.slot == place.slot)


def ask_rebuild(connection: sa.Connection, space: str) -> None:
    """Asks for the site to be built again, inside the caller's transaction."""
    more = {"rebuilds": spaces.c.rebuilds + 1}
    connection.execute(sa.update(spaces).where(spaces.c.space == space).values(**more))


def shown_words(space: str) -> sa.Select[Any]:
    """Everything of a space that pages show, or would, as rows for `shown_of`; no order yet."""
    is_record = sa.and_(records.c.space == heads.c.space, records.c.no == heads.c.no)
    is_payload = sa.and_(payloads.c.space == heads.c.space, payloads.c.no == heads.c.no)
    is_hidden = sa.and_(
        hidden.c.space == heads.c.space, hidden.c.consultation == heads.c.consultation, hidden.c.slot == heads.c.slot
    )
    columns = (
        heads.c.consultation, heads.c.slot, heads.c.no, heads.c.first_no, records.c.rx, payloads.c.envelope,
        heads.c.withdrawn, hidden.c.reason, hidden.c.words,
    )  # fmt: skip
    joined = heads.join(records, is_record).outerjoin(payloads, is_payload).outerjoin(hidden, is_hidden)
    return sa.select(*columns).select_from(joined).where(heads.c.space == space, SHOWN)


def shown_of(row: Any) -> Shown:
    """The words of a row of `shown_words`."""
    why = None if row.reason is None else Hidden(row.reason, row.words)
    return Shown(row.consultation, row.slot, row.no, row.first_no, row.rx, row.envelope, bool(row.withdrawn), why)


def _records_of(connection: sa.Connection, place: Place, head: Head) -> list[Record]:
    """The records of the slot's one voter whose words are there, in order."""
    own = sa.and_(payloads.c.space == records.c.space, payloads.c.no == records.c.no)
    query = (
        sa.select(*(records.c[name] for name in Record._fields[:7]), *(payloads.c[name] for name in Record._fields[7:]))
        .select_from(records.join(payloads, own))
        .where(
            records.c.space == place.space, records.c.no >= head.first_no,
            records.c.consultation == place.consultation, payloads.c.voter == head.voter,
            payloads.c.slot == place.slot,
        )
        .order_by(records.c.no)
    )  # fmt: skip
    return [Record(*row) for row in connection.execute(query)]
