"""What people say of themselves for results by group, apart from all else; and the tables drawn from it, once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from civic.canonical import canonical_json, parse_json
from civic.slots import Counted
from sync_server.storage.batch import parse_counted
from sync_server.storage.ledger import Ledger
from sync_server.storage.people import lock_space
from sync_server.storage.people_tables import consents, group_tables, persons, profiles
from sync_server.storage.tables import heads

PURPOSE = "profile"  # of the consent


class Choice(NamedTuple):
    """A standing act that counts, and whose it is."""

    kind: str
    voter: str
    counted: tuple[Counted, ...]


class Profiles:
    """The profiles of every space in a ledger's database, sealed by whoever gives them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def keep(self, space: str, pid: str, sealed: bytes, now: int) -> bool:
        """Keeps what the person says and that they agree to it, durably; False where there is no such person (more)."""
        with self._ledger.writing() as connection:
            lock_space(self._ledger, connection, space)
            own = sa.select(persons.c.pid).where(persons.c.space == space, persons.c.pid == pid)
            if connection.execute(own).first() is None:
                return False
            self._put(connection, consents, {"space": space, "pid": pid, "purpose": PURPOSE}, allowed=1, since=now)
            self._put(connection, profiles, {"space": space, "pid": pid}, answers=sealed)
        return True

    def _put(self, connection: sa.Connection, table: sa.Table, key: dict[str, str], **row: Any) -> None:
        putting = self._ledger.insert(table).values(**key, **row)
        connection.execute(putting.on_conflict_do_update(index_elements=[*table.primary_key], set_=row))

    def find(self, space: str, pid: str) -> bytes | None:
        """What the person said, sealed; None where they said nothing."""
        query = sa.select(profiles.c.answers).where(profiles.c.space == space, profiles.c.pid == pid)
        with self._ledger.reading() as now:
            found = now.connection.execute(query).scalar()
        return None if found is None else bytes(found)

    def all(self, space: str) -> dict[str, bytes]:
        """What everybody said who said anything, sealed, by person."""
        query = sa.select(profiles.c.pid, profiles.c.answers).where(profiles.c.space == space)
        with self._ledger.reading() as now:
            return {pid: bytes(answers) for pid, answers in now.connection.execute(query)}


class GroupTables:
    """Results by group as they are published. Drawn once: who changes a profile later changes no figure, and so
    nobody can see by a difference what they had chosen."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def find(self, space: str, consultation: str) -> list[dict[str, Any]] | None:
        """The documents that were kept, None before."""
        query = sa.select(group_tables.c.documents)
        query = query.where(group_tables.c.space == space, group_tables.c.consultation == consultation)
        with self._ledger.reading() as now:
            found = now.connection.execute(query).scalar()
        return None if found is None else parse_json(found.encode("utf-8"))

    def keep(self, space: str, consultation: str, documents: list[dict[str, Any]]) -> None:
        """Keeps the documents, durably; those that are there already stay as they are."""
        row = {"space": space, "consultation": consultation, "documents": canonical_json(documents).decode("utf-8")}
        with self._ledger.writing() as connection:
            connection.execute(self._ledger.insert(group_tables).values(**row).on_conflict_do_nothing())


def choices_of(connection: sa.Connection, space: str, consultation: str, kinds: Iterable[str]) -> Iterator[Choice]:
    """The standing acts of `kinds`, with whom they are of."""
    query = sa.select(heads.c.kind, heads.c.voter, heads.c.counted).where(
        heads.c.space == space, heads.c.consultation == consultation, heads.c.kind.in_([*kinds]),
        heads.c.withdrawn == 0,
    )  # fmt: skip
    for row in connection.execute(query):
        yield Choice(row.kind, row.voter, parse_counted(row.counted))
