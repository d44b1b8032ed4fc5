"""Statements for many rows at once, in the driver's own words: SQLAlchemy's cost as much again at these sizes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy.engine.interfaces import DBAPICursor

# Rows a statement, largest first: few sizes, so that each is prepared once and kept by the driver.
TOGETHER = (64, 16, 4, 1)
Key = tuple[str, ...] | tuple[int]


class Writer:
    """An insert of many rows, given as tuples in the order of the table's columns.

    Many rows go into one statement: SQLite's driver lets other threads run at each step of a statement and then has
    to wait for its turn again, so a step a row would cost the writer a wait a row.
    """

    def __init__(self, text: str) -> None:
        head, values, rest = text.partition(" VALUES ")
        row, closing, conflict = rest.partition(")")
        one = row + closing
        self._texts = {size: f"{head}{values}{', '.join([one] * size)}{conflict}" for size in TOGETHER}

    def write(self, cursor: DBAPICursor, rows: Sequence[tuple[Any, ...]]) -> None:
        """Writes `rows`, if there are any."""
        start = 0
        for size, text in self._texts.items():
            while len(rows) - start >= size:
                cursor.execute(text, [value for row in rows[start : start + size] for value in row])
                start += size


class Lookup(Protocol):
    """A query for the rows of many keys."""

    text: str

    def find(self, cursor: DBAPICursor, space: str, keys: Sequence[Key]) -> Sequence[Any]:
        """The rows that exist for `keys`, whole, in no order."""


class JsonLookup:
    """`text` takes a JSON array of keys, then the space; it gives one row with a JSON array of rows.

    One step brings everything: at each step of a statement SQLite's driver lets other threads run and then has to
    wait for its turn, so a step a row cost ten times the query.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def find(self, cursor: DBAPICursor, space: str, keys: Sequence[Key]) -> Sequence[Any]:
        """See Lookup."""
        if not keys:
            return ()
        cursor.execute(self.text, (json.dumps(keys), space))
        ((found,),) = cursor.fetchall()
        rows: list[Any] = json.loads(found)
        return rows


class ArrayLookup:
    """`text` takes the space, then an array for each column of the key: one statement."""

    def __init__(self, text: str) -> None:
        self.text = text

    def find(self, cursor: DBAPICursor, space: str, keys: Sequence[Key]) -> Sequence[Any]:
        """See Lookup."""
        if not keys:
            return ()
        cursor.execute(self.text, (space, *map(list, zip(*keys, strict=True))))
        return cursor.fetchall()
