"""The town stored the act but its answer never came: the phone can't know, sends again, and nothing is doubled."""

import json
from collections.abc import Iterator

import pytest

from tests.end_to_end.answer_thief import AnswerThief
from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import kept_acts, see, vote
from tests.end_to_end.town import Town
from tests.end_to_end.waiting import stays, until


@pytest.fixture(scope="module")
def thief() -> Iterator[AnswerThief]:
    thief = AnswerThief()
    yield thief
    thief.kill()


@pytest.fixture(scope="module")
def town(thief: AnswerThief, open_town: OpenTown) -> Town:
    town = open_town(sync_port=thief.port)
    thief.town_port = town.port
    thief.start()
    citizen = Citizen(town, "filature")
    for title in ("Une table d’échecs", "Un four à pain"):
        citizen.propose(title)
    town.wait_for_page("/filature/2/", "Un four à pain")
    return town


def vote_unanswered(town: Town, thief: AnswerThief, phone: Phone, path: str) -> None:
    """On return the ledger holds the vote and the phone does not know it."""
    thief.stolen.clear()
    thief.passed.clear()
    thief.steals = True
    before = len(town.records(kind="vote"))
    page = phone.open_kept(f"{town.url}{path}")
    vote(page, "against")
    until(lambda: thief.stolen, "the first answer on its way")
    until(lambda: len(town.records(kind="vote")) == before + 1, "the vote in the ledger")
    assert [act["state"] for act in kept_acts(page)] == ["waiting"]
    see(page, "Sur ce téléphone")


def test_the_page_sends_again_by_itself_and_the_vote_is_stored_once(
    town: Town, thief: AnswerThief, phone: Phone
) -> None:
    vote_unanswered(town, thief, phone, "/filature/1/")
    records = town.records(kind="vote")
    thief.steals = False
    page = phone.context.pages[-1]
    until(lambda: kept_acts(page)[0]["state"] == "received", "the receipt", 30)
    see(page, "Reçu, n° " + str(records[-1]["no"]))
    assert town.records(kind="vote") == records
    first, again = (json.loads(answer)["results"][0] for answer in (thief.stolen[0], thief.passed[-1]))
    assert (first["status"], again["status"]) == ("accepted", "duplicate")
    assert (first["no"], first["rx"]) == (again["no"], again["rx"])


def test_a_vote_that_may_have_arrived_is_taken_back_by_a_withdrawal_not_by_forgetting_it(
    town: Town, thief: AnswerThief, phone: Phone
) -> None:
    vote_unanswered(town, thief, phone, "/filature/2/")
    page = phone.open(f"{town.url}/mes-envois/")
    page.get_by_role("button", name="Ne pas l’envoyer").click()
    thief.steals = False
    until(lambda: town.records(kind="withdraw"), "the withdrawal in the ledger", 30)
    assert town.records(kind="withdraw")[0]["slot"] == town.records(kind="vote")[-1]["slot"]


def test_killed_before_the_answer_the_phone_asks_again_when_the_page_opens(
    town: Town, thief: AnswerThief, open_phone: OpenPhone
) -> None:
    phone = open_phone("killed")
    vote_unanswered(town, thief, phone, "/filature/1/")
    records = town.records(kind="vote")
    phone.kill()
    thief.steals = False
    phone.start()
    page = phone.open(f"{town.url}/mes-envois/")
    see(page, "Reçu, n° " + str(records[-1]["no"]))
    stays(lambda: town.records(kind="vote") == records, "the vote was stored twice")
