"""Citizens who write to the town hall in private, as the site's script does."""

from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from civic import signing
from civic.canonical import b64u_decode, b64u_encode, parse_json
from civic.consultation import Consultation
from civic.sealed_letter import (
    SealedLetter,
    Words,
    answer_info,
    letter_info,
    padded,
    point_text,
    seal_replies_request,
)
from sync_server.hpke import open_sealed, seal_to
from sync_server.letter_keys import new_letter_key
from sync_server.storage.letters import Key, Letters
from sync_server.vault import Vault
from tests.civic.town import Citizen, jti
from tests.sync_server.conftest import NOW, House
from tests.sync_server.town_files import SLUG, SPACE

SECRET = "Mon voisin me fait peur le soir."
RULES = """
modules = ["messages"]
publish_rows = false
grace = "0h"
[limits]
missive = 3
[messages]
key = "POINT"
[[phase]]
id = "collect"
starts_at = 2026-01-01T00:00:00Z
open = ["missive"]
"""


def new_key(house: House, now: int = NOW) -> Key:
    """A key of the town's, kept by its server."""
    keys = house.services.keys
    key = new_letter_key(Vault(keys.vault, keys.pepper, house.services.random), SPACE, now)
    Letters(house.services.ledger).put_key(SPACE, key)
    return key


@dataclass
class Writer:
    """One phone of somebody: its ballot key, and the key that answers are sealed to."""

    number: int
    rules: Consultation
    citizen: Citizen = field(init=False)
    reply: ec.EllipticCurvePrivateKey = field(init=False)

    def __post_init__(self) -> None:
        self.citizen = Citizen(self.number, self.rules)
        self.reply = ec.derive_private_key(0xAE970000 + self.number, ec.SECP256R1())

    def letter(self, number: int, key: Key, text: str = SECRET, thread: str = "", **changed: Any) -> str:
        """The envelope of letter `number`, the first of its talk or one that goes on with `thread`."""
        point = point_text(*signing.coordinates(self.reply.public_key()))
        letter = SealedLetter(thread, key.kid, point, b"")
        info = letter_info(self.rules.space, self.rules.slug, letter)
        sealed = seal_to(b64u_decode(key.point), info, padded(Words("Le voisin", text, "fr")))
        body = {"thread": thread or None, "to": key.kid, "reply": point, "sealed": b64u_encode(sealed)}
        return self.citizen.seal(self.citizen.payload("missive", f"missive:{jti(number)}", body | changed))

    def asking(self, nonce: str, *numbers: int, **changed: Any) -> str:
        payload = {
            "v": 1, "aud": SPACE, "a": SLUG, "nonce": nonce, "iat": NOW, "threads": [jti(one) for one in numbers],
        }  # fmt: skip
        point = signing.coordinates(self.citizen.key.public_key())
        return seal_replies_request(payload | changed, *point, lambda text: signing.sign(self.citizen.key, text))

    def ask(self, house: House, *numbers: int, **changed: Any) -> Any:
        """What the server answers to this phone about the talks that began with these letters."""
        nonce = house.read(f"/v1/nonce/{SPACE}")["nonce"]
        return house.client.post(
            "/v1/replies", json={"v": 1, "space": SPACE, "jws": self.asking(nonce, *numbers, **changed)}
        )

    def read(self, number: int, answer: dict[str, Any]) -> Words:
        """What an answer says to this phone; ValueError where it is for another."""
        info = answer_info(SPACE, SLUG, jti(number), answer["n"])
        return Words(**parse_json(open_sealed(self.reply, info, b64u_decode(answer["sealed"]))))
