"""The town's half: signs any number below the modulus and no other, hides its exponents, lets no wrong result out."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic.canonical import b64u_encode
from civic.issuer import BadBlinded, SigningFault, blind_sign
from civic.issuer_key import IssuerKey, issuer_jwk, parse_issuer_jwk
from sync_server import issuer_keys
from sync_server.issuer_keys import issuer_of_pem, new_issuer_pem, power
from sync_server.keys import KeyUnreadable
from tests.civic.issuers import ISSUER, chance

KEY = ISSUER.key
D = pow(KEY.e, -1, (ISSUER.p - 1) * (ISSUER.q - 1))
EC_PEM = b"""-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff
-----END PRIVATE KEY-----
"""


def powers() -> list[object]:
    return [pytest.param(pow, id="python"), pytest.param(power(), id="installed")]


@pytest.mark.parametrize("chosen", powers())
@pytest.mark.parametrize("number", [0, 1, 2, KEY.n - 1, ISSUER.p, KEY.n - ISSUER.q, 1 << 2047])
def test_every_number_below_the_modulus_is_signed_as_one_plain_power_would(number: int, chosen: object) -> None:
    assert callable(chosen)
    signed = blind_sign(ISSUER, KEY.write(number), chance(number), chosen)
    assert int.from_bytes(signed, "big") == pow(number, D, KEY.n)


@pytest.mark.parametrize(
    "blinded", [KEY.write(KEY.n), KEY.write(KEY.n + 1), b"\xff" * 256, bytes(255), bytes(257), b""]
)
def test_what_is_no_number_below_the_modulus_is_refused(blinded: bytes) -> None:
    with pytest.raises(BadBlinded):
        blind_sign(ISSUER, blinded, chance(1))


@given(number=st.integers(0, KEY.n - 1), seeds=st.tuples(st.integers(), st.integers()))
@settings(max_examples=10)
def test_the_same_question_has_the_same_answer(number: int, seeds: tuple[int, int]) -> None:
    blinded = KEY.write(number)
    assert len({blind_sign(ISSUER, blinded, chance(seed), power()) for seed in seeds}) == 1


def test_no_secret_exponent_and_no_sent_number_meets_the_arithmetic_as_it_is() -> None:
    seen: list[tuple[int, int]] = []

    def watched(base: int, exponent: int, modulus: int) -> int:
        seen.append((base, exponent))
        return pow(base, exponent, modulus)

    for seed in range(3):
        blind_sign(ISSUER, KEY.write(12345), chance(seed), watched)
    private = [one for one in seen if one[1] != KEY.e]
    assert len(private) == 6
    assert len({exponent for _, exponent in private}) == len({base for base, _ in private}) == 6
    assert not {ISSUER.d_p, ISSUER.d_q, D} & {exponent for _, exponent in private}
    assert not any(base in (12345, 12345 % ISSUER.p) for base, _ in private)
    assert all(exponent.bit_length() > 1024 + 40 for _, exponent in private)


@pytest.mark.parametrize("call", [0, 1, 2])
def test_a_miscalculated_power_lets_nothing_out(call: int) -> None:
    count = itertools.count()

    def faulty(base: int, exponent: int, modulus: int) -> int:
        return (pow(base, exponent, modulus) + (next(count) == call)) % modulus

    with pytest.raises(SigningFault) as fault:
        blind_sign(ISSUER, KEY.write(12345), chance(1), faulty)
    assert not any(character.isdigit() for character in str(fault.value))


def test_gmps_constant_time_power_is_used_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("gmpy2")
    assert power() is issuer_keys.steady_power
    monkeypatch.setattr(issuer_keys, "gmpy2", None)
    assert power() is pow


def test_a_private_key_prints_as_its_public_half() -> None:
    assert not any(str(number) in repr(ISSUER) for number in (ISSUER.p, ISSUER.q, ISSUER.d_p, ISSUER.d_q))


def test_a_new_key_is_read_again_and_signs() -> None:
    pem = new_issuer_pem()
    issuer = issuer_of_pem(pem, "q1.pem")
    assert issuer == issuer_of_pem(pem, "q1.pem") != issuer_of_pem(new_issuer_pem(), "q1.pem")
    assert parse_issuer_jwk(issuer_jwk(issuer.key)) == issuer.key
    assert blind_sign(issuer, issuer.key.write(1), chance(1), power()) == issuer.key.write(1)


@pytest.mark.parametrize("pem", [b"", b"junk", EC_PEM])
def test_a_file_that_is_no_such_key_is_named(pem: bytes) -> None:
    with pytest.raises(KeyUnreadable, match=r"q1\.pem"):
        issuer_of_pem(pem, "q1.pem")


GOOD = issuer_jwk(KEY)
WRONG = {
    "no object": [GOOD],
    "a member more": GOOD | {"alg": "PS384"},
    "a member less": {"e": "AQAB", "kty": "RSA"},
    "the private key": GOOD | {"d": "AQAB"},
    "another kind": GOOD | {"kty": "EC"},
    "the exponent three": GOOD | {"e": "Aw"},
    "the exponent with a zero before": GOOD | {"e": "AAEAAQ"},
    "a number for a text": GOOD | {"n": KEY.n},
    "padding": GOOD | {"n": GOOD["n"] + "=="},
    "trailing bits": GOOD | {"n": GOOD["n"][:-1] + chr(ord(GOOD["n"][-1]) + 1)},
    "a zero before": GOOD | {"n": b64u_encode(b"\0" + KEY.write(KEY.n))},
    "2,047 bits": issuer_jwk(IssuerKey(KEY.n >> 1 | 1, KEY.e)),
    "1,024 bits": issuer_jwk(IssuerKey(ISSUER.p, KEY.e)),
    "4,096 bits": issuer_jwk(IssuerKey(KEY.n**2, KEY.e)),
    "an even modulus": issuer_jwk(IssuerKey(KEY.n - 1, KEY.e)),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_public_key_written_otherwise_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_issuer_jwk(WRONG[name])
