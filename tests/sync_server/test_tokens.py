"""A token is believed only where everything about it is as agreed; one wrong thing is enough to refuse it."""

import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe, jws
from joserfc.jwk import ECKey, KeySet, RSAKey

from civic.canonical import b64u_encode
from sync_server.identity.oidc.civil import civil_identity, normalised
from sync_server.identity.oidc.faults import ProviderFault
from sync_server.identity.oidc.providers import BIRTH, CIVIL, EIDAS, KINDS
from sync_server.identity.oidc.tokens import Expected, check_id_token, check_userinfo, open_token

NOW = 1_790_000_000
EXPECTED = Expected("https://fc.example", "preau", "n" * 43, EIDAS)
GOOD: dict[str, Any] = {
    "iss": "https://fc.example", "aud": "preau", "sub": "s", "nonce": "n" * 43, "acr": "eidas1",
    "iat": NOW - 2, "exp": NOW + 60,
}  # fmt: skip
EC = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
OURS = RSAKey.generate_key(2048, {"kid": "ours", "use": "enc"})
KEYS = KeySet([EC, RSA])
FRANCECONNECT, ITSME = KINDS["franceconnect"], KINDS["itsme"]


def signed(claims: object, key: Any = EC, **header: Any) -> str:
    header = {"alg": "ES256" if key is EC else "RS256", "kid": key.kid} | header
    return jws.serialize_compact(header, json.dumps(claims), key, [header["alg"]])


def sealed(text: str, alg: str = "RSA-OAEP-256", enc: str = "A128CBC-HS256", **header: Any) -> str:
    registry = jwe.JWERegistry(algorithms=[alg, enc], strict_check_header=False)
    return jwe.encrypt_compact({"alg": alg, "enc": enc, **header}, text, OURS, registry=registry)


def by_hand(alg: str, sign: Callable[[bytes], bytes]) -> str:
    """As no library would: without a signature, or with the public key as if it were a secret."""
    header = json.dumps({"alg": alg, "kid": "rsa"}).encode()
    text = f"{b64u_encode(header)}.{b64u_encode(json.dumps(GOOD).encode())}"
    return f"{text}.{b64u_encode(sign(text.encode()))}"


def opened(text: str, kind: Any = FRANCECONNECT) -> dict[str, Any]:
    return open_token(text, kind, lambda _: KEYS, OURS)


def test_what_is_signed_as_agreed_opens() -> None:
    assert opened(signed(GOOD)) == opened(signed(GOOD, RSA)) == GOOD
    assert opened(sealed(signed(GOOD, RSA), iss="https://fc.example", aud="preau", cty="JWT"), ITSME) == GOOD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b.c",
        "é.b.c",
        signed(GOOD)[:-4] + "AAAA",
        signed(GOOD, kid="other"),
        signed(["not", "claims"]),
        by_hand("none", lambda _: b""),
        by_hand("HS256", lambda text: hmac.digest(RSA.as_pem(private=False), text, "sha256")),
        signed(GOOD, ECKey.generate_key("P-256", {"kid": "ec"}), alg="ES256"),
        sealed(signed(GOOD)),
    ],
)
def test_what_is_not_signed_as_agreed_is_refused(text: str) -> None:
    with pytest.raises(ProviderFault):
        opened(text)


@pytest.mark.parametrize(
    "text",
    [
        signed(GOOD, RSA),
        sealed(signed(GOOD, EC)),
        sealed(json.dumps(GOOD)),
        sealed(signed(GOOD, RSA), alg="RSA-OAEP"),
        sealed(signed(GOOD, RSA))[:-4] + "AAAA",
    ],
    ids=["in the clear", "another algorithm", "not signed inside", "weaker sealing", "touched"],
)
def test_what_should_be_sealed_is_refused_otherwise(text: str) -> None:
    with pytest.raises(ProviderFault):
        opened(text, ITSME)


def test_an_identity_token_of_now_for_us_is_taken() -> None:
    check_id_token(GOOD, EXPECTED, NOW)
    check_id_token(GOOD | {"aud": ["preau", "other"], "azp": "preau", "acr": "eidas3"}, EXPECTED, NOW)
    check_id_token(GOOD | {"exp": NOW - 60}, EXPECTED, NOW)  # two clocks differ a little


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": ["preau", "other"]},
        {"aud": ["preau", "other"], "azp": "other"},
        {"azp": "other"},
        {"exp": NOW - 121},
        {"exp": "tomorrow"},
        {"exp": None},
        {"iat": NOW - 901},
        {"iat": NOW + 121},
        {"iat": True},
        {"nonce": "m" * 43},
        {"nonce": None},
        {"acr": "low"},
        {"acr": None},
        {"acr": ["eidas1"]},
        {"sub": ""},
        {"sub": 1},
        {"sub": "s" * 256},
    ],
    ids=str,
)
def test_one_wrong_claim_is_enough(wrong: dict[str, Any]) -> None:
    with pytest.raises(ProviderFault):
        check_id_token(GOOD | wrong, EXPECTED, NOW)


@pytest.mark.parametrize("missing", ["iss", "aud", "sub", "nonce", "acr", "iat", "exp"])
def test_one_missing_claim_is_enough(missing: str) -> None:
    with pytest.raises(ProviderFault):
        check_id_token({name: value for name, value in GOOD.items() if name != missing}, EXPECTED, NOW)


@pytest.mark.parametrize("wrong", [{"sub": "other"}, {"iss": "https://other.example"}, {"aud": "other"}, {"aud": []}])
def test_particulars_must_be_of_the_same_subject_and_parties(wrong: dict[str, Any]) -> None:
    check_userinfo(GOOD, "s", EXPECTED)
    check_userinfo({"sub": "s"}, "s", EXPECTED)
    with pytest.raises(ProviderFault):
        check_userinfo(GOOD | wrong, "s", EXPECTED)


ANA = {
    "given_name": "Zoé Anne-Lise", "family_name": "L'HÉRITIER", "birthdate": "1990-00-00", "gender": "female",
    "birthplace": "", "birthcountry": "99131",
}  # fmt: skip


def identity(**changed: Any) -> str:
    return civil_identity(ANA | changed, (*CIVIL, *BIRTH), ("birthplace",))


@pytest.mark.parametrize(
    "same",
    [
        {"given_name": "ZOE ANNE LISE"},
        {"given_name": " zoe\u0301  anne\u2010lise "},
        {"family_name": "l’héritier"},
        {"family_name": "L HERITIER"},
        {"email": "other@mail.example", "sub": "other", "preferred_username": "Martin"},
    ],
)
def test_one_human_written_in_two_ways_is_one(same: dict[str, Any]) -> None:
    assert identity(**same) == identity()


@pytest.mark.parametrize(
    "other",
    [
        {"given_name": "Zoé Anne"},
        {"given_name": "Zoé AnneLise"},
        {"family_name": "Héritier"},
        {"birthdate": "1990-01-00"},
        {"gender": "male"},
        {"birthplace": "75107"},
        {"birthcountry": "99100"},
    ],
)
def test_two_humans_are_two(other: dict[str, Any]) -> None:
    assert identity(**other) != identity()


@pytest.mark.parametrize(
    "wrong",
    [
        {"given_name": ""},
        {"given_name": " - "},
        {"family_name": None},
        {"birthdate": "24/08/1962"},
        {"birthdate": ""},
        {"birthcountry": ""},
        {"gender": ["female"]},
        {"family_name": "x" * 201},
    ],
    ids=str,
)
def test_who_cannot_be_told_from_others_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ProviderFault):
        identity(**wrong)


@given(st.text(max_size=30))
def test_writing_a_name_plainly_twice_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@given(st.text(max_size=40))
def test_no_text_is_ever_a_token(text: str) -> None:
    with pytest.raises(ProviderFault):
        opened(text)
