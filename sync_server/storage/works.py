"""Which worker has a space in hand, and up to where its site is built. Several workers share the work through it."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from sync_server.storage.ledger import Ledger
from sync_server.storage.tables import works


class Built(NamedTuple):
    """Up to which record and which asked-for rebuild the published site of a space goes."""

    no: int
    rebuilds: int


class Works:
    """Leases on spaces. Instants are the caller's: clocks of workers on several machines must agree roughly."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def take(self, space: str, worker: str, now: int, until: int) -> Built | None:
        """Gives `space` to `worker` until the instant `until`, or None while another has it.

        A worker takes again what it already has to keep it longer. What is built so far comes back.
        """
        free = sa.or_(works.c.worker == worker, works.c.until < now)
        new = {"space": space, "worker": worker, "until": until, "built_no": 0, "built_rebuilds": 0}
        taking = self._ledger.insert(works).values(new)
        taking = taking.on_conflict_do_update(
            index_elements=["space"], set_={"worker": worker, "until": until}, where=free
        )
        with self._ledger.writing() as connection:
            connection.execute(taking)
            row = connection.execute(sa.select(works).where(works.c.space == space)).one()
        return Built(row.built_no, row.built_rebuilds) if row.worker == worker else None

    def set_built(self, space: str, worker: str, built: Built) -> bool:
        """Notes what `worker` has published; False (and nothing noted) if the space is no longer its own."""
        noting = sa.update(works).where(works.c.space == space, works.c.worker == worker)
        with self._ledger.writing() as connection:
            done = connection.execute(noting.values(built_no=built.no, built_rebuilds=built.rebuilds))
        return done.rowcount == 1

    def release(self, space: str, worker: str) -> None:
        """Gives the space back, so that another worker need not wait for the lease to end."""
        with self._ledger.writing() as connection:
            connection.execute(sa.update(works).where(works.c.space == space, works.c.worker == worker).values(until=0))

    def built(self, space: str) -> Built:
        """What has been built; (0, 0) before the first time."""
        with self._ledger.reading() as now:
            row = now.connection.execute(sa.select(works).where(works.c.space == space)).first()
        return Built(0, 0) if row is None else Built(row.built_no, row.built_rebuilds)
