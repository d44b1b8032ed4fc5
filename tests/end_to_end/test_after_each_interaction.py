"""Accessibility after each interaction, not only of the page at rest: errors, waiting, received, the outbox open."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenTown
from tests.end_to_end.gestures import COMMENT, PROPOSAL, VOTE, comment, kept_acts, propose, see, submit, vote
from tests.end_to_end.page_checks import check_in_light_and_dark, sideways, wide_elements
from tests.end_to_end.town import Town
from tests.end_to_end.waiting import until

MOST_UNSURE = 0


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    town = open_town()
    citizen = Citizen(town, "filature")
    citizen.comment(citizen.propose("Une table d’échecs"), "Avec des bancs.")
    town.wait_for_page("/filature/1/", "Avec des bancs.")
    return town


@pytest.fixture
def no_server(town: Town) -> Iterator[None]:
    town.serve.kill()
    yield
    town.start_server()


def check(page: Page, moment: str) -> None:
    verdict = check_in_light_and_dark(page)
    assert not verdict.wrong, f"{moment}: {verdict.wrong}"
    assert len(verdict.unsure) <= MOST_UNSURE, f"{moment}: {verdict.unsure}"
    assert sideways(page) <= 0, f"{moment}: {wide_elements(page)}"


@pytest.mark.parametrize("form", [VOTE, COMMENT, PROPOSAL], ids=["vote", "comment", "proposal"])
def test_a_form_sent_empty(town: Town, phone: Phone, form: str) -> None:
    page = phone.open(f"{town.url}/filature/{'proposer' if form == PROPOSAL else 1}/")
    submit(page, form)
    page.locator(f"{form} [data-faults]").wait_for()
    assert page.evaluate("document.activeElement.matches('[data-faults]')")
    check(page, "a form with faults")
    # The link of a fault leads to its field.
    page.locator("[data-faults] a").first.click()
    assert page.evaluate("document.activeElement.matches('input, textarea, select')")


def test_an_act_that_waits(town: Town, phone: Phone, no_server: None) -> None:
    page = phone.open(f"{town.url}/filature/1/")
    vote(page, "for")
    see(page, "Sur ce téléphone")
    check(page, "a waiting vote")
    comment(page, "Bien.")
    page.goto(f"{town.url}/filature/proposer/")
    propose(page, "Un banc")
    see(page, "Sur ce téléphone")
    check(page, "a waiting idea")
    until(lambda: len(kept_acts(page)) == 3, "three acts on the phone")
    page.goto(f"{town.url}/mes-envois/")
    see(page, "Un banc")
    check(page, "the outbox with waiting acts")
    page.get_by_role("button", name="Montrer le code").click()
    page.get_by_role("img", name="Code 1 sur 3").wait_for()
    check(page, "the outbox with a code")
    page.get_by_role("button", name="Essayer d’envoyer").click()
    see(page, "La mairie n’a pas pu être jointe")
    check(page, "the outbox after trying in vain")


def test_an_act_received(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/filature/1/")
    vote(page, "against")
    see(page, "Reçu, n° ")
    check(page, "a received vote")
    page.reload()
    see(page, "Vous avez voté contre")
    check(page, "a page with one's own vote")
    page.goto(f"{town.url}/mes-envois/")
    see(page, "Reçu, n° ")
    page.locator("summary").first.click()
    check(page, "the outbox with a receipt open")


def test_a_page_read_without_network(town: Town, phone: Phone) -> None:
    page = phone.open_kept(f"{town.url}/filature/1/")
    phone.context.set_offline(True)
    page.goto(f"{town.url}/filature/1/")
    see(page, "Pas de réseau")
    check(page, "a copy read without network")


def test_an_answer_to_a_comment_being_written(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/filature/1/")
    page.locator("a[data-reply]").first.click()
    check(page, "a reply being written")
