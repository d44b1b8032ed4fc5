"""For whom a ballot key acts: what a request asks of the tables, once for all its keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from civic.assurance import Person, Proof
from civic.canonical import b64u_decode
from civic.grant import Device
from sync_server.storage.ledger import Ledger
from sync_server.storage.many_rows import Key
from sync_server.storage.people_tables import grants, persons

BallotKey = tuple[str, str]  # consultation, thumbprint


class Granted(NamedTuple):
    """A ballot key tied to a person by a device of theirs."""

    consultation: str
    jkt: str
    pid: str
    kid: str
    since: int


class Grants:
    """The grants of every space in a ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def find_persons(self, space: str, keys: Iterable[BallotKey]) -> dict[BallotKey, Person]:
        """Who stands behind each of the ballot keys that somebody granted, in three queries whatever their number.

        `revoked` where the granting device was revoked since, or acts for another person.
        """
        say = self._ledger.statements
        with self._ledger.reading() as now:
            cursor = now.connection.connection.cursor()
            wanted: list[Key] = [*dict.fromkeys(keys)]
            found = [Granted(*row[1:6]) for row in say.find_grants.find(cursor, space, wanted)]
            devices = find_devices(self._ledger, now.connection, space, {one.kid for one in found})
            proofs = find_proofs(self._ledger, now.connection, space, {one.pid for one in found})
            cursor.close()
        persons: dict[BallotKey, Person] = {}
        for one in found:
            device = devices.get(one.kid)
            revoked = device is None or device.revoked_at > 0 or device.pid != one.pid
            persons[(one.consultation, one.jkt)] = Person(one.pid, proofs.get(one.pid, ()), revoked)
        return persons

    def find_devices(self, space: str, kids: Iterable[str]) -> dict[str, Device]:
        """Those of the device keys that are known, revoked ones too."""
        with self._ledger.reading() as now:
            return find_devices(self._ledger, now.connection, space, set(kids))

    def person(self, space: str, pid: str) -> Person:
        """A person by their number, with what they have proved."""
        with self._ledger.reading() as now:
            return Person(pid, find_proofs(self._ledger, now.connection, space, {pid}).get(pid, ()))

    def add(self, space: str, offered: Sequence[Granted]) -> dict[BallotKey, Granted]:
        """Keeps the grants of ballot keys nobody granted before; what stands for each key then, durably.

        The first person keeps a ballot key: an act it signed can never count for another. Another device of the same
        person may take it over, so that a key outlives the revocation of the device it came with.
        """
        keys: list[Key] = [*dict.fromkeys((one.consultation, one.jkt) for one in offered)]
        say = self._ledger.statements
        with self._ledger.reading() as now:
            cursor = now.connection.connection.cursor()
            standing = _by_key(say.find_grants.find(cursor, space, keys))
            cursor.close()
        if all(standing.get((one.consultation, one.jkt), one)[:4] == one[:4] for one in offered) and len(
            standing
        ) == len(keys):
            return standing
        adding = say.insert(grants)
        new = adding.excluded
        adding = adding.on_conflict_do_update(
            index_elements=[*grants.primary_key], set_={"kid": new.kid}, where=grants.c.pid == new.pid
        )
        with self._ledger.writing() as connection:
            for one in sorted(offered):  # in one order: two transactions never wait for each other
                connection.execute(adding, {"space": space, **one._asdict()})
                note_seen(connection, space, one.pid, one.since)
            cursor = connection.connection.cursor()
            standing = _by_key(say.find_grants.find(cursor, space, keys))
            cursor.close()
        return standing

    def of_person(self, space: str, pid: str) -> list[Granted]:
        """Every grant of a person, oldest first."""
        query = sa.select(*(grants.c[name] for name in Granted._fields)).where(
            grants.c.space == space, grants.c.pid == pid
        )
        with self._ledger.reading() as now:
            rows = now.connection.execute(query.order_by(grants.c.since, grants.c.consultation, grants.c.jkt))
            return [Granted(*row) for row in rows]


def note_seen(connection: sa.Connection, space: str, pid: str, now: int) -> None:
    """The person was there: what is kept about them is kept longer, and no warning stands."""
    own = sa.and_(persons.c.space == space, persons.c.pid == pid, persons.c.seen < now)
    connection.execute(sa.update(persons).where(own).values(seen=now, warned=0))


def _by_key(rows: Iterable[Sequence[object]]) -> dict[BallotKey, Granted]:
    found = [Granted(*row[1:6]) for row in rows]  # type: ignore[arg-type]
    return {(one.consultation, one.jkt): one for one in found}


def find_devices(ledger: Ledger, connection: sa.Connection, space: str, kids: set[str]) -> dict[str, Device]:
    """The known devices among `kids`, on a connection in use."""
    cursor = connection.connection.cursor()
    rows = ledger.statements.find_devices.find(cursor, space, [(kid,) for kid in sorted(kids)])
    cursor.close()
    return {
        kid: Device(kid, pid, b64u_decode(x), b64u_decode(y), ks, since, revoked_at)
        for _, kid, pid, x, y, ks, since, revoked_at in rows
    }


def find_proofs(
    ledger: Ledger, connection: sa.Connection, space: str, pids: set[str]
) -> Mapping[str, tuple[Proof, ...]]:
    """How each of `pids` was recognised, oldest first, on a connection in use."""
    cursor = connection.connection.cursor()
    rows = ledger.statements.find_proofs.find(cursor, space, [(pid,) for pid in sorted(pids)])
    cursor.close()
    found: dict[str, list[Proof]] = {}
    for _, _, pid, method, level, since in rows:
        found.setdefault(pid, []).append(Proof(method, level, since))
    return {pid: tuple(sorted(proofs, key=lambda one: (one.since, one.method))) for pid, proofs in found.items()}
