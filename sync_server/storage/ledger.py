"""The ledger: the only truth. Acts go in through `append`, everything else reads.

How to use it::

    ledger = open_ledger("sqlite:////srv/preau/preau.sqlite")     # storage.open_ledger: opens and migrates
    outcomes = ledger.append("valbrume", offers)                  # acceptance only
    with ledger.reading() as now:                                 # worker, exports: one consistent state
        changes = now.changes_after("valbrume", no, limit=5000)
    ledger.close()

All methods may be called from any thread and from several processes on the same database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from sync_server.storage.appending import Appender, LedgerUnknown
from sync_server.storage.batch import Offer, Outcome
from sync_server.storage.engine import reading, writing
from sync_server.storage.reading import Manifest, Reading
from sync_server.storage.statements import Statements
from sync_server.storage.tables import manifests, spaces

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

__all__ = ["Ledger", "LedgerUnavailable", "LedgerUnknown", "Position"]


class LedgerUnavailable(Exception):
    """The ledger cannot be used now; nothing of what was asked has been stored."""


class Position(NamedTuple):
    """How far a space has come: `last_no` grows with every record, `rebuilds` with every rebuild asked for."""

    last_no: int
    rebuilds: int


class Ledger:
    """One database of one or many spaces."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._writer, self._reader = writing(engine), reading(engine)
        self.statements = Statements(engine.dialect)
        self._appender = Appender(engine, self.statements)
        self._driver_error: type[Exception] = engine.dialect.loaded_dbapi.Error

    def append(self, space: str, offers: Sequence[Offer]) -> list[Outcome]:
        """Settles `offers` in their order and stores those admitted; the outcomes, in the same order.

        On return every act whose outcome is `accepted` or `superseded` is durable, with its heads and totals, and
        numbers of a space have no gaps and follow the order of commits. An act already stored (by anybody, also
        earlier among `offers`) is `duplicate` with its first number. Raises LedgerUnavailable when nothing was
        stored, LedgerUnknown when the database can't tell.
        """
        with self._said():
            return self._appender.append(space, offers)

    def tidy(self, limit: int = 500) -> bool:
        """Brings the index of ids up to date by at most `limit` records; whether there is more to do.

        For quiet moments: without it receipts asked for by id take longer and longer to find.
        """
        behind = sa.select(spaces.c.space).where(spaces.c.indexed_no < spaces.c.last_no).limit(1)
        with self.reading() as now:
            space = now.connection.execute(behind).scalar()
        if space is None:
            return False
        with self._said():
            self._appender.index_ids(space, limit)
        return True

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A view in which every query sees the same state, whatever is appended meanwhile."""
        with self._said(), self._reader.connect() as connection, connection.begin():
            yield Reading(connection, self.statements)

    def positions(self) -> Mapping[str, Position]:
        """Where every space stands. Cheap: ask as often as you like to see whether anything moved."""
        with self._said(), self._reader.connect() as connection, connection.begin():
            rows = connection.execute(sa.select(spaces.c.space, spaces.c.last_no, spaces.c.rebuilds))
            return {row.space: Position(row.last_no, row.rebuilds) for row in rows}

    def register_manifests(self, space: str, known: Sequence[Manifest]) -> None:
        """Keeps every version of the rules that was ever shown; those already kept stay as they are."""
        with self.reading() as now:
            missing = {(one.consultation, one.mh) for one in known} - {
                (one.consultation, one.mh) for one in now.manifests(space)
            }
        rows = [{"space": space, **one._asdict()} for one in known if (one.consultation, one.mh) in missing]
        if rows:
            with self.writing() as connection:
                connection.execute(self.insert(manifests).on_conflict_do_nothing(), rows)

    def request_rebuild(self, space: str) -> None:
        """Asks for a whole rebuild of the site of `space`; durable on return."""
        asked = self.insert(spaces).values(space=space, last_no=0, rebuilds=1, indexed_no=0)
        one_more = {"rebuilds": spaces.c.rebuilds + 1}
        with self.writing() as connection:
            connection.execute(asked.on_conflict_do_update(index_elements=["space"], set_=one_more))

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction for derived tables, committed at the end; records go through `append` alone."""
        with self._said(), self._writer.begin() as connection:
            yield connection

    def insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """An insert that knows what to do on a conflict, in this database's dialect."""
        return self.statements.insert(table)

    def close(self) -> None:
        """Closes every connection that is not in use."""
        self._appender.close()
        self.engine.dispose()

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Turns the database's errors into the ledger's own."""
        try:
            yield
        except (sa.exc.SQLAlchemyError, self._driver_error) as error:
            raise LedgerUnavailable(str(error)) from error
