"""Rights to a secret vote that were given: one a person and question, whoever asks at the same instant."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from civic.refusals import Code, Refused
from sync_server.storage.ledger import Ledger
from sync_server.storage.people import lock_space
from sync_server.storage.people_tables import identities, persons
from sync_server.storage.secret_tables import issued

MARK, ERASED = "m:", "e:"
LOGGED_NOWHERE = 0  # entry of a row that is no line of the log: number 0 is always the rules


class Claim(NamedTuple):
    """A right that a person asks for. `blinded` is the hash of the blinded message, `c` commits to the request."""

    consultation: str
    question: str
    pid: str
    blinded: str
    jws: str
    c: str
    salt: bytes


class Right(NamedTuple):
    """A question that a person may answer in secret, or has answered: nobody knows which."""

    consultation: str
    question: str


class IssuedTokens:
    """The rights of every space in a ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def claim(self, space: str, one: Claim) -> None:
        """Gives the person the right, durably, or finds that just this one was given.

        Refused TOKEN_ALREADY_ISSUED where another was, also before the person was erased and came back; UNKNOWN_KEY
        where the person is not there any more.
        """
        row = {"space": space, "consultation": one.consultation, "question": one.question}
        same = [issued.c[name] == value for name, value in row.items()]
        adding = self._ledger.insert(issued).values(
            **row, holder=one.pid, blinded=one.blinded, jws=one.jws, c=one.c, salt=one.salt, entry=-1
        )
        with self._ledger.writing() as connection:
            lock_space(self._ledger, connection, space)
            is_person = sa.select(persons.c.pid).where(persons.c.space == space, persons.c.pid == one.pid)
            if connection.execute(is_person).first() is None:
                raise Refused(Code.UNKNOWN_KEY)
            marks = [f"{MARK}{mark}" for mark in _marks(connection, space, one.pid)]
            before = sa.select(issued.c.holder).where(*same, issued.c.holder.in_(marks))
            if connection.execute(before).first() is not None:
                raise Refused(Code.TOKEN_ALREADY_ISSUED)
            connection.execute(adding.on_conflict_do_nothing())
            given = sa.select(issued.c.blinded).where(*same, issued.c.holder == one.pid)
            if connection.execute(given).scalar_one() != one.blinded:
                raise Refused(Code.TOKEN_ALREADY_ISSUED)

    def rights_of(self, space: str, pid: str) -> list[Right]:
        """The rights that a person was given, in order of their names."""
        query = sa.select(issued.c.consultation, issued.c.question).where(
            issued.c.space == space, issued.c.holder == pid
        )
        with self._ledger.reading() as now:
            return sorted(Right(*row) for row in now.connection.execute(query))

    def a_request(self, space: str, consultation: str) -> str | None:
        """A request by which a right was given in a consultation; None where none was, or all are erased."""
        query = sa.select(issued.c.jws).where(
            issued.c.space == space, issued.c.consultation == consultation, issued.c.jws != ""
        )
        with self._ledger.reading() as now:
            found = now.connection.execute(query.limit(1)).scalar()
        return None if found is None else str(found)

    def forget_marks(self, space: str, consultation: str) -> None:
        """Forgets who was erased after having had a right: no more is given in this consultation."""
        theirs = (issued.c.space == space, issued.c.consultation == consultation, issued.c.holder.startswith(MARK))
        with self._ledger.reading() as now:
            if now.connection.execute(sa.select(issued.c.holder).where(*theirs).limit(1)).first() is None:
                return
        with self._ledger.writing() as connection:
            connection.execute(sa.delete(issued).where(*theirs))


def detach_person(ledger: Ledger, connection: sa.Connection, space: str, pid: str, undecided: Collection[str]) -> None:
    """Leaves of a person's rights only what the count of the log's lines needs, inside the transaction that erases.

    In the consultations `undecided` the marks of their identities stay until the end: the ballot can't be taken back,
    for nobody can tell which it is, so they may not come back as somebody new for a second one.
    """
    own = (issued.c.space == space, issued.c.holder == pid)
    rights = connection.execute(sa.select(issued.c.consultation, issued.c.question).where(*own)).all()
    marks = _marks(connection, space, pid)
    rows = [
        {
            "space": space, "consultation": one.consultation, "question": one.question, "holder": f"{MARK}{mark}",
            "blinded": "", "jws": "", "c": "", "salt": b"", "entry": LOGGED_NOWHERE,
        }
        for one in rights if one.consultation in undecided
        for mark in marks
    ]  # fmt: skip
    if rows:
        connection.execute(ledger.insert(issued).on_conflict_do_nothing(), rows)
    nobody = {"holder": ERASED + issued.c.c, "blinded": "", "jws": "", "salt": b""}
    connection.execute(sa.update(issued).where(*own).values(**nobody))


def _marks(connection: sa.Connection, space: str, pid: str) -> list[str]:
    query = sa.select(identities.c.mark).where(identities.c.space == space, identities.c.pid == pid)
    return list(connection.execute(query).scalars())
