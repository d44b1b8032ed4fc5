"""What is known of photos: whether one may come, what has become of it, and where it shows."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

import sqlalchemy as sa

from civic.photos import Size
from sync_server.storage.ledger import Ledger
from sync_server.storage.photo_tables import ARRIVED, attached, photos
from sync_server.storage.tables import SHOWN, heads


class State(StrEnum):
    """What has become of a photo that an act names."""

    WAITING = "waiting"  # not all of it has come
    ARRIVED = "arrived"  # it has, as it was signed; not looked at yet
    WHOLE = "whole"  # its pictures are made
    REFUSED = "refused"  # it is no picture that can be shown


UNMADE = Size(0, 0)


class Sent(NamedTuple):
    """A photo that has come and waits to be looked at."""

    space: str
    sha256: str


class Naming(NamedTuple):
    """An act that names a photo."""

    consultation: str
    slot: str
    sha256: str


class Photos:
    """The photos of every space in a ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def find(self, space: str, sha256: str) -> State | None:
        """What has become of a photo; None where no act that stands names it, and so nobody may send it."""
        is_head = sa.and_(
            heads.c.space == attached.c.space, heads.c.consultation == attached.c.consultation,
            heads.c.slot == attached.c.slot, heads.c.no == attached.c.no, SHOWN, heads.c.withdrawn == 0,
        )  # fmt: skip
        is_same = sa.and_(photos.c.space == attached.c.space, photos.c.sha256 == attached.c.sha256)
        query = sa.select(photos.c.state).select_from(attached.join(heads, is_head).outerjoin(photos, is_same))
        query = query.where(attached.c.space == space, attached.c.sha256 == sha256).limit(1)
        with self._ledger.reading() as now:
            row = now.connection.execute(query).first()
        return None if row is None else State(row.state or State.WAITING)

    def note(self, one: Sent, state: State, size: Size = UNMADE) -> None:
        """Notes, durably, what has become of a photo; nothing where no act names it any more."""
        row = {"state": state.value, **size._asdict()}
        own = sa.select(attached.c.no).where(attached.c.space == one.space, attached.c.sha256 == one.sha256).limit(1)
        with self._ledger.writing() as connection:
            if connection.execute(own).first() is None:
                return
            putting = self._ledger.insert(photos).values(**one._asdict(), **row)
            if state is State.ARRIVED:  # told late, it must not take back what has become of it since
                connection.execute(putting.on_conflict_do_nothing())
            else:
                connection.execute(putting.on_conflict_do_update(index_elements=["space", "sha256"], set_=row))

    def arrived(self, limit: int) -> list[Sent]:
        """Photos that wait to be looked at, of any space."""
        query = sa.select(photos.c.space, photos.c.sha256).where(ARRIVED).limit(limit)
        with self._ledger.reading() as now:
            return [Sent(*row) for row in now.connection.execute(query)]

    def count_whole(self, space: str) -> int:
        """How many have their pictures: a number that differs from the last one tells that there is more to show."""
        query = sa.select(sa.func.count()).where(photos.c.space == space, photos.c.state == State.WHOLE.value)
        with self._ledger.reading() as now:
            return int(now.connection.execute(query).scalar_one())

    def whole(self, space: str) -> dict[str, Size]:
        """Those that have their pictures, by hash."""
        query = sa.select(photos.c.sha256, photos.c.w, photos.c.h)
        query = query.where(photos.c.space == space, photos.c.state == State.WHOLE.value)
        with self._ledger.reading() as now:
            return {row.sha256: Size(row.w, row.h) for row in now.connection.execute(query)}

    def named(self, space: str, hashes: Collection[str]) -> list[Naming]:
        """The acts that name one of `hashes`, those that others have replaced too."""
        query = sa.select(attached.c.consultation, attached.c.slot, attached.c.sha256)
        query = query.where(attached.c.space == space, attached.c.sha256.in_([*hashes])).order_by(attached.c.no)
        with self._ledger.reading() as now:
            return [Naming(*row) for row in now.connection.execute(query)]

    def forget_orphans(self, space: str) -> set[str]:
        """Forgets the photos that no act names any more; the hashes of all that are named, standing or not."""
        own = sa.select(attached.c.sha256).where(attached.c.space == space)
        gone = sa.and_(photos.c.space == space, photos.c.sha256.not_in(own))
        with self._ledger.writing() as connection:
            connection.execute(sa.delete(photos).where(gone))
            return set(connection.execute(own).scalars())
