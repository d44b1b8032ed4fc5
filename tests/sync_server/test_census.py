"""Recognised by the code of a letter: one resident, once, one vote whatever phones, mailboxes and lists."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from civic.canonical import b64u_encode
from sync_server.identity.retention import DAY, MONTH
from sync_server.storage.people_tables import census_codes, identities, persons, residents, shared_mailboxes
from tests.contracts.history import rows
from tests.sync_server.conftest import NOW, House, Opener
from tests.sync_server.lists import ANA, BOB, CENSUS, ZOE, bring_in, code_for, desk_of, say_code
from tests.sync_server.phones import NAMED, Phone
from tests.sync_server.test_moving_people import moved
from tests.sync_server.test_named import standing
from tests.sync_server.test_retention import step


@pytest.fixture
def town(open_house: Opener) -> House:
    return open_house(CENSUS, smtp_url="mailbox:", enrolments_per_hour=0)


def known(house: House, *lines: str) -> Phone:
    """A phone of Ana's, the first of the list."""
    phone = Phone(house)
    assert say_code(phone, code_for(house, bring_in(house, *lines or (ANA, BOB, ZOE)), "Ana")).status_code == 200
    return phone


def test_a_code_makes_a_resident_who_may_vote(town: House) -> None:
    phone, ana = Phone(town), town.citizen(1)
    answer = say_code(phone, code_for(town, bring_in(town, ANA, BOB, ZOE), "Ana"))
    assert answer.json == {"v": 1, "level": "census", "devices": 1, "is_new": True}
    assert phone.statuses([ana.propose(5), ana.vote(5)], [phone.grant(ana)]) == (["accepted"] * 2, ["granted"])


def test_a_code_serves_once_even_for_two_phones_at_the_same_instant(town: House) -> None:
    code = code_for(town, bring_in(town, ANA), "Ana")
    phones = [Phone(town) for _ in range(4)]
    enrols = [
        one.post("/v1/enrol/start", {"jws": one.enrol_jws("A" * 22, method="census")}).json["enrol"] for one in phones
    ]
    with ThreadPoolExecutor(4) as pool:
        answers = [
            *pool.map(lambda one: one[0].finish(one[1], code, method="census"), zip(phones, enrols, strict=True))
        ]
    assert sorted(one.status_code for one in answers) == [200, 410, 410, 410]
    assert {one.json["code"] for one in answers if one.status_code == 410} == {"code_used"}
    assert len(rows(town.services.ledger, persons)) == 1
    winner = next(n for n, one in enumerate(answers) if one.status_code == 200)
    assert phones[winner].finish(enrols[winner], "", method="census").json == answers[winner].json  # lost on the way


def test_a_code_that_no_letter_has_is_refused_five_times(town: House) -> None:
    bring_in(town, ANA)
    phone = Phone(town)
    enrol = phone.post("/v1/enrol/start", {"jws": phone.enrol_jws("A" * 22, method="census")}).json["enrol"]
    answers = [phone.finish(enrol, "3G9230VQVSQ", method="census") for _ in range(6)]
    assert [one.status_code for one in answers] == [400] * 5 + [410]
    assert answers[0].json == {"code": "bad_proof", "retry": False}


def test_a_town_without_a_list_takes_no_codes(town: House) -> None:
    phone = Phone(town)
    assert phone.post("/v1/enrol/start", {"jws": phone.enrol_jws("A" * 22, method="census")}).status_code == 404
    assert phone.post("/v1/census/check", {"code": "3G9230VQVSQ"}).status_code == 404


def test_am_i_on_the_list_uses_nothing_up(town: House) -> None:
    phone, entries = Phone(town), bring_in(town, ANA)
    code = code_for(town, entries, "Ana")

    def said(written: str) -> str:
        answer = phone.post("/v1/census/check", {"code": written})
        assert (answer.status_code, answer.json.keys()) == (200, {"v", "standing"})
        return str(answer.json["standing"])

    assert [said(one) for one in (code, code.lower(), "3G9230VQVSQ", "", "x")] == ["good", "good", *["unknown"] * 3]
    assert say_code(phone, code).status_code == 200
    assert said(code) == "used"


def test_asking_is_counted_by_network(open_house: Opener) -> None:
    house = open_house(CENSUS, enrolments_per_hour=3)
    bring_in(house, ANA)
    phone = Phone(house)
    assert [phone.post("/v1/census/check", {"code": "x"}).status_code for _ in range(4)] == [200] * 3 + [429]
    assert phone.post("/v1/enrol/start", {"jws": phone.enrol_jws("A" * 22, method="census")}).status_code == 429


def test_a_new_code_from_the_desk_is_the_same_person_with_the_same_vote(town: House) -> None:
    entries = bring_in(town, ANA, BOB)
    one, two, ana, again = Phone(town), Phone(town), town.citizen(1), town.citizen(2)
    lost = code_for(town, entries, "Ana")
    found = code_for(town, entries, "Ana")
    assert say_code(one, lost).json["code"] == "code_used"  # the desk has given another in its place
    assert say_code(one, found).status_code == 200
    one.send([ana.propose(5), ana.vote(5, "for")], [one.grant(ana)])
    assert say_code(two, code_for(town, entries, "Ana")).json == {
        "v": 1,
        "level": "census",
        "devices": 2,
        "is_new": False,
    }
    assert two.statuses([again.vote(5, "against", rev=2)], [two.grant(again)])[0] == ["accepted"]
    assert standing(town) == {"against": 1}
    assert [row[3] for row in rows(town.services.ledger, census_codes)] == ["desk"] * 3


def test_who_leaves_the_list_is_a_resident_no_more_and_comes_back_as_the_same(town: House) -> None:
    phone = known(town)
    ana = town.citizen(1)
    unused = code_for(town, bring_in(town, ANA, BOB, ZOE), "Bob")
    phone.send([ana.propose(5), ana.vote(5)], [phone.grant(ana)])
    bring_in(town, ZOE)
    assert phone.statuses([ana.vote(5, "against", rev=2)], [])[0] == ["not_eligible"]
    assert standing(town) == {"for": 1}  # what she did stays
    assert say_code(Phone(town), unused).json["code"] == "code_used"
    bring_in(town, ANA, BOB, ZOE)
    assert phone.statuses([ana.vote(5, "against", rev=3)], [])[0] == ["accepted"]
    assert standing(town) == {"against": 1}
    assert len(rows(town.services.ledger, persons)) == 1


def test_bringing_the_same_list_in_again_changes_nothing(town: House) -> None:
    entries = bring_in(town, ANA, BOB, ZOE)
    code = code_for(town, entries, "Zoé")
    before = rows(town.services.ledger, residents)
    plan = desk_of(town).plan(entries)
    assert (plan.new, plan.back, plan.changed, plan.leaving, plan.staying, plan.is_unusual) == (0, 0, 0, 0, 3, False)
    desk_of(town).apply(plan)
    assert rows(town.services.ledger, residents) == before
    assert say_code(Phone(town), code).status_code == 200


def test_a_list_that_loses_most_people_is_unusual(town: House) -> None:
    bring_in(town, ANA, BOB, ZOE)
    plan = desk_of(town).plan([])
    assert (plan.leaving, plan.is_unusual) == (3, True)


# One mailbox, several people; several mailboxes, one person.


def test_a_mailbox_of_two_residents_makes_neither_the_other(town: House) -> None:
    entries = bring_in(town, ANA, BOB)
    anas, bobs, new = Phone(town), Phone(town), Phone(town)
    for phone, name in ((anas, "Ana"), (bobs, "Bob")):
        assert say_code(phone, code_for(town, entries, name)).json["is_new"]
    anas.enrol("maison@valbrume.example")
    enrol, code, _ = bobs.begin("Maison+bob@valbrume.example")
    answer = bobs.finish(enrol, code)
    assert (answer.status_code, answer.json) == (409, {"code": "address_shared", "retry": False})
    assert bobs.finish(enrol, code).status_code == 410
    for phone, number, choice in ((anas, 1, "for"), (bobs, 2, "against")):
        citizen = town.citizen(number)
        texts = [citizen.propose(5)] if number == 1 else []
        phone.send([*texts, citizen.vote(5, choice)], [phone.grant(citizen)])
    assert standing(town) == {"for": 1, "against": 1}
    # From now on it brings no phone to anybody.
    enrol, code, _ = new.begin("maison@valbrume.example")
    assert new.finish(enrol, code).json["code"] == "address_shared"
    assert anas.ask("me").json["contact"] == "m…@v…"
    assert len(rows(town.services.ledger, shared_mailboxes)) == 1


def test_a_mailbox_brings_a_second_phone_to_the_resident_it_is_of(town: House) -> None:
    one, two = known(town), Phone(town)
    one.enrol("ana@valbrume.example")
    assert two.enrol("Ana+vote@valbrume.example") == {"v": 1, "level": "census", "devices": 2, "is_new": False}


def test_a_code_is_never_anothers_whose_phones_share_a_mailbox(town: House) -> None:
    """Both were known by the mailbox of the house first: one person, until each says a code."""
    entries = bring_in(town, ANA, BOB)
    anas, bobs = Phone(town), Phone(town)
    for phone in (anas, bobs):
        phone.enrol("maison@valbrume.example")
    assert say_code(anas, code_for(town, entries, "Ana")).json == {
        "v": 1,
        "level": "census",
        "devices": 1,
        "is_new": True,
    }
    his = town.citizen(2)
    assert bobs.statuses([his.propose(6)], [bobs.grant(his)]) == (["not_eligible"], ["granted"])
    assert say_code(bobs, code_for(town, entries, "Bob")).json["devices"] == 1
    assert len({row[2] for row in rows(town.services.ledger, identities) if row[3] == "census"}) == 2


def test_two_residents_who_share_a_phone_are_two_persons(town: House) -> None:
    entries = bring_in(town, ANA, BOB)
    phone = Phone(town)
    for name in ("Ana", "Bob"):
        assert say_code(phone, code_for(town, entries, name)).json == {
            "v": 1,
            "level": "census",
            "devices": 1,
            "is_new": True,
        }


def test_the_phone_of_who_left_the_list_makes_nobody_them(town: House) -> None:
    phone = known(town)
    entries = bring_in(town, BOB, ZOE)  # Ana leaves; Bob takes her phone, and she comes back
    assert say_code(phone, code_for(town, entries, "Bob")).json["is_new"]
    bring_in(town, ANA, BOB, ZOE)
    pids = [row[2] for row in rows(town.services.ledger, identities)]
    assert len(pids) == len(set(pids)) == 2


def test_two_mailboxes_of_one_resident_are_one_vote(town: House) -> None:
    phone, other = known(town), Phone(town)
    for address in ("ana@valbrume.example", "ana@travail.example"):
        assert not phone.enrol(address)["is_new"]
    assert not other.enrol("ana@travail.example")["is_new"]
    for one, number in ((phone, 1), (other, 2)):
        citizen = town.citizen(number)
        texts = [citizen.propose(5)] if number == 1 else []
        one.send([*texts, citizen.vote(5, rev=number)], [one.grant(citizen)])
    assert standing(town) == {"for": 1}


def test_a_phone_of_a_resident_is_not_taken_by_a_stranger_of_the_same_mailbox(town: House) -> None:
    """Bob is known by the mailbox alone; Ana, a resident, proves it too: she stays who she is."""
    Phone(town).enrol("maison@valbrume.example")
    anas = known(town)
    enrol, code, _ = anas.begin("maison@valbrume.example")
    assert anas.finish(enrol, code).json["code"] == "address_shared"
    assert anas.ask("me").json["person"]["level"] == "census"
    assert rows(town.services.ledger, shared_mailboxes) == []


# Who may do what.


@pytest.mark.parametrize(("name", "code"), [("Ana", "accepted"), ("Bob", "too_young"), ("Zoé", "other_neighbourhood")])
def test_age_and_neighbourhood_are_those_of_the_list(open_house: Opener, name: str, code: str) -> None:
    asked = '[actions.vote]\nmin_age = 16\nneighbourhoods = ["le-bourg"]\n[actions.proposal]\nassurance = "email"\n'
    town = open_house(CENSUS + asked, smtp_url="mailbox:", enrolments_per_hour=0)
    entries = bring_in(town, ANA, BOB, ZOE)
    author, phone = Phone(town), Phone(town)
    author.enrol("auteur@valbrume.example")
    writing, voting = town.citizen(1), town.citizen(2)
    texts = [writing.propose(5), writing.vote(5)]
    assert author.statuses(texts, [author.grant(writing)])[0] == ["accepted", "not_eligible"]
    assert say_code(phone, code_for(town, entries, name)).status_code == 200
    assert phone.statuses([voting.vote(5)], [phone.grant(voting)])[0] == [code]


# What is kept, and for how long.


def test_the_database_alone_names_no_resident(town: House) -> None:
    code = code_for(town, bring_in(town, ANA, ZOE), "Ana")
    tables = (residents, census_codes, identities)
    stored = repr([rows(town.services.ledger, table) for table in tables]).lower()
    assert "les-pres" in stored
    for secret in ("martin", "uvray", "lilas", "1980", "1950", code.lower(), b64u_encode(b"1980")):
        assert secret not in stored


def test_erased_on_request_somebody_stays_on_the_list_as_nobody_yet(town: House) -> None:
    phone, ana = known(town), town.citizen(1)
    phone.send([ana.propose(5), ana.vote(5)], [phone.grant(ana)])
    assert phone.ask("erase").status_code == 200
    assert rows(town.services.ledger, identities) == []
    assert {row[2] for row in rows(town.services.ledger, residents)} == {""}
    assert standing(town) == {}
    back = Phone(town)
    assert say_code(back, code_for(town, bring_in(town, ANA, BOB, ZOE), "Ana")).json["is_new"]


def test_who_left_the_list_is_forgotten_ninety_days_later_unless_a_vote_needs_it(open_house: Opener) -> None:
    over = CENSUS.replace("ends_at = 2099-01-01T00:00:00Z", "ends_at = 2026-12-01T00:00:00Z")
    town = open_house(over, smtp_url="mailbox:", enrolments_per_hour=0)
    phone = known(town)
    bring_in(town, ANA, BOB)
    left = NOW + 90 * DAY
    step(town, town.rules.accept_until)
    assert len(rows(town.services.ledger, residents)) == 3
    step(town, max(left, town.rules.accept_until + DAY))
    assert len(rows(town.services.ledger, residents)) == 2
    step(town, NOW + 24 * MONTH - 1)
    assert phone.ask("me").json["identities"] == [{"method": "census", "since": NOW}]
    step(town, NOW + 25 * MONTH)  # nobody has brought a list in for two years
    assert (rows(town.services.ledger, residents), rows(town.services.ledger, census_codes)) == ([], [])


def test_a_town_that_moves_takes_its_list_with_it(town: House, tmp_path) -> None:
    known(town)
    elsewhere = moved(town, tmp_path)
    for table in (residents, census_codes):
        assert rows(elsewhere.services.ledger, table) == rows(town.services.ledger, table) != []


def test_an_email_consultation_goes_on_as_before(open_house: Opener) -> None:
    house = open_house(NAMED, smtp_url="mailbox:", enrolments_per_hour=0)
    phone, ana = known(house), house.citizen(1)
    assert phone.statuses([ana.propose(5)], [phone.grant(ana)])[0] == ["not_eligible"]
    phone.enrol("ana@valbrume.example")
    assert phone.statuses([ana.propose(5)], [])[0] == ["accepted"]
