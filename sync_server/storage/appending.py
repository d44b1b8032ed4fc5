"""The connection that appends, kept open from one transaction to the next: opening one costs as much as using it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.pool import PoolProxiedConnection

from sync_server.storage.batch import Batch, Offer, Outcome
from sync_server.storage.engine import WRITING
from sync_server.storage.statements import Statements


class LedgerUnknown(Exception):
    """The commit failed in a way that leaves open whether it happened. The process must stop accepting acts."""


class Appender:
    """Appends through one connection at a time; a connection that failed in any way is never used again."""

    def __init__(self, engine: sa.Engine, statements: Statements) -> None:
        self._engine, self._statements = engine, statements
        self._lock = threading.Lock()
        self._connection: PoolProxiedConnection | None = None

    def append(self, space: str, offers: Sequence[Offer]) -> list[Outcome]:
        """As Ledger.append, in the words of the driver: its errors mean that nothing was stored."""
        with self._transaction() as cursor:
            batch = Batch(cursor, self._statements, space, offers)
            outcomes = [batch.take(offer) for offer in offers]
            if batch.records:
                batch.write()
            return outcomes

    def index_ids(self, space: str, limit: int) -> None:
        """Enters at most `limit` records more into the index of ids, in the order of the index."""
        with self._transaction() as cursor:
            cursor.execute(self._statements.indexed, (space,))
            ((indexed_no,),) = cursor.fetchall()
            cursor.execute(self._statements.newer, (space, indexed_no, limit))
            rows = cursor.fetchall()
            self._statements.ids.write(cursor, sorted((identity, space, no) for no, identity in rows))
            cursor.execute(self._statements.note_indexed, (max((no for no, _ in rows), default=indexed_no), space))

    @contextmanager
    def _transaction(self) -> Iterator[DBAPICursor]:
        """One transaction at a time, committed at the end; LedgerUnknown where the commit fails."""
        with self._lock:
            if self._connection is None:
                self._connection = self._engine.raw_connection()
            connection = self._connection
            try:
                cursor = connection.cursor()
                if self._statements.is_sqlite:
                    cursor.execute(WRITING["preau_begin"])
                yield cursor
                cursor.close()
            except BaseException:
                self._drop()  # what it is in the middle of is undone with it
                raise
            try:
                self._engine.dialect.do_commit(connection)
            except Exception as error:
                self._drop()
                raise LedgerUnknown(str(error)) from error

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()

    def close(self) -> None:
        """Gives the connection back; the next append opens another."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()
