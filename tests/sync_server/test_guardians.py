"""A minor takes part once an adult of the same household has said yes, and no longer than they do."""

from typing import Any

import pytest

from tests.sync_server.conftest import House, Opener
from tests.sync_server.lists import ANA, BOB, CENSUS, ZOE, bring_in, code_for, say_code
from tests.sync_server.phones import Phone

OLD, YOUNG = ANA, BOB  # one household: born in 1980 and in 2012


@pytest.fixture
def town(open_house: Opener) -> House:
    asked = "[actions.vote]\nguardian_under = 18\n"
    return open_house(CENSUS + asked, smtp_url="mailbox:", enrolments_per_hour=0)


def known(house: House, name: str) -> Phone:
    phone = Phone(house)
    assert say_code(phone, code_for(house, bring_in(house, OLD, YOUNG, ZOE), name)).status_code == 200
    return phone


def minors(phone: Phone) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = phone.ask("me").json["minors"]
    return found


def consent(phone: Phone, purpose: str, *, on: bool = True) -> int:
    return int(phone.ask("consent", {"purpose": purpose, "on": on}).status_code)


def test_an_adult_says_yes_and_takes_it_back(town: House) -> None:
    ana, bob, his = known(town, "Ana"), known(town, "Bob"), town.citizen(1)
    votes = [his.vote(5, rev=number) for number in (1, 2, 3)]
    answer = bob.send([his.propose(5), votes[0]], [bob.grant(his)])["results"][1]
    assert (answer["code"], answer["retry"]) == ("guardian_needed", True)
    (minor,) = minors(ana)
    assert (minor["year"], minor["on"]) == ("2012", False)
    assert consent(ana, minor["purpose"]) == 200
    assert minors(ana)[0]["on"]
    assert bob.statuses([votes[0]], [])[0] == ["accepted"]
    assert consent(ana, minor["purpose"], on=False) == 200
    assert bob.statuses([votes[1]], [])[0] == ["guardian_needed"]
    consent(ana, minor["purpose"])
    bring_in(town, YOUNG, ZOE)  # the adult is a resident no more
    assert bob.statuses([votes[2]], [])[0] == ["guardian_needed"]


def test_neither_a_stranger_nor_a_minor_says_yes(town: House) -> None:
    ana, bob, zoe, nobody = known(town, "Ana"), known(town, "Bob"), known(town, "Zoé"), Phone(town)
    nobody.enrol("nobody@valbrume.example")
    purpose = minors(ana)[0]["purpose"]
    for phone in (bob, zoe, nobody):
        assert minors(phone) == []
        assert consent(phone, purpose) == 404
    assert consent(ana, f"guardian:{'A' * 22}") == 404
    assert consent(ana, "guardian:short") == 400


def test_who_moves_out_needs_another_guardian(town: House) -> None:
    ana, bob, his = known(town, "Ana"), known(town, "Bob"), town.citizen(1)
    consent(ana, minors(ana)[0]["purpose"])
    bob.send([his.propose(5)], [bob.grant(his)])
    bring_in(town, OLD, YOUNG.replace("2 rue des Lilas", "9 rue du Lavoir"), ZOE)
    assert bob.statuses([his.vote(5)], [])[0] == ["guardian_needed"]
    assert minors(ana) == []
    assert bob.ask("me").json["resident"] == {"born": "2012-04-01", "neighbourhood": "le-bourg"}
