"""Citizens' phones: ballot keys, and signed envelopes as docs/formats.md §3 wants them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec

from bench import prose
from civic import signing
from civic.canonical import b64u_encode
from civic.consultation import Consultation
from civic.envelope import seal

CHOICES = ("for", "against", "blank")
MADE_AT = 1_790_000_123


def act_id(number: int) -> str:
    """The `jti` of an invented act."""
    return b64u_encode(number.to_bytes(16, "big"))


class Phone:
    """A ballot key that is the same in every run."""

    def __init__(self, number: int, consultation: Consultation) -> None:
        self.number, self.consultation = number, consultation
        self._key = ec.derive_private_key(0x5EED_0000_0000 + number, ec.SECP256R1())
        self.x, self.y = signing.coordinates(self._key.public_key())

    def seal(self, kind: str, slot: str, jti: str, body: Mapping[str, Any], rev: int = 1) -> str:
        """An envelope for this consultation."""
        payload = {
            "v": 1, "aud": self.consultation.space, "a": self.consultation.slug, "mh": self.consultation.mh,
            "kind": kind, "slot": slot, "jti": jti, "rev": rev, "prev": None, "iat": MADE_AT, "body": dict(body),
        }  # fmt: skip
        return seal(payload, self.x, self.y, lambda message: signing.sign(self._key, message))

    def propose(self, number: int, chance: random.Random, size: int = 300) -> str:
        """Proposal `number`."""
        categories = self.consultation.categories
        body = {
            "title": prose.sentence(chance, 4, 8)[:110],
            "text": prose.paragraph(chance, size)[:3900],
            "category": categories[number % len(categories)].id if categories else "",
            "name": f"Personne {number}",
            "lang": "fr",
        }
        return self.seal("proposal", f"proposal:{act_id(number)}", act_id(number), body)

    def comment(self, number: int, target: int, chance: random.Random, size: int = 150) -> str:
        """Comment `number` about proposal `target`."""
        text = prose.paragraph(chance, size)[:1900]
        body = {"target": act_id(target), "reply_to": None, "text": text, "name": f"Personne {number}", "lang": "fr"}
        return self.seal("comment", f"comment:{act_id(number)}", act_id(number), body)

    def vote(self, target: int, choice: str, rev: int = 1) -> str:
        """A vote on proposal `target`; a later `rev` changes it."""
        jti = act_id((self.number << 64) + (target << 32) + rev)
        return self.seal("vote", f"vote:{act_id(target)}", jti, {"choice": choice}, rev)


class Ballot(NamedTuple):
    """A vote as it travels, with the id other stores keep it under."""

    id: str
    text: str


def ballots(consultation: Consultation, proposals: int, number: int, first_phone: int) -> Iterator[Ballot]:
    """`number` first votes; each phone says what it thinks of all `proposals`, in an order of its own."""
    chance = random.Random(first_phone)
    targets = list(range(1, proposals + 1))
    made, phone = 0, first_phone
    while made < number:
        voter = Phone(phone, consultation)
        chance.shuffle(targets)
        for target in targets[: number - made]:
            yield Ballot(f"{phone:08x}-{target:04x}", voter.vote(target, chance.choice(CHOICES)))
            made += 1
        phone += 1
