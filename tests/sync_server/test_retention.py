"""Who does not come any more is told at thirty days and at seven, then erased; the figures of what is over stand."""

import pytest

from sync_server.identity.retention import DAY, MONTH, Retention
from sync_server.settings import Settings
from sync_server.storage.people_tables import persons
from sync_server.storage.tables import payloads, tombstones
from sync_server.vault import Vault
from sync_server.words import load_own_words
from tests.contracts.history import rows
from tests.sync_server.conftest import NOW, House, Opener
from tests.sync_server.phones import NAMED, Phone, clear_letters, letters
from tests.sync_server.secret_phones import SECRET, prepared, write_issuer
from tests.sync_server.test_mine import standing

TERM = 24 * MONTH
OVER = NAMED.replace("ends_at = 2099-01-01T00:00:00Z", "ends_at = 2026-12-01T00:00:00Z")


@pytest.fixture
def town(open_house: Opener) -> House:
    return open_house(OVER, smtp_url="mailbox:", enrolments_per_hour=0)


def step(house: House, at: float, months: int = 24) -> tuple[int, list[str]]:
    """One look at that instant: how many were erased, and the subjects of the letters written."""
    clear_letters(house)
    house.clock.at = at
    keys, ledger = house.services.keys, house.services.ledger
    vault = Vault(keys.vault, keys.pepper, house.services.random)
    retention = Retention(ledger, vault, load_own_words(), months, "", "", house.services.random)
    found = house.services.catalogue.town("valbrume")
    assert found is not None
    return retention.step(found.content, int(at)), [one.subject for one in letters(house)]


def test_two_warnings_then_nothing_is_left_but_the_figures(town: House) -> None:
    phone, ana = Phone(town), town.citizen(1)
    phone.enrol()
    phone.send([ana.propose(5), ana.vote(5)], [phone.grant(ana)])
    assert step(town, NOW + TERM - 31 * DAY) == (0, [])
    thirty, seven = (f"Vos données à Valbrume seront effacées dans {days} jours" for days in (30, 7))
    assert step(town, NOW + TERM - 30 * DAY) == (0, [thirty])
    assert step(town, NOW + TERM - 29 * DAY) == (0, [])
    assert step(town, NOW + TERM - 7 * DAY) == (0, [seven])
    assert step(town, NOW + TERM - 1) == (0, [])
    assert step(town, NOW + TERM) == (1, [])
    assert (rows(town.services.ledger, persons), rows(town.services.ledger, payloads)) == ([], [])
    assert {row[8] for row in rows(town.services.ledger, tombstones)} == {"retention"}
    assert standing(town) == {"for": 1}
    assert step(town, NOW + TERM + DAY) == (0, [])


def test_who_comes_back_stays(town: House) -> None:
    phone = Phone(town)
    phone.enrol()
    step(town, NOW + TERM - 30 * DAY)
    town.clock.at = NOW + TERM - 5 * DAY
    assert phone.ask("me").status_code == 200
    assert step(town, NOW + TERM + DAY) == (0, [])


def test_a_worker_that_was_away_still_leaves_seven_days(town: House) -> None:
    phone = Phone(town)
    phone.enrol()
    late = NOW + TERM + 90 * DAY
    assert step(town, late) == (0, ["Vos données à Valbrume seront effacées dans 7 jours"])
    assert step(town, late + 7 * DAY - 1)[0] == 0
    assert step(town, late + 7 * DAY)[0] == 1


def test_who_cannot_be_written_to_is_erased_when_it_is_time(town: House) -> None:
    phone = Phone(town)
    phone.enrol()
    phone.ask("consent", {"purpose": "contact", "on": False})
    assert step(town, NOW + TERM - 3 * DAY) == (0, [])
    assert step(town, NOW + TERM) == (1, [])


def test_nobody_is_erased_while_their_consultation_goes_on(open_house: Opener) -> None:
    town = open_house(NAMED, smtp_url="mailbox:")
    phone, ana = Phone(town), town.citizen(1)
    phone.enrol()
    phone.send([ana.propose(5)], [phone.grant(ana)])
    assert step(town, NOW + TERM + DAY) == (0, [])
    assert len(rows(town.services.ledger, persons)) == 1


def test_a_town_may_keep_everybody(town: House) -> None:
    Phone(town).enrol()
    assert step(town, NOW + 10 * TERM, months=0) == (0, [])


def test_an_act_that_crossed_its_persons_erasure_is_erased_too(town: House) -> None:
    phone, ana = Phone(town), town.citizen(1)
    phone.enrol()
    phone.send([ana.propose(5)], [phone.grant(ana)])
    with town.services.ledger.writing() as connection:
        connection.execute(persons.delete())
    step(town, NOW + 60)
    assert rows(town.services.ledger, payloads) == []


def test_who_has_prepared_a_secret_ballot_stays_until_the_vote_is_over(open_house: Opener, settings: Settings) -> None:
    """Erased meanwhile and back as somebody new, they would ask for a second one."""
    write_issuer(settings)
    house = open_house(SECRET.replace("2026-10-01", "2027-10-01"), smtp_url="mailbox:", enrolments_per_hour=0)
    prepared(house, 1)
    Phone(house).enrol("nobody.waits@valbrume.example")
    erased, told = step(house, NOW + MONTH, months=1)
    assert (erased, len(told), len(rows(house.services.ledger, persons))) == (0, 1, 2), "the other one is told"
