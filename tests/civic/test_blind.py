"""Blind signatures give the very bytes of RFC 9474, fit together whatever was drawn, and nothing altered passes."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic import pss
from civic.blind import RANDOMIZED, VARIANTS, blind, finalize, is_blind_signed, prepare
from civic.issuer import blind_sign, issuer_of
from civic.issuer_key import IssuerKey
from tests.civic.issuers import ISSUER, OTHER_ISSUER, appendix, chance, new_token, pieces

KEY = ISSUER.key
VECTORS_SHA256 = "c0d45eaa85c42906e0e0a60efc69b8744e0e05be35a3863fa5040037ecc9606a"


def check_vector(one: dict[str, Any]) -> None:
    value = {name: bytes.fromhex(text.removeprefix("0x")) for name, text in one.items() if name not in ("name", "what")}
    variant = next(variant for variant in VARIANTS if variant.name.lower() == one["name"].lower())
    p, q, n, e, d, inverse = (int.from_bytes(value[name], "big") for name in ("p", "q", "n", "e", "d", "inv"))
    issuer = issuer_of(p, q, e)
    key = issuer.key
    assert (key, issuer.d_p, issuer.d_q) == (IssuerKey(n, e), d % (p - 1), d % (q - 1))
    message = prepare(value["msg"], pieces(value.get("msg_prefix", b"")), variant)
    assert message == value["input_msg"]
    encoded = pss.encode(message, n.bit_length() - 1, value["salt"])
    assert encoded == value.get("encoded_msg", encoded)
    blinded = blind(key, message, pieces(value["salt"], key.write(pow(inverse, -1, n))), variant)
    assert blinded == (value["blinded_msg"], key.write(inverse))
    assert blind_sign(issuer, blinded.message, chance(1)) == value["blind_sig"]
    signature = finalize(key, message, value["blind_sig"], blinded.inverse, variant)
    assert signature == value["sig"]
    assert [is_blind_signed(key, message, signature, other) for other in VARIANTS] == [
        other.salt_bytes == variant.salt_bytes for other in VARIANTS
    ]


def test_the_variant_in_use_gives_every_value_of_the_appendix() -> None:
    assert appendix()["name"] == RANDOMIZED.name
    check_vector(appendix())


@pytest.mark.parametrize("place", range(4))
def test_all_four_variants_give_every_published_value(place: int, shared_data: Path) -> None:
    raw = (shared_data / "rfc9474" / "test_vectors_rfc9474.json").read_bytes()
    assert hashlib.sha256(raw).hexdigest() == VECTORS_SHA256
    check_vector(json.loads(raw)[place])


@given(text=st.binary(max_size=300), seed=st.integers(), variant=st.sampled_from(VARIANTS))
@settings(max_examples=15)
def test_whatever_is_drawn_the_signature_checks(text: bytes, seed: int, variant: Any) -> None:
    random = chance(seed)
    message = prepare(text, random, variant)
    blinded = blind(KEY, message, random, variant)
    signature = finalize(KEY, message, blind_sign(ISSUER, blinded.message, random), blinded.inverse, variant)
    assert is_blind_signed(KEY, message, signature, variant)
    assert not is_blind_signed(OTHER_ISSUER.key, message, signature, variant)


def test_one_message_blinded_twice_shows_two_numbers_and_gets_two_signatures() -> None:
    one, other = blind(KEY, b"text", chance(1)), blind(KEY, b"text", chance(2))
    assert one.message != other.message
    assert one.inverse != other.inverse
    assert new_token(seed=1).s != new_token(seed=2).s


def test_a_blinded_message_fits_any_message_that_was_ever_signed() -> None:
    """Why the town learns nothing: for each signature there is a blinding that leads to what the town saw."""
    seen = blind(KEY, b"what was asked", chance(1)).message
    number, n = int.from_bytes(seen, "big"), KEY.n
    for seed in range(3):
        token = new_token(seed=seed)
        signed = pow(int.from_bytes(token.s, "big"), KEY.e, n)
        answer = int.from_bytes(blind_sign(ISSUER, seen, chance(seed)), "big")
        inverse = int.from_bytes(token.s, "big") * pow(answer, -1, n) % n
        assert signed == number * pow(inverse, KEY.e, n) % n
        assert finalize(KEY, token.m, KEY.write(answer), KEY.write(inverse)) == token.s


@given(bit=st.integers(0, 8 * 256 - 1), part=st.sampled_from(["signature", "message", "blind signature", "inverse"]))
@settings(max_examples=60)
def test_a_flipped_bit_anywhere_is_refused(bit: int, part: str) -> None:
    def flipped(data: bytes) -> bytes:
        place = bit % (8 * len(data))
        return (int.from_bytes(data, "big") ^ 1 << place).to_bytes(len(data), "big")

    if part in ("signature", "message"):
        token = TOKEN._replace(**{"s" if part == "signature" else "m": flipped(getattr(TOKEN, part[0]))})
        assert not is_blind_signed(KEY, token.m, token.s)
        return
    given = {"blind signature": SIGNED, "inverse": BLINDED.inverse}
    given[part] = flipped(given[part])
    with pytest.raises(ValueError, match=r"does not check|not a blind signature"):
        finalize(KEY, MESSAGE, given["blind signature"], given["inverse"])


TOKEN = new_token()
MESSAGE = prepare(b"preau", chance(3))
BLINDED = blind(KEY, MESSAGE, chance(4))
SIGNED = blind_sign(ISSUER, BLINDED.message, chance(5))


@pytest.mark.parametrize("signature", [b"", b"\0", bytes(255), bytes(256), bytes(257), b"\xff" * 256])
def test_what_is_no_number_below_the_modulus_is_no_signature(signature: bytes) -> None:
    assert not is_blind_signed(KEY, MESSAGE, signature)
    with pytest.raises(ValueError, match=r"does not check|not a blind signature"):
        finalize(KEY, MESSAGE, signature, BLINDED.inverse)


def test_a_signature_that_is_the_modulus_too_great_is_another_text_of_the_same_and_refused() -> None:
    assert KEY.n.bit_length() == 2048
    number = int.from_bytes(TOKEN.s, "big") + KEY.n
    if number < 1 << 2048:
        assert not is_blind_signed(KEY, TOKEN.m, number.to_bytes(256, "big"))
    assert not is_blind_signed(KEY, TOKEN.m, b"\0" + TOKEN.s)


def test_a_modulus_too_small_for_hash_and_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        pss.encode(b"text", 8 * (48 + 48 + 2) - 8, bytes(48))


def test_a_broken_source_of_randomness_stops_the_phone() -> None:
    with pytest.raises(ValueError, match="randomness"):
        blind(KEY, MESSAGE, bytes)


def test_a_message_that_shares_a_factor_with_the_modulus_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pss, "encode", lambda *_: KEY.write(ISSUER.p * 5))
    with pytest.raises(ValueError, match="factor"):
        blind(KEY, MESSAGE, chance(1))
