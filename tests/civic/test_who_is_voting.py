"""What phones sign about persons is read exactly, and who may act follows from what was proved alone."""

import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from civic import signing
from civic.assurance import LEVELS, ROOTS, Eligibility, Person, Proof, check_eligible
from civic.canonical import b64u_encode, parse_json
from civic.declaration import DeclarationError
from civic.device_request import parse_device_request, seal_device_request
from civic.enrolment import parse_enrol, seal_enrol
from civic.grant import Device, check_grant, parse_grant, seal_grant
from civic.jws import kid_header, seal_jws
from civic.keys import jwk_text, thumbprint
from civic.refusals import Code, Refused
from tests.civic.town import RULES_TOML, consultation, jti

KEY = ec.derive_private_key(0xDE71CE, ec.SECP256R1())
X, Y = signing.coordinates(KEY.public_key())
KID = thumbprint(jwk_text(X, Y))
ENROL = {"v": 1, "aud": "valbrume", "method": "email", "ks": "soft", "nonce": jti(1), "iat": 5}
GRANT = {"v": 1, "aud": "valbrume", "a": "filature", "jkt": "A" * 43, "iat": 5}
ASKED = {"v": 1, "aud": "valbrume", "do": "revoke", "nonce": jti(1), "iat": 5, "body": {"kid": "A" * 43}}
DEVICE = Device(KID, "p:1", X, Y, "soft", 1, 0)


def sign(message: bytes) -> bytes:
    return signing.sign(KEY, message)


def enrol(**changed: Any) -> str:
    return seal_enrol(ENROL | changed, X, Y, sign)


def grant(**changed: Any) -> str:
    return seal_grant(GRANT | changed, KID, sign)


def asked(**changed: Any) -> str:
    return seal_device_request(ASKED | changed, KID, sign)


def code_of(parse: Any, text: str) -> Code:
    with pytest.raises(Refused) as refused:
        parse(text)
    return refused.value.code


def test_good_messages_give_their_members() -> None:
    request = parse_enrol(enrol())
    assert (request.key.kid, request.method, request.ks, request.nonce) == (KID, "email", "soft", jti(1))
    assert (parse_grant(grant()).kid, parse_grant(grant()).jkt) == (KID, "A" * 43)
    assert parse_device_request(asked()).body == {"kid": "A" * 43}


OTHERS: list[tuple[Any, Any, list[dict[str, Any]]]] = [
    (parse_enrol, enrol, [
        {"v": 2}, {"v": True}, {"aud": "Val"}, {"method": "fax"}, {"method": "oidc:"}, {"ks": "medium"},
        {"nonce": "x" * 21}, {"nonce": "x" * 22}, {"iat": -1}, {"iat": 1.5}, {"more": 1},
    ]),
    (parse_grant, grant, [{"a": ""}, {"jkt": "A" * 42}, {"jkt": 5}, {"more": 1}]),
    (parse_device_request, asked, [
        {"do": "sing"}, {"body": {}}, {"body": []}, {"body": {"kid": "A" * 43, "more": 1}}, {"do": "me"},
        {"do": "consent", "body": {"purpose": "adverts", "on": True}},
        {"do": "consent", "body": {"purpose": "contact", "on": 1}}, {"nonce": ""},
    ]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("parse", "make", "changed"), [(parse, make, one) for parse, make, changes in OTHERS for one in changes]
)
def test_other_members_are_refused(parse: Any, make: Any, changed: dict[str, Any]) -> None:
    assert code_of(parse, make(**changed)) is Code.BAD_PAYLOAD


def test_one_kind_of_message_is_never_another() -> None:
    texts = {parse_enrol: enrol(), parse_grant: grant(), parse_device_request: asked()}
    for parse in texts:
        for other, text in texts.items():
            if other is not parse:
                assert code_of(parse, text) is Code.BAD_HEADER


@pytest.mark.parametrize(
    "header",
    [
        kid_header("preau-grant+jws", KID).replace("ES256", "none"),
        kid_header("preau-grant+jws", KID).replace('"alg"', '"Alg"'),
        kid_header("preau-grant+jws", KID).replace(":", ": ", 1),
        kid_header("preau-grant+jws", KID + "A"),
        kid_header("preau-grant+jws", KID).replace("}", ',"crit":[]}'),
        kid_header("preau-grant+jws", ""),
        "{}",
    ],
)
def test_the_header_is_pinned(header: str) -> None:
    assert code_of(parse_grant, seal_jws(header, GRANT, sign)) is Code.BAD_HEADER


@given(st.binary(max_size=60), st.integers(0, 200))
def test_junk_is_refused_with_a_code_and_never_crashes(junk: bytes, cut: int) -> None:
    good = enrol()
    for text in (good[:cut] + good[cut + 1 :], b64u_encode(junk), ".".join([b64u_encode(junk)] * 3)):
        for parse in (parse_enrol, parse_grant, parse_device_request):
            with pytest.raises(Refused):
                parse(text)


def test_a_grant_holds_for_a_device_that_may_act_and_has_signed_it() -> None:
    named = frozenset({"filature"})
    one = parse_grant(grant())
    assert check_grant(one, "valbrume", named, DEVICE) == DEVICE
    other = signing.coordinates(ec.derive_private_key(7, ec.SECP256R1()).public_key())
    for space, known, device, code in (
        ("ailleurs", named, DEVICE, Code.WRONG_AUDIENCE),
        ("valbrume", frozenset[str](), DEVICE, Code.NOT_TAKEN),
        ("valbrume", named, None, Code.UNKNOWN_KEY),
        ("valbrume", named, DEVICE._replace(x=other[0], y=other[1]), Code.BAD_SIGNATURE),
        ("valbrume", named, DEVICE._replace(revoked_at=9), Code.REVOKED),
    ):
        with pytest.raises(Refused) as refused:
            check_grant(one, space, known, device)
        assert refused.value.code is code


METHODS = {"email": "email", "oidc:google": "social", "oidc:franceconnect": "identity", "census": "census"}
proofs = st.lists(
    st.tuples(st.sampled_from(sorted(METHODS)), st.integers(0, 20)).map(
        lambda one: Proof(one[0], METHODS[one[0]], one[1])
    ),
    max_size=5,
)


@given(proofs, st.sampled_from(LEVELS[1:]), st.sampled_from(ROOTS), st.integers(0, 20))
def test_eligible_is_who_has_the_level_and_the_root_in_time(
    held: list[Proof], level: str, root: str, until: int
) -> None:
    in_time = [one for one in held if one.since <= until]
    reached = max((LEVELS.index(one.level) for one in in_time), default=0)
    expected = reached >= LEVELS.index(level) and any(one.root == root for one in in_time)
    for person, is_taken in ((Person("p:1", tuple(held)), expected), (Person("p:1", tuple(held), revoked=True), False)):
        try:
            check_eligible(Eligibility(level, root, (root,)), person, until)
        except Refused:
            assert not is_taken
        else:
            assert is_taken


def test_a_method_may_be_named_alone() -> None:
    person = Person("p:1", (Proof("oidc:google", "social", 1),))
    check_eligible(Eligibility("social", "oidc", ("oidc",)), person, 5)
    check_eligible(Eligibility("social", "oidc", ("oidc:google",)), person, 5)
    with pytest.raises(Refused):
        check_eligible(Eligibility("social", "oidc", ("oidc:franceconnect",)), person, 5)


def named(lines: str) -> str:
    return RULES_TOML.replace('unsigned = ["proposal"]', f'mode = "named"\n{lines}')


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("", {"assurance": "email", "methods": ["email"], "unique_by": "email"}),
        ('assurance = "social"', {"assurance": "social", "methods": ["oidc"], "unique_by": "oidc"}),
        ('assurance = "identity"', {"assurance": "identity", "methods": ["oidc"], "unique_by": "oidc"}),
        ('assurance = "census"', {"assurance": "census", "methods": ["census"], "unique_by": "census"}),
        (
            'assurance = "email"\nunique_by = "census"\nmethods = ["census"]',
            {"assurance": "email", "methods": ["census"], "unique_by": "census"},
        ),
    ],
)
def test_a_named_consultation_says_whom_it_asks_for(lines: str, expected: dict[str, Any]) -> None:
    manifest = parse_json(consultation(named(lines)).manifest)
    assert (manifest["mode"], manifest["eligibility"]) == ("named", expected)


@pytest.mark.parametrize(
    "rules",
    [
        named('assurance = "device"'), named('unique_by = "luck"'), named('methods = []'), named('methods = ["fax"]'),
        named('unsigned = ["proposal"]'), RULES_TOML.replace("unsigned", 'unique_by = "email"\nunsigned'),
        RULES_TOML.replace("unsigned", 'mode = "secret"\nunsigned'),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_to_the_clerk(rules: str) -> None:
    with pytest.raises(DeclarationError):
        consultation(rules)


def test_an_open_consultation_has_the_manifest_it_always_had() -> None:
    digest = hashlib.sha256(consultation().manifest).hexdigest()
    assert digest == "234f563a0920b8b9aaacc813efc6b89643792ffc0d1dc8de0d756690d549c442"
    assert parse_json(consultation().manifest)["eligibility"] == {"assurance": "device"}
