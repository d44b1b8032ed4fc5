"""Acts that stand in line (civic.queues), as the worker draws the line and as the town hall reads who is in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from sync_server.storage.batch import parse_counted
from sync_server.storage.reading import Line, Reading
from sync_server.storage.tables import heads, payloads, records


class InLine(NamedTuple):
    """An act in line with the words that nobody publishes; `envelope` is None once they are erased."""

    line: Line
    rx: int
    envelope: str | None


def lines_for(
    now: Reading, space: str, consultation: str, kinds: Sequence[str], subjects: Sequence[str]
) -> Iterator[Line]:
    """The acts of `kinds` that stand in line for one of `subjects`, in order of their records."""
    columns = (heads.c.no, heads.c.kind, heads.c.subject, heads.c.counted)
    query = sa.select(*columns).where(*_standing(space, consultation, kinds), heads.c.subject.in_([*subjects]))
    for row in now.connection.execute(query.order_by(heads.c.no)):
        yield Line(row.no, row.kind, row.subject, parse_counted(row.counted))


def in_line(now: Reading, space: str, consultation: str, kinds: Sequence[str]) -> list[InLine]:
    """Every act of `kinds` that stands in line, in order of their records."""
    is_record = sa.and_(records.c.space == heads.c.space, records.c.no == heads.c.no)
    is_payload = sa.and_(payloads.c.space == heads.c.space, payloads.c.no == heads.c.no)
    columns = (heads.c.no, heads.c.kind, heads.c.subject, heads.c.counted, records.c.rx, payloads.c.envelope)
    joined = heads.join(records, is_record).outerjoin(payloads, is_payload)
    query = sa.select(*columns).select_from(joined).where(*_standing(space, consultation, kinds))
    return [
        InLine(Line(row.no, row.kind, row.subject, parse_counted(row.counted)), row.rx, row.envelope)
        for row in now.connection.execute(query.order_by(heads.c.no))
    ]


def _standing(space: str, consultation: str, kinds: Sequence[str]) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        heads.c.space == space,
        heads.c.consultation == consultation,
        heads.c.kind.in_([*kinds]),
        heads.c.withdrawn == 0,
    )
