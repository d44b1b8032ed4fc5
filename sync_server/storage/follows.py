"""Who is told of what, by which channel; and where a phone takes pushed messages, sealed by whoever gives it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import sqlalchemy as sa

from civic.following import PURPOSES, PUSH, Follow
from sync_server.storage.following_tables import endpoints, follows, forget_followers
from sync_server.storage.ledger import Ledger
from sync_server.storage.people import lock_space
from sync_server.storage.people_tables import devices

PAGE = 500  # followers read at once: between pages no lock or snapshot is held
MOST = 100  # things one phone or person may follow in a town


class Follower(NamedTuple):
    """Somebody who is to be told. `endpoint` is None for e-mail."""

    id: str
    channel: str
    lang: str
    endpoint: bytes | None  # sealed


class Follows:
    """What is followed in every space of a ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def put(self, follow: Follow, endpoint_sealed: bytes | None) -> bool:
        """Keeps the follow in place of what its follower had about the same, durably; without a purpose, ends it.

        The sealed endpoint, for push, takes the place of the one the phone had. False, and nothing kept, where the
        follower has MOST other things, and where a phone was revoked meanwhile.
        """
        space, follower = follow.space, follow.follower
        with self._ledger.writing() as connection:
            lock_space(self._ledger, connection, space)
            if follow.purposes and _is_over(connection, follow):
                return False
            _end(connection, space, follower, follow.about)
            if not follow.purposes:
                return True
            own = {"space": space, "follower": follower}
            row = {"about": follow.about, "channel": follow.channel, "lang": follow.lang, "created": follow.created}
            rows = [{**own, **row, "purpose": purpose} for purpose in follow.purposes]
            connection.execute(sa.insert(follows), rows)
            if endpoint_sealed is not None:
                putting = self._ledger.insert(endpoints).values(**own, endpoint=endpoint_sealed)
                new = {"endpoint": endpoint_sealed}
                connection.execute(putting.on_conflict_do_update(index_elements=[*endpoints.primary_key], set_=new))
        return True

    def drop(self, space: str, follower: str, about: str) -> None:
        """The follower is told of `about` no more, durably. Harmless to repeat."""
        with self._ledger.writing() as connection:
            lock_space(self._ledger, connection, space)
            _end(connection, space, follower, about)

    def of(self, space: str, *followers: str) -> list[Follow]:
        """What each of the followers follows, in their order and that of what is followed."""
        query = sa.select(follows).where(follows.c.space == space, follows.c.follower.in_(followers))
        with self._ledger.reading() as now:
            rows = now.connection.execute(query.order_by(follows.c.about)).all()
        found: dict[tuple[str, str], Follow] = {}
        for row in rows:
            known = found.get((row.follower, row.about))
            purposes = {row.purpose, *(known.purposes if known else ())}
            found[(row.follower, row.about)] = Follow(
                space, row.follower, row.about, tuple(one for one in PURPOSES if one in purposes), row.channel,
                row.created, row.lang,
            )  # fmt: skip
        return sorted(found.values(), key=lambda one: (followers.index(one.follower), one.about))

    def among(self, space: str, about: str, purpose: str, followers: Collection[str]) -> frozenset[str]:
        """Those of the followers who are told of `about` for this purpose."""
        own = (follows.c.space == space, follows.c.about == about, follows.c.purpose == purpose)
        query = sa.select(follows.c.follower).where(*own, follows.c.follower.in_(followers))
        with self._ledger.reading() as now:
            return frozenset(now.connection.execute(query).scalars())

    def following(self, space: str, about: str, purpose: str, after: str = "") -> Iterator[Follower]:
        """Who is to be told, in the order of their ids, those greater than `after`: a cursor for who tells them."""
        columns = (follows.c.follower, follows.c.channel, follows.c.lang, endpoints.c.endpoint)
        phone = sa.and_(endpoints.c.space == follows.c.space, endpoints.c.follower == follows.c.follower)
        query = sa.select(*columns).select_from(follows.outerjoin(endpoints, phone)).order_by(follows.c.follower)
        query = query.where(follows.c.space == space, follows.c.about == about, follows.c.purpose == purpose)
        while True:
            with self._ledger.reading() as now:
                page = now.connection.execute(query.where(follows.c.follower > after).limit(PAGE)).all()
            for row in page:
                if row.channel != PUSH or row.endpoint is not None:
                    yield Follower(
                        row.follower, row.channel, row.lang, None if row.channel != PUSH else bytes(row.endpoint)
                    )
            if len(page) < PAGE:
                return
            after = page[-1].follower

    def forget(self, space: str, follower: str) -> None:
        """Ends everything that a follower follows, durably."""
        with self._ledger.writing() as connection:
            forget_followers(connection, space, [follower])

    def drop_endpoint(self, space: str, follower: str, endpoint_sealed: bytes) -> bool:
        """The push service knows this endpoint no more: it goes, with all that its phone follows; durably.

        False, and nothing changed, where the phone has given another one meanwhile.
        """
        own = (endpoints.c.space == space, endpoints.c.follower == follower, endpoints.c.endpoint == endpoint_sealed)
        with self._ledger.writing() as connection:
            if not connection.execute(sa.delete(endpoints).where(*own)).rowcount:
                return False
            connection.execute(sa.delete(follows).where(follows.c.space == space, follows.c.follower == follower))
        return True


def _is_over(connection: sa.Connection, follow: Follow) -> bool:
    own = (follows.c.space == follow.space, follows.c.follower == follow.follower, follows.c.about != follow.about)
    held = connection.execute(sa.select(sa.func.count(follows.c.about.distinct())).where(*own)).scalar_one()
    revoked = (devices.c.space == follow.space, devices.c.kid == follow.follower, devices.c.revoked_at > 0)
    return bool(held >= MOST) or connection.execute(sa.select(devices.c.kid).where(*revoked)).first() is not None


def _end(connection: sa.Connection, space: str, follower: str, about: str) -> None:
    """Ends one follow; an endpoint by which nothing more is told goes with the last."""
    own = (follows.c.space == space, follows.c.follower == follower)
    connection.execute(sa.delete(follows).where(*own, follows.c.about == about))
    phone = (endpoints.c.space == space, endpoints.c.follower == follower)
    connection.execute(sa.delete(endpoints).where(*phone, ~sa.exists().where(*own)))
