"""Questions whose ballots are secret: what a town must declare, what the rules then say, what makes a ballot one."""

import tomllib
from dataclasses import replace

import pytest

from civic.canonical import b64u_encode, canonical_json, parse_json
from civic.consultation import Consultation, parse_consultation
from civic.declaration import DeclarationError
from civic.issuers import issuers_bytes, parse_issuers, secret_ids
from civic.manifest import parse_manifest
from civic.questions import manifest_member
from civic.refusals import Code, Refused
from civic.secrecy import DAY, coarse, last_answer, secret_question
from civic.token_request import check_blinded, parse_token_asked, parse_token_request, seal_token_request
from tests.civic.issuers import ISSUER, OTHER_ISSUER
from tests.civic.town import MODULES, TEXTS, Citizen, space
from tests.sync_server.secret_phones import ASKED, CLOSES, OPENS, SECRET

KEYS = {ASKED: ISSUER.key, "nobody-asks-this": OTHER_ISSUER.key}


def declared(toml: str = SECRET, keys: object = KEYS) -> Consultation:
    return parse_consultation("filature", tomllib.loads(toml), TEXTS, space(), issuers=keys)  # type: ignore[arg-type]


def test_the_rules_name_the_key_of_each_secret_question_and_no_other() -> None:
    rules = declared()
    manifest = parse_json(rules.manifest)
    assert manifest["keys"] == {"issuer": {ASKED: parse_json(issuers_bytes({ASKED: ISSUER.key}))[ASKED]}}
    assert [one.get("secret") for one in manifest["questions"]] == [True, None]
    assert dict(rules.issuers) == {ASKED: ISSUER.key}
    again = parse_manifest(rules.manifest).consultation
    assert (again.issuers, [one.secret for one in again.questions]) == (rules.issuers, [True, False])
    named = SECRET.replace("secret = true\n", "")
    assert "keys" not in parse_json(declared(named, {}).manifest), "other rules keep the bytes they had"
    assert declared(keys={ASKED: OTHER_ISSUER.key}).mh != rules.mh


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('counts = "hidden"', 'counts = "open"', "hidden"),
        ('mode = "named"\nassurance = "email"\n', "", "named"),
        ('modules = ["question", "comments"]', 'modules = ["comments"]', "question"),
        ("secret = true", 'secret = "yes"', "secret"),
    ],
)
def test_a_secret_asks_for_hidden_counts_and_known_people(old: str, new: str, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        declared(SECRET.replace(old, new))


def test_a_secret_question_without_a_key_says_what_to_type() -> None:
    with pytest.raises(DeclarationError, match="run `preau keys issuer filature`"):
        declared(keys={})


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-1], lambda data: b" " + data, lambda data: b"[]\n", lambda _: b"x"]
)
def test_issuer_json_is_read_as_it_was_written_and_in_no_other_way(spoil) -> None:
    data = issuers_bytes(KEYS)
    assert parse_issuers(data, "issuer.json") == KEYS
    with pytest.raises(DeclarationError, match=r"issuer\.json"):
        parse_issuers(spoil(data), "issuer.json")
    assert secret_ids(tomllib.loads(SECRET), "rules") == [ASKED]


def test_a_manifest_whose_keys_are_not_those_of_its_secret_questions_is_none() -> None:
    manifest = parse_json(declared().manifest)
    others: list[dict[str, object]] = [{}, {"issuer": {}}, {"issuer": {"soir": manifest["keys"]["issuer"][ASKED]}}]
    for keys in others:
        with pytest.raises(ValueError, match="not a manifest"):
            parse_manifest(canonical_json(manifest | {"keys": keys}))


def test_words_of_a_question_are_held_against_their_hash() -> None:
    rules = declared()
    member = parse_json(rules.manifest)["questions"][0]
    assert manifest_member(rules.questions[0]) == member
    assert manifest_member(replace(rules.questions[0], title={"fr": "Autre ?", "en": "Other?"})) != member


def test_only_the_answer_to_a_secret_question_is_a_secret_ballot() -> None:
    rules = declared()
    secret, named = rules.questions
    question, comments, ideas = (MODULES[one] for one in ("question", "comments", "ideas"))
    assert secret_question(rules, question, "ballot", secret.slot) == secret
    assert secret_question(rules, question, "ballot", named.slot) is None
    assert secret_question(rules, comments, "comment", secret.slot) is None, "whoever makes an id of that name"
    assert secret_question(rules, ideas, "vote", secret.slot) is None
    assert last_answer(rules, MODULES, secret) == CLOSES
    assert last_answer(replace(rules, phases=()), MODULES, secret) is None


def test_of_the_instant_a_ballot_came_only_the_day_is_kept() -> None:
    rules = declared()
    assert coarse(rules, OPENS, OPENS + 5 * DAY + 1) == coarse(rules, OPENS, OPENS + 6 * DAY - 1) == OPENS + 5 * DAY
    assert coarse(rules, OPENS + 3600, OPENS + 3601) == OPENS + 3600
    assert coarse(rules, OPENS, CLOSES + 2 * DAY) == CLOSES


def test_a_request_for_a_right_is_read_strictly() -> None:
    citizen = Citizen(1, declared())
    members = {
        "v": 1, "aud": "valbrume", "a": "filature", "q": ASKED, "mh": "A" * 43, "blinded": b64u_encode(bytes(256)),
        "iat": 0,
    }  # fmt: skip

    def read(changed: dict[str, object]) -> bytes:
        text = seal_token_request(members | changed, "B" * 43, lambda _: bytes(64))
        request = parse_token_request(text)
        assert request.kid == "B" * 43
        asked = parse_token_asked(request)
        check_blinded(asked.blinded, ISSUER.key)
        return asked.blinded

    assert read({}) == bytes(256)
    refusals: list[tuple[dict[str, object], Code]] = [
        ({"q": "A"}, Code.BAD_PAYLOAD), ({"more": 1}, Code.BAD_PAYLOAD), ({"blinded": 1}, Code.BAD_PAYLOAD),
        ({"blinded": "A"}, Code.BAD_BLINDED), ({"blinded": b64u_encode(bytes(257))}, Code.BAD_BLINDED),
        ({"blinded": b64u_encode(ISSUER.key.write(ISSUER.key.n))}, Code.BAD_BLINDED),
    ]  # fmt: skip
    for changed, code in refusals:
        with pytest.raises(Refused) as refused:
            read(changed)
        assert refused.value.code is code
    with pytest.raises(Refused):
        parse_token_request(citizen.propose(1))
