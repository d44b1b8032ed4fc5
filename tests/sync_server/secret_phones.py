"""A town that asks two questions, one of them in secret, and phones that get the right to answer it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from civic import signing
from civic.blind import Blinded, blind, finalize, prepare
from civic.canonical import b64u_decode, b64u_encode
from civic.consultation import Consultation
from civic.issuer import Issuer
from civic.issuers import issuers_bytes
from civic.keys import jwk_text, thumbprint
from civic.token import Token, TokenScope, token_members, token_text
from civic.token_request import seal_token_request
from sync_server.issuer_keys import issuer_file
from sync_server.keys import new_pem
from sync_server.settings import Settings
from tests.civic.issuers import ISSUER, chance
from tests.civic.town import Citizen, jti
from tests.sync_server.conftest import SITE, House
from tests.sync_server.phones import Phone
from tests.sync_server.town_files import SLUG, SPACE

ASKED = "maire"
SECRET = f"""
modules = ["question", "comments"]
counts = "hidden"
grace = "24h"
mode = "named"
assurance = "email"
k_min = 1
[[question]]
id = "{ASKED}"
secret = true
[question.title]
fr = "Qui ?"
en = "Who?"
[[question]]
id = "soir"
[question.title]
fr = "Quand ?"
en = "When?"
[[phase]]
id = "vote"
starts_at = 2026-09-01T00:00:00Z
ends_at = 2026-10-01T00:00:00Z
open = ["ballot", "comment"]
"""
OPENS, CLOSES = 1_788_220_800, 1_790_812_800
BOX = "/v1/ballots"


def private_pem(issuer: Issuer) -> bytes:
    """The key of an issuer as its file holds it."""
    e = issuer.key.e
    numbers = rsa.RSAPrivateNumbers(
        issuer.p, issuer.q, pow(e, -1, (issuer.p - 1) * (issuer.q - 1)), issuer.d_p, issuer.d_q, issuer.q_inverse,
        rsa.RSAPublicNumbers(e, issuer.key.n),
    )  # fmt: skip
    return new_pem(numbers.private_key())


def write_issuer(settings: Settings, issuer: Issuer = ISSUER, slug: str = SLUG, question: str = ASKED) -> None:
    """Puts the public half beside the rules and the private one among the server's keys."""
    home = settings.content / SPACE / "consultations" / slug
    home.mkdir(parents=True, exist_ok=True)
    (home / "issuer.json").write_bytes(issuers_bytes({question: issuer.key}))
    path: Path = issuer_file(settings.issuers, (SPACE, slug, question))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(private_pem(issuer))


@dataclass
class Bulletin:
    """The ballot key of one person and question, the right asked for it, and what it votes."""

    number: int
    rules: Consultation
    question: str = ASKED
    issuer: Issuer = ISSUER
    token: Token | None = None
    random: Callable[[int], bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.random = chance(("bulletin", self.number, self.question))

    @cached_property
    def citizen(self) -> Citizen:
        one = Citizen(0, self.rules)
        one.key = ec.derive_private_key(0xBA1107_0000 + self.number, ec.SECP256R1())
        return one

    @property
    def jkt(self) -> str:
        return thumbprint(jwk_text(*signing.coordinates(self.citizen.key.public_key())))

    @property
    def scope(self) -> TokenScope:
        return TokenScope(SPACE, self.rules.slug, self.question, self.jkt)

    @cached_property
    def message(self) -> bytes:
        return prepare(token_text(self.scope), self.random)

    @cached_property
    def blinded(self) -> Blinded:
        return blind(self.issuer.key, self.message, self.random)

    def finish(self, blind_signature: str) -> Token:
        signature = b64u_decode(blind_signature)
        signed = finalize(self.issuer.key, self.message, signature, self.blinded.inverse)
        self.token = Token(self.message, signed)
        return self.token

    def vote(self, *choice: str, rev: int = 1, **changed: Any) -> str:
        assert self.token is not None
        slot = next(one.slot for one in self.rules.questions if one.id == self.question)
        own = jti(0xB0_0000 + 1000 * self.number + rev)
        rest = {"jti": own, "rev": rev, "iat": 0, "token": token_members(self.token)}
        body = {"question": self.question, "choice": sorted(choice)}
        return self.citizen.seal(self.citizen.payload("ballot", f"ballot:{slot}", body) | rest | changed)

    def withdraw(self, rev: int) -> str:
        return self.vote(rev=rev, kind="withdraw", body={})


def token_jws(phone: Phone, bulletin: Bulletin, **changed: Any) -> str:
    """The request for a right, as the phone signs it."""
    rules = bulletin.rules
    payload = {
        "v": 1, "aud": SPACE, "a": rules.slug, "q": bulletin.question, "mh": rules.mh,
        "blinded": b64u_encode(bulletin.blinded.message), "iat": 1_790_000_000,
    }  # fmt: skip
    return seal_token_request(payload | changed, phone.kid, phone.sign)


def ask(phone: Phone, bulletin: Bulletin, **changed: Any):
    return phone.post("/v1/tokens", {"jws": token_jws(phone, bulletin, **changed)})


def cast(house: House, *ballots: str, **headers: str):
    body = json.dumps({"v": 1, "space": SPACE, "ballots": list(ballots), "pad": ""})
    pad = " " * (-len(body) % 2048)
    body = json.dumps({"v": 1, "space": SPACE, "ballots": list(ballots), "pad": pad})
    return house.client.post(
        BOX, data=body, content_type="text/plain;charset=UTF-8", headers={"Origin": SITE} | headers
    )


def statuses(house: House, *ballots: str) -> list[str]:
    answer = cast(house, *ballots)
    assert answer.status_code == 200, answer.text
    return [one.get("code", one["status"]) for one in answer.json["results"]]


def prepared(house: House, number: int, question: str = ASKED) -> Bulletin:
    """A person recognised by a mailbox of their own, and their ballot, ready to be cast without network."""
    phone, bulletin = Phone(house), Bulletin(number, house.rules, question)
    phone.enrol(f"voter{number}@valbrume.example")
    answer = ask(phone, bulletin)
    assert answer.status_code == 200, answer.text
    bulletin.finish(answer.json["blind_sig"])
    return bulletin
