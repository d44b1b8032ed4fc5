"""Clerks: their accounts, what they sign in with, and their roles in towns and consultations.

Writing methods run inside the caller's transaction, with the line of the journal that says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from sync_server.storage.ledger import Ledger
from sync_server.storage.office_tables import clerk_roles, clerks, office_sessions, passkeys, recovery_codes

NOTHING = b""


class Clerk(NamedTuple):
    """An account. `email`, `totp` and `key` are sealed; `totp` is empty where there is no such factor."""

    id: str
    mark: str
    email: bytes
    name: str
    password: str
    totp: bytes
    totp_step: int
    key: bytes
    kid: str
    since: int


class Role(NamedTuple):
    """What a clerk may do in a town (`consultation` is "") or in one consultation of it."""

    space: str
    clerk: str
    consultation: str
    role: str
    since: int


class Passkey(NamedTuple):
    """A key on a device of the clerk's (WebAuthn)."""

    credential: str
    clerk: str
    public: bytes
    signs: int  # the authenticator's own counter
    label: str
    since: int


class Clerks:
    """The clerks of every space in a ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def find(self, clerk: str) -> Clerk | None:
        """The clerk of this id."""
        return self._one(clerks.c.id == clerk)

    def find_marked(self, mark: str) -> Clerk | None:
        """The clerk whose mailbox has this mark."""
        return self._one(sa.and_(clerks.c.mark == mark, clerks.c.mark != ""))

    def _one(self, which: sa.ColumnElement[bool]) -> Clerk | None:
        with self._ledger.reading() as now:
            row = now.connection.execute(sa.select(clerks).where(which)).first()
        return None if row is None else _clerk_of(row)

    def names(self) -> dict[str, str]:
        """The names of everybody who has or had a role, by id."""
        with self._ledger.reading() as now:
            return {row.id: row.name for row in now.connection.execute(sa.select(clerks.c.id, clerks.c.name))}

    def of_space(self, space: str) -> list[tuple[Clerk, list[Role]]]:
        """The clerks of a town with their roles in it, by name."""
        with self._ledger.reading() as now:
            roles = _roles(now.connection, clerk_roles.c.space == space)
            own = sa.select(clerks).where(clerks.c.id.in_({one.clerk for one in roles}))
            found = [_clerk_of(row) for row in now.connection.execute(own.order_by(clerks.c.name, clerks.c.id))]
        return [(one, [role for role in roles if role.clerk == one.id]) for one in found]

    def roles(self, clerk: str) -> list[Role]:
        """Everything that a clerk may do anywhere."""
        with self._ledger.reading() as now:
            return _roles(now.connection, clerk_roles.c.clerk == clerk)

    def add(self, connection: sa.Connection, one: Clerk) -> None:
        """A new account."""
        connection.execute(sa.insert(clerks).values(**one._asdict()))

    def change(self, connection: sa.Connection, clerk: str, **values: Any) -> None:
        """Changes members of an account."""
        connection.execute(sa.update(clerks).where(clerks.c.id == clerk).values(**values))

    def give(self, connection: sa.Connection, role: Role) -> None:
        """Gives a role; the one for the same consultation gives way."""
        putting = self._ledger.insert(clerk_roles).values(**role._asdict())
        row = {"role": role.role, "since": role.since}
        connection.execute(putting.on_conflict_do_update(index_elements=[*clerk_roles.primary_key], set_=row))

    def take(self, connection: sa.Connection, space: str, clerk: str) -> bool:
        """Takes every role in a town; what the clerk signs in with goes too where none is left anywhere.

        The name stays: the journal says who did what. False where there was no role.
        """
        own = sa.and_(clerk_roles.c.space == space, clerk_roles.c.clerk == clerk)
        taken = connection.execute(sa.delete(clerk_roles).where(own)).rowcount
        if taken and not _roles(connection, clerk_roles.c.clerk == clerk):
            self.change(connection, clerk, mark="", email=NOTHING, password="", totp=NOTHING, key=NOTHING)
            for table in (office_sessions, passkeys, recovery_codes):
                connection.execute(sa.delete(table).where(table.c.clerk == clerk))
        return bool(taken)

    def is_last_owner(self, space: str, clerk: str) -> bool:
        """Whether nobody else could give roles in this town."""
        owners = [one.clerk for each in self.of_space(space) for one in each[1] if _is_owner(one)]
        return owners == [clerk]

    def take_step(self, clerk: str, step: int) -> bool:
        """Uses up a code of the clerk's application; False for one that is not newer than the last."""
        newer = sa.and_(clerks.c.id == clerk, clerks.c.totp_step < step)
        with self._ledger.writing() as connection:
            return connection.execute(sa.update(clerks).where(newer).values(totp_step=step)).rowcount == 1

    def put_codes(self, connection: sa.Connection, clerk: str, marks: Sequence[str]) -> None:
        """New recovery codes, by their marks; the old ones serve no more."""
        connection.execute(sa.delete(recovery_codes).where(recovery_codes.c.clerk == clerk))
        connection.execute(sa.insert(recovery_codes), [{"clerk": clerk, "mark": mark} for mark in marks])

    def use_code(self, clerk: str, mark: str) -> bool:
        """Uses a recovery code up; False where there is none such."""
        own = sa.and_(recovery_codes.c.clerk == clerk, recovery_codes.c.mark == mark)
        with self._ledger.writing() as connection:
            return connection.execute(sa.delete(recovery_codes).where(own)).rowcount == 1

    def codes_left(self, clerk: str) -> int:
        """How many recovery codes were not used."""
        query = sa.select(sa.func.count()).where(recovery_codes.c.clerk == clerk)
        with self._ledger.reading() as now:
            return int(now.connection.execute(query).scalar_one())

    def passkeys(self, clerk: str) -> list[Passkey]:
        """The passkeys of a clerk, oldest first."""
        query = sa.select(passkeys).where(passkeys.c.clerk == clerk).order_by(passkeys.c.since, passkeys.c.credential)
        with self._ledger.reading() as now:
            return [Passkey(*row)._replace(public=bytes(row.public)) for row in now.connection.execute(query)]

    def find_passkey(self, credential: str) -> Passkey | None:
        """The passkey of this id."""
        with self._ledger.reading() as now:
            row = now.connection.execute(sa.select(passkeys).where(passkeys.c.credential == credential)).first()
        return None if row is None else Passkey(*row)._replace(public=bytes(row.public))

    def add_passkey(self, connection: sa.Connection, one: Passkey) -> None:
        """A new passkey."""
        connection.execute(sa.insert(passkeys).values(**one._asdict()))

    def note_signs(self, credential: str, signs: int) -> None:
        """Notes where the authenticator's counter stands."""
        with self._ledger.writing() as connection:
            own = passkeys.c.credential == credential
            connection.execute(sa.update(passkeys).where(own).values(signs=signs))

    def drop_passkey(self, connection: sa.Connection, clerk: str, credential: str) -> bool:
        """Takes a passkey away; False where the clerk has none such."""
        own = sa.and_(passkeys.c.clerk == clerk, passkeys.c.credential == credential)
        return connection.execute(sa.delete(passkeys).where(own)).rowcount == 1


def _is_owner(role: Role) -> bool:
    return role.role == "owner" and role.consultation == ""


def _clerk_of(row: Any) -> Clerk:
    found = Clerk(*row)
    return found._replace(email=bytes(found.email), totp=bytes(found.totp), key=bytes(found.key))


def _roles(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Role]:
    query = sa.select(*(clerk_roles.c[name] for name in Role._fields)).where(which)
    ordered = query.order_by(clerk_roles.c.space, clerk_roles.c.clerk, clerk_roles.c.consultation)
    return [Role(*row) for row in connection.execute(ordered)]
