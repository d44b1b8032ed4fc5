"""The SQL of the append path, compiled once for each kind of database."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from sync_server.storage.many_rows import ArrayLookup, JsonLookup, Lookup, Writer
from sync_server.storage.people_tables import devices, grants, identities
from sync_server.storage.photo_tables import attached
from sync_server.storage.secret_tables import secret_ballots
from sync_server.storage.tables import (
    SHOWN,
    heads,
    ids,
    participation,
    payloads,
    records,
    superseded,
    tombstones,
    totals,
    voters,
)

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


class Statements:
    """What the append path says to a database of this dialect."""

    def __init__(self, dialect: sa.Dialect) -> None:
        self.dialect = dialect
        self.is_sqlite = dialect.name == "sqlite"
        # The other database's dialect is a megabyte or two that this process never needs.
        self._sql: Any = import_module(f"sqlalchemy.dialects.{dialect.name}")
        place, lock = ("?", "") if self.is_sqlite else ("%s", " FOR UPDATE")
        self.position = f"SELECT last_no FROM spaces WHERE space = {place}{lock}"  # noqa: S608 - only our own names
        first = f"INSERT INTO spaces (space, last_no, rebuilds, indexed_no) VALUES ({place}, 0, 0, 0)"  # noqa: S608
        self.first_position = f"{first} ON CONFLICT DO NOTHING"
        self.move = f"UPDATE spaces SET last_no = {place} WHERE space = {place}"  # noqa: S608
        self.indexed = f"SELECT indexed_no FROM spaces WHERE space = {place}{lock}"  # noqa: S608
        newer = f"SELECT no, id FROM records WHERE space = {place} AND no > {place}"  # noqa: S608
        self.newer = f"{newer} ORDER BY no LIMIT {place}"
        self.note_indexed = f"UPDATE spaces SET indexed_no = {place} WHERE space = {place}"  # noqa: S608
        self.records = self._writer(records, ())
        self.payloads = self._writer(payloads, ())
        self.tombstones = self._writer(tombstones, ())
        self.heads = self._writer(heads, ())
        self.superseded = self._writer(superseded, ())
        self.secret_ballots = self._writer(secret_ballots, ())
        self.attached = self._writer(attached, ())
        self.ids = self._writer(ids, ())
        self.voters = self._writer(voters, ())
        self.totals = self._writer(totals, ("n",), largest=("as_of",))
        self.participation = self._writer(participation, ("ballots", "voters", "unsigned"))
        self.find_records = self._lookup(records, ("no",), array="bigint[]")
        # In hexadecimal: what SQLite's JSON carries is text.
        salt = "hex(kept.salt)" if self.is_sqlite else "encode(kept.salt, 'hex')"
        self.find_salts = self._lookup(payloads, ("no",), array="bigint[]", columns=f"kept.no, {salt}")
        self.find_superseded = self._lookup(superseded, ("id",))
        self.find_heads = self._lookup(heads, ("consultation", "voter", "slot"))
        self.find_owners = self._lookup(heads, ("consultation", "slot"), "heads_owner", SHOWN.text)
        self.find_grants = self._lookup(grants, ("consultation", "jkt"))
        self.find_devices = self._lookup(devices, ("kid",))
        self.find_proofs = self._lookup(identities, ("pid",), "identities_pid")
        self.find_voters = self._lookup(voters, ("consultation", "voter"))

    def insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """An insert that can say what to do on a conflict."""
        found: sqlite.Insert | postgresql.Insert = self._sql.insert(table)
        return found

    def _writer(self, table: sa.Table, added: tuple[str, ...], largest: tuple[str, ...] = ()) -> Writer:
        """An insert that replaces the row of the same key; columns `added` are summed, `largest` keep the maximum."""
        base = self._sql.base
        dialect = base.SQLiteDialect() if self.is_sqlite else base.PGDialect(paramstyle="format")
        names = tuple(column.name for column in table.c)
        insert = self.insert(table)
        rest = [column for column in table.c if not column.primary_key]
        if table not in (
            records,
            payloads,
            tombstones,
            superseded,
            ids,
            secret_ballots,
            attached,
        ):  # those are append only: the same key twice is an error, never an update
            new = insert.excluded
            greatest = sa.func.max if self.is_sqlite else sa.func.greatest
            values = {
                one.name: one + new[one.name]
                if one.name in added
                else greatest(one, new[one.name])
                if one.name in largest
                else new[one.name]
                for one in rest
            }
            insert = insert.on_conflict_do_update(index_elements=[*table.primary_key], set_=values)
        compiled = insert.compile(dialect=dialect, column_keys=names)
        if tuple(compiled.positiontup or ()) != names:
            raise AssertionError("a writer takes its values in the order of the columns")
        return Writer(str(compiled))

    def _lookup(
        self, table: sa.Table, names: tuple[str, ...], index: str = "", condition: str = "", array: str = "text[]",
        columns: str = "",
    ) -> Lookup:  # fmt: skip
        """Key by key through an index, which neither database would choose while it thinks the table small.

        The rows found are whole, unless `columns` says what of them is asked for.

        SQLite is told the order (CROSS JOIN) and the index, PostgreSQL by LATERAL and OFFSET 0.
        """
        columns = columns or ", ".join(f"kept.{column.name}" for column in table.c)
        condition = condition and f" AND {condition}"
        if self.is_sqlite:
            imposed = f"INDEXED BY {index}" if index else ""
            matches = " AND ".join(f"kept.{name} = wanted.value ->> {place}" for place, name in enumerate(names))
            return JsonLookup(
                f"SELECT json_group_array(json_array({columns})) FROM json_each(?) AS wanted "  # noqa: S608
                f"CROSS JOIN {table.name} AS kept {imposed} WHERE kept.space = ?{condition} AND {matches}"
            )
        arrays, wanted = ", ".join(f"%s::{array}" for _ in names), ", ".join(f"wanted.{name}" for name in names)
        text = (
            f"SELECT found.* FROM (SELECT %s::text AS space) AS here "  # noqa: S608
            f"CROSS JOIN unnest({arrays}) AS wanted({', '.join(names)}) CROSS JOIN LATERAL "
            f"(SELECT {columns} FROM {table.name} AS kept WHERE kept.space = here.space{condition} "
            f"AND ({', '.join(f'kept.{name}' for name in names)}) = ({wanted}) OFFSET 0) AS found"
        )
        return ArrayLookup(text)
