"""My data: what a recognised phone may ask about its own person, and what it may undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from civic.assurance import highest
from civic.content import Content
from civic.device_request import PURPOSES, DeviceRequest, parse_device_request
from civic.grant import Device
from civic.jws import check_signature
from civic.refusals import Code, Refused
from civic.tombstones import is_final
from sync_server.catalogue import Town
from sync_server.identity.addresses import masked
from sync_server.identity.nonces import Nonces
from sync_server.identity.reading import Readers
from sync_server.identity.residency import Household
from sync_server.storage import Ledger
from sync_server.storage.erasing import Erasure, erase_person
from sync_server.storage.grants import Grants
from sync_server.storage.households import RESIDENT
from sync_server.storage.issued import IssuedTokens
from sync_server.storage.people import Known, People
from sync_server.storage.profiles import Profiles
from sync_server.vault import Vault

Answer = Mapping[str, Any]
SILENT = {"contact": True, "profile": False}  # by purpose: whether a person allows it who has not said


class Asking(NamedTuple):
    """Who asks, from which device, in which town."""

    town: Town
    device: Device
    request: DeviceRequest

    @property
    def space(self) -> str:
        """The town's id."""
        return self.town.content.space.id


class Mine:
    """`now` gives epoch seconds."""

    def __init__(self, ledger: Ledger, nonces: Nonces, vault: Vault, readers: Readers, now: Callable[[], int]) -> None:
        self._ledger, self.nonces, self._vault, self._now = ledger, nonces, vault, now
        self._people, self._grants, self._issued = People(ledger), Grants(ledger), IssuedTokens(ledger)
        self._household, self._profiles = Household(ledger, vault), Profiles(ledger)
        self._answers: Mapping[str, Callable[[Asking], Answer]] = {
            "me": self._me,
            "grants": self._list_grants,
            "revoke": self._revoke,
            "consent": self._consent,
            "profile": self._profile,
            "erase": self._erase,
            "read": lambda asking: readers.answer(asking.town, asking.device.pid, asking.request.body["consultation"]),
        }

    def answer(self, town: Town, jws: str) -> Answer:
        """The answer to a signed request, done durably where it changes anything.

        Refused UNKNOWN_KEY, BAD_SIGNATURE, REVOKED, EXPIRED (its nonce), NOT_FOUND; to "read" as
        Readers refuses.
        """
        request, space = parse_device_request(jws), town.content.space.id
        if request.aud != space:
            raise Refused(Code.WRONG_AUDIENCE)
        device = self._grants.find_devices(space, [request.kid]).get(request.kid)
        if device is None:
            raise Refused(Code.UNKNOWN_KEY)
        check_signature(request.parts, device.x, device.y)
        if device.revoked_at:
            raise Refused(Code.REVOKED)
        self.nonces.spend(space, request.nonce)
        return self._answers[request.do](Asking(town, device, request))

    def _me(self, asking: Asking) -> Answer:
        space, pid = asking.space, asking.device.pid
        self._people.see(space, pid, self._now())
        known = self._people.find(space, pid)
        if known is None:
            raise Refused(Code.NOT_FOUND)
        with self._ledger.reading() as now:
            acts = now.records_of(space, pid)
        level = highest(proof.level for proof in known.proofs)
        return {
            "person": {"level": level, "since": known.since},
            "identities": [{"method": one.method, "since": one.since} for one in known.proofs],
            "devices": [_device(one, asking.device.kid) for one in known.devices],
            "acts": [{"no": one.no, "consultation": one.consultation, "kind": one.kind, "rx": one.rx} for one in acts],
            "rights": [one._asdict() for one in self._issued.rights_of(space, pid)],
            "consents": {purpose: known.consents.get(purpose, SILENT[purpose]) for purpose in PURPOSES},
            "contact": self._contact(space, known),
            "profile": self._said(space, pid),
            **self._listed(space, known),
        }

    def _listed(self, space: str, known: Known) -> Answer:
        """What the town's list says; nobody else has a household here."""
        if not any(proof.method == RESIDENT for proof in known.proofs):
            return {"resident": None, "minors": []}
        minors = self._household.minors(space, known.pid, self._now())
        return {"resident": self._household.facts(space, known.pid), "minors": minors}

    def _said(self, space: str, pid: str) -> Answer | None:
        sealed = self._profiles.find(space, pid)
        found: Answer | None = None if sealed is None else self._vault.open(sealed, "profiles", space, pid)
        return found

    def _contact(self, space: str, known: Known) -> str | None:
        if known.contact is None:
            return None
        return masked(str(self._vault.open(known.contact, "contacts", space, known.pid)))

    def _list_grants(self, asking: Asking) -> Answer:
        found = self._grants.of_person(asking.space, asking.device.pid)
        return {
            "grants": [
                {
                    "consultation": one.consultation,
                    "jkt": one.jkt,
                    "since": one.since,
                    "this": one.kid == asking.device.kid,
                }
                for one in found
            ]
        }

    def _revoke(self, asking: Asking) -> Answer:
        kid = asking.request.body["kid"]
        if not self._people.revoke(asking.space, asking.device.pid, kid, self._now()):
            raise Refused(Code.NOT_FOUND)
        return {}

    def _consent(self, asking: Asking) -> Answer:
        body = asking.request.body
        if body["purpose"] not in PURPOSES:
            theirs = self._household.minors(asking.space, asking.device.pid, self._now())
            if body["purpose"] not in [one["purpose"] for one in theirs]:
                raise Refused(Code.NOT_FOUND)
        self._people.consent(asking.space, asking.device.pid, body["purpose"], self._now(), allowed=body["on"])
        return {}

    def _profile(self, asking: Asking) -> Answer:
        """Keeps what the person says of themselves; who says nothing has it forgotten.

        Refused BAD_PAYLOAD for a year to come, BAD_OPTION for a neighbourhood that the town has not.
        """
        space, pid, said = asking.space, asking.device.pid, asking.request.body
        if said["born"] > _year(self._now()):
            raise Refused(Code.BAD_PAYLOAD, "born")
        names = {one.id for one in asking.town.content.space.neighbourhoods}
        if said["neighbourhood"] and said["neighbourhood"] not in names:
            raise Refused(Code.BAD_OPTION, "neighbourhood")
        if not any(said.values()):
            self._people.consent(space, pid, "profile", self._now(), allowed=False)
            return {}
        sealed = self._vault.seal(dict(said), "profiles", space, pid)
        if not self._profiles.keep(space, pid, sealed, self._now()):
            raise Refused(Code.NOT_FOUND)
        return {}

    def _erase(self, asking: Asking) -> Answer:
        one = Erasure(asking.device.pid, "request", self._now(), undecided(asking.town.content, self._now()))
        return {"erased": erase_person(self._ledger, asking.space, one)}


def _year(now: int) -> int:
    return datetime.fromtimestamp(now, UTC).year


def undecided(content: Content, now: int) -> frozenset[str]:
    """The consultations whose figures still move: what is erased there is withdrawn."""
    return frozenset(slug for slug, one in content.consultations.items() if not is_final(one, now))


def _device(device: Device, own: str) -> dict[str, Any]:
    revoked = device.revoked_at or None
    return {
        "kid": device.kid, "ks": device.ks, "since": device.since, "revoked": revoked, "this": device.kid == own,
    }  # fmt: skip
