"""What this server has signed as a witness: of each log the newest checkpoint, never a smaller one after it."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from sync_server.storage.ledger import Ledger
from sync_server.storage.tables import witnessed

_LOCK = 0x77746E73  # "wtns": with the origin, what the answers about one log take turns for


class WitnessedLogs:
    """The table on one ledger. LedgerUnavailable where the database can't be used."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def newest(self, origin: str) -> str | None:
        """The checkpoint (a signed note) that was signed last for this log, None before the first."""
        with self._ledger.reading() as now:
            return _newest(now.connection, origin)

    def advance(self, origin: str, decide: Callable[[str | None], str]) -> str:
        """Puts what `decide` makes of the newest checkpoint in its place; it, durable on return.

        Nobody else looks or puts in between. What `decide` raises changes nothing.
        """
        with self._ledger.writing() as connection:
            if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK, sa.func.hashtext(origin))))
            note = decide(_newest(connection, origin))
            row = self._ledger.insert(witnessed).values(origin=origin, note=note)
            connection.execute(row.on_conflict_do_update(index_elements=["origin"], set_={"note": note}))
        return note


def _newest(connection: sa.Connection, origin: str) -> str | None:
    found = connection.execute(sa.select(witnessed.c.note).where(witnessed.c.origin == origin)).scalar()
    return None if found is None else str(found)
