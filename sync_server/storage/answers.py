"""What the town has answered, for whoever shows it. Small: the worker loads it."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from civic.official import Answer, read_answer
from sync_server.storage.reading import Reading
from sync_server.storage.tables import answers


def answers_of(reading: Reading, space: str, consultation: str) -> Mapping[str, list[Answer]]:
    """Every answer of a consultation by the id of its item, the oldest first."""
    query = sa.select(answers.c.item, answers.c.json).order_by(answers.c.item, answers.c.n)
    found: dict[str, list[Answer]] = {}
    for row in reading.connection.execute(
        query.where(answers.c.space == space, answers.c.consultation == consultation)
    ):
        found.setdefault(row.item, []).append(read_answer(row.json))
    return found
