"""A problem in the street: reported on the spot without network, seen by a neighbour, known to the next (Chromium)."""

import json

import pytest
from playwright.sync_api import Page

from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import kept_acts, see
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import DAY, Plan, Step
from tests.end_to_end.waiting import until

SETTINGS = """
[[reports.category]]
id = "eclairage"
label = {fr = "Éclairage", en = "Lighting"}
[[reports.category.category]]
id = "lampadaire"
label = {fr = "Lampadaire éteint", en = "Street lamp out"}
[[reports.category]]
id = "trou"
label = {fr = "Trou", en = "Hole"}
"""
FORM = 'form[data-act="report"]'
HERE = {"latitude": 48.7512, "longitude": -0.3567, "accuracy": 12}


def taking_reports() -> Plan:
    step = Step("collect", -DAY, DAY, ("report", "metoo", "fixed"))
    return Plan((step,), counts="open", grace_hours=0, unsigned=("report",), limits={}, modules=("reports",),
                questions=SETTINGS)  # fmt: skip


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    town = open_town({"signalements": taking_reports()})
    place = {"address": "Rue du Moulin", "area": "", "lat": "48.75150", "lon": "-0.35700"}
    body = {"category": "lampadaire", "text": "Éteint depuis lundi.", "place": place, "name": "", "lang": "fr"}
    Citizen(town, "signalements").act("report", body)
    town.wait_for_page("/signalements/1/", "Rue du Moulin")
    return town


def report_on_the_spot(town: Town, phone: Phone) -> None:
    """A report with the phone's position and no words for the place, made without network; then the phone dies."""
    page = phone.open_kept(f"{town.url}/signalements/")
    page.goto(f"{town.url}/signalements/nouveau/")
    page.wait_for_load_state("networkidle")
    town.kill_network()
    phone.context.set_offline(True)
    page.reload()
    page.click(f"{FORM} button[type=submit]")
    see(page, "Dites de quoi il s’agit.", "Dites où se trouve le problème.")
    page.select_option(f"{FORM} select[name=category]", "lampadaire")
    page.click("[data-place-here]")
    see(page, "Position notée, à 12 m près.", "Est-ce le même ?", "n° 1, Lampadaire éteint, Rue du Moulin")
    page.fill(f"{FORM} textarea", "Le lampadaire du pont clignote puis s’éteint.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.click(f"{FORM} button[type=submit]")
    see(page, "Sur ce téléphone")
    until(lambda: len(kept_acts(page)) == 1, "the report on the phone")
    phone.kill()


def say_me_too(town: Town, page: Page) -> None:
    page.goto(f"{town.url}/signalements/2/")
    page.click('form[data-act="metoo"] button[type=submit]')
    see(page, "Moi aussi, toujours", "Reçu, n° 3")
    town.wait_for_page("/signalements/2/", "1 autre personne l’a vu")


def test_a_report_made_on_the_spot_without_network_is_sent_and_seen_by_others(
    town: Town, open_phone: OpenPhone
) -> None:
    given = ["geolocation", "background-sync"]  # what is not given here is refused
    phone = open_phone("citizen", viewport={"width": 360, "height": 740}, geolocation=HERE, permissions=given)
    report_on_the_spot(town, phone)
    town.restore_network()
    phone.start()
    until(lambda: len(town.records("signalements")) == 2, "the report in the ledger", 30)
    town.wait_for_page("/signalements/2/", "Le lampadaire du pont clignote")
    page = phone.open(f"{town.url}/mes-envois/")
    see(page, "Signalement", "Lampadaire éteint")
    say_me_too(town, page)
    data = town.site / "signalements" / "donnees" / "reports.geojson"
    until(lambda: data.is_file() and '"seen_too":1' in data.read_text("utf-8"), "the open data")
    features = json.loads(data.read_text("utf-8"))["features"]
    assert features[1]["geometry"]["coordinates"] == [-0.3567, 48.7512]
    assert features[1]["properties"]["name"] == ""


def test_a_report_is_taken_without_scripts(town: Town, open_phone: OpenPhone) -> None:
    page = open_phone("plain", java_script_enabled=False).open(f"{town.url}/signalements/nouveau/")
    page.select_option(f"{FORM} select[name=category]", "trou")
    page.fill(f'{FORM} input[name="place.address"]', "Place du Marché")
    page.fill(f"{FORM} textarea", "Un pavé manque devant la fontaine.")
    page.click(f"{FORM} button[type=submit]")
    see(page, "Trou", "Place du Marché", "Un pavé manque")
    page.click('form[action="/form/confirm"] button')
    see(page, "Reçu, n°")
