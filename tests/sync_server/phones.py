"""Phones with a device key, as the site's script makes them, and the letters they are sent."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec

from civic import signing
from civic.device_request import seal_device_request
from civic.enrolment import seal_enrol
from civic.grant import seal_grant
from civic.keys import jwk_text, thumbprint
from sync_server.post.letters import Letter
from sync_server.storage.people_tables import mails
from sync_server.vault import Vault
from tests.civic.town import Citizen, jti
from tests.sync_server.conftest import SITE, House
from tests.sync_server.town_files import RULES, SLUG, SPACE

NAMED = RULES.replace(
    'unsigned = ["proposal", "comment", "vote"]', 'mode = "named"\nassurance = "email"\nunique_by = "email"'
)
_numbers = itertools.count(0xDE71CE)
_nonces = itertools.count(1)


def ballot_key(citizen: Citizen) -> str:
    return thumbprint(jwk_text(*signing.coordinates(citizen.key.public_key())))


def letters(house: House) -> list[Letter]:
    """Those that would be sent, in the order they were written."""
    keys = house.services.keys
    vault = Vault(keys.vault, keys.pepper, bytes)
    with house.services.ledger.reading() as now:
        rows = now.connection.execute(sa.select(mails).where(mails.c.until >= house.clock.now())).all()
    found = [Letter(*vault.open(bytes(row.letter), "mails", row.space, row.id)) for row in rows]
    return [one._replace(lines=tuple(one.lines)) for one in found]


def clear_letters(house: House) -> None:
    with house.services.ledger.writing() as connection:
        connection.execute(sa.delete(mails))


@dataclass
class Phone:
    """One device key; `house` is the town's server."""

    house: House
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.derive_private_key(next(_numbers), ec.SECP256R1())
    )

    @property
    def point(self) -> tuple[bytes, bytes]:
        return signing.coordinates(self.key.public_key())

    @property
    def kid(self) -> str:
        return thumbprint(jwk_text(*self.point))

    def sign(self, message: bytes) -> bytes:
        return signing.sign(self.key, message)

    def enrol_jws(self, nonce: str, **changed: Any) -> str:
        payload = {"v": 1, "aud": SPACE, "method": "email", "ks": "hard", "nonce": nonce, "iat": 1_790_000_000}
        return seal_enrol(payload | changed, *self.point, self.sign)

    def post(self, path: str, body: Mapping[str, Any], **headers: str):
        return self.house.client.post(path, json={"v": 1, "space": SPACE, **body}, headers={"Origin": SITE, **headers})

    def start(self, to: str = "ana@valbrume.example", **more: str):
        return self.post("/v1/enrol/start", {"jws": self.enrol_jws(jti(next(_nonces))), "to": to, **more})

    def finish(self, enrol: str, proof: str, **changed: Any):
        return self.post("/v1/enrol/finish", {"enrol": enrol, "proof": proof, "jws": self.enrol_jws(enrol, **changed)})

    def begin(self, to: str = "ana@valbrume.example") -> tuple[str, str, str]:
        """A proof that has begun: its number, the code and the token of its letter."""
        clear_letters(self.house)
        enrol = self.start(to).json["enrol"]
        (letter,) = letters(self.house)
        return enrol, letter.subject[:9].replace(" ", ""), letter.link.partition("&t=")[2]

    def enrol(self, to: str = "ana@valbrume.example") -> dict[str, Any]:
        """Recognised through the code; what the phone is told."""
        enrol, code, _ = self.begin(to)
        answer = self.finish(enrol, code)
        assert answer.status_code == 200, answer.text
        clear_letters(self.house)
        return dict(answer.json)

    def grant(self, citizen: Citizen, **changed: Any) -> str:
        payload = {"v": 1, "aud": SPACE, "a": SLUG, "jkt": ballot_key(citizen), "iat": 1_790_000_000}
        return seal_grant(payload | changed, self.kid, self.sign)

    def send(self, envelopes: list[str], grants: list[str]) -> dict[str, Any]:
        answer = self.post("/v1/sync", {"envelopes": envelopes, "grants": grants})
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def statuses(self, envelopes: list[str], grants: list[str]) -> tuple[list[str], list[str]]:
        """What became of the envelopes, and of the grants."""
        answer = self.send(envelopes, grants)
        return tuple([one.get("code", one["status"]) for one in answer[part]] for part in ("results", "grants"))  # type: ignore[return-value]

    def ask(self, do: str, body: Mapping[str, Any] | None = None, **changed: Any):
        nonce = self.house.read(f"/v1/nonce/{SPACE}")["nonce"]
        payload = {"v": 1, "aud": SPACE, "do": do, "nonce": nonce, "iat": 1_790_000_000, "body": dict(body or {})}
        return self.post("/v1/me", {"jws": seal_device_request(payload | changed, self.kid, self.sign)})
