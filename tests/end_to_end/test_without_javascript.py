"""Without JavaScript every form posts to the town, which shows what it understood, asks, and marks it unsigned."""

import re

import pytest
from playwright.sync_api import Page

from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import COMMENT, PROPOSAL, VOTE, choose_category, plain, see, submit
from tests.end_to_end.page_checks import check_in_light_and_dark
from tests.end_to_end.town import Town
from tests.end_to_end.waiting import until


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    town = open_town()
    Citizen(town, "filature").propose("Une table d’échecs")
    Citizen(town, "kiosque").propose("Un kiosque en fer")
    town.wait_for_page("/filature/1/", "Une table d’échecs")
    town.wait_for_page("/kiosque/1/", "Un kiosque en fer")
    return town


@pytest.fixture
def plain_phone(open_phone: OpenPhone) -> Phone:
    return open_phone("plain", java_script_enabled=False)


def confirm(page: Page) -> None:
    """The second page of the form: what was understood, and one button to send it."""
    page.locator("form").get_by_role("button").first.click()


def test_an_idea_is_reviewed_confirmed_and_published_as_unsigned(town: Town, plain_phone: Phone) -> None:
    page = plain_phone.open(f"{town.url}/filature/proposer/")
    page.fill(f'{PROPOSAL} [name="title"]', "Un banc sans script")
    page.fill(f'{PROPOSAL} [name="text"]', "Écrit depuis un vieux téléphone.")
    choose_category(page, "culture")
    submit(page, PROPOSAL)
    assert page.url.startswith(town.sync_url)
    see(page, "Un banc sans script", "Écrit depuis un vieux téléphone.")
    assert not [row for row in town.records(kind="proposal") if row["voter"].startswith("form:")]
    confirm(page)
    see(page, "Reçu")
    (record,) = (row for row in town.records(kind="proposal") if row["voter"].startswith("form:"))
    see(page, f"n° {record['no']}")
    town.wait_for_page("/filature/2/", "Un banc sans script")
    page.goto(f"{town.url}/filature/2/")
    see(page, "Un banc sans script", "sans signature")


def test_a_vote_and_a_comment_too_where_the_consultation_takes_them(town: Town, plain_phone: Phone) -> None:
    page = plain_phone.open(f"{town.url}/filature/1/")
    page.check(f'{VOTE} input[value="for"]')
    submit(page, VOTE)
    see(page, "Une table d’échecs")
    confirm(page)
    see(page, "Reçu")
    page.goto(f"{town.url}/filature/1/")
    page.fill(f'{COMMENT} [name="text"]', "Dit sans script.")
    submit(page, COMMENT)
    see(page, "Dit sans script.")
    confirm(page)
    see(page, "Reçu")
    kinds = {row["kind"] for row in town.records("filature") if row["voter"].startswith("form:")}
    assert {"vote", "comment"} <= kinds
    town.wait_for_page("/filature/1/", "Dit sans script.")
    page.goto(f"{town.url}/filature/1/")
    see(page, "Dit sans script.", "sans signature")


def test_sending_the_confirmation_twice_stores_it_once(town: Town, plain_phone: Phone) -> None:
    page = plain_phone.open(f"{town.url}/filature/1/")
    page.fill(f'{COMMENT} [name="text"]', "Une fois suffit.")
    submit(page, COMMENT)
    draft = page.locator('[name="draft"]').input_value()
    confirm(page)
    see(page, "Reçu")
    before = len(town.records())
    status, answer = town.post("/form/confirm", f"draft={draft}".encode(), "application/x-www-form-urlencoded")
    assert status == 200
    assert f"n° {town.records()[-1]['no']}" in plain(answer.decode())
    assert len(town.records()) == before


def test_what_is_missing_is_said_and_what_was_written_is_kept(town: Town, plain_phone: Phone) -> None:
    page = plain_phone.open(f"{town.url}/filature/proposer/")
    page.fill(f'{PROPOSAL} [name="title"]', "Un titre")
    page.locator(PROPOSAL).evaluate("form => { form.noValidate = true; }")
    submit(page, PROPOSAL)
    see(page, "Choisissez un thème")
    assert page.locator('[name="title"]').input_value() == "Un titre"
    page.locator('select[name="category"]').select_option("sport")
    page.fill('[name="text"]', "Devant l’école.")
    page.get_by_role("button", name="Corriger et relire").click()
    see(page, "Relisez avant d’envoyer", "Un titre", "Devant l’école.", "Sport")


def test_a_consultation_that_takes_only_signed_acts_says_so_and_offers_no_form(town: Town, plain_phone: Phone) -> None:
    page = plain_phone.open(f"{town.url}/kiosque/1/")
    assert not page.locator(VOTE).is_visible()
    text = re.sub(r"\s+", " ", page.inner_text("main"))
    assert "JavaScript" in text or "papier" in text
    see(page, "Un kiosque en fer")


def test_the_town_refuses_an_unsigned_act_where_it_takes_none(town: Town) -> None:
    proposal = town.records("kiosque", "proposal")[0]["slot"].partition(":")[2]
    body = f"consultation=kiosque&kind=vote&target={proposal}&lang=fr&choice=for&back=/kiosque/1/"
    status, answer = town.post("/form", body.encode(), "application/x-www-form-urlencoded")
    assert status >= 400
    assert "ne prend pas cet envoi par le formulaire simple" in answer.decode()
    assert not town.records("kiosque", "vote")


def test_the_server_s_own_pages_are_accessible_and_in_the_citizen_s_language(town: Town, open_phone: OpenPhone) -> None:
    page = open_phone("plain", java_script_enabled=False).open(f"{town.url}/en/filature/1/")
    page.fill(f'{COMMENT} [name="text"]', "Without a script.")
    submit(page, COMMENT)
    see(page, "Without a script.")
    assert page.locator("html").get_attribute("lang") == "en"
    review = page.content()
    confirm(page)
    see(page, "Received")
    received = page.content()
    # Scripts are needed to judge, so the pages are judged in a browser that runs them.
    judge = open_phone("judge").context.new_page()
    for content in (review, received):
        judge.set_content(content)
        assert not check_in_light_and_dark(judge).wrong


def test_after_sending_the_way_back_leads_to_the_page(town: Town, plain_phone: Phone) -> None:
    page = plain_phone.open(f"{town.url}/filature/1/")
    page.fill(f'{COMMENT} [name="text"]', "Et retour.")
    submit(page, COMMENT)
    confirm(page)
    see(page, "Reçu")
    page.locator(f'a[href^="{town.url}/filature/1/"]').first.click()
    until(lambda: page.url.startswith(f"{town.url}/filature/1/"), "the proposal's page")
