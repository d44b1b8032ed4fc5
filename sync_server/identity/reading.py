"""Who may read a private consultation: a member's phone is handed its key (docs/formats.md §30)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from civic.assurance import check_eligible
from civic.canonical import b64u_encode
from civic.privacy import MEMBERS, READ, kid_of
from civic.refusals import Code, Refused
from sync_server.catalogue import Town
from sync_server.identity.residency import Residency
from sync_server.storage.grants import Grants

KeyOf = Callable[[str, str], bytes]  # by space and consultation


class Readers:
    """`key_of` gives the key of a consultation; `now` epoch seconds."""

    def __init__(self, grants: Grants, residency: Residency, key_of: KeyOf, now: Callable[[], int]) -> None:
        self._grants, self._residency, self._key_of, self._now = grants, residency, key_of, now

    def answer(self, town: Town, pid: str, slug: str) -> Mapping[str, str]:
        """The key that opens the pages of `slug`, for a person who may read them.

        Refused UNKNOWN_CONSULTATION where it has no members, else as `check_eligible` refuses.
        """
        rules, space = town.content.consultations.get(slug), town.content.space.id
        if rules is None or rules.privacy.by != MEMBERS:
            raise Refused(Code.UNKNOWN_CONSULTATION)
        person = self._grants.person(space, pid)
        if rules.eligibility.asks_residents:
            person = self._residency.told_one(space, person)
        check_eligible(rules.eligibility, person, self._now(), READ)
        key = self._key_of(space, slug)
        return {"key": b64u_encode(key), "kid": kid_of(key)}
