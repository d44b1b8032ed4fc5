"""A small town, its keys and its citizens, for tests of the rules."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from civic import modules, signing
from civic.admission import Act, Rules, check
from civic.canonical import b64u_encode
from civic.consultation import Consultation, parse_consultation
from civic.envelope import parse_envelope, seal
from civic.space import Space, parse_space

MODULES = modules.load()
DAY = 86400
OPENS = 1_772_323_200  # 2026-03-01T00:00:00Z
SPACE_TOML = """
id = "valbrume"
name = "Valbrume"
languages = ["fr", "en"]
timezone = "Europe/Paris"
site_url = "https://participer.valbrume.example"
[town_hall]
address = "2 place du Marché"
[town_hall.hours]
fr = "Du lundi au vendredi"
en = "Monday to Friday"
"""
RULES_TOML = """
modules = ["ideas", "comments"]
counts = "hidden"
grace = "24h"
unsigned = ["proposal"]
[limits]
proposal = 3
[[category]]
id = "culture"
label = {fr = "Culture", en = "Culture"}
[[category]]
id = "sport"
label = {fr = "Sport", en = "Sport"}
[[phase]]
id = "collect"
starts_at = 2026-03-01T00:00:00Z
ends_at = 2026-03-11T00:00:00Z
open = ["proposal", "comment"]
[[phase]]
id = "analysis"
starts_at = 2026-03-11T00:00:00Z
ends_at = 2026-03-21T00:00:00Z
open = []
[[phase]]
id = "vote"
starts_at = 2026-03-21T00:00:00Z
ends_at = 2026-03-31T00:00:00Z
open = ["vote", "comment"]
"""
TEXTS = {"fr": b"title: La filature\n\nTexte.\n", "en": b"title: The mill\n\nText.\n"}


def space() -> Space:
    return parse_space(tomllib.loads(SPACE_TOML))


def consultation(rules: str = RULES_TOML) -> Consultation:
    return parse_consultation("filature", tomllib.loads(rules), TEXTS, space())


def always_open(counts: str = "open") -> Consultation:
    return consultation(
        f'modules = ["ideas", "comments"]\ncounts = "{counts}"\nunsigned = ["proposal", "vote"]\n'
        '[[phase]]\nid = "vote"\n'
        "starts_at = 2026-03-01T00:00:00Z\nends_at = 2026-03-31T00:00:00Z\n"
        'open = ["proposal", "vote", "comment"]\n'
    )


def rules_of(one: Consultation) -> dict[str, Rules]:
    return {one.slug: Rules(one, frozenset({one.mh}), ("fr", "en"))}


def act_of(text: str, one: Consultation, rx: int = OPENS + DAY, form_key: str = "") -> Act:
    return check(parse_envelope(text), "valbrume", rules_of(one), MODULES, rx, form_key)


def jti(number: int) -> str:
    return b64u_encode(number.to_bytes(16, "big"))


@dataclass
class Citizen:
    """Somebody with a ballot key that is the same in every run."""

    number: int
    consultation: Consultation
    key: ec.EllipticCurvePrivateKey = field(init=False)

    def __post_init__(self) -> None:
        self.key = ec.derive_private_key(0x5EED0000 + self.number, ec.SECP256R1())

    def payload(self, kind: str, slot: str, body: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
        members = {
            "v": 1, "aud": "valbrume", "a": self.consultation.slug, "mh": self.consultation.mh, "kind": kind,
            "slot": slot, "jti": slot.partition(":")[2], "rev": 1, "prev": None, "iat": 1_790_000_123,
            "body": dict(body),
        }  # fmt: skip
        return members | changed

    def seal(self, payload: Mapping[str, Any]) -> str:
        x, y = signing.coordinates(self.key.public_key())
        return seal(payload, x, y, lambda message: signing.sign(self.key, message))

    def propose(
        self, number: int, title: str = "Un banc au soleil", category: str = "", rev: int = 1,
        photos: tuple[str, ...] = (),
    ) -> str:  # fmt: skip
        body: dict[str, Any] = {
            "title": title,
            "text": "Devant l’école, pour attendre.",
            "category": category,
            "name": "",
            "lang": "fr",
        }
        if photos:
            body["photos"] = [{"sha256": one, "alt": f"Photo de {one[:4]}"} for one in photos]
        own = jti(number) if rev == 1 else jti(number * 1000 + rev)
        return self.seal(self.payload("proposal", f"proposal:{jti(number)}", body, rev=rev, jti=own))

    def vote(self, target: int, choice: str = "for", rev: int = 1) -> str:
        own = jti(target * 1000 + rev + 7)
        return self.seal(self.payload("vote", f"vote:{jti(target)}", {"choice": choice}, rev=rev, jti=own))

    def comment(self, number: int, target: int, reply_to: int | None = None, text: str = "D’accord.") -> str:
        answered = None if reply_to is None else jti(reply_to)
        body = {"target": jti(target), "reply_to": answered, "text": text, "name": "Ana", "lang": "fr"}
        return self.seal(self.payload("comment", f"comment:{jti(number)}", body))

    def withdraw(self, slot: str, rev: int = 2) -> str:
        return self.seal(self.payload("withdraw", slot, {}, rev=rev, jti=jti(900_000 + rev)))
