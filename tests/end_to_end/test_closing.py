"""Closed is shown when the time has come, though nothing has been rebuilt since (Chromium)."""

import time

import pytest

from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import COMMENT, PROPOSAL, VOTE, see
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import closing_in
from tests.end_to_end.waiting import until

CLOSES_IN = 12
TAKEN = ("vote", "comment", "proposal")


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    """A town whose worker died with the vote still open."""
    town = open_town()
    town.declare("express", closing_in(CLOSES_IN, unsigned=TAKEN))
    citizen = Citizen(town, "express")
    citizen.wait_until_known()
    citizen.propose("Une fontaine")
    town.wait_for_page("/express/1/", "Une fontaine")
    town.wait_for_page("/express/", "Une fontaine")
    town.work.kill()
    return town


def closes_at(town: Town) -> int:
    return town.content.consultations["express"].closes_at


def wait_for_closing(town: Town) -> None:
    until(lambda: time.time() > closes_at(town) + 1.5, "the closing", CLOSES_IN + 10)


def test_a_page_left_open_closes_before_the_reader_s_eyes(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/express/1/")
    assert time.time() < closes_at(town), "the town took too long to start"
    assert page.is_visible(VOTE)
    wait_for_closing(town)
    see(page, "fermé")
    assert not page.is_visible(VOTE)
    assert not page.is_visible(COMMENT)


def test_a_page_opened_afterwards_is_closed_too(town: Town, phone: Phone) -> None:
    wait_for_closing(town)
    assert "data-open" in town.page("/express/1/")  # the file still says open
    page = phone.open(f"{town.url}/express/1/")
    see(page, "fermé")
    assert not page.is_visible(VOTE)
    page.goto(f"{town.url}/express/proposer/")
    see(page, "fermé")
    assert not page.is_visible(PROPOSAL)
    page.goto(f"{town.url}/express/")
    see(page, "fermé")


def test_the_list_of_consultations_says_so_too(town: Town, phone: Phone) -> None:
    wait_for_closing(town)
    page = phone.open(f"{town.url}/")
    see(page, "Clos le")
    card = page.locator("article.sheet", has=page.locator('a[href="/express/"]'))
    assert "Lire les idées" in card.inner_text()
    assert "voter" not in card.inner_text()
    assert "proposer" not in card.inner_text()


def test_without_javascript_the_town_says_so_when_the_form_arrives(town: Town, open_phone: OpenPhone) -> None:
    wait_for_closing(town)
    page = open_phone("plain", java_script_enabled=False).open(f"{town.url}/express/1/")
    before = len(town.records())
    page.check(f'{VOTE} input[value="for"]')
    page.click(f'{VOTE} button:not([type="button"])')
    see(page, "Trop tard")
    assert len(town.records()) == before
