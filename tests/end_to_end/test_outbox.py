"""Mes envois: every act with its state, and what a citizen can do about each (Chromium)."""

import base64
import json
import re
import time

import pytest
from playwright.sync_api import Page

from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import comment, kept_acts, propose, see, vote
from tests.end_to_end.qr_reader import read_qr
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import Plan, Step, closing_in
from tests.end_to_end.waiting import until

PIXELS = """async (png) => {
    const picture = await createImageBitmap(await (await fetch('data:image/png;base64,' + png)).blob());
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext('2d');
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, picture.width, picture.height);
    return Array.from({ length: picture.height }, (_, y) =>
        Array.from({ length: picture.width }, (_, x) => data[4 * (y * picture.width + x)] < 128));
}"""


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    town = open_town()
    citizen = Citizen(town, "filature")
    for title in ("Une table d’échecs", "Un four à pain", "Un atelier vélo"):
        citizen.propose(title)
    town.wait_for_page("/filature/3/", "Un atelier vélo")
    return town


def act_in_vain(town: Town, phone: Phone) -> Page:
    """Votes, comments and proposes while the server is down; gives the outbox."""
    page = phone.open_kept(f"{town.url}/filature/1/")
    town.serve.kill()
    vote(page, "for")
    see(page, "Sur ce téléphone")
    comment(page, "Avec des bancs autour.")
    page.goto(f"{town.url}/filature/proposer/")
    propose(page, "Une volière")
    until(lambda: len(kept_acts(page)) == 3, "three acts on the phone")
    page.goto(f"{town.url}/mes-envois/")
    until(lambda: page.locator("[data-outbox-waiting] [data-act-id]").count() == 3, "three acts in the list")
    return page


@pytest.fixture
def outbox(town: Town, phone: Phone) -> Page:
    return act_in_vain(town, phone)


@pytest.fixture(autouse=True)
def server_is_back(town: Town) -> object:
    yield
    if not town.serve.is_running:
        town.start_server()


def sheet(page: Page, words: str) -> str:
    """What the outbox says of the act with these words."""
    article = page.locator("article[data-act-id]").filter(has_text=words)
    return re.sub(r"\s+", " ", article.inner_text())


def test_each_waiting_act_says_what_it_is_and_where_it_is(outbox: Page) -> None:
    assert "Pour : Une table d’échecs" in sheet(outbox, "Pour : Une table d’échecs")
    for words in ("Pour : Une table d’échecs", "Avec des bancs autour.", "Une volière"):
        assert "Sur ce téléphone" in sheet(outbox, words)
        assert "Pas encore reçu" in sheet(outbox, words)
    until(lambda: outbox.locator("[data-outbox-count]").first.inner_text().startswith("3"), "their number")


def test_when_the_server_is_back_a_touch_sends_them_and_each_shows_its_number(town: Town, outbox: Page) -> None:
    # A page tries again by itself after a while: not in this test.
    outbox.add_init_script("{ const wait = setTimeout; setTimeout = (work, ms) => (ms > 900 ? 0 : wait(work, ms)); }")
    outbox.reload()
    see(outbox, "Une volière")
    town.start_server()
    outbox.get_by_role("button", name="Essayer d’envoyer").click()
    until(lambda: all(act["state"] == "received" for act in kept_acts(outbox)), "receipts for all")
    for act in kept_acts(outbox):
        see(outbox, f"Reçu, n° {act['no']}", within=f'[data-act-id="{act["id"]}"]')
    outbox.reload()
    see(outbox, "Une volière")
    outbox.locator("[data-outbox-count]").first.wait_for(state="hidden")


def test_an_act_not_yet_sent_can_be_taken_back_and_never_leaves(town: Town, phone: Phone) -> None:
    page = phone.open_kept(f"{town.url}/filature/2/")
    town.serve.kill()
    phone.context.set_offline(True)  # known to be offline, so nothing was even tried
    vote(page, "against")
    see(page, "Sur ce téléphone")
    page.goto(f"{town.url}/mes-envois/")
    page.get_by_role("button", name="Ne pas l’envoyer").click()
    until(lambda: not kept_acts(page), "the act gone from the phone")
    before = len(town.records())
    town.start_server()
    phone.context.set_offline(False)
    page.goto(f"{town.url}/mes-envois/")
    see(page, "Rien")
    assert len(town.records()) == before


def test_the_waiting_acts_can_be_kept_as_a_file_that_the_town_takes_as_it_is(town: Town, outbox: Page) -> None:
    with outbox.expect_download() as download:
        outbox.locator("[data-outbox-export]").click()
    with open(download.value.path(), "rb") as file:  # noqa: PTH123 (a path of Playwright's own kind)
        data = file.read()
    kept = json.loads(data)
    assert sorted(kept["envelopes"]) == sorted(act["jws"] for act in kept_acts(outbox))
    assert download.value.suggested_filename.endswith(".json")
    town.start_server()
    status, answer = town.post("/v1/sync", data)
    assert status == 200
    assert {result["status"] for result in json.loads(answer)["results"]} <= {"accepted", "duplicate"}


def test_a_waiting_act_is_shown_as_a_code_that_holds_its_envelope(outbox: Page) -> None:
    outbox.get_by_role("button", name="Montrer le code").click()
    code = outbox.get_by_role("img", name="Code 1 sur 3")
    code.wait_for()
    outbox.set_viewport_size({"width": 900, "height": 1200})
    png = base64.b64encode(code.screenshot()).decode()
    blank = outbox.context.new_page()
    text = read_qr(blank.evaluate(PIXELS, png))
    address, _, jws = text.partition("#porter=")
    assert address.endswith("/mes-envois/")
    assert jws in [act["jws"] for act in kept_acts(outbox)]


def test_another_phone_carries_what_the_code_holds(town: Town, outbox: Page, open_phone: OpenPhone) -> None:
    (waiting,) = (act for act in kept_acts(outbox) if act["kind"] == "vote")
    town.start_server()
    other = open_phone("carrier").open(f"{town.url}/mes-envois/#porter={waiting['jws']}")
    until(lambda: [row for row in town.records() if row["id"] == waiting["id"]], "the carried vote")
    see(other, "Merci de l’avoir porté")
    outbox.reload()
    see(outbox, "Reçu, n° ")
    assert len([row for row in town.records() if row["id"] == waiting["id"]]) == 1


def test_a_refused_act_says_why_and_leaves_when_the_citizen_has_seen_it(town: Town, phone: Phone) -> None:
    closes = town.declare("express", closing_in(12))
    citizen = Citizen(town, "express")
    citizen.wait_until_known()
    citizen.propose("Une fontaine")
    town.wait_for_page("/express/1/", "Une fontaine")
    page = phone.open_kept(f"{town.url}/express/1/")
    town.serve.kill()
    vote(page, "for")
    see(page, "Sur ce téléphone")
    until(lambda: time.time() > closes + 1, "the closing")
    town.start_server()
    page.goto(f"{town.url}/mes-envois/")
    see(page, "Refusé", "Trop tard : le vote a fermé")
    assert kept_acts(page)[0]["code"] == "closed"
    assert not town.records("express", "vote")
    page.get_by_role("button", name="J’ai compris, effacer").click()
    until(lambda: not kept_acts(page), "the refused act gone")
    see(page, "Rien")


def test_an_act_of_a_step_that_has_not_begun_waits_and_leaves_by_itself_when_it_begins(
    town: Town, phone: Phone
) -> None:
    step = Step("vote", 10, 3600, ("proposal", "vote", "comment"))
    town.declare("bientot", Plan((step,), counts="open", grace_hours=0))
    citizen = Citizen(town, "bientot")
    citizen.wait_until_known()
    envelope, _ = citizen.envelope(
        "proposal", "", {"title": "Trop tôt", "text": "Avant l’ouverture.", "category": "", "name": "", "lang": "fr"}
    )
    page = phone.open(f"{town.url}/mes-envois/#porter={envelope}")
    see(page, "Cette étape n’est pas encore ouverte. Votre envoi attend ici")
    assert not town.records("bientot")
    until(lambda: town.records("bientot"), "the act after the opening", 30)
    see(page, "Merci de l’avoir porté")
