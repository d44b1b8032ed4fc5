"""Telling phones by web push (RFC 8030, 8291, 8292): a code and an address path, and never a word of content.

Loaded at the first push: what encrypts and signs is a fifth of a worker's memory, and most workers tell nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple, Protocol

from py_vapid import Vapid02
from pywebpush import WebPushException, webpush

from civic.canonical import canonical_json
from civic.following import Subscription
from sync_server.following.post import Answer, Unreachable
from sync_server.keys import SigningKey
from sync_server.storage.follows import Follower, Follows
from sync_server.vault import Vault, VaultUnreadable

log = logging.getLogger("preau.push")
DAY = 86_400
# How long a push service keeps what a phone that is off has not taken: a reminder is of no use once it is late.
LIFE = {"closing": DAY // 2}
SIGNED_FOR = DAY // 2  # RFC 8292 allows a day
PATIENCE = 5.0  # seconds for one push service to be reached, and as many to answer
_GONE = frozenset({404, 410})


class Outcome(StrEnum):
    """What became of a message. GONE: the phone takes none any more, and what it followed is forgotten. LATER: the
    caller tries again, and gives up after a while."""

    SENT = "sent"
    GONE = "gone"
    LATER = "later"


class Sender(Protocol):
    """Posts to a push service, and nowhere else; see GuardedPost."""

    def post(self, address: str, data: bytes, headers: dict[str, str], timeout: float) -> Answer:
        """The answer, whatever its status; Unreachable where there is none."""


class Pusher(NamedTuple):
    """`contact` is where a push service writes when something is wrong: a mailto: address."""

    space: str
    key: SigningKey
    vault: Vault
    follows: Follows
    sender: Sender
    contact: str

    def tell(self, rows: Iterable[Follower], code: str, path: str, lang: str, now: int) -> list[Outcome]:
        """What became of the message of each row, in order. `code` is a purpose, `path` what a tap opens.

        A phone that was off is told once: a newer message with the same code and path takes the place of the older.
        Whoever is told twice, after a crash, sees one notification. Nothing is raised for a service that is away.
        """
        said = canonical_json({"v": 1, "code": code, "path": path, "lang": lang}).decode("utf-8")
        topic = self.vault.mark("topic", code, path)[:32]  # RFC 8030 §5.4: 32 signs, which tell nobody anything
        headers = {"Topic": topic, "Urgency": "high" if code == "closing" else "normal"}
        return [self._send(row, said, headers, LIFE.get(code, 3 * DAY), now) for row in rows]

    def _send(self, row: Follower, said: str, headers: dict[str, str], life: int, now: int) -> Outcome:
        if row.endpoint is None:
            return Outcome.GONE
        try:
            phone = Subscription(*self.vault.open(row.endpoint, "endpoints", self.space, row.id))
        except VaultUnreadable:
            log.error("the address of a phone does not open: its key is gone, it is forgotten")
            return self._forget(row, row.endpoint)
        try:
            webpush(
                {"endpoint": phone.endpoint, "keys": {"p256dh": phone.p256dh, "auth": phone.auth}},
                said,
                # What it thinks of our address is the push service's to say: one no, and not every message lost.
                Vapid02(self.key.private, conf={"no-strict": True}),
                {"sub": self.contact, "exp": now + SIGNED_FOR},
                timeout=PATIENCE,
                ttl=life,
                headers=dict(headers),
                requests_session=self.sender,
            )
        except Unreachable as error:
            log.warning("a push service can't be reached: %s", error)
            return Outcome.LATER
        except WebPushException as error:
            return self._refused(row, row.endpoint, getattr(error.response, "status_code", 0))
        return Outcome.SENT

    def _refused(self, row: Follower, endpoint: bytes, status: int) -> Outcome:
        if status in _GONE:
            return self._forget(row, endpoint)
        # Any other "no" may be our own fault, a clock that is wrong for example: no phone is forgotten for it.
        log.warning("a push service takes no message: status %d", status)
        return Outcome.LATER

    def _forget(self, row: Follower, endpoint: bytes) -> Outcome:
        self.follows.drop_endpoint(self.space, row.id, endpoint)
        return Outcome.GONE
