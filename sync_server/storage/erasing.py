"""Erasing a person: the words and salts of their acts go, what counts stays or is withdrawn, nobody can be found by it.

One transaction, in the same turn as appending. What is left of each record is its tombstone (civic.tombstones).
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import sqlalchemy as sa

from civic.canonical import b64u_decode, parse_json
from civic.slots import Counted, is_ballot
from civic.tombstones import Tombstone, erased_head, no_more, remains_of
from sync_server.storage.batch import head_of, head_row, stone_row
from sync_server.storage.following_tables import forget_followers
from sync_server.storage.households import GUARDIAN, NAME, RESIDENT
from sync_server.storage.issued import detach_person
from sync_server.storage.ledger import Ledger
from sync_server.storage.letters import forget_talks
from sync_server.storage.log import PublicLog
from sync_server.storage.many_rows import Key
from sync_server.storage.people import lock_space
from sync_server.storage.people_tables import (
    census_codes,
    consents,
    contacts,
    devices,
    enrolments,
    grants,
    identities,
    persons,
    profiles,
    residents,
    shared_mailboxes,
)
from sync_server.storage.photo_tables import detach
from sync_server.storage.reading import Reading, Record
from sync_server.storage.tables import PERSONAL, payloads, spaces


class Erasure(NamedTuple):
    """Whom to erase and why (request | retention). What counts is withdrawn in the consultations `undecided` alone."""

    pid: str
    reason: str
    at: int
    undecided: frozenset[str]


def erase_person(ledger: Ledger, space: str, one: Erasure) -> int:
    """Erases everything kept about a person, durably; the number of their acts whose words are gone.

    The site is asked to be built again where any act went, and the public log says which of its lines can be opened no
    more. Harmless to repeat.
    """
    log = PublicLog(ledger)
    while log.append_due(space):
        continue  # so that the transaction, for which voters wait, has little left to log
    with ledger.writing() as connection:
        if ledger.statements.is_sqlite:
            connection.exec_driver_sql("PRAGMA secure_delete = 1")  # else the words stay in free pages of the file
        lock_space(ledger, connection, space)
        gone = Reading(connection, ledger.statements).records_of(space, one.pid)
        if gone:
            _Erasing(ledger, connection, space, one).take(gone)
            forget_talks(connection, space, {(each.consultation, str(each.slot)) for each in gone})
            log.note_erased(connection, space, [record.no for record in gone], one.reason)
            more = {"rebuilds": spaces.c.rebuilds + 1}
            connection.execute(sa.update(spaces).where(spaces.c.space == space).values(**more))
        detach_person(ledger, connection, space, one.pid, one.undecided)
        _forget_person(connection, space, one.pid)
    return len(gone)


def find_orphans(ledger: Ledger, space: str) -> list[str]:
    """Persons erased while an act of theirs was on its way in: the act is here, they are not."""
    is_known = sa.exists().where(persons.c.space == payloads.c.space, persons.c.pid == payloads.c.voter)
    query = sa.select(payloads.c.voter).distinct().where(payloads.c.space == space, PERSONAL, ~is_known)
    with ledger.reading() as now:
        return sorted(now.connection.execute(query).scalars())


def forget_residents(ledger: Ledger, space: str, left: int, unseen: int) -> int:
    """Forgets, durably, who left the town's list at `left` or before, or is on none since `unseen`; how many."""
    is_over = sa.or_(sa.and_(residents.c.ended_at > 0, residents.c.ended_at <= left), residents.c.seen <= unseen)
    gone = (residents.c.space == space, is_over)
    with ledger.writing() as connection:
        lock_space(ledger, connection, space)
        for table, column in ((census_codes, "mark"), (identities, "pid")):
            theirs = sa.select(residents.c[column]).where(*gone, residents.c[column] != "")
            own = (table.c.space == space, table.c[column].in_(theirs))
            more = (identities.c.method == RESIDENT,) if table is identities else ()
            connection.execute(sa.delete(table).where(*own, *more))
        purposes = sa.select(sa.literal(GUARDIAN) + sa.func.substr(residents.c.mark, 1, NAME)).where(*gone)
        said = (consents.c.space == space, consents.c.purpose.in_(purposes))
        connection.execute(sa.delete(consents).where(*said))
        return connection.execute(sa.delete(residents).where(*gone)).rowcount


class _Erasing:
    def __init__(self, ledger: Ledger, connection: sa.Connection, space: str, one: Erasure) -> None:
        self.say, self.space, self.one = ledger.statements, space, one
        self.connection, self.cursor = connection, connection.connection.cursor()
        self.taken: Counter[tuple[str, Counted]] = Counter()
        self.fallen: Counter[str] = Counter()  # consultation -> slots that counted and do no more

    def take(self, gone: list[Record]) -> None:
        keys: list[Key] = [*dict.fromkeys((each.consultation, self.one.pid, str(each.slot)) for each in gone)]
        rows = self.say.find_heads.find(self.cursor, self.space, keys)
        heads = {(row[1], row[3]): (head_of(row), row[4], bool(row[13])) for row in rows}
        stones: list[Tombstone] = []
        moved = []
        for record in gone:
            head, kind, is_shown = heads[(record.consultation, str(record.slot))]
            remains = no_more(head.subject)
            if head.no == record.no:
                remains = remains_of(head, final=record.consultation not in self.one.undecided)
                self._count(record.consultation, set(head.counted) - set(remains.counted))
                moved.append(head_row(self.space, record.consultation, erased_head(head, remains), kind, is_shown))
            stones.append(
                Tombstone(
                    record.no, self.one.pid, str(record.slot), rev_of(record), remains, self.one.reason, self.one.at
                )
            )
        self.say.tombstones.write(self.cursor, [stone_row(self.space, stone) for stone in stones])
        self.say.heads.write(self.cursor, sorted(moved))
        self._write_counts()
        detach(self.connection, self.space, [record.no for record in gone])
        own = (payloads.c.space == self.space, payloads.c.voter == self.one.pid, PERSONAL)
        self.connection.execute(sa.delete(payloads).where(*own))

    def _count(self, slug: str, lost: set[Counted]) -> None:
        for counted in lost:
            self.taken[(slug, counted)] += 1
        self.fallen[slug] += is_ballot(lost)

    def _write_counts(self) -> None:
        rows = [(self.space, slug, *one, -n, self.one.at) for (slug, one), n in sorted(self.taken.items())]
        self.say.totals.write(self.cursor, rows)
        keys: list[Key] = [(slug, self.one.pid) for slug, n in sorted(self.fallen.items()) if n]
        for _, slug, voter, held, standing in self.say.find_voters.find(self.cursor, self.space, keys):
            left = standing - self.fallen[slug]
            self.say.voters.write(self.cursor, [(self.space, slug, voter, held, left)])
            change = (-self.fallen[slug], bool(left) - bool(standing), 0)
            self.say.participation.write(self.cursor, [(self.space, slug, *change)])


def rev_of(record: Record) -> int:
    """The revision that a record's envelope says."""
    payload = b64u_decode(str(record.envelope).split(".")[1])
    return int(parse_json(payload)["rev"])


def _forget_person(connection: sa.Connection, space: str, pid: str) -> None:
    own = sa.select(devices.c.kid).where(devices.c.space == space, devices.c.pid == pid)
    connection.execute(sa.delete(enrolments).where(enrolments.c.space == space, enrolments.c.kid.in_(own)))
    phones = connection.execute(
        sa.select(devices.c.kid).where(devices.c.space == space, devices.c.pid == pid)
    ).scalars()
    forget_followers(connection, space, [pid, *phones])
    # A ballot key stays bound to whom it acted for: an act sent once more is known, and never counts for another.
    bound = sa.update(grants).where(grants.c.space == space, grants.c.pid == pid)
    connection.execute(bound.values(kid=""))
    marks = sa.select(identities.c.mark).where(identities.c.space == space, identities.c.pid == pid)
    shared = (shared_mailboxes.c.space == space, shared_mailboxes.c.mark.in_(marks))
    connection.execute(sa.delete(shared_mailboxes).where(*shared))
    # Still on the town's list, which is not theirs to change; who they were here is gone.
    listed = sa.update(residents).where(residents.c.space == space, residents.c.pid == pid)
    connection.execute(listed.values(pid=""))
    for table in (identities, devices, contacts, consents, profiles, persons):
        connection.execute(sa.delete(table).where(table.c.space == space, table.c.pid == pid))
