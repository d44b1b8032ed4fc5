"""How far services were told of what arrived (sync_server.dispatching): a number a town."""

from __future__ import annotations

import sqlalchemy as sa

from sync_server.storage.ledger import Ledger
from sync_server.storage.people_tables import told


def read_told(connection: sa.Connection, space: str) -> int:
    """The number of the last record that was looked at, 0 for none."""
    return int(connection.execute(sa.select(told.c.no).where(told.c.space == space)).scalar() or 0)


def write_told(ledger: Ledger, connection: sa.Connection, space: str, no: int) -> None:
    """Remembers it, in the transaction that keeps the letters."""
    row = ledger.insert(told).values(space=space, no=no)
    connection.execute(row.on_conflict_do_update(index_elements=["space"], set_={"no": no}))
