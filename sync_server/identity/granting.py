"""Grants of a request: each is checked by itself, all are looked up and kept together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from civic.grant import Grant, check_grant, parse_grant
from civic.refusals import Code, Refused
from sync_server.catalogue import Town
from sync_server.storage.grants import Granted, Grants


class GrantResult(NamedTuple):
    """What became of a grant; `jkt` is None where it could not be read, `code` where it stands."""

    jkt: str | None
    code: Code | None


class Granting:
    """`now` gives epoch seconds."""

    def __init__(self, grants: Grants, now: Callable[[], int]) -> None:
        self._grants, self._now = grants, now

    def take(self, town: Town, texts: Sequence[str]) -> list[GrantResult]:
        """Keeps what may be kept, durably; one result each, in order. A grant taken twice stands once."""
        results: list[GrantResult | None] = [None] * len(texts)
        read: dict[int, Grant] = {}
        for place, text in enumerate(texts):
            try:
                read[place] = parse_grant(text)
            except Refused as refused:
                results[place] = GrantResult(None, refused.code)
        space = town.content.space.id
        named = frozenset(slug for slug, rules in town.rules.items() if rules.consultation.mode != "open")
        devices = self._grants.find_devices(space, {one.kid for one in read.values()}) if read else {}
        offered: dict[int, Granted] = {}
        for place, grant in read.items():
            try:
                device = check_grant(grant, space, named, devices.get(grant.kid))
            except Refused as refused:
                results[place] = GrantResult(grant.jkt, refused.code)
            else:
                offered[place] = Granted(grant.consultation, grant.jkt, device.pid, device.kid, self._now())
        self._keep(space, offered, results)
        return [one for one in results if one is not None]

    def _keep(self, space: str, offered: dict[int, Granted], results: list[GrantResult | None]) -> None:
        standing = self._grants.add(space, [*offered.values()]) if offered else {}
        for place, one in offered.items():
            kept = standing.get((one.consultation, one.jkt))
            is_ours = kept is not None and kept.pid == one.pid
            # The key has acted for somebody else: its phone was theirs, and must make another key.
            results[place] = GrantResult(one.jkt, None if is_ours else Code.REVOKED)
