"""An envelope is read exactly as docs/formats.md §3 says, or refused with its code."""

import json
from typing import Any

import pytest

from civic import signing
from civic.canonical import b64u_decode, b64u_encode
from civic.envelope import parse_envelope
from civic.refusals import Code, Refused
from tests.civic.town import Citizen, always_open, jti

CITIZEN = Citizen(1, always_open())
GOOD = CITIZEN.vote(5)


def code_of(text: str) -> Code:
    with pytest.raises(Refused) as refused:
        parse_envelope(text)
    return refused.value.code


def resealed(**changed: Any) -> str:
    payload = CITIZEN.payload("vote", f"vote:{jti(5)}", {"choice": "for"})
    return CITIZEN.seal({name: value for name, value in (payload | changed).items() if value != "absent"})


def test_a_good_envelope_gives_its_members() -> None:
    envelope = parse_envelope(GOOD)
    assert (envelope.kind, envelope.slot_kind, envelope.slot_id) == ("vote", "vote", jti(5))
    assert envelope.body == {"choice": "for"}
    assert len(envelope.voter) == len(envelope.id) == 43


def test_the_id_does_not_depend_on_the_signature() -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    head, signature = GOOD.rsplit(".", 1)
    raw = b64u_decode(signature)
    other = raw[:32] + (order - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    assert parse_envelope(f"{head}.{b64u_encode(other)}").id == parse_envelope(GOOD).id


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.BAD_FORMAT),
        ("a.b", Code.BAD_FORMAT),
        (GOOD + ".", Code.BAD_FORMAT),
        (GOOD + "=", Code.BAD_FORMAT),
        (GOOD.replace(".", ".!", 1), Code.BAD_FORMAT),
        (GOOD[:-1] + "é", Code.BAD_FORMAT),
        ("A" * 17_000, Code.TOO_LARGE),
        (".".join([*GOOD.split(".")[:2], b64u_encode(bytes(63))]), Code.BAD_SIGNATURE),
        (".".join([*GOOD.split(".")[:2], b64u_encode(bytes(65))]), Code.BAD_SIGNATURE),
        (GOOD[:-6] + ("AAAAAA" if not GOOD.endswith("AAAAAA") else "BBBBBQ"), Code.BAD_SIGNATURE),
    ],
)
def test_a_broken_form_is_refused(text: str, code: Code) -> None:
    assert code_of(text) == code


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "typ": "preau-env+jws"},
        {"alg": "HS256", "typ": "preau-env+jws", "jwk": {}},
        {"alg": "ES256", "typ": "preau-receipt+jws", "jwk": {}},
        {"alg": "ES256", "typ": "preau-env+jws", "jwk": {"crv": "P-256", "kty": "EC", "x": "A" * 43, "y": "A" * 43}},
    ],
)
def test_the_algorithm_is_never_the_senders_choice(header: dict[str, Any]) -> None:
    part = b64u_encode(json.dumps(header, separators=(",", ":")).encode())
    assert code_of(".".join([part, *GOOD.split(".")[1:]])) == Code.BAD_HEADER


@pytest.mark.parametrize(
    "changed",
    [
        {"v": 2}, {"v": True}, {"aud": "Valbrume"}, {"rev": 0}, {"rev": 1_000_001}, {"rev": "1"}, {"iat": -1},
        {"prev": "x"}, {"jti": "short"}, {"jti": "A" * 21 + "B"}, {"slot": "vote:"}, {"slot": f"proposal:{jti(5)}"},
        {"kind": "Vote"}, {"body": []}, {"body": "absent"}, {"extra": 1}, {"mh": "A" * 42},
    ],
)  # fmt: skip
def test_a_member_out_of_place_is_refused(changed: dict[str, Any]) -> None:
    assert code_of(resealed(**changed)) == Code.BAD_PAYLOAD


@pytest.mark.parametrize(
    "payload",
    [b"[]", b"{", b'{"v":1,"v":1}', b'{"v":1.0}', b'{"v":NaN}', b"\xff", b'"' + b"[" * 9000, b'{"v":"\\ud800"}'],
)
def test_json_is_read_strictly(payload: bytes) -> None:
    head = GOOD.split(".")[0]
    signed = f"{head}.{b64u_encode(payload)}"
    signature = b64u_decode(CITIZEN.seal({}).rsplit(".", 1)[1])
    assert len(signature) == 64
    text = f"{signed}.{b64u_encode(signing.sign(CITIZEN.key, signed.encode()))}"
    assert code_of(text) == Code.BAD_PAYLOAD
