"""Letters to send: written in the transaction that needs them, deleted once the mail server has taken them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from sync_server.storage.ledger import Ledger
from sync_server.storage.people_tables import mails


class Mail(NamedTuple):
    """A sealed letter. After `until` it is of no use to anybody and is not sent."""

    space: str
    id: str
    letter: bytes
    due: int
    until: int
    tries: int


class Mails:
    """The letters of every space in a ledger's database; several workers may share them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def put(self, connection: sa.Connection, mail: Mail) -> None:
        """Keeps a letter to be sent, inside the caller's transaction."""
        connection.execute(sa.insert(mails).values(**mail._asdict()))

    def take(self, now: int, lease: int, limit: int = 20) -> Sequence[Mail]:
        """Letters that are due, each given to one worker alone for `lease` seconds; late ones are deleted."""
        is_due = sa.and_(mails.c.due <= now, mails.c.until >= now)
        with self._ledger.reading() as reading:
            rows = reading.connection.execute(
                sa.select(mails).where(mails.c.due <= now).order_by(mails.c.due).limit(limit)
            ).all()
        if not rows:
            return ()
        taken: list[Mail] = []
        with self._ledger.writing() as connection:
            connection.execute(sa.delete(mails).where(mails.c.until < now))
            for row in rows:
                own = sa.and_(mails.c.space == row.space, mails.c.id == row.id, is_due)
                if connection.execute(sa.update(mails).where(own).values(due=now + lease)).rowcount == 1:
                    taken.append(Mail(*row)._replace(letter=bytes(row.letter)))
        return taken

    def sent(self, mail: Mail) -> None:
        """The mail server has it: nothing of it stays here."""
        with self._ledger.writing() as connection:
            connection.execute(sa.delete(mails).where(mails.c.space == mail.space, mails.c.id == mail.id))

    def failed(self, mail: Mail, again_at: int) -> None:
        """Not sent: to be tried again at `again_at`."""
        own = sa.and_(mails.c.space == mail.space, mails.c.id == mail.id)
        with self._ledger.writing() as connection:
            connection.execute(sa.update(mails).where(own).values(due=again_at, tries=mail.tries + 1))
