"""How clerks come in: sessions, invitations on their way, and what was tried wrongly."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

from sync_server.storage.ledger import Ledger
from sync_server.storage.office_tables import invitations, office_sessions, office_tries

FREE_FAILURES = 5  # before anybody has to wait
FIRST_WAIT, LONGEST_WAIT = 15, 900  # seconds; it doubles with every failure
FORGIVEN_AFTER = 24 * 3600


class Session(NamedTuple):
    """A browser in which a clerk is signed in, or about to be (`stage`: factor, setup, full)."""

    mark: str
    clerk: str
    stage: str
    device: str
    created: int
    seen: int
    proved: int
    expires: int


class Invitation(NamedTuple):
    """A role that waits for somebody; `email` is sealed. It opens no account but the one that it `renews`."""

    space: str
    id: str
    mark: str
    consultation: str
    role: str
    email: bytes
    by: str
    renews: str
    created: int
    until: int


class Sessions:
    """The sessions of every clerk in a ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def open(self, one: Session) -> None:
        """A new session, durably."""
        with self._ledger.writing() as connection:
            connection.execute(sa.insert(office_sessions).values(**one._asdict()))

    def find(self, mark: str) -> Session | None:
        """The session of this mark, over or not."""
        with self._ledger.reading() as now:
            row = now.connection.execute(sa.select(office_sessions).where(office_sessions.c.mark == mark)).first()
        return None if row is None else Session(*row)

    def of(self, clerk: str) -> list[Session]:
        """The sessions of a clerk, the one used last first."""
        query = sa.select(office_sessions).where(office_sessions.c.clerk == clerk, office_sessions.c.stage == "full")
        with self._ledger.reading() as now:
            return [Session(*row) for row in now.connection.execute(query.order_by(office_sessions.c.seen.desc()))]

    def note(self, mark: str, *, seen: int, proved: int) -> None:
        """The clerk was here; `proved` is when they last said a secret."""
        with self._ledger.writing() as connection:
            own = office_sessions.c.mark == mark
            connection.execute(sa.update(office_sessions).where(own).values(seen=seen, proved=proved))

    def end(self, clerk: str, mark: str | None = None, but: str = "") -> int:
        """Ends one session of a clerk, or all for None, except `but`; how many there were."""
        own = [office_sessions.c.clerk == clerk, office_sessions.c.mark != but]
        if mark is not None:
            own.append(office_sessions.c.mark == mark)
        with self._ledger.writing() as connection:
            return connection.execute(sa.delete(office_sessions).where(*own)).rowcount

    def forget(self, now: int, idle: int) -> None:
        """Deletes sessions that are over, and failures nobody needs to remember."""
        with self._ledger.writing() as connection:
            over = sa.or_(office_sessions.c.expires < now, office_sessions.c.seen < now - idle)
            connection.execute(sa.delete(office_sessions).where(over))
            connection.execute(sa.delete(office_tries).where(office_tries.c.last < now - FORGIVEN_AFTER))
            connection.execute(sa.delete(invitations).where(invitations.c.until < now - FORGIVEN_AFTER))


class Invitations:
    """The invitations of every space in a ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def put(self, connection: sa.Connection, one: Invitation) -> None:
        """A new invitation, inside the caller's transaction."""
        connection.execute(sa.insert(invitations).values(**one._asdict()))

    def find(self, mark: str, now: int) -> Invitation | None:
        """The invitation whose token has this mark; None where there is none, or it is over."""
        with self._ledger.reading() as reading:
            row = reading.connection.execute(sa.select(invitations).where(invitations.c.mark == mark)).first()
        return None if row is None or row.until < now else _invitation_of(row)

    def waiting(self, space: str, now: int) -> list[Invitation]:
        """Those that wait in a town, oldest first."""
        query = sa.select(invitations).where(invitations.c.space == space, invitations.c.until >= now)
        with self._ledger.reading() as reading:
            rows = reading.connection.execute(query.order_by(invitations.c.created, invitations.c.id))
            return [_invitation_of(row) for row in rows]

    def use(self, connection: sa.Connection, space: str, identity: str) -> bool:
        """Takes the invitation, which serves once; False where it is gone."""
        own = sa.and_(invitations.c.space == space, invitations.c.id == identity)
        return connection.execute(sa.delete(invitations).where(own)).rowcount == 1


class Tries:
    """Wrong secrets, counted before they are looked at, so that many at once are all counted."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def take(self, mark: str, now: int) -> int:
        """0 and one try counted as wrong until `forgive` is called, or the seconds to wait."""
        with self._ledger.writing() as connection:
            counted = {"failures": office_tries.c.failures + 1, "last": now}
            new = self._ledger.insert(office_tries).values(mark=mark, failures=1, until=0, last=now)
            free = sa.and_(office_tries.c.mark == mark, office_tries.c.until <= now)
            putting = new.on_conflict_do_update(index_elements=["mark"], set_=counted, where=free)
            done = connection.execute(putting.returning(office_tries.c.mark)).first() is not None
            row = connection.execute(sa.select(office_tries).where(office_tries.c.mark == mark)).one()
            if not done:
                return int(row.until) - now
            over = row.failures - FREE_FAILURES
            if over >= 0:
                wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(over, 10))
                own = office_tries.c.mark == mark
                connection.execute(sa.update(office_tries).where(own).values(until=now + wait))
            return 0

    def forgive(self, mark: str) -> None:
        """The secret was right."""
        with self._ledger.writing() as connection:
            connection.execute(sa.delete(office_tries).where(office_tries.c.mark == mark))


def _invitation_of(row: Any) -> Invitation:
    found = Invitation(*row)
    return found._replace(email=bytes(found.email))
