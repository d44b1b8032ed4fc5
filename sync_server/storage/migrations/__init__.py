"""Bringing a database's tables up to date, whatever version wrote them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import sqlalchemy as sa

from sync_server.storage.engine import writing

HERE = Path(__file__).parent
_LOCK = 0x50726561  # two processes that start together on one PostgreSQL migrate one after the other
_VERSION = sa.table("alembic_version", sa.column("version_num"))


def migrate(engine: sa.Engine) -> None:
    """Makes the tables, or brings them up to date, in one transaction: all of it or nothing. Harmless to repeat."""
    with engine.connect() as connection:
        if find_version(connection) == newest_version():
            return  # without asking for the write lock, which a server at work holds most of the time
    with writing(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        if find_version(connection) != newest_version():
            # Alembic is a sixth of a process's memory, and nearly every start finds the tables as they should be.
            import_module("sync_server.storage.migrations.upgrade").upgrade(connection)


def find_version(connection: sa.Connection) -> str | None:
    """The version of the tables, None where there are none."""
    if not sa.inspect(connection).has_table(_VERSION.name):
        return None
    return connection.execute(sa.select(_VERSION.c.version_num)).scalar()


def newest_version() -> str:
    """The version that the code expects: the greatest number of a file in versions/."""
    return max(file.name.partition("_")[0] for file in (HERE / "versions").glob("[0-9]*_*.py"))
