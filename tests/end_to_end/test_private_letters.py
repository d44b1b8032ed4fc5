"""A private letter in a real browser: written without network, answered in the office, read back on the same phone."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.end_to_end.chromium import Phone
from tests.end_to_end.clerks import accept, invitation
from tests.end_to_end.conftest import OpenPhone
from tests.end_to_end.page_checks import check_accessibility, sideways
from tests.end_to_end.town import PREAU, Town
from tests.end_to_end.town_folder import DAY, STANDARD, Plan, Step
from tests.end_to_end.waiting import until

SLUG = "ecrire"
SUBJECT, SECRET, ANSWER = "Le voisin", "Mon voisin me fait peur le soir.", "Nous passons vous voir jeudi matin."


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town whose letter box was declared with the lines that the program prints."""
    town = Town(tmp_path_factory.mktemp("var"), {"filature": STANDARD["filature"]})
    town.serve.environment["PREAU_SYNC_URL"] = f"http://localhost:{town.port}"
    command = [str(PREAU), "keys", "messages", "--var", str(town.var)]
    try:
        town.start()
        said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
        steps = (Step("collect", -DAY, 3650 * DAY, ("missive",)),)
        town.declare(SLUG, Plan(steps, limits={}, modules=("messages",), questions=said.stdout, publish_rows=False))
        yield town
    finally:
        town.stop()


def check(page: Page) -> None:
    verdict = check_accessibility(page)
    assert not verdict.wrong, page.url
    assert sideways(page) == 0, page.url


def write_without_network(phone: Phone, town: Town) -> Page:
    """The page on which somebody has just written, still without network."""
    page = phone.open_kept(f"{town.url}/{SLUG}/")
    asset = page.locator("[data-letters]").get_attribute("data-letters")
    until(lambda: page.evaluate("(asset) => caches.match(asset).then(Boolean)", asset), "what seals to be kept")
    check(page)
    phone.context.set_offline(True)
    page.get_by_label("Sujet, en quelques mots").fill(SUBJECT)
    page.get_by_role("button", name="Envoyer à la mairie").click()
    expect(page.get_by_role("link", name="Écrivez votre message, en 10 signes au moins.")).to_be_visible()
    page.get_by_label("Votre message", exact=True).fill(SECRET)
    page.get_by_role("button", name="Envoyer à la mairie").click()
    expect(page.locator("[data-form-status]")).to_contain_text("Votre message est gardé, fermé à clé.")
    expect(page.locator("[data-thread]")).to_contain_text(SECRET)
    return page


def answer_in_the_office(town: Town, page: Page) -> None:
    accept(page, invitation(town, "lea@essai.example", f"http://localhost:{town.port}"))
    page.get_by_label("Le code que l’application montre").fill(pyotp.TOTP(page.locator(".key").inner_text()).now())
    page.get_by_role("button", name="Ajouter cette preuve").click()
    page.get_by_role("link", name="C’est noté").click()
    page.get_by_role("link", name="Messages", exact=True).click()
    check(page)
    page.get_by_role("link", name=SUBJECT).click()
    expect(page.get_by_role("main")).to_contain_text(SECRET)
    check(page)
    page.get_by_label("Votre réponse").fill(ANSWER)
    page.get_by_role("button", name="Envoyer la réponse").click()
    expect(page.get_by_role("main")).to_contain_text("Répondu")
    expect(page.get_by_role("main")).to_contain_text(ANSWER)


def test_a_letter_is_answered_to_the_phone_that_wrote_it_and_nobody_else_sees_any_of_it(
    town: Town, open_phone: OpenPhone
) -> None:
    citizen, clerk, stranger = open_phone("citizen"), open_phone("clerk"), open_phone("stranger")
    page = write_without_network(citizen, town)
    assert town.records(SLUG) == []
    citizen.context.set_offline(False)
    expect(page.locator("[data-form-status]")).to_contain_text("Votre message est reçu, n°")
    (record,) = town.records(SLUG)
    answer_in_the_office(town, clerk.open("about:blank"))

    page.reload()
    expect(page.locator("[data-news]")).to_be_visible()
    talk = page.locator("[data-thread]")
    expect(talk).to_contain_text(ANSWER)
    expect(talk).to_contain_text("La mairie, Léa Martin")
    expect(talk).to_contain_text("La mairie a répondu")
    check(page)
    page.get_by_role("button", name="Écrire encore à ce sujet").click()
    expect(page.get_by_label("Sujet, en quelques mots")).to_be_hidden()
    page.get_by_label("Votre message", exact=True).fill("Merci. Plutôt le matin, s’il vous plaît.")
    page.get_by_role("button", name="Envoyer à la mairie").click()
    expect(talk).to_contain_text("Plutôt le matin")
    until(lambda: len(town.records(SLUG)) == 2, "the second letter")
    citizen.context.set_offline(True)
    page.reload()
    expect(talk).to_have_count(1)
    expect(talk).to_contain_text(ANSWER)
    page.goto(f"{town.url}/mes-envois/")
    expect(page.get_by_role("article").filter(has_text="Message à la mairie").first).to_contain_text(SUBJECT)

    other = stranger.open(f"{town.url}/{SLUG}/")
    expect(other.get_by_role("button", name="Envoyer à la mairie")).to_be_visible()
    expect(other.locator("[data-talks]")).to_be_hidden()
    assert [one for one in citizen.complaints if "Failed to load resource" not in one] == []
    assert stranger.complaints == []
    nothing_is_published(town, record["envelope"])


def nothing_is_published(town: Town, envelope: str) -> None:
    """Neither what was said nor its sealed text is in a file of the site, a snapshot, or an answer of the server."""
    until(
        lambda: (
            b'"a":"ecrire"' in b"".join(one.read_bytes() for one in (town.site / "log").rglob("*") if one.is_file())
        ),
        "its line in the log",
    )
    sealed = envelope.split(".")[1]
    never = [SECRET.encode(), SUBJECT.encode() + b'"', ANSWER.encode(), envelope.encode(), sealed[400:480].encode()]
    names = json.loads(town.get("/v1/snapshots/essai")[1])["snapshots"]
    assert SLUG in names
    served = {f"/v1/snapshots/essai/{name}": town.get(f"/v1/snapshots/essai/{name}")[1] for name in names}
    files = [one for folder in (town.site, town.var / "snapshots") for one in folder.rglob("*") if one.is_file()]
    assert len(files) > 50
    found = served | {str(one): one.read_bytes() for one in files}
    assert [(name, words) for name, data in found.items() for words in never if words in data] == []
    assert json.loads(served[f"/v1/snapshots/essai/{SLUG}"])["rows"] == {}
    kept = {one for one in town.var.rglob("*") if one.is_file()} - set(files)  # the ledger, what the programs said…
    assert {town.var / "preau.sqlite", town.var / "serve.log", town.var / "work.log"} <= kept
    assert [one for one in kept if any(words in one.read_bytes() for words in never[:3])] == []
