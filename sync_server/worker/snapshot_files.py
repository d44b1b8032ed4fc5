"""Snapshot files: TinyDB documents replaced whole and atomically (docs/formats.md §6). Derived: delete them freely.

Tables and documents keep the order they are given in: the same state gives the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document as Row

from civic.canonical import parse_json
from civic.module import Document


class AtomicStorage(Storage):
    """A file that is at any moment wholly the old or wholly the new one, whatever is cut off, by kill or by power."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def read(self) -> dict[str, dict[str, Any]] | None:
        """The content of the file, None where there is none."""
        try:
            content: dict[str, dict[str, Any]] = parse_json(self.path.read_bytes())
        except FileNotFoundError:
            return None
        return content

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        """Replaces the file; durable on return. An identical file is left alone, so that its ETag and time stay."""
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        replace_file(self.path, text.encode("utf-8"))


def replace_file(path: Path, data: bytes) -> bool:
    """Makes `data` the content of `path`, durably; False if it already was."""
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


def write_snapshot(path: Path, tables: Mapping[str, Sequence[Document]]) -> None:
    """Writes every table of one snapshot in one replacement; documents are numbered in the order given."""
    storage = AtomicStorage(path)
    storage.write(
        {name: {str(number): row for number, row in enumerate(rows, 1)} for name, rows in tables.items()},
    )


def read_snapshot(path: Path) -> dict[str, list[Document]]:
    """The tables of a snapshot, documents in order; empty where there is no file."""
    with TinyDB(path, storage=AtomicStorage) as database:
        return {
            name: [dict(row) for row in _in_order(database.table(name).all())] for name in sorted(database.tables())
        }


def _in_order(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.doc_id)
