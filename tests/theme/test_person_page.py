"""Who this phone is for the town, as a citizen sees it: every moment, in light and in dark, by hand and by keys."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.end_to_end.page_checks import check_in_light_and_dark, sideways, wide_elements
from tests.theme.conftest import BuildTown
from tests.theme.desk import CODE, ENROL, MINOR, Desk

pytestmark = pytest.mark.browser
TOKEN = "T" * 22


@pytest.fixture(scope="module")
def address(build_town: BuildTown, serve: Callable[[Path], str]) -> str:
    return serve(build_town("vote"))


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    size: ViewportSize = {"width": 360, "height": 740}
    context = browser.new_context(viewport=size, locale="fr-FR", service_workers="block")
    yield context
    context.close()


def check(page: Page, moment: str) -> None:
    verdict = check_in_light_and_dark(page)
    assert not verdict.wrong + verdict.unsure, f"{moment}: {verdict.wrong + verdict.unsure}"
    assert sideways(page) <= 0, f"{moment}: {wide_elements(page)}"


def ask_for_a_code(page: Page, address: str) -> None:
    page.goto(f"{address}/moi/")
    page.get_by_label("Votre adresse").fill("anne@exemple.fr")
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_label("Le code du courriel").wait_for()


def make_known(page: Page, address: str) -> None:
    ask_for_a_code(page, address)
    type_code(page, CODE)
    wait_until_known(page)


def type_code(page: Page, code: str) -> None:
    page.get_by_label("Le code du courriel").fill(code)
    page.get_by_role("button", name="Envoyer ce code").first.click()


def wait_until_known(page: Page) -> None:
    page.get_by_text("La mairie vous connaît par votre courriel.").wait_for()
    page.get_by_role("button", name="Retirer cet appareil").wait_for()


def said(page: Page) -> str:
    return (page.locator("main [role=status]").text_content() or "").replace("\u00a0", " ").strip()


def wait_until_told(page: Page, words: str) -> None:
    """Until a notice is on the page, and said aloud."""
    page.locator("[data-notice]:visible").filter(has_text=words).wait_for()
    assert words in said(page)


def test_every_moment_is_accessible(context: BrowserContext, address: str) -> None:
    Desk(context)
    page = context.new_page()
    page.goto(f"{address}/moi/")
    page.get_by_text("La mairie ne sait pas qui utilise ce téléphone.").wait_for()
    check(page, "unknown")
    page.get_by_role("button", name="Recevoir un code").click()
    check(page, "no address")
    page.locator("form[data-enrol=census] [type=submit]").click()
    check(page, "no code of a letter")
    page.get_by_label("Les onze signes de la lettre").fill("0123 4567 89p")
    page.get_by_role("button", name="Suis-je sur la liste ?").click()
    wait_until_told(page, "vous êtes sur la liste")
    check(page, "a letter that is good")
    ask_for_a_code(page, address)
    assert said(page).startswith("Un code est parti")
    check(page, "a code has left")
    type_code(page, "0000 0000")
    expect(page.locator("[data-faults]")).to_be_focused()
    check(page, "a wrong code")
    type_code(page, CODE)
    wait_until_known(page)
    assert said(page).startswith("C’est fait")
    page.locator("[aria-labelledby=held] summary").click()
    check(page, "known")
    page.get_by_role("button", name="Retirer cet appareil").click()
    page.locator("[data-erase] [data-ask]").click()
    check(page, "two questions asked twice")


def test_the_page_of_the_link_is_accessible_and_does_nothing_by_itself(context: BrowserContext, address: str) -> None:
    desk = Desk(context)
    page = context.new_page()
    page.goto(f"{address}/confirmer/#e={ENROL}&t={TOKEN}")
    button = page.get_by_role("button", name="C’est bien moi")
    button.wait_for()
    check(page, "the link")
    assert not desk.asked
    button.click()
    wait_until_told(page, "Revenez à la page où vous avez commencé")
    check(page, "confirmed")
    assert [path for path, _ in desk.asked] == ["enrol/confirm"]
    assert page.url == f"{address}/confirmer/"


@pytest.mark.parametrize("link", ["", "#e=x", f"#e={ENROL}&t={'U' * 22}"])
def test_a_link_that_no_longer_serves_says_what_to_do(context: BrowserContext, address: str, link: str) -> None:
    Desk(context)
    page = context.new_page()
    page.goto(f"{address}/confirmer/{link}")
    button = page.get_by_role("button", name="C’est bien moi")
    if len(link) > 10:
        button.click()
    wait_until_told(page, "Ce lien ne sert plus")
    assert not button.is_visible()


def test_the_link_ends_what_was_begun_on_a_page_that_was_closed(context: BrowserContext, address: str) -> None:
    desk = Desk(context)
    page = context.new_page()
    ask_for_a_code(page, address)
    page.close()
    desk.is_confirmed = True
    page = context.new_page()
    page.goto(f"{address}/moi/")
    page.get_by_text("La mairie vous connaît par votre courriel.").wait_for()
    assert not page.get_by_label("Votre adresse").is_visible()


def test_all_of_it_goes_by_the_keyboard(context: BrowserContext, address: str) -> None:
    Desk(context)
    page = context.new_page()
    page.goto(f"{address}/moi/")
    expect(page.get_by_label("Votre adresse")).to_be_visible()  # hidden until the script runs: typing would be lost
    page.get_by_label("Votre adresse").press_sequentially("anne@exemple.fr")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Le code du courriel")).to_be_focused()
    page.keyboard.type(f"{CODE[:4]} {CODE[4:]}")
    page.keyboard.press("Enter")
    expect(page.locator("[data-standing]")).to_be_focused()
    remove = page.get_by_role("button", name="Retirer cet appareil")
    remove.press("Enter")
    expect(page.locator("[data-devices] [data-sure]:focus")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(remove).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#devices")).to_be_focused()
    assert said(page).startswith("C’est fait : cet appareil est retiré")
    assert page.get_by_text("Retiré le 21 septembre.").is_visible()


def test_what_the_town_holds_can_be_taken_away_as_a_file(context: BrowserContext, address: str) -> None:
    Desk(context)
    page = context.new_page()
    make_known(page, address)
    with page.expect_download() as download:
        page.get_by_role("button", name="Enregistrer le fichier").click()
    held = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert held["acts"][0]["no"] == 4127
    assert download.value.suggested_filename == "preau-valbrume-moi.json"


def test_consent_is_withdrawn_by_a_touch(context: BrowserContext, address: str) -> None:
    desk = Desk(context)
    page = context.new_page()
    make_known(page, address)
    page.get_by_label("La mairie peut m’écrire").uncheck()
    wait_until_told(page, "vous retirez votre accord")
    assert desk.consents == {"contact": False}
    page.reload()
    expect(page.get_by_label("La mairie peut m’écrire")).not_to_be_checked()


def test_an_adult_agrees_for_a_minor_of_the_household(context: BrowserContext, address: str) -> None:
    desk = Desk(context)
    page = context.new_page()
    make_known(page, address)
    page.get_by_label("La personne née en 2012 peut participer").check()
    wait_until_told(page, "vous donnez votre accord")
    assert desk.consents == {"contact": True, MINOR: True}
    page.reload()
    expect(page.get_by_label("La personne née en 2012 peut participer")).to_be_checked()


def test_erasing_takes_two_steps_and_leaves_a_phone_that_nobody_knows(context: BrowserContext, address: str) -> None:
    desk = Desk(context)
    page = context.new_page()
    make_known(page, address)
    erase = page.locator("[data-erase]")
    erase.locator("[data-ask]").click()
    assert desk.knows()
    erase.locator("[data-yes]").click()
    page.get_by_text("La mairie ne sait pas qui utilise ce téléphone.").wait_for()
    assert not desk.knows()
    assert said(page).startswith("C’est fait : la mairie a tout effacé")
    page.reload()
    page.get_by_text("La mairie ne sait pas qui utilise ce téléphone.").wait_for()


def test_a_form_that_asks_who_acts_says_so_and_lets_the_act_wait(
    context: BrowserContext, build_town: BuildTown, serve: Callable[[Path], str]
) -> None:
    address = serve(build_town("vote", 3, mode="named"))
    desk = Desk(context)
    page = context.new_page()
    page.clock.set_fixed_time("2026-06-26T12:00:00Z")
    page.goto(f"{address}/halle/1/")
    note = page.locator("form[data-act=vote] [data-asks]")
    assert "par votre courriel au moins" in note.inner_text()
    page.locator("form[data-act=vote][data-grant]").wait_for()
    page.check("input[name=choice][value=for]")
    page.get_by_role("button", name="Voter").click()
    page.get_by_text("Il partira quand la mairie saura qui vous êtes.").first.wait_for()
    check(page, "a vote that waits for its author to be known")
    sent = next(body for path, body in desk.asked if path == "sync")
    assert len(sent["grants"]) == len(sent["envelopes"]) == 1
    page.locator("[data-form-status] a").click()
    assert page.url == f"{address}/moi/"
    page.locator('[data-asked]:has([data-consultation="halle"]) [data-answer="no"]').wait_for()
    page.clock.resume()
    page.get_by_label("Votre adresse").fill("anne@exemple.fr")
    page.get_by_role("button", name="Recevoir un code").click()
    type_code(page, CODE)
    wait_until_known(page)
    page.locator('[data-asked]:has([data-consultation="halle"]) [data-answer="yes"]').wait_for()
    page.goto(f"{address}/halle/2/")
    note.wait_for(state="hidden")


def test_without_script_the_page_leads_to_the_desk(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/moi/")
    shown = page.locator("main").inner_text()
    assert "2 place du Marché" in shown
    assert "Puis-je participer" in shown
    assert not page.locator("form").first.is_visible()
    context.close()
