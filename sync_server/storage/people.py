"""Persons, and what they are recognised by: identities and devices. One row of `identities` is one proof of one human.

An identity that is already known brings its device to that person; a new one joins the person of its device.
"""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from civic.assurance import Proof, highest
from civic.canonical import b64u_encode
from civic.grant import Device
from civic.jws import PublicKey
from civic.refusals import Code, Refused
from sync_server.storage.following_tables import forget_followers
from sync_server.storage.grants import find_devices, find_proofs, note_seen
from sync_server.storage.households import RESIDENT, is_anothers_mailbox, was_resident
from sync_server.storage.ledger import Ledger
from sync_server.storage.people_tables import consents, contacts, devices, grants, identities, persons, profiles
from sync_server.storage.secret_tables import issued

MOST_DEVICES = 10
_KEPT_FOR = {"contact": contacts, "profile": profiles}


class Recognised(NamedTuple):
    """A device whose holder has proved an identity; `mark` is that identity's keyed hash."""

    key: PublicKey
    ks: str
    mark: str
    method: str
    level: str


class Linked(NamedTuple):
    """Whom a device acts for now. `is_shared`: nothing was proved, for the mailbox is that of somebody else too."""

    pid: str
    level: str
    devices: int  # that may act
    is_new: bool  # the person was not known before
    is_new_device: bool  # it did not act for this person before
    is_shared: bool = False


class Known(NamedTuple):
    """Everything kept about a person besides their acts."""

    pid: str
    since: int
    proofs: tuple[Proof, ...]
    devices: tuple[Device, ...]
    consents: dict[str, bool]
    contact: bytes | None  # sealed


class Unseen(NamedTuple):
    """A person who has not been there for long, and the consultations they take part in."""

    pid: str
    seen: int
    warned: int  # days before erasure told last, 0 for none
    contact: bytes | None  # sealed
    consultations: frozenset[str]


class People:
    """The persons of every space in a ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def link(self, connection: sa.Connection, space: str, one: Recognised, pid: str, now: int) -> Linked:
        """Ties device and identity to one person, who is made with the id `pid` if neither is known.

        Runs inside the caller's transaction, whose database lock (`lock_space`) keeps two phones that prove the same
        identity at once from making two persons. Refused REVOKED for a device that was revoked: it stays so for
        ever, and its phone makes another key.
        """
        device = find_devices(self._ledger, connection, space, {one.key.kid}).get(one.key.kid)
        if device is not None and device.revoked_at:
            raise Refused(Code.REVOKED)
        of_mark = sa.select(identities.c.pid).where(identities.c.space == space, identities.c.mark == one.mark)
        known = connection.execute(of_mark).scalar()
        acting = None if device is None else device.pid
        if one.method == "email" and is_anothers_mailbox(self._ledger, connection, space, one.mark, acting, known, now):
            return Linked(acting or "", "", 0, is_new=False, is_new_device=False, is_shared=True)
        person = known or self._joined(connection, space, one, acting) or pid
        is_new = person == pid
        if is_new:
            connection.execute(sa.insert(persons).values(space=space, pid=pid, since=now, seen=now, warned=0))
        else:
            note_seen(connection, space, person, now)
        if known is None:
            row = {"space": space, "mark": one.mark, "pid": person, "method": one.method, "level": one.level}
            connection.execute(sa.insert(identities).values(**row, since=now))
        is_new_device = device is None or device.pid != person
        if is_new_device:
            self._put_device(connection, space, one, person, now)
        live = self.live(connection, space, person)
        proofs = find_proofs(self._ledger, connection, space, {person})[person]
        return Linked(person, highest(each.level for each in proofs), len(live), is_new, is_new_device)

    def _joined(self, connection: sa.Connection, space: str, one: Recognised, acting: str | None) -> str | None:
        """Whom a new identity joins: the person of its phone, unless it would make two humans one.

        The code of a letter is one resident's: never another's who uses the same phone, nor that of whoever else's
        phones act for this person by the mailbox of a household.
        """
        if acting is None or one.method != RESIDENT:
            return acting
        is_alone = self.live(connection, space, acting) == [one.key.kid]
        return acting if is_alone and not was_resident(connection, space, acting) else None

    def _put_device(self, connection: sa.Connection, space: str, one: Recognised, pid: str, now: int) -> None:
        """The device acts for `pid`; of more than MOST_DEVICES the one known longest is revoked."""
        row = {"pid": pid, "ks": one.ks, "since": now, "revoked_at": 0}
        point = {"x": b64u_encode(one.key.x), "y": b64u_encode(one.key.y)}
        putting = self._ledger.insert(devices).values(space=space, kid=one.key.kid, **point, **row)
        connection.execute(putting.on_conflict_do_update(index_elements=["space", "kid"], set_=row))
        others = [kid for kid in self.live(connection, space, pid) if kid != one.key.kid]
        for kid in others[: len(others) - MOST_DEVICES + 1] if len(others) >= MOST_DEVICES else ():
            _revoke(connection, space, pid, kid, now)

    @staticmethod
    def live(connection: sa.Connection, space: str, pid: str) -> list[str]:
        """The devices that act for a person, the one known longest first."""
        query = sa.select(devices.c.kid).where(
            devices.c.space == space, devices.c.pid == pid, devices.c.revoked_at == 0
        )
        return list(connection.execute(query.order_by(devices.c.since, devices.c.kid)).scalars())

    def find(self, space: str, pid: str) -> Known | None:
        """What is kept about a person, None where there is nobody of this id."""
        with self._ledger.reading() as now:
            connection = now.connection
            since = connection.execute(
                sa.select(persons.c.since).where(persons.c.space == space, persons.c.pid == pid)
            ).scalar()
            if since is None:
                return None
            kids = connection.execute(
                sa.select(devices.c.kid).where(devices.c.space == space, devices.c.pid == pid)
            ).scalars()
            found = find_devices(self._ledger, connection, space, set(kids)).values()
            proofs = find_proofs(self._ledger, connection, space, {pid}).get(pid, ())
            return Known(
                pid, since, proofs, tuple(sorted(found, key=lambda one: (one.since, one.kid))),
                _consents(connection, space, pid), _contact(connection, space, pid),
            )  # fmt: skip

    def see(self, space: str, pid: str, now: int) -> None:
        """Notes that the person was there: what is kept about them is kept longer."""
        with self._ledger.writing() as connection:
            note_seen(connection, space, pid, now)

    def unseen(self, space: str, since: int) -> list[Unseen]:
        """The persons who were not seen after `since`, in the order of their ids."""
        query = sa.select(persons).where(persons.c.space == space, persons.c.seen <= since).order_by(persons.c.pid)
        with self._ledger.reading() as now:
            found = now.connection.execute(query).all()
            return [
                Unseen(
                    one.pid, one.seen, one.warned, _contact(now.connection, space, one.pid),
                    _taking_part(now.connection, space, one.pid),
                )
                for one in found
            ]  # fmt: skip

    def note_warning(self, connection: sa.Connection, space: str, pid: str, *, warned: int, seen: int) -> None:
        """Notes what the person was told, inside the transaction that writes the letter."""
        noting = sa.update(persons).where(persons.c.space == space, persons.c.pid == pid)
        connection.execute(noting.values(warned=warned, seen=seen))

    def revoke(self, space: str, pid: str, kid: str, now: int) -> bool:
        """The device may act no more, durably; False where the person has no such device."""
        with self._ledger.writing() as connection:
            lock_space(self._ledger, connection, space)
            return _revoke(connection, space, pid, kid, now)

    def consent(self, space: str, pid: str, purpose: str, now: int, *, allowed: bool) -> None:
        """Notes what the person allows; what is kept for a purpose is deleted with the consent to it."""
        row = {"allowed": int(allowed), "since": now}
        putting = self._ledger.insert(consents).values(space=space, pid=pid, purpose=purpose, **row)
        putting = putting.on_conflict_do_update(index_elements=[*consents.primary_key], set_=row)
        with self._ledger.writing() as connection:
            connection.execute(putting)
            kept = _KEPT_FOR.get(purpose)
            if kept is not None and not allowed:
                connection.execute(sa.delete(kept).where(kept.c.space == space, kept.c.pid == pid))
            if purpose == "contact" and not allowed:
                forget_followers(connection, space, [pid])  # by e-mail, that is

    def keep_contact(self, connection: sa.Connection, space: str, pid: str, address: bytes) -> None:
        """Keeps the sealed address unless the person has forbidden it; inside the caller's transaction."""
        if _consents(connection, space, pid).get("contact", True):
            putting = self._ledger.insert(contacts).values(space=space, pid=pid, address=address)
            putting = putting.on_conflict_do_update(index_elements=["space", "pid"], set_={"address": address})
            connection.execute(putting)

    def contact_of(self, connection: sa.Connection, space: str, pid: str) -> bytes | None:
        """The sealed address of a person."""
        return _contact(connection, space, pid)


def lock_space(ledger: Ledger, connection: sa.Connection, space: str) -> None:
    """One transaction at a time past this point for `space`: appending takes the same lock."""
    cursor = connection.connection.cursor()
    cursor.execute(ledger.statements.first_position, (space,))
    cursor.execute(ledger.statements.position, (space,))
    cursor.close()


def _revoke(connection: sa.Connection, space: str, pid: str, kid: str, now: int) -> bool:
    own = sa.and_(devices.c.space == space, devices.c.pid == pid, devices.c.kid == kid)
    connection.execute(sa.update(devices).where(own, devices.c.revoked_at == 0).values(revoked_at=max(1, now)))
    is_theirs = connection.execute(sa.select(devices.c.kid).where(own)).first() is not None
    if is_theirs:
        forget_followers(connection, space, [kid])
    return is_theirs


def _taking_part(connection: sa.Connection, space: str, pid: str) -> frozenset[str]:
    granted = sa.select(grants.c.consultation).where(grants.c.space == space, grants.c.pid == pid)
    prepared = sa.select(issued.c.consultation).where(issued.c.space == space, issued.c.holder == pid)
    return frozenset(connection.execute(sa.union(granted, prepared)).scalars())


def _consents(connection: sa.Connection, space: str, pid: str) -> dict[str, bool]:
    query = sa.select(consents.c.purpose, consents.c.allowed).where(consents.c.space == space, consents.c.pid == pid)
    return {row.purpose: bool(row.allowed) for row in connection.execute(query)}


def _contact(connection: sa.Connection, space: str, pid: str) -> bytes | None:
    query = sa.select(contacts.c.address).where(contacts.c.space == space, contacts.c.pid == pid)
    found = connection.execute(query).scalar()
    return None if found is None else bytes(found)
