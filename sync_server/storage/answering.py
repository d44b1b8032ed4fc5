"""What the town answers to contributions, and the contributions with where they stand, for the clerk who answers.

An answer is only ever added. It asks for the site to be built again, as hiding does (storage.hiding).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa

from civic.official import Answer, answer_bytes, check_merging, merged_of, read_answer
from sync_server.storage.answers import answers_of
from sync_server.storage.hiding import Shown, ask_rebuild, shown_of, shown_words
from sync_server.storage.ledger import Ledger
from sync_server.storage.reading import Reading
from sync_server.storage.tables import SHOWN, answers, heads

UNANSWERED = ""


class Item(NamedTuple):
    """A contribution that the town may answer: its words, its number on the pages, its status (`UNANSWERED`)."""

    shown: Shown
    number: int
    status: str

    @property
    def id(self) -> str:
        """The id that an answer is about."""
        return self.shown.slot.partition(":")[2]

    @property
    def kind(self) -> str:
        """The kind of act that it is."""
        return self.shown.slot.partition(":")[0]


class Page(NamedTuple):
    """Which items are asked for: of these kinds, with this status (None: any), first record below `before`."""

    kinds: Collection[str]
    status: str | None
    before: int
    limit: int


class Answering:
    """The answers of every space in a ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def newest(self, space: str, consultations: frozenset[str] | None, page: Page) -> list[Item]:
        """The items of `page`, newest first; of all consultations for None."""
        query = _items(space).where(heads.c.first_no < page.before, heads.c.kind.in_(sorted(page.kinds)))
        if consultations is not None:
            query = query.where(heads.c.consultation.in_(sorted(consultations)))
        if page.status is not None:
            query = query.where(_status() == page.status)
        with self._ledger.reading() as now:
            rows = now.connection.execute(query.order_by(heads.c.first_no.desc()).limit(page.limit)).all()
        return [_item_of(row) for row in rows]

    def find(self, space: str, first_no: int) -> Item | None:
        """The item whose first record has this number."""
        with self._ledger.reading() as now:
            row = now.connection.execute(_items(space).where(heads.c.first_no == first_no)).first()
        return None if row is None else _item_of(row)

    def numbered(self, space: str, consultation: str, kind: str, number: int) -> Item | None:
        """The item that pages show under this number, from 1."""
        query = _items(space).where(heads.c.consultation == consultation, heads.c.kind == kind)
        with self._ledger.reading() as now:
            row = now.connection.execute(query.order_by(heads.c.first_no).offset(number - 1).limit(1)).first()
        return None if row is None else _item_of(row)

    def history(self, space: str, consultation: str, item: str) -> list[Answer]:
        """Every answer about an item, the oldest first."""
        with self._ledger.reading() as now:
            return answers_of(now, space, consultation).get(item, [])

    def name_of(self, space: str, clerk: str) -> str:
        """The name that a clerk answered under last, "" before they did."""
        own = sa.select(answers.c.json).where(answers.c.space == space, answers.c.clerk == clerk)
        with self._ledger.reading() as now:
            last = now.connection.execute(own.order_by(answers.c.at.desc(), answers.c.n.desc()).limit(1)).scalar()
        return "" if last is None else read_answer(last).name

    def add(self, connection: sa.Connection, space: str, consultation: str, answer: Answer, clerk: str) -> bool:
        """Adds an answer inside the caller's transaction, which has taken `people.lock_space`.

        False, with nothing done, where the last answer says the same. Refused BAD_PAYLOAD where merging goes in a
        circle.
        """
        known = answers_of(Reading(connection, self._ledger.statements), space, consultation)
        before = known.get(answer.about, [])
        if before and before[-1]._replace(at=answer.at) == answer:
            return False
        check_merging(answer.about, answer.into, merged_of({**known, answer.about: []}))
        row = {
            "space": space, "consultation": consultation, "item": answer.about, "n": len(before) + 1,
            "status": answer.status, "json": answer_bytes(answer).decode("utf-8"), "clerk": clerk, "at": answer.at,
        }  # fmt: skip
        connection.execute(sa.insert(answers).values(**row))
        ask_rebuild(connection, space)
        return True


def _status() -> sa.ColumnElement[str]:
    """The status that the last answer gave the head's item, `UNANSWERED` before any."""
    own = sa.and_(
        answers.c.space == heads.c.space, answers.c.consultation == heads.c.consultation,
        answers.c.item == sa.func.substr(heads.c.slot, sa.func.length(heads.c.kind) + 2),
    )  # fmt: skip
    last = sa.select(answers.c.status).where(own).order_by(answers.c.n.desc()).limit(1).correlate(heads)
    return sa.func.coalesce(last.scalar_subquery(), UNANSWERED)


def _number() -> sa.ColumnElement[int]:
    """How many of its kind came before it in its consultation, and itself (worker.fold)."""
    earlier = heads.alias("earlier")
    same = sa.and_(*(earlier.c[name] == heads.c[name] for name in ("space", "consultation", "kind")))
    is_shown = sa.text(f"earlier.{SHOWN.text}")  # written out, as there
    count = sa.select(sa.func.count()).where(same, is_shown, earlier.c.first_no <= heads.c.first_no)
    return count.select_from(earlier).correlate(heads).scalar_subquery()


def _items(space: str) -> sa.Select[Any]:
    return shown_words(space).add_columns(_status().label("status"), _number().label("number"))


def _item_of(row: Any) -> Item:
    return Item(shown_of(row), int(row.number), str(row.status))
