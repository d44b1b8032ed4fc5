"""Persons taken from one database to another: with the keys of the town they stay the same; hidden words stay so.

What the town has answered goes along too, for it is nobody’s but the town’s; and what became of photos.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from civic.canonical import b64u_decode, b64u_encode
from sync_server.storage.following_tables import endpoints, follows
from sync_server.storage.happening_tables import happenings, tellings
from sync_server.storage.ledger import Ledger
from sync_server.storage.letter_tables import letter_answers, letter_keys, letter_talks
from sync_server.storage.people_tables import (
    census_codes,
    consents,
    contacts,
    devices,
    grants,
    group_tables,
    identities,
    persons,
    profiles,
    residents,
    shared_mailboxes,
    told,
)
from sync_server.storage.photo_tables import photos
from sync_server.storage.secret_tables import issued
from sync_server.storage.tables import answers, hidden, verdicts

OF_PERSONS = (persons, identities, devices, grants, contacts, consents)
LISTED = (residents, census_codes, shared_mailboxes)
SAID = (profiles, group_tables)
LETTERS = (letter_keys, letter_talks, letter_answers)
FOLLOWED = (follows, endpoints, happenings, tellings)  # with who was told: nobody is told again
# What is only on its way stays behind; so do the clerks, whom the new server's owner invites again.
MOVED = (*OF_PERSONS, *SAID, *FOLLOWED, *LISTED, *LETTERS, issued, hidden, answers, verdicts, photos, told)
_BY_NAME = {table.name: table for table in MOVED}


def people_lines(connection: sa.Connection, space: str) -> Iterator[dict[str, Any]]:
    """Every row about the persons of a space, what is hidden and what was answered, as `{"table", column: value}`.

    Bytes are written in base64url.
    """
    for table in MOVED:
        query = sa.select(table).where(table.c.space == space).order_by(*table.primary_key)
        for row in connection.execute(query).mappings():
            yield {"table": table.name, **{name: _written(value) for name, value in row.items() if name != "space"}}


def restore_people(ledger: Ledger, space: str, lines: Iterable[dict[str, Any]]) -> None:
    """Puts the rows of `people_lines` back, in one transaction; those that are there already stay as they are.

    KeyError where a line is not one of them.
    """
    with ledger.writing() as connection:
        for line in lines:
            table = _BY_NAME[line.pop("table")]
            row = {name: _read(table.c[name], value) for name, value in line.items()}
            connection.execute(ledger.insert(table).values(space=space, **row).on_conflict_do_nothing())


def _written(value: Any) -> Any:
    return b64u_encode(bytes(value)) if isinstance(value, bytes | memoryview) else value


def _read(column: sa.Column[Any], value: Any) -> Any:
    return b64u_decode(value) if isinstance(column.type, sa.LargeBinary) else value
