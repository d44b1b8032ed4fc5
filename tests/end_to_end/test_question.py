"""The town asks: answered without network, changed by keyboard, hidden, then counted for all to see (Chromium)."""

import json

import pytest
from playwright.sync_api import Page

from tests.civic.asked import QUESTIONS_TOML
from tests.end_to_end.chromium import Phone
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import kept_acts, plain, see
from tests.end_to_end.test_keyboard_only import tab_to
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import DAY, Plan, Step
from tests.end_to_end.waiting import until

BALLOT = 'form[data-act="ballot"]'


def asking(seconds: int) -> Plan:
    """Three questions, their counts hidden until the vote closes in `seconds`; results follow at once."""
    step = Step("vote", -DAY, seconds, ("ballot", "comment"))
    return Plan((step,), counts="hidden", grace_hours=0, unsigned=("ballot",), limits={},
                modules=("question", "comments"), questions=QUESTIONS_TOML)  # fmt: skip


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    return open_town({"express": asking(DAY)})


def answer(page: Page, number: int, *choice: str) -> None:
    form = page.locator(BALLOT).nth(number - 1)
    for one in choice:
        form.locator(f'input[value="{one}"]').check()
    form.locator('button[type="submit"]').click()


def answer_offline(town: Town, phone: Phone) -> Page:
    """Two ballots made without network, on the phone when this returns."""
    page = phone.open_kept(f"{town.url}/express/")
    phone.context.set_offline(True)
    page.reload()
    answer(page, 2, "jeudi")
    answer(page, 3, "gare", "quai")
    see(page, "Votre réponse : Le jeudi, après l’école", "Sur la place", "Sur ce téléphone")
    until(lambda: len(kept_acts(page)) == 2, "two ballots on the phone")
    assert town.records("express") == []
    phone.context.set_offline(False)
    return page


def change_by_keyboard(town: Town, page: Page) -> None:
    """Thursday becomes Saturday, on the page of the question, with Tab, an arrow and Enter."""
    page.goto(f"{town.url}/express/2/")
    until(lambda: page.locator(f'{BALLOT} input[value="jeudi"]').is_checked(), "the answer given before")
    tab_to(page, f"{BALLOT} input[name=choice]")
    page.keyboard.press("ArrowDown")
    until(lambda: page.evaluate("localStorage.length") == 1, "the choice kept until it is sent")
    assert not page.get_by_text("Choix gardé sur ce téléphone").is_visible(), "nothing moves under who chooses"
    tab_to(page, f"{BALLOT} button:not([type=button])")
    page.keyboard.press("Enter")
    see(page, "Votre réponse : Le samedi", "Reçu, n° 3")


def answer_without_scripts(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/express/1/")
    page.check(f'{BALLOT} input[value="for"]')
    page.click(f'{BALLOT} button:not([type="button"])')
    see(page, "Un marché du soir ?", "Pour")
    page.click('form[action="/form/confirm"] button')
    see(page, "Reçu, n° 4")


def test_a_ballot_goes_from_a_phone_without_network_to_the_result(town: Town, open_phone: OpenPhone) -> None:
    phone = open_phone("citizen")
    page = answer_offline(town, phone)
    until(lambda: len(town.records("express")) == 2, "both ballots in the ledger")
    until(lambda: [act["state"] for act in kept_acts(page)].count("received") == 2, "receipts for both")
    change_by_keyboard(town, page)
    answer_without_scripts(town, open_phone("plain", java_script_enabled=False))
    results = town.site / "express" / "donnees" / "results.json"
    assert not results.exists()

    town.declare("express", asking(1))  # the town closes it
    town.wait_for_page("/express/resultat/", "Le samedi", seconds=40)
    result = page
    result.goto(f"{town.url}/express/resultat/")
    see(result, "Pour, à 100", "Le samedi, à 100", "2 personnes ont voté.", "Dont bulletins sans signature")
    until(lambda: results.is_file() and (results.parent / "lignes" / "0.json").is_file(), "the open data")
    data = json.loads(results.read_text("utf-8"))
    assert {(one["question"], one["option"]): one["votes"] for one in data["items"] if one["votes"]} == {
        ("principe", "for"): 1, ("soir", "samedi"): 1, ("lieux", "quai"): 1, ("lieux", "gare"): 1,
    }  # fmt: skip
    page.goto(f"{town.url}/mes-envois/")
    see(page, "Compté", "Le samedi : Quel soir ?", "Sur le quai, À la gare : Où ?")
    found = "Votre vote est dans le résultat du"
    until(lambda: plain(page.inner_text("main")).count(found) == 2, "both ballots found in the result")
    assert phone.complaints == [one for one in phone.complaints if "net::ERR" in one or "Failed to fetch" in one]
