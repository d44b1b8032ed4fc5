"""What a citizen says of themselves: kept sealed and apart, for results by group alone, until they say otherwise."""

from typing import Any

import pytest

from sync_server.storage.people_tables import consents, profiles
from tests.civic.test_groups import NEIGHBOURHOODS
from tests.civic.town import SPACE_TOML
from tests.contracts.history import rows
from tests.sync_server.conftest import House, Opener
from tests.sync_server.phones import NAMED, Phone
from tests.sync_server.town_files import write_town

SAID = {"born": 1984, "gender": "f", "neighbourhood": "gare"}
NOTHING = {"born": 0, "gender": "", "neighbourhood": ""}


@pytest.fixture
def town(open_house: Opener) -> House:
    house = open_house(NAMED, smtp_url="mailbox:", enrolments_per_hour=0)
    write_town(house.services.settings.content, NAMED, SPACE_TOML + NEIGHBOURHOODS)
    house.clock.at += 2
    return house


@pytest.fixture
def phone(town: House) -> Phone:
    phone = Phone(town)
    phone.enrol()
    return phone


def held(phone: Phone) -> tuple[Any, bool]:
    mine = phone.ask("me").json
    return mine["profile"], mine["consents"]["profile"]


def test_what_is_said_is_held_for_its_person_alone_and_nobody_reads_it_in_the_database(
    town: House, phone: Phone
) -> None:
    other = Phone(town)
    other.enrol("bob@valbrume.example")
    assert held(phone) == (None, False)
    assert phone.ask("profile", SAID).json == {"v": 1}
    assert held(phone) == (SAID, True)
    assert held(other) == (None, False)
    assert "1984" not in repr(rows(town.services.ledger, profiles))
    assert "gare" not in repr(rows(town.services.ledger, profiles))
    changed = SAID | {"born": 0}
    phone.ask("profile", changed)
    assert held(phone) == (changed, True)


@pytest.mark.parametrize("taking_back", [("profile", NOTHING), ("consent", {"purpose": "profile", "on": False})])
def test_taken_back_nothing_of_it_is_left(town: House, phone: Phone, taking_back: tuple[str, dict[str, Any]]) -> None:
    phone.ask("profile", SAID)
    assert phone.ask(*taking_back).status_code == 200
    assert held(phone) == (None, False)
    assert rows(town.services.ledger, profiles) == []


def test_who_is_erased_takes_it_along(town: House, phone: Phone) -> None:
    phone.ask("profile", SAID)
    phone.ask("erase")
    assert rows(town.services.ledger, profiles) == rows(town.services.ledger, consents) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"born": 1879}, "bad_payload"), ({"born": 2027}, "bad_payload"), ({"born": "1984"}, "bad_payload"),
        ({"born": False}, "bad_payload"), ({"gender": "w"}, "bad_payload"), ({"gender": None}, "bad_payload"),
        ({"neighbourhood": "Gare"}, "bad_payload"), ({"neighbourhood": "ailleurs"}, "bad_option"),
        ({"name": "Ana"}, "bad_payload"),
    ],
)  # fmt: skip
def test_what_nobody_can_say_is_refused(phone: Phone, changed: dict[str, Any], code: str) -> None:
    answer = phone.ask("profile", SAID | changed)
    assert (answer.status_code, answer.json["code"]) == (400, code)
    assert held(phone) == (None, False)
