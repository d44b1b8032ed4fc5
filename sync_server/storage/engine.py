"""How the database is opened: SQLite that survives a power cut, or PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

# FULL: a commit is on the disk when it returns. WAL: readers never wait for the writer, nor it for them.
PRAGMAS = (
    ("busy_timeout", 10_000),
    ("journal_mode", "wal"),
    ("synchronous", 2),  # FULL
    ("foreign_keys", 1),
    ("wal_autocheckpoint", 4_000),
    ("cache_size", -4_000),
)
# Every query of ours is served by an index, but a plan made while a table was young would read it whole for ever.
PLANNING = ("enable_seqscan = off", "enable_hashjoin = off", "enable_mergejoin = off", "jit = off")
WRITING = {"preau_begin": "BEGIN IMMEDIATE"}  # execution options of a connection that will write


def open_engine(url: str, readers: int = 8) -> sa.Engine:
    """An engine on `url`; with SQLite every connection has PRAGMAS and begins its transactions explicitly.

    Use `writing(engine)` for transactions that write: with SQLite they take the lock at their beginning, since a
    reader that turns writer would fail at once when another was quicker.
    """
    target = sa.make_url(url)
    if target.get_backend_name() != "sqlite":
        engine = sa.create_engine(target, pool_size=readers, pool_pre_ping=True)
        sa.event.listen(engine, "connect", _prepare_postgresql)
        return engine
    if target.database:
        Path(target.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(target, pool_size=readers)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def writing(engine: sa.Engine) -> sa.Engine:
    """The same pool, for transactions that write."""
    return engine.execution_options(**WRITING)


def reading(engine: sa.Engine) -> sa.Engine:
    """The same pool, for transactions whose every query sees one and the same state."""
    if engine.dialect.name == "sqlite":
        return engine  # WAL: a transaction sees what it saw at its first query
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    raw: Any = connection
    raw.isolation_level = None  # else the driver begins by itself, and too late
    cursor = raw.cursor()
    for name, value in PRAGMAS:
        cursor.execute(f"PRAGMA {name} = {value}").fetchall()
    cursor.close()


def _prepare_postgresql(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    raw: Any = connection
    raw.autocommit = True  # a setting made inside a transaction would go with it
    for setting in PLANNING:
        raw.execute(f"SET {setting}")
    raw.autocommit = False


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("preau_begin", "BEGIN"))
