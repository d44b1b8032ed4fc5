"""What is accepted and refused, in the opinion of three: ours, joserfc and PyJWT; and envelopes that browsers made.

joserfc and PyJWT judge the JWS alone (RFC 7515): three parts, base64url, algorithm, signature. They must never accept
less than we do; where we accept less, the corpus says so.
"""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any, NamedTuple

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jws as joserfc_jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from civic import signing
from civic.canonical import b64u_decode, b64u_encode, canonical_json
from civic.envelope import header_text, parse_envelope
from civic.keys import jwk_text
from civic.refusals import Code, Refused
from tests.civic.town import Citizen, always_open, jti

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
CITIZEN, OTHER = Citizen(1, always_open()), Citizen(2, always_open())
X, Y = signing.coordinates(CITIZEN.key.public_key())
HEADER = header_text(X, Y)
PAYLOAD = CITIZEN.payload("vote", f"vote:{jti(5)}", {"choice": "for"})
GOOD = CITIZEN.vote(5)
VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "envelopes.json").read_text("utf-8"))


class Case(NamedTuple):
    """An envelope, our verdict, and whether it is a JWS that checks under the citizen's key."""

    name: str
    text: str
    code: Code | None
    is_jws: bool


def sealed(header: str, payload: bytes = canonical_json(PAYLOAD), key: ec.EllipticCurvePrivateKey = CITIZEN.key) -> str:
    signed = f"{b64u_encode(header.encode('utf-8'))}.{b64u_encode(payload)}"
    return f"{signed}.{b64u_encode(signing.sign(key, signed.encode('ascii')))}"


def with_signature(raw: bytes) -> str:
    return f"{GOOD.rpartition('.')[0]}.{b64u_encode(raw)}"


def header(**changed: Any) -> str:
    members = {"alg": "ES256", "typ": "preau-env+jws", "jwk": json.loads(jwk_text(X, Y))} | changed
    return json.dumps({name: one for name, one in members.items() if one is not None}, separators=(",", ":"))


def hmac_sealed() -> str:
    signed = f"{b64u_encode(header(alg='HS256').encode())}.{b64u_encode(canonical_json(PAYLOAD))}"
    secret = jwk_text(X, Y).encode()
    return f"{signed}.{b64u_encode(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def corpus() -> list[Case]:
    one, two, three = GOOD.split(".")
    raw = b64u_decode(three)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    high = raw[:32] + (ORDER - s).to_bytes(32, "big")
    members = canonical_json(PAYLOAD).decode()
    padded = f"{one}{'=' * (-len(one) % 4 or 4)}.{two}.{three}"
    return [
        Case("good", GOOD, None, True),
        Case("the other s of the same r: the id is not made of the signature", with_signature(high), None, True),
        Case("alg none, no signature", sealed(header(alg="none")).rpartition(".")[0] + ".", Code.BAD_HEADER, False),
        Case("alg none, signed", sealed(header(alg="none")), Code.BAD_HEADER, False),
        Case("alg HS256 with the public key as secret", hmac_sealed(), Code.BAD_HEADER, False),
        Case("alg ES384", sealed(header(alg="ES384")), Code.BAD_HEADER, False),
        Case("alg in small letters", sealed(header(alg="es256")), Code.BAD_HEADER, False),
        Case("no alg", sealed(header(alg=None)), Code.BAD_HEADER, False),
        Case("another typ", sealed(header(typ="JWT")), Code.BAD_HEADER, True),
        Case("no typ", sealed(header(typ=None)), Code.BAD_HEADER, True),
        Case("one member more", sealed(header(kid="x")), Code.BAD_HEADER, True),
        Case("members in another order", sealed(json.dumps(dict(reversed(json.loads(HEADER).items())))),
             Code.BAD_HEADER, True),
        Case("white space in the header", sealed(HEADER.replace(",", ", ")), Code.BAD_HEADER, True),
        Case("a critical extension", sealed(header(crit=["b64"], b64=False)), Code.BAD_HEADER, False),
        Case("the private key in the header", sealed(header(jwk=json.loads(jwk_text(X, Y)) | {"d": "A" * 43})),
             Code.BAD_HEADER, True),
        Case("a key that is not on the curve", sealed(HEADER.replace(b64u_encode(Y), b64u_encode(X))),
             Code.BAD_HEADER, True),
        Case("a header that is no JSON", sealed("{"), Code.BAD_HEADER, False),
        Case("signed by another key", sealed(HEADER, key=OTHER.key), Code.BAD_SIGNATURE, False),
        Case("63 bytes of signature", with_signature(raw[:63]), Code.BAD_SIGNATURE, False),
        Case("65 bytes of signature", with_signature(raw + b"\0"), Code.BAD_SIGNATURE, False),
        Case("no signature", f"{one}.{two}.", Code.BAD_SIGNATURE, False),
        Case("r and s zero", with_signature(bytes(64)), Code.BAD_SIGNATURE, False),
        Case("r is the order", with_signature(ORDER.to_bytes(32, "big") + raw[32:]), Code.BAD_SIGNATURE, False),
        Case("r and s changed over", with_signature(raw[32:] + raw[:32]), Code.BAD_SIGNATURE, False),
        Case("one bit of the payload", f"{one}.{two[:-6]}{'A' if two[-6] != 'A' else 'B'}{two[-5:]}.{three}",
             Code.BAD_SIGNATURE, False),
        Case("r is too small by one", with_signature((r - 1).to_bytes(32, "big") + raw[32:]),
             Code.BAD_SIGNATURE, False),
        Case("two parts", f"{one}.{two}", Code.BAD_FORMAT, False),
        Case("four parts", f"{GOOD}.", Code.BAD_FORMAT, False),
        Case("nothing", "", Code.BAD_FORMAT, False),
        Case("letters that are not ASCII", GOOD[:-1] + "é", Code.BAD_FORMAT, False),
        Case("a full-width digit", GOOD[:-1] + "１", Code.BAD_FORMAT, False),
        Case("padding", padded, Code.BAD_FORMAT, False),
        Case("junk in the base64", f"{one}.{two[:8]}!{two[8:]}.{three}", Code.BAD_FORMAT, False),
        Case("a line end in the base64", f"{one}.{two[:8]}\n{two[8:]}.{three}", Code.BAD_FORMAT, False),
        Case("a line end after", f"{GOOD}\n", Code.BAD_FORMAT, False),
        Case("the standard alphabet", f"{one}.{two}.{three[:-2]}+/", Code.BAD_FORMAT, False),
        Case("trailing bits of the signature", GOOD[:-1] + chr(ord(GOOD[-1]) + 1), Code.BAD_FORMAT, False),
        Case("too long", GOOD + "A" * 17_000, Code.TOO_LARGE, False),
        Case("a member twice", sealed(HEADER, members.replace('"v":1', '"v":1,"v":1').encode()),
             Code.BAD_PAYLOAD, True),
        Case("a fraction", sealed(HEADER, members.replace('"rev":1', '"rev":1.0').encode()), Code.BAD_PAYLOAD, True),
        Case("not a number", sealed(HEADER, members.replace('"rev":1', '"rev":NaN').encode()), Code.BAD_PAYLOAD, True),
        Case("a lone surrogate", sealed(HEADER, members.replace('"for"', '"\\ud800"').encode()),
             Code.BAD_PAYLOAD, True),
        Case("not UTF-8", sealed(HEADER, b"\xff" + members.encode()), Code.BAD_PAYLOAD, True),
        Case("a byte-order mark", sealed(HEADER, b"\xef\xbb\xbf" + members.encode()), Code.BAD_PAYLOAD, True),
        Case("white space after the payload's JSON", sealed(HEADER, members.encode() + b" \n"), None, True),
        Case("two values", sealed(HEADER, members.encode() + b"{}"), Code.BAD_PAYLOAD, True),
        Case("no payload", sealed(HEADER, b""), Code.BAD_PAYLOAD, True),
        Case("a list", sealed(HEADER, b"[]"), Code.BAD_PAYLOAD, True),
        Case("nested very deep", sealed(HEADER, b'{"v":' + b"[" * 5000 + b"]" * 5000 + b"}"), Code.BAD_PAYLOAD, True),
    ]  # fmt: skip


CASES = corpus()
every_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def our_code(text: str) -> Code | None:
    try:
        parse_envelope(text)
    except Refused as refused:
        return refused.code
    return None


def joserfc_says(text: str) -> bool:
    key = ECKey.import_key(json.loads(jwk_text(X, Y)))
    registry = joserfc_jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    registry.max_payload_length = 100_000
    try:
        joserfc_jws.deserialize_compact(text.encode("utf-8"), key, registry=registry)
    except (JoseError, ValueError, KeyError):
        return False
    return True


def pyjwt_says(text: str) -> bool:
    try:
        jwt.PyJWS().decode(text, CITIZEN.key.public_key(), algorithms=["ES256"])
    except (jwt.InvalidTokenError, UnicodeEncodeError):
        return False
    return True


@every_case
def test_we_give_the_code_that_is_documented(case: Case) -> None:
    assert our_code(case.text) is case.code


# Where one of the two forgives what RFC 7515 does not, or refuses what is beside the point here.
FORGIVEN = {
    "a critical extension",
    "padding",
    "junk in the base64",
    "a line end in the base64",
    "a line end after",
    "the standard alphabet",
}


@every_case
def test_the_other_two_are_of_the_same_opinion_about_the_signature(case: Case) -> None:
    if case.name not in FORGIVEN:
        assert (joserfc_says(case.text), pyjwt_says(case.text)) == (case.is_jws, case.is_jws)


@every_case
def test_we_never_accept_what_another_refuses(case: Case) -> None:
    if our_code(case.text) is None:
        assert joserfc_says(case.text)
        assert pyjwt_says(case.text)


@pytest.mark.parametrize("one", VECTORS["envelopes"], ids=[one["what"] for one in VECTORS["envelopes"]])
def test_an_envelope_made_by_a_browser_is_read(one: dict[str, Any]) -> None:
    envelope = parse_envelope(one["jws"])
    assert (envelope.id, envelope.voter) == (one["id"], VECTORS["voter"])
    payload = one["payload"]
    assert (envelope.kind, envelope.slot, envelope.rev, envelope.body) == (
        payload["kind"], payload["slot"], payload["rev"], payload["body"],
    )  # fmt: skip
