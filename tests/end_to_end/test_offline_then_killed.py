"""The main job: made without network, browser killed, sent by itself when both are back (Chromium)."""

import pytest

from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import comment, kept_acts, propose, see, vote
from tests.end_to_end.town import Town
from tests.end_to_end.waiting import stays, until

TITLE = "Un banc devant le lavoir"
REMARK = "Il y fait frais même en août."


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    town = open_town()
    Citizen(town, "filature").propose("Une table d’échecs")
    town.wait_for_page("/filature/1/", "Une table d’échecs")
    town.wait_for_page("/filature/", "Une table d’échecs")
    return town


def act_offline(town: Town, phone: Phone) -> None:
    """Proposes, votes and comments without network, then the battery falls out."""
    page = phone.open_kept(f"{town.url}/filature/1/")
    page.goto(f"{town.url}/filature/proposer/")
    town.kill_network()
    phone.context.set_offline(True)
    page.goto(f"{town.url}/filature/proposer/")
    propose(page, TITLE)
    see(page, "Sur ce téléphone")
    page.goto(f"{town.url}/filature/1/")
    vote(page, "for")
    see(page, "Sur ce téléphone")
    comment(page, REMARK)
    until(lambda: len(kept_acts(page)) == 3, "three acts on the phone")
    phone.kill()


def test_each_act_made_offline_arrives_once_and_is_published_for_everybody(town: Town, open_phone: OpenPhone) -> None:
    before = len(town.records())
    phone = open_phone("citizen")
    act_offline(town, phone)
    assert not phone.complaints or all("net::ERR" in one or "Failed to fetch" in one for one in phone.complaints)

    town.restore_network()
    phone.start()  # no page of the town is open
    until(lambda: len(town.records()) == before + 3, "the three acts in the ledger", 30)
    page = phone.open(f"{town.url}/mes-envois/")
    until(lambda: [act["state"] for act in kept_acts(page)].count("waiting") == 0, "receipts for all")
    stays(lambda: len(town.records()) == before + 3, "an act was stored twice")
    assert sorted(row["kind"] for row in town.records()[before:]) == ["comment", "proposal", "vote"]
    assert {row["id"] for row in town.records()[before:]} == {act["id"] for act in kept_acts(page)}
    # One key signed what is counted, another what is read.
    assert len({row["voter"] for row in town.records()[before:]}) == 2

    town.wait_for_page("/filature/2/", TITLE)
    town.wait_for_page("/filature/1/", REMARK)
    town.serve.kill()
    other = open_phone("neighbour").open(f"{town.url}/filature/2/")
    see(other, TITLE)
    other.goto(f"{town.url}/filature/1/")
    see(other, REMARK, "Pour 1")
    town.start_server()
