"""Proofs on their way: an enrolment waits for its code, its link or its provider, for half an hour."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from sync_server.storage.ledger import Ledger
from sync_server.storage.people_tables import enrolments, nonces

MOST_TRIES = 5


class Enrolment(NamedTuple):
    """A proof on its way, bound to the device key (x, y)."""

    enrol: str
    kid: str
    x: str
    y: str
    ks: str
    method: str
    state: bytes  # sealed: what the method remembers
    tries: int
    confirmed: int  # 1 once the link was opened, or the provider has answered
    outcome: str  # what was answered when it was finished, "" before
    expires: int


class Enrolments:
    """The enrolments of every space in a ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def put(self, connection: sa.Connection, space: str, one: Enrolment) -> None:
        """Keeps a new enrolment, inside the caller's transaction."""
        connection.execute(sa.insert(enrolments).values(space=space, **one._asdict()))

    def find(self, space: str, enrol: str, now: int) -> Enrolment | None:
        """The enrolment, None where there is none, its time is over, or too much was tried."""
        with self._ledger.reading() as reading:
            return self.find_on(reading.connection, space, enrol, now)

    def find_on(self, connection: sa.Connection, space: str, enrol: str, now: int) -> Enrolment | None:
        """The same on a connection in use."""
        query = sa.select(*(enrolments.c[name] for name in Enrolment._fields)).where(_is(space, enrol))
        row = connection.execute(query).first()
        if row is None or row.expires < now:
            return None
        if row.tries >= MOST_TRIES and not row.confirmed and not row.outcome:
            return None
        return Enrolment(*row)._replace(state=bytes(row.state))

    def take_try(self, space: str, enrol: str) -> bool:
        """Counts a try before its answer is known, so that many at once are all counted; False where none is left."""
        left = sa.and_(_is(space, enrol), enrolments.c.tries < MOST_TRIES)
        with self._ledger.writing() as connection:
            counted = connection.execute(sa.update(enrolments).where(left).values(tries=enrolments.c.tries + 1))
            return counted.rowcount == 1

    def confirm(self, space: str, enrol: str, state: bytes | None = None) -> None:
        """The link was opened, or the provider has answered (with a new `state`)."""
        changed = {"confirmed": 1} if state is None else {"confirmed": 1, "state": state}
        with self._ledger.writing() as connection:
            connection.execute(sa.update(enrolments).where(_is(space, enrol)).values(**changed))

    def claim(self, space: str, enrol: str) -> bool:
        """Takes a provider's answer, before it is known what it is worth; False where one was taken already."""
        first = sa.and_(_is(space, enrol), enrolments.c.confirmed == 0)
        with self._ledger.writing() as connection:
            return connection.execute(sa.update(enrolments).where(first).values(confirmed=1)).rowcount == 1

    def finish(self, connection: sa.Connection, space: str, enrol: str, outcome: str) -> None:
        """Keeps what was answered: asked again by the same key, it is answered again. The state is emptied."""
        done = {"outcome": outcome, "state": b""}
        connection.execute(sa.update(enrolments).where(_is(space, enrol)).values(**done))

    def end(self, connection: sa.Connection, space: str, enrol: str) -> None:
        """Forgets an enrolment that came to nothing, inside the caller's transaction."""
        connection.execute(sa.delete(enrolments).where(_is(space, enrol)))

    def spend(self, space: str, nonce: str, until: int) -> bool:
        """Uses a nonce up; False where it was used before."""
        using = self._ledger.insert(nonces).values(space=space, nonce=nonce, until=until).on_conflict_do_nothing()
        with self._ledger.writing() as connection:
            return connection.execute(using.returning(nonces.c.nonce)).first() is not None

    def forget(self, now: int) -> None:
        """Deletes what is over, of every space."""
        with self._ledger.writing() as connection:
            connection.execute(sa.delete(enrolments).where(enrolments.c.expires < now))
            connection.execute(sa.delete(nonces).where(nonces.c.until < now))


def _is(space: str, enrol: str) -> sa.ColumnElement[bool]:
    return sa.and_(enrolments.c.space == space, enrolments.c.enrol == enrol)
