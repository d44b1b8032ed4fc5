"""A secret vote with real browsers: prepared, cast without network, sent when asked to, changed, found in the log."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request
from selenium.webdriver.common.by import By

from tests.civic.asked import QUESTIONS_TOML
from tests.end_to_end.chromium import Phone
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import kept_acts, see
from tests.end_to_end.other_engines import firefox
from tests.end_to_end.test_other_engines import READY, kept, words
from tests.end_to_end.test_who_is_voting import letter_to, make_known
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import DAY, Plan, Step
from tests.end_to_end.waiting import until

SECRET = 'form[data-mode="secret"]'
PREPARE = "Préparer mon bulletin"
ASKED = QUESTIONS_TOML.replace('id = "soir"', 'id = "soir"\nsecret = true')


def asking(seconds: int) -> Plan:
    """Three questions for `seconds` more, the second one answered in secret; results follow at once."""
    step = Step("vote", -DAY, seconds, ("ballot", "comment"))
    return Plan((step,), counts="hidden", grace_hours=0, assurance="email", limits={},
                modules=("question", "comments"), questions=ASKED)  # fmt: skip


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    """The box is another name of its server."""
    return open_town({"express": asking(10 * DAY)}, settings={"PREAU_SMTP_URL": "mailbox:"}, box_host="localhost")


def prepare(town: Town, page: Page) -> None:
    page.goto(f"{town.url}/express/2/")
    page.get_by_role("button", name=PREPARE).click()


def answer(page: Page, choice: str) -> None:
    page.check(f"{SECRET} input[value={choice}]")
    page.click(f"{SECRET} button[type=submit]")


def asked(phone: Phone) -> list[Request]:
    """What this phone asks of the server from now on, whichever of its two names it uses."""
    requests: list[Request] = []
    phone.context.on("request", lambda one: requests.append(one) if "/v1/" in one.url else None)
    return requests


def check_box(town: Town, request: Request) -> None:
    """What came to the box says what was chosen, and nothing of who chose."""
    assert request.url == f"{town.box_url}/v1/ballots"
    headers = request.all_headers()
    assert not {"cookie", "referer", "authorization"} & set(headers)
    body = (request.post_data or "").encode()
    assert len(body) % 2048 == 0
    assert json.loads(body).keys() == {"v", "space", "ballots", "pad"}


def test_firefox_prepares_a_ballot_and_casts_it(town: Town, tmp_path: Path) -> None:
    before = len(town.records("express"))
    with firefox(tmp_path / "firefox") as driver:
        driver.get(f"{town.url}/moi/")
        assert driver.execute_async_script(READY)
        driver.find_element(By.NAME, "to").send_keys("firefox@exemple.fr")
        driver.find_element(By.CSS_SELECTOR, "form[data-enrol=email] button").click()
        code = letter_to(town, "firefox@exemple.fr").code
        driver.find_element(By.ID, "proof").send_keys(code)
        driver.find_element(By.CSS_SELECTOR, "[data-when=to-email] button[type=submit]").click()
        until(lambda: "La mairie vous connaît par votre courriel." in words(driver), "the phone to be known")
        driver.get(f"{town.url}/express/2/")
        until(lambda: PREPARE in words(driver), "the button")
        driver.find_element(By.CSS_SELECTOR, "[data-prepare]").click()
        until(lambda: "Bulletin prêt" in words(driver), "the ballot")
        driver.find_element(By.CSS_SELECTOR, f"{SECRET} input[value=mardi]").click()
        driver.find_element(By.CSS_SELECTOR, f"{SECRET} button[type=submit]").click()
        until(lambda: "à une heure tirée au sort" in words(driver), "the words for its hour")
        driver.get(f"{town.url}/mes-envois/")
        until(lambda: "Envoyer maintenant" in words(driver), "the button")
        driver.find_element(By.CSS_SELECTOR, "[data-act-id] .btn").click()
        until(lambda: [act["state"] for act in kept(driver)] == ["received"], "the receipt")
    assert len(town.records("express")) == before + 1


def test_a_secret_vote_is_prepared_cast_without_network_sent_and_changed(town: Town, open_phone: OpenPhone) -> None:
    phone = open_phone("citizen")
    requests = asked(phone)
    page = phone.open_kept(f"{town.url}/express/2/")
    see(page, "Ce que la mairie voit", "par votre courriel au moins")
    make_known(town, page, "anne@exemple.fr")
    prepare(town, page)
    see(page, "Bulletin prêt")
    phone.context.set_offline(True)
    page.reload()
    see(page, "Bulletin prêt")
    answer(page, "jeudi")
    see(page, "Votre réponse : Le jeudi, après l’école", "à une heure tirée au sort")
    phone.context.set_offline(False)
    page.goto(f"{town.url}/mes-envois/")
    see(page, "Il partira vers")
    before = len(town.records("express"))
    page.get_by_role("button", name="Envoyer maintenant").click()
    see(page, "Reçu, n° ")
    page.goto(f"{town.url}/express/2/")
    until(lambda: page.locator(f"{SECRET} input[value=jeudi]").is_checked(), "the answer given before")
    answer(page, "samedi")
    page.locator("[data-form-status]").get_by_role("button", name="Envoyer maintenant").click()
    see(page, "Votre réponse : Le samedi", "Reçu, n° ")
    check_what_was_sent(town, requests)
    first, second = town.records("express")[before:]
    assert (first["voter"], first["slot"]) == (second["voter"], second["slot"])
    check_another_phone(town, open_phone("second"))
    page.goto(f"{town.url}/moi/")
    see(page, "vous avez préparé un bulletin pour : Consultation express", "Vos envois (0)")
    town.declare("express", asking(1))  # the town closes it
    town.wait_for_page("/express/resultat/", "Le samedi", seconds=40)
    tiles = town.site / "log" / "tile" / "entries"
    until(lambda: any(b'"k":"ballot"' in one.read_bytes() for one in tiles.rglob("*") if one.is_file()), "the log", 40)
    page.goto(f"{town.url}/mes-envois/")
    see(page, "Dans le registre public", "Compté", "Votre vote secret est dans le résultat", "Le samedi : Quel soir ?")
    page.get_by_role("button", name="Vérifier").click()
    see(page, "C’est vérifié.")


def check_what_was_sent(town: Town, requests: list[Request]) -> None:
    """One right was asked for, as somebody; two ballots came from nobody, each by itself."""
    tokens = [one for one in requests if one.url.endswith("/v1/tokens")]
    boxed = [one for one in requests if urlsplit(one.url).hostname == "localhost" and one.method == "POST"]
    assert [one.url for one in tokens] == [f"{town.sync_url}/v1/tokens"]
    assert len(boxed) == 2
    for request in boxed:
        check_box(town, request)
    said = "".join(one.post_data or "" for one in boxed)
    identity = json.loads(tokens[0].post_data or "{}")["jws"].split(".")
    assert not any(part in said for part in identity)
    # Nothing of the right is asked for, or told, when it is used.
    assert requests.index(tokens[0]) < requests.index(boxed[0])
    others = [one for one in requests[requests.index(tokens[0]) + 1 :] if one not in boxed]
    assert not [one.url for one in others if "/v1/tokens" in one.url or "/v1/receipts" in one.url]


def check_another_phone(town: Town, phone: Phone) -> None:
    """The same person has no second ballot."""
    page = phone.open(f"{town.url}/express/2/")
    make_known(town, page, "Anne+encore@exemple.fr")
    prepare(town, page)
    see(page, "Votre bulletin a déjà été préparé sur un autre téléphone")
    assert not page.locator(SECRET).is_visible()
    assert not kept_acts(page)
