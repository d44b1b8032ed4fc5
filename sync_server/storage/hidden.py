"""What the town hall hides, for whoever shows the rest. Small: the worker and every form load it."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from civic.moderation import Hidden
from sync_server.storage.reading import Reading
from sync_server.storage.tables import hidden


def hidden_of(reading: Reading, space: str, consultation: str) -> Mapping[str, Hidden]:
    """What is hidden in a consultation, by slot."""
    query = sa.select(hidden.c.slot, hidden.c.reason, hidden.c.words)
    rows = reading.connection.execute(query.where(hidden.c.space == space, hidden.c.consultation == consultation))
    return {row.slot: Hidden(row.reason, row.words) for row in rows}
