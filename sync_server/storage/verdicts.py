"""What was said of words that may be published (civic.listing), under marks that tell nothing of them. Small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa

from sync_server.storage.ledger import Ledger
from sync_server.storage.reading import Reading
from sync_server.storage.tables import verdicts


class Verdict(NamedTuple):
    """One verdict: on words about `about`, by a clerk."""

    space: str
    consultation: str
    mark: str
    about: str
    verdict: str
    clerk: str
    at: int


def verdicts_of(reading: Reading, space: str, consultation: str) -> Mapping[str, str]:
    """Every verdict of a consultation, by its mark."""
    own = verdicts.c
    query = sa.select(own.mark, own.verdict).where(own.space == space, own.consultation == consultation)
    return {row.mark: row.verdict for row in reading.connection.execute(query)}


def put_verdict(ledger: Ledger, connection: sa.Connection, one: Verdict) -> None:
    """Keeps it inside the caller's transaction; it takes the place of another on the same words."""
    row = one._asdict()
    more = {name: row[name] for name in ("verdict", "clerk", "at")}
    putting = ledger.insert(verdicts).values(**row)
    connection.execute(putting.on_conflict_do_update(index_elements=[*verdicts.primary_key], set_=more))
