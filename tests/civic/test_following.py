"""What a phone may wish to follow, read strictly."""

from typing import Any

import pytest

from civic import signing
from civic.canonical import b64u_encode
from civic.following import PURPOSES, check_endpoint, parse_follow_request, parse_wish
from civic.jws import seal_jws
from civic.refusals import Code, Refused
from tests.fuzz.targets.follow_request import BODY, DEVICE, HEADER, MEMBERS, SUBSCRIPTION
from tests.fuzz.targets.follow_request import POINT as OTHER

WITHOUT = {name: value for name, value in BODY.items() if name != "subscription"}


def sealed(**changed: Any) -> str:
    return seal_jws(HEADER, MEMBERS | changed, lambda message: signing.sign(DEVICE, message))


def test_a_wish_is_read_with_the_key_that_signed_it() -> None:
    asked = parse_follow_request(sealed())
    assert (asked.key.x, asked.key.y) == OTHER
    assert asked.wish is not None
    assert (asked.wish.about, asked.wish.consultation) == ("halle/a1", "halle")
    assert asked.wish.purposes == ("phase", "answer")
    assert asked.wish.subscription is not None
    assert asked.wish.subscription._asdict() == SUBSCRIPTION
    assert parse_follow_request(sealed(do="followed", body={})).wish is None


def test_every_purpose_may_be_chosen_and_none_ends_it() -> None:
    assert parse_wish(BODY | {"purposes": [*PURPOSES]}).purposes == PURPOSES
    assert parse_wish(WITHOUT | {"purposes": []}).purposes == ()
    assert parse_wish(WITHOUT | {"channel": "digest"}).subscription is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (BODY | {"about": "halle/"}, "about"),
        (BODY | {"about": "halle/a/b"}, "about"),
        (BODY | {"about": "Halle"}, "about"),
        (BODY | {"about": None}, "about"),
        (BODY | {"purposes": ["answer", "phase"]}, "purposes"),
        (BODY | {"purposes": ["phase", "phase"]}, "purposes"),
        (BODY | {"purposes": ["offers"]}, "purposes"),
        (BODY | {"purposes": "phase"}, "purposes"),
        (BODY | {"purposes": [["phase"]]}, "purposes"),
        (BODY | {"channel": "sms"}, "channel"),
        (BODY | {"channel": []}, "channel"),
        (BODY | {"lang": "fra"}, "lang"),
        (BODY | {"channel": "mail"}, "subscription"),
        (BODY | {"purposes": []}, "subscription"),
        (WITHOUT, "subscription"),
        (BODY | {"subscription": None}, "subscription"),
        (BODY | {"subscription": SUBSCRIPTION | {"auth": "AAAA"}}, "subscription"),
        (BODY | {"subscription": SUBSCRIPTION | {"p256dh": b64u_encode(b"\4" + bytes(64))}}, "subscription"),
        (BODY | {"subscription": SUBSCRIPTION | {"more": ""}}, "subscription"),
        (BODY | {"more": 1}, "body"),
        ({}, "body"),
    ],
)
def test_anything_else_is_refused(body: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_wish(body)
    assert (refused.value.code, refused.value.field) == (Code.BAD_PAYLOAD, field)


@pytest.mark.parametrize(
    "address",
    [
        "http://push.example/x", "https://push.example:8443/x", "https://u@push.example/x", "https://push/x",
        "https://127.0.0.1/x", "https://[::1]/x", "https://2130706433/x", "https://a.b.0x7f/x", "https://db.internal/x",
        "https://PUSH.example/x", "https://push.example/x#y", "https://push.example/a b", "https://push.example/é",
        "https://push.example/\0", "https://push.example./x",
        "https://push..example/x", "ftp://push.example/x", "push.example", "", "https://push.example/" + "x" * 1024,
    ],
)  # fmt: skip
def test_a_push_service_has_a_public_name_and_speaks_https(address: str) -> None:
    with pytest.raises(ValueError, match="not"):
        check_endpoint(address)


def test_an_operator_may_trust_a_service_of_their_own() -> None:
    check_endpoint("https://fcm.googleapis.com/fcm/send/abc:def_123-x")
    check_endpoint("http://127.0.0.1:8080/x", ("127.0.0.1:8080",))
    with pytest.raises(ValueError, match="not"):
        check_endpoint("http://127.0.0.1:8081/x", ("127.0.0.1:8080",))
