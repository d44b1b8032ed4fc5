"""A citizen with a key but no browser: fills a town through its front door."""

import secrets
from collections import Counter
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from civic import signing
from civic.canonical import b64u_encode
from civic.envelope import seal
from tests.end_to_end.town import Town
from tests.end_to_end.waiting import until


class Citizen:
    """Acts on one consultation of a town; every act is accepted or the test fails."""

    def __init__(self, town: Town, consultation: str) -> None:
        self.town, self.consultation = town, consultation
        self.mh = town.content.consultations[consultation].mh
        self.key = ec.generate_private_key(ec.SECP256R1())
        self._revisions: Counter[str] = Counter()

    def wait_until_known(self) -> None:
        """Until the server, which looks at the town's files once a second, knows the consultation."""
        body = {"target": "A" * 22, "reply_to": None, "text": "Rien.", "name": "", "lang": "fr"}
        envelope, _ = self.envelope("comment", "", body)
        until(lambda: self.town.send(envelope)[0]["code"] != "unknown_consultation", "the server to know it")

    def propose(self, title: str, text: str = "Devant l’école, pour attendre.", category: str | None = None) -> str:
        """The id of the proposal."""
        categories = self.town.content.consultations[self.consultation].categories
        chosen = category if category is not None else categories[0].id if categories else ""
        body = {"title": title, "text": text, "category": chosen, "name": "", "lang": "fr"}
        return self._send("proposal", "", body)

    def vote(self, proposal: str, choice: str) -> str:
        return self._send("vote", proposal, {"choice": choice})

    def comment(self, proposal: str, text: str) -> str:
        return self._send("comment", "", {"target": proposal, "reply_to": None, "text": text, "name": "", "lang": "fr"})

    def act(self, kind: str, body: Mapping[str, Any], about: str = "") -> str:
        """The id in the slot of an act of any kind."""
        return self._send(kind, about, body)

    def envelope(self, kind: str, slot_id: str, body: Mapping[str, Any]) -> tuple[str, str]:
        """A signed act and the id in its slot (a new one where `slot_id` is empty)."""
        jti = b64u_encode(secrets.token_bytes(16))
        slot = f"{kind}:{slot_id or jti}"
        return self._sealed(kind, slot, jti, body), slot.partition(":")[2]

    def take_back(self, slot: str) -> None:
        """Withdraws what this citizen has in a slot."""
        (result,) = self.town.send(self._sealed("withdraw", slot, b64u_encode(secrets.token_bytes(16)), {}))
        assert result["status"] == "accepted", result

    def _sealed(self, kind: str, slot: str, jti: str, body: Mapping[str, Any]) -> str:
        self._revisions[slot] += 1
        payload = {
            "v": 1, "aud": "essai", "a": self.consultation, "mh": self.mh, "kind": kind, "slot": slot, "jti": jti,
            "rev": self._revisions[slot], "prev": None, "iat": self.town.began_at, "body": dict(body),
        }  # fmt: skip
        x, y = signing.coordinates(self.key.public_key())
        return seal(payload, x, y, lambda message: signing.sign(self.key, message))

    def _send(self, kind: str, slot_id: str, body: Mapping[str, Any]) -> str:
        envelope, own = self.envelope(kind, slot_id, body)
        (result,) = self.town.send(envelope)
        assert result["status"] == "accepted", result
        return own
