"""Voting and proposing with Tab, Space, Enter and arrows, nothing else (Chromium)."""

import pytest
from playwright.sync_api import Page

from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenTown
from tests.end_to_end.gestures import COMMENT, PROPOSAL, VOTE, see, spoken
from tests.end_to_end.town import Town
from tests.end_to_end.waiting import until

MOST_STOPS = 80


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    town = open_town()
    Citizen(town, "filature").propose("Une table d’échecs")
    town.wait_for_page("/filature/1/", "Une table d’échecs")
    return town


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until `selector` has the focus; every stop on the way must be seen."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            assert_seen(page)
            return
    raise AssertionError(f"{selector} is not reached with Tab")


def assert_seen(page: Page) -> None:
    """What has the focus is inside the window and shows it."""
    script = """() => {
        const one = document.activeElement;
        const box = (one.closest('label') || one).getBoundingClientRect();
        const style = getComputedStyle(one);
        const around = getComputedStyle(one.closest('label') || one);
        const shows = [style, around].some(
            (each) => each.outlineStyle !== 'none' && parseFloat(each.outlineWidth) >= 2);
        return box.bottom > 0 && box.top < innerHeight && shows;
    }"""
    assert page.evaluate(script), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_the_first_stop_skips_to_the_content(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/filature/1/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('a.skip')")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')")


def test_a_vote(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/filature/1/")
    tab_to(page, f"{VOTE} input[name=choice]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    assert page.locator(f"{VOTE} input[name=choice]:checked").get_attribute("value") == "against"
    tab_to(page, f"{VOTE} button:not([type=button])")
    page.keyboard.press("Enter")
    see(page, "Vous avez voté contre", "Reçu, n° ")
    until(lambda: "est reçu" in spoken(page), "the receipt said aloud")


def test_an_idea(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/filature/proposer/")
    tab_to(page, f"{PROPOSAL} [name=title]")
    page.keyboard.type("Un banc au soleil")
    reached = {"title"}
    while "text" not in reached or "category" not in reached:
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.getAttribute('name') || ''")
        if name == "text" and name not in reached:
            page.keyboard.type("Devant l’école, pour attendre.")
        if name == "category" and name not in reached:
            is_list = page.evaluate("document.activeElement.tagName === 'SELECT'")
            page.keyboard.press("ArrowDown" if is_list else "Space")
        assert name != "name" or "text" in reached, "the text comes before the name"
        reached.add(name)
        assert page.evaluate("document.activeElement !== document.body"), f"only {reached} reached with Tab"
    tab_to(page, f"{PROPOSAL} button:not([type=button])")
    page.keyboard.press("Enter")
    see(page, "Reçu, n° ")


def test_a_comment_and_its_withdrawal_from_the_outbox(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/filature/1/")
    tab_to(page, f"{COMMENT} [name=text]")
    page.keyboard.type("À l’ombre.")
    tab_to(page, f"{COMMENT} button:not([type=button])")
    page.keyboard.press("Enter")
    see(page, "Reçu, n° ")
    page.goto(f"{town.url}/mes-envois/")
    see(page, "À l’ombre.")
    tab_to(page, "article[data-act-id] button")
    page.keyboard.press("Enter")
    until(lambda: town.records(kind="withdraw"), "the withdrawal in the ledger")
    # The button is gone: the focus must not be lost.
    until(lambda: page.evaluate("document.activeElement !== document.body"), "a place for the focus")


def test_a_fault_takes_the_focus_and_leads_to_its_field(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/filature/1/")
    tab_to(page, f"{VOTE} button:not([type=button])")
    page.keyboard.press("Enter")
    until(lambda: page.evaluate("document.activeElement.matches('[data-faults]')"), "the focus on the faults")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(lambda: page.evaluate("document.activeElement.matches('input[name=choice]')"), "the focus on the field")
