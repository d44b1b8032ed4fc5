"""Letters that the town alone opens: what is taken, what is inside, what a phone may ask (docs/formats.md §24)."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from civic import signing
from civic.canonical import b64u_decode, b64u_encode
from civic.consultation import Consultation, parse_consultation
from civic.declaration import DeclarationError
from civic.module import private_kinds
from civic.refusals import Code, Refused
from civic.sealed_letter import (
    Words,
    answer_info,
    letter_info,
    padded,
    parse_replies_request,
    parse_sealed_letter,
    parse_words,
    point_text,
    read_point,
    seal_replies_request,
)
from sync_server.hpke import open_sealed, seal_to
from tests.civic.town import MODULES, TEXTS, jti, space

KNOWN: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "letters.json").read_text("utf-8"))
POINT = KNOWN["town"]["point"]
TABLE: dict[str, Any] = {
    "modules": ["messages"],
    "publish_rows": False,
    "messages": {"key": POINT},
    "phase": [{"id": "collect", "starts_at": datetime(2026, 3, 1, tzinfo=UTC), "open": ["missive"]}],
}


def private(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(b64u_decode(KNOWN[name]["d"]), "big"), ec.SECP256R1())


def declared(**changed: Any) -> Consultation:
    one = parse_consultation("ecrire", TABLE | changed, TEXTS, space())
    MODULES["messages"].check(one)
    return one


@pytest.mark.parametrize("one", KNOWN["letters"])
def test_what_a_phone_seals_opens_with_the_key_of_the_town_and_in_its_place_alone(one: dict[str, Any]) -> None:
    letter = parse_sealed_letter(one["body"], {KNOWN["to"]})
    info = letter_info(KNOWN["space"], KNOWN["consultation"], letter)
    words = parse_words(open_sealed(private("town"), info, letter.sealed))
    assert words._asdict() == one["words"]
    elsewhere = letter_info(KNOWN["space"], "ailleurs", letter)
    for key, place in ((private("phone"), info), (private("town"), elsewhere)):
        with pytest.raises(ValueError, match="does not open"):
            open_sealed(key, place, letter.sealed)


def test_an_answer_is_for_one_phone_and_one_place_in_a_talk() -> None:
    words = Words("", "Jeudi.", "fr", "Léa Martin")
    info = answer_info("valbrume", "ecrire", jti(1), 3)
    sealed = seal_to(b64u_decode(KNOWN["phone"]["point"]), info, padded(words))
    assert json.loads(open_sealed(private("phone"), info, sealed)) == words._asdict()
    with pytest.raises(ValueError, match="does not open"):
        open_sealed(private("phone"), answer_info("valbrume", "ecrire", jti(1), 4), sealed)


def test_lengths_tell_little_and_have_an_end() -> None:
    assert len(padded(Words("a", "b" * 10, "fr"))) == len(padded(Words("a", "b" * 400, "fr"))) == 512
    assert len(padded(Words("a", "é" * 4000, "fr"))) == 8192
    with pytest.raises(ValueError, match="too long"):
        padded(Words("a", "😀" * 4000, "fr"))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"thread": "court"}, Code.BAD_PAYLOAD),
        ({"thread": ""}, Code.BAD_PAYLOAD),
        ({"reply": POINT[:-1]}, Code.BAD_PAYLOAD),
        ({"reply": "B" + "A" * 85 + "A"}, Code.BAD_PAYLOAD),
        ({"sealed": KNOWN["letters"][0]["body"]["sealed"][:-4]}, Code.BAD_PAYLOAD),
        ({"sealed": b64u_encode(bytes(65 + 16))}, Code.BAD_PAYLOAD),
        ({"sealed": b64u_encode(bytes(65 + 16 + 8192 + 512))}, Code.BAD_PAYLOAD),
        ({"sealed": None}, Code.BAD_PAYLOAD),
        ({"text": "en clair"}, Code.BAD_PAYLOAD),
        ({"to": "A" * 43}, Code.BAD_OPTION),
        ({"to": None}, Code.BAD_OPTION),
    ],
)
def test_a_letter_that_is_not_one_is_refused(changed: dict[str, Any], code: Code) -> None:
    with pytest.raises(Refused) as no:
        parse_sealed_letter(KNOWN["letters"][0]["body"] | changed, {KNOWN["to"]})
    assert no.value.code is code


@pytest.mark.parametrize(
    "inside",
    [b"", b" " * 512, b"{}".ljust(512), b'{"lang":"fr","name":"","subject":"a","text":"0123456789"}'],
)
def test_what_was_sealed_may_still_be_no_words(inside: bytes) -> None:
    with pytest.raises(Refused):
        parse_words(inside)


def test_the_town_says_which_keys_are_its_own() -> None:
    other = point_text(*signing.coordinates(private("phone").public_key()))
    one = declared(messages={"key": other, "earlier": [POINT]})
    assert read_point(POINT) == KNOWN["to"]
    assert MODULES["messages"].parse("missive", KNOWN["letters"][0]["body"], one, ("fr",)).to == KNOWN["to"]
    assert private_kinds(MODULES, one) == {"missive"}


@pytest.mark.parametrize(
    "changed",
    [
        {"messages": {}},
        {"messages": {"key": POINT[:-1]}},
        {"messages": {"key": POINT, "phone": "1"}},
        {"publish_rows": True},
        {"unsigned": ["missive"]},
        {"modules": ["comments", "messages"]},
    ],
)
def test_what_would_lose_or_show_a_letter_can_not_be_declared(changed: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError):
        declared(**changed)


def test_a_phone_asks_under_the_key_that_signed_its_letters() -> None:
    key = private("phone")
    point = signing.coordinates(key.public_key())
    payload = {"v": 1, "aud": "valbrume", "a": "ecrire", "nonce": jti(7), "iat": 5, "threads": [jti(1)]}

    def sealed(**changed: Any) -> str:
        return seal_replies_request(payload | changed, *point, lambda message: signing.sign(key, message))

    asked = parse_replies_request(sealed())
    assert (asked.consultation, asked.nonce, asked.threads) == ("ecrire", jti(7), (jti(1),))
    assert (asked.key.x, asked.key.y) == point
    wrongs: tuple[dict[str, Any], ...] = (
        {"threads": []},
        {"threads": ["x"]},
        {"threads": [jti(1)] * 101},
        {"nonce": ""},
        {"more": 1},
    )
    for wrong in wrongs:
        with pytest.raises(Refused):
            parse_replies_request(sealed(**wrong))
    head = sealed().rpartition(".")[0]
    with pytest.raises(Refused) as no:
        parse_replies_request(f"{head}.{b64u_encode(bytes(64))}")
    assert no.value.code is Code.BAD_SIGNATURE
