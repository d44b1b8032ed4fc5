"""Envelopes: `parse_envelope`, then the rules that need no ledger. Half of the cases are signed by their own key."""

import json
import random
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from civic import signing
from civic.canonical import b64u_decode, b64u_encode, parse_json
from civic.envelope import header_text
from civic.refusals import Code
from tests.civic.town import Citizen, act_of, always_open, jti
from tests.fuzz.mutation import NASTY, junk, junk_but, spoil_bytes, spoil_json, spoil_text
from tests.fuzz.target import Target

# Written again here, not taken from the code under test.
HASH, JTI = re.compile(r"[A-Za-z0-9_-]{43}"), re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
CONSULTATION = always_open()
CITIZEN, OTHER = Citizen(1, CONSULTATION), Citizen(2, CONSULTATION)
HEADER = header_text(*signing.coordinates(CITIZEN.key.public_key()))
DETERMINISTIC = ECDSA(SHA256(), deterministic_signing=True)


def is_matching(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def is_whole(value: Any, low: int, high: int) -> bool:
    return type(value) is int and low <= value <= high


VALID: dict[str, Callable[[Any], bool]] = {
    "v": lambda value: is_whole(value, 1, 1),
    "aud": lambda value: value == "valbrume",
    "a": lambda value: value == CONSULTATION.slug,
    "mh": lambda value: value == CONSULTATION.mh,
    "jti": lambda value: is_matching(JTI, value),
    "rev": lambda value: is_whole(value, 1, 1_000_000),
    "prev": lambda value: value is None or is_matching(HASH, value),
    "iat": lambda value: is_whole(value, 0, 1 << 40),
    "slot": lambda value: isinstance(value, str) and is_matching(JTI, value.partition(":")[2]),
}
NEVER_A_WORD = ("x\u202ey", " x", "x ", "x\ty", "\0", "e\u0301e", "x" * 5000, "\u2066x\u2069")


@cache
def samples() -> tuple[str, ...]:
    """One valid envelope of each kind, and another person's."""
    found = (
        CITIZEN.propose(1), CITIZEN.vote(1), CITIZEN.withdraw(f"vote:{jti(1)}"),
        CITIZEN.seal(CITIZEN.payload("comment", f"comment:{jti(4)}", {
            "target": jti(1), "reply_to": None, "text": "Bonne idée.", "name": "", "lang": "fr"})),
        OTHER.vote(1),
    )  # fmt: skip
    for text in found:
        judge(text)
    return found


def judge(text: str) -> object:
    return act_of(text, CONSULTATION)


def signed(header: str, payload: bytes, key: EllipticCurvePrivateKey = CITIZEN.key) -> str:
    """Signed by the citizen, or another `key`, the same bytes in every run."""
    text = f"{b64u_encode(header.encode('utf-8', 'surrogatepass'))}.{b64u_encode(payload)}"
    r, s = decode_dss_signature(key.sign(text.encode("ascii"), DETERMINISTIC))
    return f"{text}.{b64u_encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def spoilt_text(chance: random.Random) -> str:
    return spoil_text(chance, chance.choice(samples()))


def spoilt_part(chance: random.Random) -> str:
    """One part's bytes spoilt and written canonically again, or taken from another envelope."""
    parts = chance.choice(samples()).split(".")
    place = chance.randrange(3)
    if chance.random() < 0.3:
        parts[place] = chance.choice(samples()).split(".")[chance.randrange(3)]
    else:
        parts[place] = b64u_encode(spoil_bytes(chance, b64u_decode(parts[place])))
    return ".".join(parts)


def spoilt_header(chance: random.Random) -> str:
    payload = b64u_decode(samples()[0].split(".")[1])
    header = chance.choice((
        lambda: unlike(HEADER, lambda: spoil_text(chance, HEADER)),
        lambda: HEADER.replace("ES256", chance.choice(("none", "HS256", "es256", "RS256", "", "ES256K"))),
        lambda: HEADER.replace("preau-env", chance.choice(("preau-receipt", "preau-token", "JWT"))),
        lambda: HEADER[:-1] + f',"{chance.choice(("kid", "crit", "b64", "x5c", "jku"))}":"x"}}',
    ))()  # fmt: skip
    return signed(header, payload)


def unlike(original: str, spoil: Callable[[], str]) -> str:
    """Spoils again until it is spoilt: a letter may be replaced by itself."""
    while (text := spoil()) == original:
        pass
    return text


def members_of(text: str) -> dict[str, Any]:
    found: dict[str, Any] = parse_json(b64u_decode(text.split(".")[1]))
    return found


def spoilt_member(chance: random.Random) -> str:
    """A payload that can be read and has one member wrong, missing or too many."""
    members = members_of(chance.choice(samples()[:4]))
    way = chance.randrange(5)
    if way == 0:
        members.pop(chance.choice(list(members)))
    elif way == 1:
        members[chance.choice(("token", "seen", "z", "", "V", "kid"))] = junk(chance)
    elif way == 2:
        kind = members["kind"]
        members["kind"] = junk_but(chance, lambda value: value == kind)
    else:
        name = chance.choice(list(VALID))
        members[name] = junk_but(chance, VALID[name])
    return signed(HEADER, written(members))


def spoilt_act(chance: random.Random) -> str:
    """An envelope that can be read, around a body that is none: for the parsers of the modules."""
    members = members_of(chance.choice(samples()[:4]))
    return signed(HEADER, written(members | {"body": spoilt_body(chance, members["body"])}))


def elsewhere(chance: random.Random) -> str:
    """Nothing wrong but that it is for another town, consultation or set of rules, or of a kind that nobody takes."""
    members = members_of(chance.choice(samples()[:4]))
    other = chance.choice(("autre", "valbrume-2", "0", "filature1"))
    hashed = b64u_encode(chance.randbytes(32))
    kinds = {"kind": "song", "slot": f"song:{members['jti']}"}
    return signed(HEADER, written(members | chance.choice(({"aud": other}, {"a": other}, {"mh": hashed}, kinds))))


def spoilt_body(chance: random.Random, body: dict[str, Any]) -> Any:
    """Never a body of any kind."""
    if not body or chance.random() < 0.2:
        return junk_but(chance, lambda value: isinstance(value, dict)) if chance.random() < 0.5 else body | {"z": 1}
    name = chance.choice(list(body))
    if chance.random() < 0.15:
        return {other: value for other, value in body.items() if other != name}
    if name in ("choice", "category", "lang") and chance.random() < 0.5:
        return body | {name: chance.choice(("maybe", "FOR", "constructor", "xx", "culture\n"))}
    if chance.random() < 0.5:
        return body | {name: chance.choice(NEVER_A_WORD)}
    return body | {name: junk_but(chance, lambda value: value is None or isinstance(value, str))}


def written(members: Any) -> bytes:
    """JSON of anything, lone surrogates escaped, as a phone of ill will would write it."""
    return json.dumps(members, ensure_ascii=False).encode("utf-8", "surrogatepass")


def spoilt_payload(chance: random.Random) -> str:
    return signed(HEADER, spoil_json(chance, b64u_decode(chance.choice(samples()).split(".")[1])))


def from_grammar(chance: random.Random) -> str:
    """Dots and letters, short or very long; nothing of it was ever an envelope."""
    letters = ("A", "eyJ", "_-", chance.choice(NASTY))
    parts = ["".join(chance.choices(letters, k=chance.randrange(40))) for _ in range(chance.randrange(6))]
    return ".".join(parts) * chance.choice((1, 1, 1, 1, 400))


WAYS = (
    spoilt_text, spoilt_text, spoilt_part, spoilt_header, spoilt_member, spoilt_act, spoilt_act, spoilt_payload,
    elsewhere, from_grammar,
)  # fmt: skip


def make(chance: random.Random) -> str:
    while (text := chance.choice(WAYS)(chance)) in samples():
        pass
    return text


TARGET = Target(
    "envelope", make, judge,
    frozenset({
        Code.BAD_FORMAT, Code.TOO_LARGE, Code.BAD_HEADER, Code.BAD_SIGNATURE, Code.BAD_PAYLOAD, Code.WRONG_AUDIENCE,
        Code.UNKNOWN_CONSULTATION, Code.WRONG_MANIFEST, Code.BAD_OPTION, Code.NOT_TAKEN,
    }),
)  # fmt: skip
