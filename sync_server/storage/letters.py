"""Private letters as a talk between a citizen and the clerks: what was sent, what was seen, what was answered.

Writing methods run inside the caller's transaction, with the line of the journal that says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from sync_server.storage.ledger import Ledger
from sync_server.storage.letter_tables import letter_answers, letter_keys, letter_talks
from sync_server.storage.tables import SHOWN, heads, payloads, records

NEW, OPEN, ANSWERED, CLOSED = STATUSES = ("new", "open", "answered", "closed")


class Key(NamedTuple):
    """A key of the town's: `sealed` is its private half."""

    kid: str
    point: str
    sealed: bytes
    since: int


class Sent(NamedTuple):
    """A letter in the ledger; what it says is in its envelope, which goes when it is erased."""

    id: str
    thread: str
    voter: str
    no: int  # of the record that counts
    first_no: int
    rx: int
    withdrawn: bool  # by its author, or erased
    erased: bool


class Answer(NamedTuple):
    """Answer number `n` of a talk: `sealed` to the phone, `copy` for the clerks."""

    n: int
    sealed: bytes
    copy: bytes
    by: str
    at: int


class Talk(NamedTuple):
    """The letters of one author about one matter, oldest first, and what the town did."""

    thread: str
    letters: tuple[Sent, ...]
    answers: tuple[Answer, ...]
    seen_no: int
    seen_at: int
    closed_at: int

    @property
    def status(self) -> str:
        """One of STATUSES."""
        if self.letters[-1].no > self.seen_no:
            return NEW
        if self.closed_at:
            return CLOSED
        is_answered = self.answers and self.answers[-1].at >= self.letters[-1].rx
        return ANSWERED if is_answered else OPEN

    @property
    def moved_at(self) -> int:
        """When somebody last wrote, answered or closed it."""
        return max(self.letters[-1].rx, self.closed_at, *(one.at for one in self.answers))


class Place(NamedTuple):
    """Where a talk is."""

    space: str
    consultation: str
    thread: str


class Letters:
    """The letters of every space in a ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def keys(self, space: str) -> list[Key]:
        """The keys that the town ever made, the newest first."""
        query = sa.select(*(letter_keys.c[name] for name in Key._fields)).where(letter_keys.c.space == space)
        with self._ledger.reading() as now:
            rows = now.connection.execute(query.order_by(letter_keys.c.since.desc(), letter_keys.c.kid)).all()
        return [Key(row.kid, row.point, bytes(row.sealed), row.since) for row in rows]

    def put_key(self, space: str, key: Key) -> None:
        """Keeps a new key, durably."""
        with self._ledger.writing() as connection:
            connection.execute(sa.insert(letter_keys).values(space=space, **key._asdict()))

    def talks(self, space: str, consultation: str, kinds: Collection[str], voters: Collection[str] = ()) -> list[Talk]:
        """The talks of a consultation, of `voters` alone where some are named; oldest first."""
        own = sa.and_(_shown_in(space, consultation), heads.c.kind.in_([*kinds]))
        own = sa.and_(own, heads.c.voter.in_([*voters])) if voters else own
        with self._ledger.reading() as now:
            sent = [_sent(row) for row in now.connection.execute(_sent_where(own))]
            known = {row.thread: row for row in now.connection.execute(_of(letter_talks, space, consultation))}
            answers: dict[str, list[Answer]] = {}
            found = _of(letter_answers, space, consultation).order_by(letter_answers.c.n)
            for row in now.connection.execute(found):
                answers.setdefault(row.thread, []).append(_answer(row))
        return [
            Talk(letters[0].thread, tuple(letters), tuple(answers.get(letters[0].thread, ())), *_seen(known, letters))
            for letters in _by_author(sent)
        ]

    def owners(self, space: str, consultation: str, slots: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Who has written the first letter in each of these slots: voter and envelope; not those that are erased."""
        is_payload = sa.and_(payloads.c.space == heads.c.space, payloads.c.no == heads.c.no)
        query = sa.select(heads.c.slot, heads.c.voter, payloads.c.envelope)
        query = query.select_from(heads.join(payloads, is_payload))
        query = query.where(_shown_in(space, consultation), heads.c.slot.in_(slots))
        with self._ledger.reading() as now:
            return {row.slot: (row.voter, row.envelope) for row in now.connection.execute(query)}

    def envelopes(self, space: str, numbers: Iterable[int]) -> dict[int, str]:
        """The envelopes of these records; those that are erased are not there."""
        query = sa.select(payloads.c.no, payloads.c.envelope)
        query = query.where(payloads.c.space == space, payloads.c.no.in_([*numbers]))
        with self._ledger.reading() as now:
            return {row.no: row.envelope for row in now.connection.execute(query)}

    def see(self, connection: sa.Connection, place: Place, no: int, now: int) -> None:
        """Notes that a clerk has read the talk up to record `no`."""
        self._put(connection, place, {"seen_no": no, "seen_at": now, "closed_at": 0}, ("seen_no", "seen_at"))

    def close(self, connection: sa.Connection, place: Place, no: int, now: int, *, is_open: bool = False) -> None:
        """Closes the talk, which a clerk has read up to record `no`, or opens it again."""
        row = {"seen_no": no, "seen_at": now, "closed_at": 0 if is_open else now}
        self._put(connection, place, row, tuple(row))

    def next_number(self, connection: sa.Connection, place: Place) -> int:
        """The number of the next answer; the caller has taken `people.lock_space`."""
        own = (letter_answers.c[name] == value for name, value in place._asdict().items())
        return 1 + int(connection.execute(sa.select(sa.func.count()).where(*own)).scalar_one())

    def answer(self, connection: sa.Connection, place: Place, one: Answer) -> None:
        """Keeps an answer, whose number is `next_number`."""
        connection.execute(sa.insert(letter_answers).values(**place._asdict(), **one._asdict()))

    def _put(self, connection: sa.Connection, place: Place, row: dict[str, int], changed: Sequence[str]) -> None:
        putting = self._ledger.insert(letter_talks).values(**place._asdict(), **row)
        keys = [*letter_talks.primary_key]
        changes = {name: row[name] for name in changed}
        connection.execute(putting.on_conflict_do_update(index_elements=keys, set_=changes))


def forget_talks(connection: sa.Connection, space: str, slots: Iterable[tuple[str, str]]) -> None:
    """Deletes what the town kept of the talks that began in these slots, each with its consultation."""
    for consultation, slot in slots:
        for table in (letter_talks, letter_answers):
            own = (table.c.space == space, table.c.consultation == consultation)
            connection.execute(sa.delete(table).where(*own, table.c.thread == slot.partition(":")[2]))


def _shown_in(space: str, consultation: str) -> sa.ColumnElement[bool]:
    return sa.and_(heads.c.space == space, heads.c.consultation == consultation, SHOWN)


def _sent_where(own: sa.ColumnElement[bool]) -> sa.Select[Any]:
    is_record = sa.and_(records.c.space == heads.c.space, records.c.no == heads.c.no)
    columns = (
        heads.c.slot, heads.c.subject, heads.c.voter, heads.c.no, heads.c.first_no, records.c.rx, heads.c.withdrawn,
        payloads.c.no.label("kept_no"),
    )  # fmt: skip
    is_payload = sa.and_(payloads.c.space == heads.c.space, payloads.c.no == heads.c.no)
    joined = heads.join(records, is_record).outerjoin(payloads, is_payload)
    return sa.select(*columns).select_from(joined).where(own).order_by(heads.c.first_no)


def _sent(row: Any) -> Sent:
    identity = row.slot.partition(":")[2]
    return Sent(
        identity, row.subject, row.voter, row.no, row.first_no, row.rx, bool(row.withdrawn), row.kept_no is None
    )


def _answer(row: Any) -> Answer:
    return Answer(row.n, bytes(row.sealed), bytes(row.copy), row.by, row.at)


def _seen(known: dict[str, Any], letters: list[Sent]) -> tuple[int, int, int]:
    row = known.get(letters[0].thread)
    return (0, 0, 0) if row is None else (row.seen_no, row.seen_at, row.closed_at)


def _by_author(sent: Iterable[Sent]) -> list[list[Sent]]:
    """Letters by their talk. One that goes on with somebody else's, whatever it says, is in none."""
    talks: dict[str, list[Sent]] = {}
    for one in sent:
        if one.id == one.thread:
            talks[one.thread] = [one]
        elif one.thread in talks and talks[one.thread][0].voter == one.voter:
            talks[one.thread].append(one)
    return list(talks.values())


def _of(table: sa.Table, space: str, consultation: str) -> sa.Select[Any]:
    return sa.select(table).where(table.c.space == space, table.c.consultation == consultation)
