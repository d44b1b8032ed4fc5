"""What has happened, spread over its followers: a row for each of them, written once whoever dies or doubles the work.

A happening is noted under a key that stays. Its followers are gone through in the order of their ids, some at a time:
rows and cursor are written in one transaction that holds only if the cursor is where it was read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from civic.canonical import canonical_json, parse_json
from civic.following import PUSH
from civic.happenings import Happening
from sync_server.storage.following_tables import endpoints, follows
from sync_server.storage.happening_tables import happenings, tellings
from sync_server.storage.ledger import Ledger
from sync_server.storage.mails import Mail
from sync_server.storage.people_tables import mails


class _Taken(Exception):
    """Another worker has told some of it."""


class Noted(NamedTuple):
    """A happening of which some are still to be told; `cursor` is "" before anybody was."""

    space: str
    happening: Happening
    cursor: str


class Telling(NamedTuple):
    """`follower` is to be told of the happening `key`, for they follow `about`."""

    space: str
    key: str
    follower: str
    about: str
    channel: str
    lang: str
    due: int
    until: int
    tries: int


class Due(NamedTuple):
    """A telling that is due, with what happened; `endpoint` is sealed, None where there is none or follows no more."""

    telling: Telling
    happening: Happening
    follows: bool  # still
    endpoint: bytes | None


class Happenings:
    """What has happened in every space of a ledger's database; several workers may share it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def note(self, space: str, found: Iterable[Happening]) -> None:
        """Notes what has happened, durably; what was noted before stays as it is."""
        rows = [
            {"space": space, **one._asdict(), "facts": _facts(one), "cursor": "", "spread": 0} for one in found
        ]  # fmt: skip
        if rows:
            with self._ledger.writing() as connection:
                connection.execute(self._ledger.insert(happenings).on_conflict_do_nothing(), rows)

    def has_work(self, now: int) -> bool:
        """Whether anything is to be spread, or anybody to be told: one query that looks at two indexes."""
        to_spread = sa.exists().where(happenings.c.spread == 0)
        to_tell = sa.exists().where(tellings.c.due <= now)
        with self._ledger.reading() as reading:
            return bool(reading.connection.execute(sa.select(sa.or_(to_spread, to_tell))).scalar())

    def to_spread(self, but: Collection[str] = ()) -> Noted | None:
        """The oldest happening that is not spread over all its followers, of any space `but` these."""
        own = (happenings.c.spread == 0, happenings.c.space.not_in([*but]))
        query = sa.select(happenings).where(*own).order_by(happenings.c.at, happenings.c.key)
        with self._ledger.reading() as now:
            row = now.connection.execute(query.limit(1)).first()
        return None if row is None else Noted(row.space, _happening(row), row.cursor)

    def spread(self, noted: Noted, rows: Sequence[Telling], cursor: str, *, is_over: bool) -> bool:
        """Keeps who is to be told and how far that is, durably; False, and nothing kept, if another was faster."""
        own = (happenings.c.space == noted.space, happenings.c.key == noted.happening.key)
        is_here = sa.and_(*own, happenings.c.cursor == noted.cursor, happenings.c.spread == 0)
        moving = sa.update(happenings).where(is_here).values(cursor=cursor, spread=int(is_over))
        with self._ledger.writing() as connection:
            if not connection.execute(moving).rowcount:
                return False
            if rows:
                putting = self._ledger.insert(tellings).on_conflict_do_nothing()
                connection.execute(putting, [one._asdict() for one in rows])
        return True

    def due(self, now: int, limit: int, *, by_push: bool) -> list[Due]:
        """Who is to be told now by push, or by letter, what is due first before the rest.

        Those for whom it is too late are deleted. The cost is that of `limit` tellings, however many are due.
        """
        is_by = tellings.c.channel == PUSH if by_push else tellings.c.channel != PUSH
        query = _due().where(tellings.c.due <= now, is_by).order_by(tellings.c.due).limit(limit)
        with self._ledger.reading() as reading:
            found = [_due_of(row) for row in reading.connection.execute(query)]
        if any(one.telling.until <= now for one in found):
            with self._ledger.writing() as connection:
                _drop_late(connection, now)
        return [one for one in found if one.telling.until > now]

    def all_due_to(self, one: Telling, now: int) -> list[Due]:
        """All that the follower is to be told now by the channel of `one`, the oldest first."""
        own = (tellings.c.space == one.space, tellings.c.follower == one.follower, tellings.c.channel == one.channel)
        query = _due().where(*own, tellings.c.due <= now, tellings.c.until > now)
        with self._ledger.reading() as reading:
            ordered = query.order_by(happenings.c.at, happenings.c.key)
            return [_due_of(row) for row in reading.connection.execute(ordered)]

    def lease(self, one: Telling, until: int) -> bool:
        """Gives the telling to the caller alone until that instant; False where it is another's, or told."""
        with self._ledger.writing() as connection:
            own = sa.and_(_is(one), tellings.c.due == one.due)
            return connection.execute(sa.update(tellings).where(own).values(due=until)).rowcount == 1

    def told(self, one: Telling) -> None:
        """They are told, durably."""
        with self._ledger.writing() as connection:
            connection.execute(sa.delete(tellings).where(_is(one)))

    def later(self, one: Telling, again_at: int) -> None:
        """They could not be told now: to be tried again at `again_at`."""
        with self._ledger.writing() as connection:
            connection.execute(sa.update(tellings).where(_is(one)).values(due=again_at, tries=one.tries + 1))

    def hand_over(self, rows: Sequence[Telling], mail: Mail | None) -> bool:
        """What is to be told becomes a letter, or nothing for None, in one transaction, durably.

        False, and nothing done, where another was faster with any of it.
        """
        try:
            with self._ledger.writing() as connection:
                for one in sorted(rows):
                    if not connection.execute(sa.delete(tellings).where(_is(one))).rowcount:
                        raise _Taken
                if mail is not None:
                    # Known already where somebody followed in another way meanwhile: in the post once, under its id.
                    connection.execute(self._ledger.insert(mails).values(**mail._asdict()).on_conflict_do_nothing())
        except _Taken:
            return False
        return True

    def tidy(self, now: int, before: int) -> None:
        """Deletes what happened before that instant, of no use to anybody by now, and whom it is too late to tell."""
        with self._ledger.writing() as connection:
            _drop_late(connection, now)
            # Both values of `spread`, so that the index is used.
            gone = (happenings.c.spread.in_((0, 1)), happenings.c.at < before, happenings.c.until <= now)
            connection.execute(sa.delete(happenings).where(*gone))


def _drop_late(connection: sa.Connection, now: int) -> None:
    connection.execute(sa.delete(tellings).where(tellings.c.due <= now, tellings.c.until <= now))


def _facts(one: Happening) -> str:
    return canonical_json(dict(one.facts)).decode("utf-8")


def _is(one: Telling) -> sa.ColumnElement[bool]:
    return sa.and_(*(tellings.c[name] == getattr(one, name) for name in ("space", "key", "follower")))


def _due() -> sa.Select[Any]:
    is_of = sa.and_(happenings.c.space == tellings.c.space, happenings.c.key == tellings.c.key)
    phone = sa.and_(endpoints.c.space == tellings.c.space, endpoints.c.follower == tellings.c.follower)
    still = sa.exists().where(
        follows.c.space == tellings.c.space, follows.c.about == tellings.c.about,
        follows.c.purpose == happenings.c.purpose, follows.c.follower == tellings.c.follower,
        follows.c.channel == tellings.c.channel,
    )  # fmt: skip
    own = [tellings.c[name] for name in Telling._fields]
    what = [happenings.c[name].label(f"of_{name}") for name in Happening._fields]
    joined = tellings.join(happenings, is_of).outerjoin(endpoints, phone)
    return sa.select(*own, *what, still.label("still"), endpoints.c.endpoint).select_from(joined)


def _due_of(row: Any) -> Due:
    telling = Telling(*(getattr(row, name) for name in Telling._fields))
    what = Happening(*(getattr(row, f"of_{name}") for name in Happening._fields))
    endpoint = None if row.endpoint is None else bytes(row.endpoint)
    return Due(telling, what._replace(facts=parse_json(row.of_facts)), bool(row.still), endpoint)


def _happening(row: Any) -> Happening:
    found = Happening(*(getattr(row, name) for name in Happening._fields))
    return found._replace(facts=parse_json(row.facts))
