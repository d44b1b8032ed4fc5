"""`POST /v1/follows`: a phone says what it wants to be told of, or asks what it follows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from civic.following import PUSH, Follow, FollowRequest, Wish, parse_follow_request
from civic.refusals import Code, Refused
from sync_server.catalogue import Town
from sync_server.identity.nonces import Nonces
from sync_server.limits import Windows
from sync_server.storage import Ledger
from sync_server.storage.follows import Follows
from sync_server.storage.grants import Grants
from sync_server.storage.people import People
from sync_server.vault import Vault


class Asked(NamedTuple):
    """A request as it came in, and from which network."""

    town: Town
    jws: str
    network: str


class FollowDoor:
    """`network` counts wishes by where they come from, `trusted` are push services anywhere; `now` in epoch seconds."""

    def __init__(
        self,
        ledger: Ledger,
        nonces: Nonces,
        vault: Vault,
        network: Windows,
        trusted: Collection[str],
        now: Callable[[], int],
    ) -> None:
        self._nonces, self._vault, self._network, self._trusted, self._now = nonces, vault, network, trusted, now
        self._follows, self._grants, self._people, self._ledger = (
            Follows(ledger),
            Grants(ledger),
            People(ledger),
            ledger,
        )

    def answer(self, asked: Asked) -> dict[str, Any]:
        """The answer to a signed request, done durably where it changes anything.

        Refused as civic.following says, and WRONG_AUDIENCE, REVOKED, EXPIRED (its nonce), RATE_LIMITED,
        UNKNOWN_CONSULTATION, BAD_OPTION (a language the town has not), NO_ADDRESS, QUOTA.
        """
        request, space = parse_follow_request(asked.jws, self._trusted), asked.town.content.space.id
        if request.aud != space:
            raise Refused(Code.WRONG_AUDIENCE)
        pid = self._holder(space, request.key.kid)
        self._nonces.spend(space, request.nonce)
        if request.wish is None:
            return {"follows": self._followed(space, request.key.kid, pid)}
        if request.wish.purposes:
            self._check(asked, request.wish)
        self._keep(space, request, request.wish, pid)
        return {}

    def _holder(self, space: str, kid: str) -> str | None:
        """Whom the phone acts for, None where it was never recognised; Refused REVOKED."""
        device = self._grants.find_devices(space, [kid]).get(kid)
        if device is not None and device.revoked_at:
            raise Refused(Code.REVOKED)
        return None if device is None else device.pid

    def _check(self, asked: Asked, wish: Wish) -> None:
        if wish.consultation not in asked.town.content.consultations:
            raise Refused(Code.UNKNOWN_CONSULTATION)
        if wish.lang not in asked.town.content.space.languages:
            raise Refused(Code.BAD_OPTION, "lang")
        if self._network.take(asked.network):
            raise Refused(Code.RATE_LIMITED)

    def _keep(self, space: str, request: FollowRequest, wish: Wish, pid: str | None) -> None:
        follower = request.key.kid if wish.channel == PUSH else pid
        if follower is None or (wish.channel != PUSH and wish.purposes and not self._has_address(space, follower)):
            raise Refused(Code.NO_ADDRESS)
        sealed = None
        if wish.subscription is not None:
            sealed = self._vault.seal([*wish.subscription], "endpoints", space, follower)
        follow = Follow(space, follower, wish.about, wish.purposes, wish.channel, self._now(), wish.lang)
        if not self._follows.put(follow, sealed):
            raise Refused(Code.QUOTA)

    def _has_address(self, space: str, pid: str) -> bool:
        with self._ledger.reading() as now:
            return self._people.contact_of(now.connection, space, pid) is not None

    def _followed(self, space: str, kid: str, pid: str | None) -> list[dict[str, Any]]:
        return [
            {"about": one.about, "channel": one.channel, "purposes": [*one.purposes], "since": one.created}
            for one in self._follows.of(space, kid, *([pid] if pid else []))
        ]
