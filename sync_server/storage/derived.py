"""Heads and counters made again from the records alone: what the append path keeps must equal what the rules say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from civic.admission import FORM_VOTER, Act, Rules
from civic.envelope import parse_envelope
from civic.module import Modules
from civic.replay import Standing, admitted, count_changes, widened
from civic.slots import Counted, is_ballot
from civic.tombstones import Stub, Tombstone, erased_act
from sync_server.storage.batch import head_row, held_text
from sync_server.storage.ledger import Ledger
from sync_server.storage.photo_tables import attached, attached_rows
from sync_server.storage.reading import Reading, Record
from sync_server.storage.tables import heads, ids, participation, spaces, superseded, totals, voters

WINDOW = 5_000


class Unreplayable(Exception):
    """A record can't be replayed: its consultation or module is gone, or its payload without a tombstone."""


@dataclass(slots=True)
class _Derived:
    standing: Standing = field(default_factory=Standing)
    shown: set[str] = field(default_factory=set)  # kinds
    as_of: dict[tuple[str, Counted], int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)  # id of an envelope -> number of its record
    attached: list[tuple[Any, ...]] = field(default_factory=list)

    def take(self, space: str, act: Act, no: int) -> None:
        self.attached += attached_rows(space, act, no)
        slug, slot = act.consultation.slug, act.envelope.slot
        before = self.standing.head(slug, slot, act.voter)
        self.numbers[act.envelope.id] = no
        if act.kind in act.module.tables:
            self.shown.add(act.kind)
        if self.standing.take(act, no):
            for counted, _ in count_changes(before, self.standing.heads[(slug, slot, act.voter)]):
                self.as_of[(slug, counted)] = max(act.rx, self.as_of.get((slug, counted), 0))


def rebuild_derived(ledger: Ledger, space: str, rules: Mapping[str, Rules], modules: Modules) -> int:
    """Throws away the heads and counters of `space` and makes them again from its records, in one transaction.

    Returns the number of records replayed, every signature checked again on the way. The tables are as the append
    path left them, to the last row; if not, it or they were wrong. After an erasure two things may differ: rows of
    counters at zero, and the date of a counter whose newest act was erased. Raises Unreplayable and changes nothing.
    """
    with ledger.writing() as connection:
        connection.exec_driver_sql(ledger.statements.position, (space,))  # nothing is appended meanwhile
        now = Reading(connection, ledger.statements)
        known: dict[str, list[bytes]] = {}
        for one in now.manifests(space):
            known.setdefault(one.consultation, []).append(one.manifest)
        wide = {slug: widened(each, known.get(slug, [])) for slug, each in rules.items()}
        derived, number = _Derived(), 0
        for no, act in _acts(now, space, wide, modules):
            derived.take(space, act, no)
            number += 1
        for table in (heads, superseded, voters, totals, participation, ids, attached):
            connection.execute(sa.delete(table).where(table.c.space == space))
        connection.execute(sa.update(spaces).where(spaces.c.space == space).values(indexed_no=0))
        _write(ledger, connection, space, derived)
    return number


def _acts(now: Reading, space: str, rules: Mapping[str, Rules], modules: Modules) -> Iterator[tuple[int, Act]]:
    records = now.records_after(space, 0, WINDOW)
    while records:
        stones = now.tombstones_after(space, records[0].no - 1, records[-1].no)
        for record in records:
            try:
                yield record.no, _act_of(record, stones.get(record.no), rules, modules)
            except KeyError as error:
                raise Unreplayable(f"record {record.no}: {error} is no longer there") from error
        records = now.records_after(space, records[-1].no, WINDOW)


def _act_of(record: Record, stone: Tombstone | None, rules: Mapping[str, Rules], modules: Modules) -> Act:
    if stone is not None:
        stub = Stub(record.consultation, record.kind, record.id, record.rx)
        return erased_act(stub, stone, rules, modules)
    if record.envelope is None or record.voter is None:
        raise Unreplayable(f"record {record.no}: its payload is gone and has left no tombstone")
    return admitted(parse_envelope(record.envelope), record.voter, record.rx, rules, modules)


def _write(ledger: Ledger, connection: sa.Connection, space: str, derived: _Derived) -> None:
    standing, say, cursor = derived.standing, ledger.statements, connection.connection.cursor()
    held: dict[tuple[str, str], dict[str, int]] = {}
    for (slug, kind, voter), number in standing.held.items():
        held.setdefault((slug, voter), {})[kind] = number
    rows: list[tuple[Any, ...]] = []
    ballots: Counter[tuple[str, str]] = Counter(
        (slug, voter) for (slug, _, voter), head in standing.heads.items() if is_ballot(head.counted)
    )
    for (slug, slot, _), head in sorted(standing.heads.items()):
        kind = slot.partition(":")[0]
        rows.append(head_row(space, slug, head, kind, kind in derived.shown))
    say.heads.write(cursor, rows)
    standing_ids = {head.id for head in standing.heads.values()}
    older = ((space, one, no) for one, no in derived.numbers.items() if one not in standing_ids)
    say.superseded.write(cursor, sorted(older))
    say.attached.write(cursor, derived.attached)
    say.voters.write(cursor, [(space, *who, held_text(kinds), ballots[who]) for who, kinds in sorted(held.items())])
    say.totals.write(
        cursor,
        [(space, slug, *one, n, derived.as_of[(slug, one)]) for (slug, one), n in sorted(standing.totals.items())],
    )
    sums: dict[str, list[int]] = {slug: [0, 0, 0] for slug, _ in derived.as_of}
    for (slug, voter), n in ballots.items():
        unsigned = n if voter.startswith(FORM_VOTER) else 0
        sums[slug] = [sums[slug][0] + n, sums[slug][1] + 1, sums[slug][2] + unsigned]
    say.participation.write(cursor, [(space, slug, *each) for slug, each in sorted(sums.items())])
    cursor.close()
