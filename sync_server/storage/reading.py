"""What the worker, the exports and the receipts read: one consistent state of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from civic.canonical import b64u_encode
from civic.receipt import ReceiptItem
from civic.slots import Counted, Head
from civic.tombstones import Tombstone
from sync_server.storage.batch import find_stored, head_of, parse_counted, stone_of
from sync_server.storage.statements import Statements
from sync_server.storage.tables import (
    PERSONAL,
    SHOWN,
    heads,
    ids,
    manifests,
    participation,
    payloads,
    records,
    spaces,
    tombstones,
    totals,
)

_NO = [column.name for column in heads.c].index("no")


class Record(NamedTuple):
    """A record with its payload; the payload's members are None once it has been erased."""

    no: int
    consultation: str
    module: str
    kind: str  # of the envelope: "withdraw" for a withdrawal
    id: str
    c: str
    rx: int
    voter: str | None
    slot: str | None
    envelope: str | None
    salt: bytes | None


class Asked(NamedTuple):
    """An act that may be in the ledger, with its slot and who would hold it."""

    id: str
    consultation: str
    voter: str
    slot: str


class HeadRow(NamedTuple):
    """A head as the worker needs it. `envelope` is None for what no page shows (votes) and once erased."""

    consultation: str
    kind: str  # of the slot
    head: Head
    rx: int  # receive time of the record that counts
    is_shown: bool
    envelope: str | None


class Changes(NamedTuple):
    """Heads moved by the records after some number up to `last_no`, in the order of their records."""

    last_no: int
    as_of: int  # receive time of record `last_no`, 0 when there is none
    heads: list[HeadRow]


class Line(NamedTuple):
    """A head for the file of lines: what record `no` says, without who said it."""

    no: int
    kind: str
    subject: str
    counted: tuple[Counted, ...]


class Total(NamedTuple):
    """How often `choice` stands for `item`."""

    item: str
    choice: str
    n: int
    as_of: int  # receive time of the newest act that changed it


class Participation(NamedTuple):
    """Acts that stand and count, the distinct voters of at least one, and how many of these acts are unsigned."""

    ballots: int
    voters: int
    unsigned: int


class Manifest(NamedTuple):
    """A version of a consultation's rules, as hashed into envelopes."""

    consultation: str
    mh: str
    revision: int
    manifest: bytes


class Reading:
    """Queries inside one read transaction; made by Ledger.reading()."""

    def __init__(self, connection: sa.Connection, statements: Statements) -> None:
        self.connection, self._statements = connection, statements

    def last_no(self, space: str) -> int:
        """The number of the last record, 0 when there is none."""
        query = sa.select(sa.func.coalesce(sa.func.max(records.c.no), 0)).where(records.c.space == space)
        return int(self.connection.execute(query).scalar_one())

    def records_after(self, space: str, no: int, limit: int) -> list[Record]:
        """At most `limit` records after number `no`, in order."""
        query = (
            sa.select(
                *(records.c[name] for name in Record._fields[:7]), *(payloads.c[one] for one in Record._fields[7:])
            )
            .select_from(records.outerjoin(payloads, _same_record(records)))
            .where(records.c.space == space, records.c.no > no)
            .order_by(records.c.no)
            .limit(limit)
        )
        return [Record(*row) for row in self.connection.execute(query)]

    def tombstones_after(self, space: str, no: int, last_no: int) -> dict[int, Tombstone]:
        """What is left of the erased records after `no` up to `last_no`, by number."""
        query = sa.select(tombstones).where(
            tombstones.c.space == space, tombstones.c.no > no, tombstones.c.no <= last_no
        )
        return {row.no: stone_of(row) for row in self.connection.execute(query)}

    def records_of(self, space: str, pid: str) -> list[Record]:
        """Every record of a person whose words are still there, in order."""
        query = (
            sa.select(
                *(records.c[name] for name in Record._fields[:7]), *(payloads.c[one] for one in Record._fields[7:])
            )
            .select_from(payloads.join(records, _same_record(records)))
            .where(payloads.c.space == space, payloads.c.voter == pid, PERSONAL)
            .order_by(payloads.c.no)
        )
        return [Record(*row) for row in self.connection.execute(query)]

    def find_record(self, envelope_id: str) -> tuple[str, ReceiptItem] | None:
        """The space and the receipt's item of an act, None if it isn't in the ledger."""
        is_indexed = sa.and_(ids.c.space == records.c.space, ids.c.no == records.c.no)
        record = sa.select(*records.c, payloads.c.salt)
        indexed = record.select_from(ids.join(records, is_indexed).outerjoin(payloads, _same_record(records)))
        indexed = indexed.where(ids.c.id == envelope_id)
        is_newer = sa.and_(records.c.space == spaces.c.space, records.c.no > spaces.c.indexed_no)
        newer = record.select_from(spaces.join(records, is_newer).outerjoin(payloads, _same_record(records)))
        newer = newer.where(records.c.id == envelope_id)
        row = self.connection.execute(indexed).first() or self.connection.execute(newer).first()
        if row is None:
            return None
        salt = None if row.salt is None else b64u_encode(row.salt)
        return row.space, ReceiptItem(row.id, row.no, row.rx, row.c, salt)

    def find_stored(self, space: str, asked: Sequence[Asked]) -> dict[str, ReceiptItem]:
        """The receipt's items of those of the acts `asked` for that are in the ledger, by id."""
        cursor = self.connection.connection.cursor()
        keys = dict.fromkeys((one.consultation, one.voter, one.slot) for one in asked)
        rows = self._statements.find_heads.find(cursor, space, [*keys])
        known = {(row[1], row[2], row[3]): head_of(row) for row in rows}
        heads_of = {one.id: known.get((one.consultation, one.voter, one.slot)) for one in asked}
        found = {envelope_id: head for envelope_id, head in heads_of.items() if head is not None}
        stored = find_stored(cursor, self._statements, space, found)
        cursor.close()
        return stored

    def changes_after(self, space: str, no: int, limit: int) -> Changes:
        """The heads that the at most `limit` records after `no` left changed, each once, as they are now.

        Superseded records change nothing and a head that a later record replaced shows up with that one, so there
        may be fewer heads than records; go on from `last_no` until it is the ledger's.
        """
        within = {"space": space, "after": no, "most": limit}
        last = self.connection.execute(_LAST_WITHIN, within).first()
        if last is None:
            row = self.connection.execute(_record_numbered(space, no)).first()
            return Changes(no, 0 if row is None else row.rx, [])
        moved = {"space": space, "after": no, "last": last.no}
        return Changes(last.no, last.rx, sorted(self._head_rows(_MOVED, moved), key=lambda one: one.head.no))

    def heads(self, space: str, consultation: str, kinds: Iterable[str]) -> list[HeadRow]:
        """The heads that pages show (withdrawn and erased ones included), in order of their first record."""
        shown = _SHOWN_HEADS.where(heads.c.consultation == consultation, heads.c.kind.in_([*kinds]))
        return self._head_rows(shown, {"space": space})

    def find_shown(self, space: str, consultation: str, slot: str) -> str | None:
        """The envelope that counts in a slot that pages show, a withdrawal too; None where there is none (any more)."""
        cursor = self.connection.connection.cursor()
        rows = self._statements.find_owners.find(cursor, space, [(consultation, slot)])
        cursor.close()
        no = [row[_NO] for row in rows]
        query = sa.select(payloads.c.envelope).where(payloads.c.space == space, payloads.c.no.in_(no))
        return self.connection.execute(query).scalar()

    def _head_rows(self, query: sa.Executable, asked: Mapping[str, Any]) -> list[HeadRow]:
        return [
            HeadRow(row.consultation, row.kind, head_of(row), row.rx, bool(row.shown), row.envelope)
            for row in self.connection.execute(query, asked)
        ]

    def lines(self, space: str, consultation: str, kinds: Iterable[str]) -> Iterator[Line]:
        """The heads of `kinds` that stand (not withdrawn), in order of the record that counts."""
        query = (
            sa.select(heads.c.no, heads.c.kind, heads.c.subject, heads.c.counted)
            .where(
                heads.c.space == space,
                heads.c.consultation == consultation,
                heads.c.kind.in_([*kinds]),
                heads.c.withdrawn == 0,
            )
            .order_by(heads.c.no)
        )
        for row in self.connection.execute(query):
            yield Line(row.no, row.kind, row.subject, parse_counted(row.counted))

    def newest(self, space: str, consultation: str, kinds: Iterable[str]) -> tuple[int, int] | None:
        """Number and receive time of the newest record that counts among `kinds`, withdrawals included."""
        last = sa.select(sa.func.max(heads.c.no)).where(
            heads.c.space == space, heads.c.consultation == consultation, heads.c.kind.in_([*kinds])
        )
        no = self.connection.execute(last).scalar()
        row = None if no is None else self.connection.execute(_record_numbered(space, no)).first()
        return None if no is None or row is None else (int(no), int(row.rx))

    def totals(self, space: str, consultation: str, items: Sequence[str] | None = None) -> list[Total]:
        """The kept counters of `items`, of all for None; an item nobody chose has no row."""
        query = sa.select(totals.c.item, totals.c.choice, totals.c.n, totals.c.as_of)
        query = query.where(totals.c.space == space, totals.c.consultation == consultation)
        if items is not None:
            query = query.where(totals.c.item.in_([*items]))
        return [Total(*row) for row in self.connection.execute(query.order_by(totals.c.item, totals.c.choice))]

    def participation(self, space: str, consultation: str) -> Participation:
        """How many took part; from kept counters."""
        query = sa.select(participation.c.ballots, participation.c.voters, participation.c.unsigned).where(
            participation.c.space == space, participation.c.consultation == consultation
        )
        row = self.connection.execute(query).first()
        return Participation(0, 0, 0) if row is None else Participation(*row)

    def newest_envelope(self, space: str, consultation: str) -> str | None:
        """The envelope of the newest act that stands in a slot and was not erased; None where nobody has acted."""
        is_of = sa.and_(heads.c.space == space, heads.c.consultation == consultation)
        standing = sa.select(payloads.c.envelope).select_from(heads.join(payloads, _same_record(heads))).where(is_of)
        found = self.connection.execute(standing.order_by(heads.c.no.desc()).limit(1)).scalar()
        return None if found is None else str(found)

    def manifests(self, space: str) -> list[Manifest]:
        """Every version of the rules that was ever registered."""
        query = sa.select(*(manifests.c[name] for name in Manifest._fields)).where(manifests.c.space == space)
        ordered = query.order_by(manifests.c.consultation, manifests.c.revision, manifests.c.mh)
        return [Manifest(*row) for row in self.connection.execute(ordered)]


def _same_record(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(payloads.c.space == table.c.space, payloads.c.no == table.c.no)


def _shown_heads() -> sa.Select[Any]:
    is_record = sa.and_(records.c.space == heads.c.space, records.c.no == heads.c.no)
    is_payload = sa.and_(payloads.c.space == heads.c.space, payloads.c.no == heads.c.no)
    return (
        sa.select(*heads.c, records.c.rx, payloads.c.envelope)
        .select_from(heads.join(records, is_record).outerjoin(payloads, is_payload))
        .where(heads.c.space == sa.bindparam("space"), SHOWN)
        .order_by(heads.c.first_no)
    )


def _moved(table: sa.Table, envelope: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Heads whose record is the one that stands, found from the records through where `table` says they are."""
    is_of = sa.and_(
        heads.c.space == table.c.space,
        heads.c.consultation == records.c.consultation,
        heads.c.voter == table.c.voter,
        heads.c.slot == table.c.slot,
        heads.c.no == table.c.no,
    )
    is_same = sa.and_(table.c.space == records.c.space, table.c.no == records.c.no)
    within = (records.c.no > sa.bindparam("after"), records.c.no <= sa.bindparam("last"))
    return (
        sa.select(*heads.c, records.c.rx, envelope.label("envelope"))
        .select_from(records.join(table, is_same).join(heads, is_of))
        .where(records.c.space == sa.bindparam("space"), *within)
    )


def _last_within() -> sa.Select[Any]:
    window = sa.select(records.c.no, records.c.rx).where(
        records.c.space == sa.bindparam("space"), records.c.no > sa.bindparam("after")
    )
    inner = window.order_by(records.c.no).limit(sa.bindparam("most")).subquery()
    return sa.select(inner).order_by(inner.c.no.desc()).limit(1)


def _record_numbered(space: str, no: int) -> sa.Select[Any]:
    return sa.select(records.c.rx).where(records.c.space == space, records.c.no == no)


# Put together once: this is a vote's path, and putting a query together takes longer than running it.
_SHOWN_HEADS = _shown_heads()
_MOVED = sa.union_all(
    _moved(payloads, sa.case((heads.c.shown == 1, payloads.c.envelope), else_=None)),
    _moved(tombstones, sa.cast(sa.null(), sa.Text)),  # erased before anybody saw them
)
_LAST_WITHIN = _last_within()


def totals_by_item(rows: Iterable[Total]) -> Mapping[str, Mapping[str, int]]:
    """The counters as item -> choice -> number."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.item, {})[row.choice] = row.n
    return found
