"""A problem in the street: reported on the spot without network, with photo and place, seen by others (Chromium)."""

import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import kept_acts, see
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import DAY, Plan, Step
from tests.end_to_end.waiting import until
from tests.sync_server.photographs import MAKER, photograph

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
ALT = "La lampe du pont, éteinte"
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


def report_on_the_spot(town: Town, phone: Phone, picture: Path) -> None:
    """A report with a photo and the phone's position, no words for the place, made without network; then it dies."""
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
    page.set_input_files("#photos", picture)
    see(page, "Photos prêtes : 1 sur 3.")
    page.get_by_label("Décrivez-la pour qui ne la voit pas").fill(ALT)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.click(f"{FORM} button[type=submit]")
    see(page, "Sur ce téléphone")
    until(lambda: len(kept_acts(page)) == 1, "the report on the phone")
    phone.kill()


def check_photo(town: Town) -> None:
    """The photo is published, and nothing in it says who took it, with what, or where."""
    page = town.wait_for_page("/signalements/2/", ALT, "/photos/", seconds=30)
    files = [town.site / one for one in re.findall(r'(?:src|href)="/(photos/[^"]+)"', page)]
    assert files
    for file in files:
        data = file.read_bytes()
        assert (dict(Image.open(io.BytesIO(data)).getexif()), MAKER in data) == ({}, False), file


def say_me_too(town: Town, page: Page) -> None:
    page.goto(f"{town.url}/signalements/2/")
    page.click('form[data-act="metoo"] button[type=submit]')
    see(page, "Moi aussi, toujours", "Reçu, n° 3")
    town.wait_for_page("/signalements/2/", "1 autre personne l’a vu")


def test_a_report_with_photo_and_place_made_without_network_is_sent_after_a_restart_and_seen_by_others(
    town: Town, open_phone: OpenPhone, tmp_path: Path
) -> None:
    picture = tmp_path / "IMG_0031.jpg"
    picture.write_bytes(photograph())
    assert MAKER in picture.read_bytes()
    given = ["geolocation", "background-sync"]  # what is not given here is refused
    phone = open_phone("citizen", viewport={"width": 360, "height": 740}, geolocation=HERE, permissions=given)
    report_on_the_spot(town, phone, picture)
    town.restore_network()
    phone.start()
    until(lambda: len(town.records("signalements")) == 2, "the report in the ledger", 30)
    town.wait_for_page("/signalements/2/", "Le lampadaire du pont clignote")
    page = phone.open(f"{town.url}/mes-envois/")
    see(page, "Signalement", "Lampadaire éteint")
    see(page, "Photos : 1 sur 1 envoyées.", seconds=30)
    check_photo(town)
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
