"""The tables: migrations and description agree, SQLite survives a power cut, queries go through indexes."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import sync_server.storage.letter_tables
import sync_server.storage.office_tables  # noqa: F401 - so that all tables are known
from sync_server.storage import Ledger, migrate, open_engine
from sync_server.storage.many_rows import JsonLookup
from sync_server.storage.migrations import HERE, find_version, newest_version
from sync_server.storage.tables import metadata

KEYS = {
    "find_records": 2,
    "find_salts": 2,
    "find_superseded": 2,
    "find_heads": 4,
    "find_owners": 3,
    "find_voters": 3,
    "find_grants": 3,
    "find_devices": 2,
    "find_proofs": 2,
}


def test_the_migrations_make_the_tables_that_are_described(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": metadata})
        assert compare_metadata(context, metadata) == []


def test_an_index_of_some_rows_is_one_in_both_databases(ledger: Ledger) -> None:
    """The description names the condition for SQLite alone: to name it for both loads the drivers of both."""
    described = {
        index.name for table in metadata.tables.values() for index in table.indexes if index.dialect_kwargs
    }  # fmt: skip
    name = f"{ledger.engine.dialect.name}_where"
    inspector = sa.inspect(ledger.engine)
    found = [one for table in metadata.tables for one in inspector.get_indexes(table)]
    assert {one["name"] for one in found if one.get("dialect_options", {}).get(name) is not None} == described
    assert len(described) >= 6


def test_migrating_twice_changes_nothing(ledger: Ledger) -> None:
    migrate(ledger.engine)
    assert set(sa.inspect(ledger.engine).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_every_connection_to_sqlite_is_durable(tmp_path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/preau.sqlite")
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
    with engine.connect() as one, engine.connect() as two:
        for connection in (one, two):
            assert {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected} == expected
    engine.dispose()


def test_every_lookup_goes_through_an_index_on_sqlite(ledger: Ledger) -> None:
    if ledger.engine.dialect.name != "sqlite":
        return
    lookups = {name: one for name, one in vars(ledger.statements).items() if isinstance(one, JsonLookup)}
    assert len(lookups) == 9
    with ledger.reading() as now:
        for name, lookup in lookups.items():
            plan = [
                row[3]
                for row in now.connection.exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {lookup.text}", ("x",) * lookup.text.count("?")
                )
            ]
            keys = KEYS[name]
            assert any(step.startswith("SEARCH") and step.count("=?") == keys for step in plan), (name, plan)


def test_the_tables_have_the_version_that_the_code_expects(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        assert find_version(connection) == newest_version() == ScriptDirectory(str(HERE)).get_current_head()
