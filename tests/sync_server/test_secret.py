"""A secret question: one right a person, a ballot that nobody can tie to it, and doors that are not mixed up."""

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from civic.canonical import b64u_encode
from civic.receipt import open_receipt
from sync_server.issuer_ending import IssuerEnding
from sync_server.settings import Settings
from sync_server.storage.issued import IssuedTokens
from sync_server.storage.secret_tables import issued
from sync_server.storage.tables import metadata, payloads, records, totals
from tests.civic.issuers import OTHER_ISSUER, new_token
from tests.contracts.history import rows
from tests.sync_server.conftest import NOW, House, Opener
from tests.sync_server.lists import ANA, BOB, ZOE, bring_in, code_for, say_code
from tests.sync_server.phones import Phone, ballot_key
from tests.sync_server.secret_phones import (
    ASKED,
    BOX,
    CLOSES,
    OPENS,
    SECRET,
    Bulletin,
    ask,
    cast,
    prepared,
    statuses,
    token_jws,
    write_issuer,
)
from tests.sync_server.town_files import SLUG, SPACE


@pytest.fixture
def town(open_house: Opener, settings: Settings) -> Iterator[House]:
    write_issuer(settings)
    house = open_house(SECRET, smtp_url="mailbox:", enrolments_per_hour=0)
    waited: list[float] = []
    house.services.identities.issuing._sleep = waited.append
    yield house
    assert all(0 < one <= 0.05 for one in waited)


def refused(answer, status: int) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json["code"])


def standing(house: House) -> dict[str, int]:
    return {row[3]: row[4] for row in rows(house.services.ledger, totals) if row[4] and not row[3].startswith("+")}


def test_a_recognised_person_votes_in_secret_and_changes_their_mind(town: House) -> None:
    bulletin = prepared(town, 1)
    assert statuses(town, bulletin.vote("for")) == ["accepted"]
    assert standing(town) == {"for": 1}
    assert statuses(town, bulletin.vote("against", rev=2)) == ["accepted"]
    assert standing(town) == {"against": 1}
    assert statuses(town, bulletin.withdraw(3)) == ["accepted"]
    assert standing(town) == {}
    assert statuses(town, bulletin.vote("for"), bulletin.vote(rev=4)) == ["duplicate", "accepted"]
    assert standing(town) == {"blank": 1}


def test_a_lost_answer_is_given_again_and_another_question_never(town: House) -> None:
    phone, bulletin, other = Phone(town), Bulletin(1, town.rules), Bulletin(2, town.rules)
    phone.enrol()
    first = ask(phone, bulletin)
    again = ask(phone, bulletin, iat=7)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == again.json
    bulletin.finish(first.json["blind_sig"])
    assert refused(ask(phone, other), 409) == "token_already_issued"
    second = Phone(town)
    second.enrol()
    assert refused(ask(second, other), 409) == "token_already_issued"
    assert ask(second, bulletin).json == first.json


def test_whoever_may_not_vote_gets_no_right(town: House, monkeypatch: pytest.MonkeyPatch) -> None:
    phone, bulletin = Phone(town), Bulletin(1, town.rules)
    assert refused(ask(phone, bulletin), 401) == "unknown_key"
    phone.enrol()
    forged = token_jws(phone, bulletin).rpartition(".")[0] + "." + token_jws(phone, bulletin, iat=1).rpartition(".")[2]
    assert refused(phone.post("/v1/tokens", {"jws": forged}), 401) == "bad_signature"
    assert refused(phone.post("/v1/tokens", {"jws": "junk"}), 400) == "bad_format"
    assert refused(ask(phone, bulletin, more=1), 400) == "bad_payload"
    assert refused(ask(phone, bulletin, aud="ailleurs"), 400) == "wrong_audience"
    assert refused(ask(phone, bulletin, a="nulle-part"), 400) == "unknown_consultation"
    assert refused(ask(phone, bulletin, mh="A" * 43), 400) == "wrong_manifest"
    assert refused(ask(phone, bulletin, q="soir"), 400) == "not_taken"
    assert refused(ask(phone, bulletin, q="nulle-part"), 400) == "not_taken"
    for blinded in ("", "AA", "!", b64u_encode(b"\xff" * 256), b64u_encode(bytes(255))):
        assert refused(ask(phone, bulletin, blinded=blinded), 400) == "bad_blinded"
    town.clock.at = CLOSES + 1
    assert refused(ask(phone, bulletin), 410) == "closed"
    town.clock.at = OPENS - 86_400
    assert ask(phone, bulletin).status_code == 200, "before it opens is just the right time"
    phone.ask("revoke", {"kid": phone.kid})
    assert refused(ask(phone, bulletin), 401) == "revoked"


def test_a_person_of_another_level_gets_no_right(open_house: Opener, settings: Settings) -> None:
    write_issuer(settings)
    house = open_house(SECRET.replace('"email"', '"census"'), smtp_url="mailbox:", enrolments_per_hour=0)
    phone = Phone(house)
    phone.enrol()
    assert refused(ask(phone, Bulletin(1, house.rules)), 403) == "not_eligible"


def test_without_its_key_the_server_says_to_come_back(town: House) -> None:
    for key in town.services.settings.issuers.rglob("*.pem"):
        key.unlink()
    phone = Phone(town)
    phone.enrol()
    answer = ask(phone, Bulletin(1, town.rules))
    assert refused(answer, 503) == "unavailable"
    assert answer.headers["Retry-After"]


def test_a_ballot_without_just_its_right_is_refused(town: House) -> None:
    bulletin, other = prepared(town, 1), prepared(town, 2)
    text = bulletin.vote("for")
    stolen = Bulletin(3, town.rules, token=bulletin.token)
    elsewhere = Bulletin(4, town.rules, token=new_token(other.scope._replace(question="soir", jkt=other.jkt)))
    unsigned = Bulletin(5, town.rules)
    unsigned.token = new_token(unsigned.scope, OTHER_ISSUER)
    assert statuses(town, stolen.vote("for")) == ["token_scope"]
    assert statuses(town, elsewhere.vote("for")) == ["token_scope"]
    assert statuses(town, unsigned.vote("for")) == ["token_invalid"]
    assert statuses(town, bulletin.vote("for", iat=1)) == ["bad_payload"]
    assert statuses(town, bulletin.vote("for", token={"m": "A"})) == ["token_invalid"]
    assert statuses(town, bulletin.vote("for", a="nulle-part")) == ["unknown_consultation"]
    assert statuses(town, text) == ["accepted"]
    assert standing(town) == {"for": 1}


def test_each_door_takes_its_own(town: House) -> None:
    bulletin, phone, ana = prepared(town, 1), Phone(town), town.citizen(1)
    phone.enrol()
    slot = next(one.slot for one in town.rules.questions if one.id == "soir")
    named = ana.seal(ana.payload("ballot", f"ballot:{slot}", {"question": "soir", "choice": ["for"]}))
    assert town.statuses(bulletin.vote("for")) == ["not_taken"]
    assert statuses(town, named) == ["not_granted"]
    assert phone.statuses([named], [phone.grant(ana)])[0] == ["accepted"]
    assert statuses(town, named) == ["not_taken"]
    assert statuses(town, bulletin.vote("for")) == ["accepted"]
    assert town.statuses(bulletin.vote("for")) == ["not_taken"], "not even what is there already"
    secret = next(one.slot for one in town.rules.questions if one.secret)
    bare = ana.seal(ana.payload("ballot", f"ballot:{secret}", {"question": "maire", "choice": ["for"]}))
    assert phone.statuses([bare], [])[0] == ["token_invalid"]
    decorated = Bulletin(1, town.rules, "soir", token=bulletin.token)
    assert phone.statuses([decorated.vote("for")], [])[0] == ["bad_payload"]


def test_the_box_has_a_name_of_its_own(open_house: Opener, settings: Settings) -> None:
    write_issuer(settings)
    house = open_house(SECRET, smtp_url="mailbox:", enrolments_per_hour=0, box_url="http://urne.example")
    bulletin = prepared(house, 1)
    assert cast(house, bulletin.vote("for")).status_code == 404
    answer = cast(house, bulletin.vote("for"), Host="urne.example")
    assert answer.json["results"][0]["status"] == "accepted"
    assert answer.headers["Access-Control-Allow-Origin"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "body",
    [
        [], {}, {"v": 1, "space": SPACE, "ballots": ["x"]}, {"v": 1, "space": SPACE, "ballots": [], "pad": ""},
        {"v": 1, "space": SPACE, "ballots": ["x"] * 11, "pad": ""},
        {"v": 1, "space": SPACE, "ballots": ["x"], "pad": "1"}, {"v": 2, "space": SPACE, "ballots": ["x"], "pad": ""},
        {"v": 1, "space": SPACE, "ballots": ["x"], "pad": "", "grants": []},
    ],
)  # fmt: skip
def test_the_box_reads_strictly(town: House, body: object) -> None:
    answer = town.client.post(BOX, data=json.dumps(body), content_type="text/plain")
    assert refused(answer, 400) == "bad_request"


def test_the_ledger_keeps_the_day_and_the_receipt_promises_the_end(town: House) -> None:
    bulletin = prepared(town, 1)
    answer = cast(town, bulletin.vote("for"))
    (record,) = rows(town.services.ledger, records)
    assert record[-1] == NOW - NOW % 86_400
    key = town.services.keys.receipt
    receipt = open_receipt(answer.json["receipt"], SPACE, key.x, key.y)
    until = CLOSES + 86_400
    assert receipt.by == until + 2 * town.services.settings.log_seconds + 60
    assert receipt.items[0].rx == record[-1]
    again = town.read(f"/v1/receipts/{receipt.items[0].id}")["receipt"]
    assert open_receipt(again, SPACE, key.x, key.y) == receipt
    late = prepared(town, 2)
    town.clock.at = until
    assert statuses(town, late.vote("for")) == ["accepted"]
    assert rows(town.services.ledger, records)[-1][-1] == CLOSES, "in its grace it still came with the vote"
    town.clock.at = until + 1
    assert statuses(town, late.vote("against", rev=2), late.vote("for")) == ["closed", "duplicate"]


def test_nothing_that_knows_a_person_knows_their_ballot(town: House) -> None:
    """Every row of every table: none that holds a person, a device or a request holds the ballot key or the ballot."""
    bulletin, named, phone = prepared(town, 1), town.citizen(1), Phone(town)
    phone.enrol("voter1@valbrume.example")
    text = bulletin.vote("for")
    assert statuses(town, text) == ["accepted"]
    comment = named.seal(
        named.payload(
            "comment", f"comment:{b64u_encode(bytes(16))}",
            {"target": next(one.slot for one in town.rules.questions if one.secret), "reply_to": None,
             "text": "Bonjour", "name": "", "lang": "fr"},
        )
    )  # fmt: skip
    assert phone.statuses([comment], [phone.grant(named)])[0] == ["accepted"]
    (person,) = {row[2] for row in rows(town.services.ledger, payloads) if row[2].startswith("p:")}
    token = bulletin.token or pytest.fail("a right was given")
    theirs = {bulletin.jkt, text, b64u_encode(token.m), b64u_encode(token.s)}
    hers = {person, phone.kid, ballot_key(named)}
    seen: set[str] = set()
    with town.services.ledger.reading() as now:
        for table in metadata.sorted_tables:
            for row in now.connection.execute(sa.select(table)):
                written = "|".join(str(value) for value in row)
                has_ballot = any(one in written for one in theirs)
                seen |= {table.name} if has_ballot else set()
                assert not (has_ballot and any(one in written for one in hers)), table.name
    assert {"payloads", "heads", "voters"} <= seen
    assert not seen & {"issued", "grants", "devices", "persons"}


def test_who_was_erased_does_not_come_back_for_a_second_vote(town: House) -> None:
    phone, bulletin = Phone(town), Bulletin(1, town.rules)
    phone.enrol()
    bulletin.finish(ask(phone, bulletin).json["blind_sig"])
    assert phone.ask("me").json["rights"] == [{"consultation": SLUG, "question": ASKED}]
    assert phone.ask("erase").json["erased"] == 0
    ((_, _, _, holder, *rest), _) = sorted(rows(town.services.ledger, issued), key=lambda row: row[3])
    assert holder.startswith("e:"), "the row that the log's line comes from is nobody's"
    assert rest[:2] == ["", ""]
    fresh = Phone(town)
    fresh.enrol()
    assert refused(ask(fresh, Bulletin(2, town.rules)), 409) == "token_already_issued"
    fresh.enrol("another.box@valbrume.example")
    assert refused(ask(fresh, Bulletin(2, town.rules)), 409) == "token_already_issued"
    assert statuses(town, bulletin.vote("for")) == ["accepted"], "the ballot that was prepared is still theirs"
    content = town.services.catalogue.town(SPACE)
    assert content is not None
    ending = IssuerEnding(town.services.settings.issuers, IssuedTokens(town.services.ledger), 600)
    for at, kept in ((NOW, {"e", "m"}), (CLOSES + 86_400 + 661, {"e"})):
        ending.step(content.content, at)
        assert {row[3][0] for row in rows(town.services.ledger, issued)} == kept


@pytest.mark.parametrize(("name", "code"), [("Ana", ""), ("Bob", "too_young"), ("Zoé", "other_neighbourhood")])
def test_a_right_is_for_those_who_may_answer(open_house: Opener, settings: Settings, name: str, code: str) -> None:
    write_issuer(settings)
    asked = '[actions.ballot]\nmin_age = 16\nneighbourhoods = ["le-bourg"]\n'
    rules = SECRET.replace('assurance = "email"', 'assurance = "census"') + asked
    house = open_house(rules, smtp_url="mailbox:", enrolments_per_hour=0)
    entries, phone = bring_in(house, ANA, BOB, ZOE), Phone(house)
    assert say_code(phone, code_for(house, entries, name)).status_code == 200
    answer = ask(phone, Bulletin(1, house.rules))
    assert (refused(answer, 403) if code else answer.status_code) == (code or 200)


def test_the_keys_stay_once_somebody_has_prepared_a_ballot(open_house: Opener, settings: Settings) -> None:
    write_issuer(settings)
    house = open_house(SECRET, smtp_url="mailbox:", enrolments_per_hour=0)
    house.services.identities.issuing._sleep = lambda _: None
    bulletin = prepared(house, 1)
    write_issuer(settings, OTHER_ISSUER)
    house.clock.at += 2
    problems = (house.client.get("/v1/health").json or {})["problems"]
    assert "people have prepared their ballots" in problems[SPACE]
    assert statuses(house, bulletin.vote("for")) == ["accepted"]
