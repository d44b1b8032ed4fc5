"""The journal of a town's clerks in the database: one line after another, never changed (civic.journal)."""

from __future__ import annotations

import sqlalchemy as sa

from civic.journal import Said, line_hash, seal_line
from sync_server.keys import SigningKey
from sync_server.storage.ledger import Ledger
from sync_server.storage.office_tables import journal
from sync_server.storage.people import lock_space


class Journal:
    """The journals of every space in a ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def write(self, connection: sa.Connection, space: str, said: Said, key: SigningKey) -> None:
        """Adds a line in the transaction that does what it says: neither is there without the other.

        The transaction takes the turn that appending takes, so lines never share a number.
        """
        lock_space(self._ledger, connection, space)
        last = sa.select(journal.c.n, journal.c.line).where(journal.c.space == space)
        row = connection.execute(last.order_by(journal.c.n.desc()).limit(1)).first()
        n, prev = (1, "") if row is None else (row.n + 1, line_hash(row.line))
        line = seal_line(space, n, prev, said, (key.x, key.y), key.sign)
        connection.execute(sa.insert(journal).values(space=space, n=n, line=line))

    def lines(self, space: str) -> list[str]:
        """Every line, oldest first."""
        query = sa.select(journal.c.line).where(journal.c.space == space).order_by(journal.c.n)
        with self._ledger.reading() as now:
            return [str(one) for one in now.connection.execute(query).scalars()]
