"""A town that skipped updates for years loses nothing: rows written under each version are there under the newest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from sync_server.storage import migrate, open_engine
from sync_server.storage.engine import writing
from sync_server.storage.migrations import HERE, find_version, newest_version
from sync_server.storage.migrations.upgrade import upgrade

VERSIONS = sorted(file.name.partition("_")[0] for file in (HERE / "versions").glob("[0-9]*_*.py"))
Rows = dict[str, dict[str, Any]]  # by table, the one row that a version left there


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


def test_what_each_version_wrote_is_kept_by_all_that_follow(engine: sa.Engine) -> None:
    written: Rows = {}
    for version in VERSIONS:
        with writing(engine).begin() as connection:
            upgrade(connection, version)
            written |= {table: fill(connection, table) for table in tables(connection) if table not in written}
    assert kept(engine, written) == written
    assert len(written) > 30


def test_the_oldest_town_upgrades_at_once(engine: sa.Engine) -> None:
    with writing(engine).begin() as connection:
        upgrade(connection, VERSIONS[0])
        written = {table: fill(connection, table) for table in tables(connection)}
    migrate(engine)
    with engine.connect() as connection:
        assert find_version(connection) == newest_version() == VERSIONS[-1]
    assert kept(engine, written) == written


def tables(connection: sa.Connection) -> list[str]:
    return [name for name in sorted(sa.inspect(connection).get_table_names()) if name != "alembic_version"]


def fill(connection: sa.Connection, name: str) -> dict[str, Any]:
    """Puts a row into the table, other in each column; the row."""
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    row = {column.name: _value(column, place) for place, column in enumerate(table.columns, 1)}
    connection.execute(table.insert().values(row))
    return row


def _value(column: sa.Column[Any], place: int) -> Any:
    if isinstance(column.type, sa.Integer):  # BIGINT too
        return place
    return bytes([place]) * 32 if isinstance(column.type, sa.LargeBinary) else f"{column.name} {place}"


def kept(engine: sa.Engine, written: Rows) -> Rows:
    """What stands now in the columns that were written; {} for a table whose row is gone."""
    found: Rows = {}
    with engine.connect() as connection:
        for name, row in written.items():
            table = sa.Table(name, sa.MetaData(), autoload_with=connection)
            rows = connection.execute(sa.select(*(table.c[column] for column in row))).mappings().all()
            found[name] = dict(rows[0]) if len(rows) == 1 else {}
    return found
