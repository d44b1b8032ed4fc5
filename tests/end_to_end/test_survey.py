"""A questionnaire with a condition: answered by keyboard without network, changed, counted, framed (Chromium)."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from civic.canonical import b64u_decode
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import kept_acts, plain, see
from tests.end_to_end.other_engines import firefox, webkit
from tests.end_to_end.page_checks import check_accessibility, sideways
from tests.end_to_end.test_keyboard_only import MOST_STOPS, tab_to
from tests.end_to_end.test_other_engines import words
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import DAY, Plan, Step
from tests.end_to_end.waiting import until

SHEET = 'form[data-act="survey"]'
SEND = f"{SHEET} button:not([type=button])"
ASKED = """
[[survey.section]]
id = "cantine"
title = {fr = "La cantine", en = "The canteen"}
[[survey.section.question]]
id = "mange"
required = true
title = {fr = "Votre enfant y mange-t-il ?", en = "Does your child eat there?"}
option = [{id = "oui", label = {fr = "Oui", en = "Yes"}}, {id = "non", label = {fr = "Non", en = "No"}}]
[[survey.section.question]]
id = "jours"
type = "multiple"
random = true
when = {question = "mange", in = ["oui"]}
title = {fr = "Quels jours ?", en = "Which days?"}
option = [{id = "mardi", label = {fr = "Mardi", en = "Tue"}}, {id = "jeudi", label = {fr = "Jeudi", en = "Thu"}}]
[[survey.section.question]]
id = "ordre"
type = "ranking"
title = {fr = "Que changer d’abord ?", en = "What first?"}
option = [{id = "menu", label = {fr = "Le menu", en = "Menu"}}, {id = "bruit", label = {fr = "Le bruit", en = "Noise"}}]
[[survey.section.question]]
id = "prix"
type = "number"
max = 20
title = {fr = "Quel prix ?", en = "Which price?"}
[[survey.section.question]]
id = "mot"
type = "long"
title = {fr = "Autre chose ?", en = "Anything else?"}
"""


def asking(seconds: int) -> Plan:
    step = Step("vote", -DAY, seconds, ("survey",))
    return Plan((step,), counts="hidden", grace_hours=0, unsigned=("survey",), limits={}, modules=("survey",),
                questions=ASKED, publish_rows=False)  # fmt: skip


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    return open_town({"enquete": asking(DAY), "clavier": asking(DAY)})


def answers(town: Town, slug: str = "enquete") -> list[dict[str, object]]:
    """The sheets in the ledger, oldest first."""
    envelopes = [one["envelope"] for one in town.records(slug)]
    return [json.loads(b64u_decode(one.split(".")[1]))["body"]["answers"] for one in envelopes]


def check(page: Page) -> None:
    verdict = check_accessibility(page)
    assert not verdict.wrong + verdict.unsure
    assert sideways(page) <= 0


def drawn_order(page: Page) -> list[str]:
    return list(page.locator("[data-random] input").evaluate_all("all => all.map(one => one.value)"))


def fill_by_keyboard(page: Page) -> None:
    """Yes, Thursday, the noise before the menu, 4 euros, a word; what is not needed is left, what is wrong mended."""
    tab_to(page, SEND)
    page.keyboard.press("Enter")
    until(lambda: page.evaluate("document.activeElement.matches('[data-faults]')"), "the focus on the faults")
    see(page, "Répondez à cette question.")
    check(page)
    tab_to(page, "[data-faults] a")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    tab_to(page, '[name="answers.jours[]"][value=jeudi]')
    page.keyboard.press("Space")
    for option, rank in (("menu", "1"), ("bruit", "1")):
        tab_to(page, f'[name="answers.ordre.{option}#"]')
        page.keyboard.press(rank)
    assert page.locator('[name="answers.ordre.menu#"]').input_value() == ""
    tab_to(page, '[name="answers.prix#"]')
    page.keyboard.type("40")
    tab_to(page, "textarea")
    page.keyboard.type("Moins de bruit.")
    tab_to(page, SEND)
    page.keyboard.press("Enter")
    see(page, "Cette réponse est hors des limites indiquées.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+A")
    page.keyboard.type("4")
    tab_to(page, SEND)
    page.keyboard.press("Enter")


def change_later(page: Page) -> None:
    """An answer changed, not sent, and found again over what was sent; then it is sent."""
    page.check('[name="answers.mange"][value=non]')
    until(lambda: page.evaluate("localStorage.length"), "the sheet begun")
    page.reload()
    see(page, "Brouillon gardé sur ce téléphone.")
    assert page.is_checked('[name="answers.mange"][value=non]')
    page.click(SEND)


def test_a_sheet_goes_from_a_phone_without_network_to_the_result(town: Town, open_phone: OpenPhone) -> None:
    phone = open_phone("parent")
    page = phone.open_kept(f"{town.url}/enquete/")
    phone.context.set_offline(True)
    page.reload()
    assert not page.locator('[name="answers.jours[]"]').first.is_visible()
    check(page)
    fill_by_keyboard(page)
    see(page, "Sur ce téléphone", "Vos réponses sont gardées.", "Vos réponses : 5 questions.")
    check(page)
    phone.context.set_offline(False)
    until(lambda: len(town.records("enquete")) == 1, "the sheet in the ledger")
    until(lambda: kept_acts(page)[0]["state"] == "received", "its receipt")
    kept = {"mange": "oui", "jours": ["jeudi"], "ordre": {"bruit": 1}, "prix": 4, "mot": "Moins de bruit."}
    assert answers(town) == [kept]

    order = drawn_order(page)
    page.reload()
    until(lambda: drawn_order(page) == order, "the order that this phone has drawn")
    until(lambda: page.locator("textarea").input_value() == "Moins de bruit.", "what was answered before")
    assert page.locator('[name="answers.jours[]"][value=jeudi]').is_checked()
    change_later(page)
    see(page, "Reçu, n° 2")
    check(page)
    del kept["jours"]
    assert answers(town)[1] == kept | {"mange": "non"}
    assert not list((town.site / "enquete").rglob("results.*"))

    town.declare("enquete", asking(1))  # the town closes it
    town.wait_for_page("/enquete/resultat/", "1 personne a répondu.", seconds=40)
    page.goto(f"{town.url}/enquete/resultat/")
    see(page, "Moins de cinq personnes", "Lu par la mairie")
    published = [one for one in (town.site / "enquete").rglob("*.*") if one.suffix not in (".br", ".gz")]
    assert not [one for one in published if "Moins de bruit" in one.read_text("utf-8")]
    data = town.site / "enquete" / "donnees"
    until(lambda: (data / "results.json").is_file() and (data / "lignes" / "0.json").is_file(), "the open data")
    page.goto(f"{town.url}/mes-envois/")
    until(lambda: "Vos réponses sont dans le résultat" in plain(page.inner_text("main")), "the sheet found")
    recount = [sys.executable, "-m", "site_builder", "verify", str(town.site)]
    assert subprocess.run(recount, capture_output=True, check=False).returncode == 2  # not false: not to be checked
    assert phone.complaints == [one for one in phone.complaints if "net::ERR" in one or "Failed to fetch" in one]


def press_tab_to(driver: Any, selector: str) -> None:
    for _ in range(MOST_STOPS):
        press(driver, Keys.TAB)
        if driver.execute_script("return document.activeElement.matches(arguments[0])", selector):
            return
    raise AssertionError(f"{selector} is not reached with Tab")


def press(driver: Any, keys: str) -> None:
    ActionChains(driver).send_keys(keys).perform()


@pytest.mark.parametrize("engine", [firefox, webkit], ids=["firefox", "webkit"])
def test_a_sheet_with_a_condition_is_filled_with_keys_alone_in_other_browsers(
    town: Town, tmp_path: Path, engine: Callable[[Path], AbstractContextManager[Any]]
) -> None:
    before = len(answers(town, "clavier"))
    with engine(tmp_path) as driver:
        driver.get(f"{town.url}/clavier/")
        days = driver.find_element(By.CSS_SELECTOR, '[name="answers.jours[]"]')
        until(lambda: not days.is_displayed(), "the question to wait for its condition")
        press_tab_to(driver, '[name="answers.mange"]')
        press(driver, Keys.SPACE)
        until(days.is_displayed, "the question to be asked")
        press_tab_to(driver, '[name="answers.jours[]"][value=jeudi]')
        press(driver, Keys.SPACE)
        press_tab_to(driver, '[name="answers.prix#"]')
        press(driver, "4")
        press_tab_to(driver, "textarea")
        press(driver, "Moins de bruit.")
        press_tab_to(driver, SEND)
        press(driver, Keys.ENTER)
        until(lambda: "Reçu, n° " in words(driver), "the receipt")
    assert answers(town, "clavier")[before:] == [
        {"mange": "oui", "jours": ["jeudi"], "prix": 4, "mot": "Moins de bruit."}
    ]
