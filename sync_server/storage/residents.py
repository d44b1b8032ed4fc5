"""Who is on the town's list, and the codes of their letters. Nothing here says a name or an address."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from civic.refusals import Code, Refused
from sync_server.storage.ledger import Ledger
from sync_server.storage.people import lock_space
from sync_server.storage.people_tables import census_codes, identities, residents

METHOD = "census"
LETTER, DESK = "letter", "desk"  # where a code was printed


class Resident(NamedTuple):
    """Somebody of the list. `facts` is sealed; `pid` is "" until a code of theirs was used."""

    mark: str
    pid: str
    facts: bytes
    neighbourhood: str
    household: str
    since: int
    seen: int
    ended_at: int  # 0 while they are on the list


class Changes(NamedTuple):
    """What a new list makes of the residents that are known. `returning` has the marks of their identities."""

    put: Sequence[Resident]  # new, back again, or with other facts
    returning: Mapping[str, str]  # mark -> identity, of who was recognised before they left
    leaving: Collection[str]  # marks
    staying: Collection[str]


class Standing(NamedTuple):
    """A code that was printed once: whose it is, whether it still serves."""

    mark: str
    is_live: bool


class Tally(NamedTuple):
    """How many people are on the list, have a code or used one; and how many codes the desk gave, how many left."""

    residents: int
    with_code: int
    recognised: int
    at_desk: int
    left: int


class Residents:
    """The residents of every space in a ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def all(self, space: str) -> dict[str, Resident]:
        """Everybody who is or was on the list, by mark."""
        query = sa.select(*(residents.c[name] for name in Resident._fields)).where(residents.c.space == space)
        with self._ledger.reading() as now:
            found = [Resident(*row)._replace(facts=bytes(row.facts)) for row in now.connection.execute(query)]
        return {one.mark: one for one in found}

    def apply(self, space: str, changes: Changes, now: int) -> None:
        """Makes a new list the town's, durably, all of it or nothing.

        Who leaves keeps their person, whose acts stay, but is a resident no more: a proof and unused codes end. Who
        comes back is the same person again.
        """
        with self._ledger.writing() as connection:
            lock_space(self._ledger, connection, space)
            rows = [one._asdict() | {"space": space, "since": now, "seen": now, "ended_at": 0} for one in changes.put]
            _for_each(connection, self._putting(), rows)
            stays = sa.update(residents).where(_one(residents, "mark", space)).values(seen=now)
            _for_each(connection, stays, [{"one": mark} for mark in changes.staying])
            for mark, identity in changes.returning.items():
                self._recognise_again(connection, space, mark, identity, now)
            self._end(connection, space, changes.leaving, now)

    def issue(self, space: str, codes: Mapping[str, str], origin: str, now: int) -> None:
        """Keeps new codes (mark of the code -> resident), durably; those of the same residents not used yet end."""
        with self._ledger.writing() as connection:
            lock_space(self._ledger, connection, space)
            _end_codes(connection, space, codes.values(), now)
            rest = {"space": space, "origin": origin, "since": now, "used_at": 0, "ended_at": 0}
            _for_each(connection, sa.insert(census_codes), [{"code": a, "mark": b} | rest for a, b in codes.items()])

    def with_codes(self, space: str) -> frozenset[str]:
        """The residents who have a code that serves, or have used one."""
        query = sa.select(census_codes.c.mark).where(census_codes.c.space == space, census_codes.c.ended_at == 0)
        with self._ledger.reading() as now:
            return frozenset(now.connection.execute(query).scalars())

    def tally(self, space: str) -> Tally:
        """Numbers for the town hall."""
        known = self.all(space).values()
        listed = {one.mark for one in known if not one.ended_at}
        desk = sa.select(sa.func.count()).where(census_codes.c.space == space, census_codes.c.origin == DESK)
        with self._ledger.reading() as now:
            at_desk = int(now.connection.execute(desk).scalar() or 0)
        recognised = sum(1 for one in known if one.pid and not one.ended_at)
        with_code = len(self.with_codes(space) & listed)
        return Tally(len(listed), with_code, recognised, at_desk, len(known) - len(listed))

    def find_code(self, space: str, code: str) -> Standing | None:
        """What is known of a code, None where it was never printed. The same query for every code."""
        with self._ledger.reading() as now:
            return _find_code(now.connection, space, code)

    def use(self, connection: sa.Connection, space: str, code: str, pid: str, now: int) -> None:
        """The code has served for person `pid`; Refused CODE_USED where it serves no more.

        Runs inside the caller's transaction, which holds the space's lock: of two phones one gets it.
        """
        found = _find_code(connection, space, code)
        if found is None or not found.is_live:
            raise Refused(Code.CODE_USED)
        this = sa.and_(census_codes.c.space == space, census_codes.c.code == code)
        connection.execute(sa.update(census_codes).where(this).values(used_at=now))
        own = sa.and_(residents.c.space == space, residents.c.mark == found.mark)
        connection.execute(sa.update(residents).where(own).values(pid=pid))

    def of_persons(self, space: str, pids: Collection[str]) -> dict[str, Resident]:
        """The residents of the list that these persons are, by pid."""
        columns = [residents.c[name] for name in Resident._fields]
        own = (residents.c.space == space, residents.c.pid.in_(sorted(pids)), residents.c.ended_at == 0)
        with self._ledger.reading() as now:
            found = now.connection.execute(sa.select(*columns).where(*own)).all()
        return {row.pid: Resident(*row)._replace(facts=bytes(row.facts)) for row in found}

    def _recognise_again(self, connection: sa.Connection, space: str, mark: str, identity: str, now: int) -> None:
        found = sa.select(residents.c.pid).where(residents.c.space == space, residents.c.mark == mark)
        pid = connection.execute(found).scalar()
        if not pid:
            return
        row = {"space": space, "mark": identity, "pid": pid, "method": METHOD, "level": METHOD, "since": now}
        connection.execute(self._ledger.insert(identities).values(**row).on_conflict_do_nothing())

    @staticmethod
    def _end(connection: sa.Connection, space: str, marks: Collection[str], now: int) -> None:
        whose = sa.select(residents.c.pid).where(_one(residents, "mark", space), residents.c.pid != "")
        proofs = (identities.c.space == space, identities.c.method == METHOD, identities.c.pid.in_(whose))
        gone = [{"one": mark} for mark in marks]
        _for_each(connection, sa.delete(identities).where(*proofs), gone)
        _for_each(connection, sa.update(residents).where(_one(residents, "mark", space)).values(ended_at=now), gone)
        _end_codes(connection, space, marks, now)

    def _putting(self) -> sa.Executable:
        putting = self._ledger.insert(residents)
        new = putting.excluded
        kept = {name: new[name] for name in ("facts", "neighbourhood", "household", "seen", "ended_at")}
        return putting.on_conflict_do_update(index_elements=["space", "mark"], set_=kept)


def _for_each(connection: sa.Connection, statement: sa.Executable, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(statement, rows)


def _one(table: sa.Table, column: str, space: str) -> sa.ColumnElement[bool]:
    """The row, or rows, of the bound `one`."""
    return sa.and_(table.c.space == space, table.c[column] == sa.bindparam("one"))


def _end_codes(connection: sa.Connection, space: str, marks: Iterable[str], now: int) -> None:
    unused = (census_codes.c.used_at == 0, census_codes.c.ended_at == 0)
    ending = sa.update(census_codes).where(_one(census_codes, "mark", space), *unused).values(ended_at=now)
    _for_each(connection, ending, [{"one": mark} for mark in marks])


def _find_code(connection: sa.Connection, space: str, code: str) -> Standing | None:
    this = (census_codes.c.space == space, census_codes.c.code == code)
    query = sa.select(census_codes.c.mark, census_codes.c.used_at, census_codes.c.ended_at).where(*this)
    row = connection.execute(query).first()
    return None if row is None else Standing(row.mark, row.used_at == 0 and row.ended_at == 0)
