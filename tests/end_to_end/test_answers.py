"""The town answers an idea in the office; the idea's page and the list of that status say so."""

from typing import Any

import pytest
from playwright.sync_api import expect

from civic.canonical import b64u_decode, parse_json
from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.clerks import check, clerk_at
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.page_checks import check_accessibility, sideways
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import STANDARD
from tests.end_to_end.waiting import until

SLUG = "filature"


def body_of(record: dict[str, Any]) -> dict[str, Any]:
    return dict(parse_json(b64u_decode(record["envelope"].split(".")[1]))["body"])


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    return open_town({SLUG: STANDARD[SLUG]})


def test_a_clerk_answers_and_merges_and_the_pages_say_so(town: Town, phone: Phone) -> None:
    citizen = Citizen(town, SLUG)
    for title in ("Des bancs à l’ombre", "Un préau au marché"):
        citizen.propose(title)
    page = clerk_at(town, phone, "claire@essai.example", "Claire Morel")
    page.get_by_role("link", name="Réponses", exact=True).click()
    check(page)
    page.get_by_role("link", name="Un préau au marché").click()
    page.get_by_text("Partir d’une phrase prête").click()
    check(page)
    page.get_by_role("link", name="Votre idée est retenue. Voici").click()
    expect(page.get_by_label("Retenue")).to_be_checked()
    page.get_by_label("Mots de la réponse (Français)").fill("Le préau sera posé au printemps.\nIl abritera vingt étals")
    page.get_by_label("Qui répond").fill("Claire Morel, adjointe à la culture")
    page.get_by_text("Coût et avancement").click()
    page.get_by_label("Coût").fill("9 400 €")
    page.get_by_label("Date de la prochaine étape").fill("2027-03-01")
    page.get_by_role("button", name="Publier la réponse").click()
    expect(page.get_by_role("status")).to_contain_text("Votre réponse est gardée")
    check(page)
    town.wait_for_page(f"/{SLUG}/2/", "Le préau sera posé au printemps.", "adjointe à la culture", "1er\u00a0mars 2027")
    page.goto(f"{town.sync_url}/office/space/essai/answers")
    page.get_by_role("link", name="Des bancs à l’ombre").click()
    page.get_by_role("radio", name="Réunie").check()
    page.get_by_label("Numéro de celle où elle continue").fill("2")
    page.get_by_role("button", name="Publier la réponse").click()
    town.wait_for_page(f"/{SLUG}/2/", "Réunie à celle-ci")
    read_and_vote(town, phone)
    assert not phone.complaints


def read_and_vote(town: Town, phone: Phone) -> None:
    citizens = phone.open(f"{town.url}/{SLUG}/")
    citizens.get_by_text("Trier et filtrer").click()
    citizens.get_by_role("navigation", name="Réponse de la mairie").get_by_role("link", name="Retenue").click()
    expect(citizens.locator(".rows li")).to_have_count(1)
    citizens.get_by_role("link", name="Un préau au marché").click()
    answer = citizens.get_by_role("region", name="Réponse de la mairie")
    expect(answer).to_contain_text("Retenue")
    expect(answer).to_contain_text("Coût : 9 400 €")
    assert not check_accessibility(citizens).wrong
    assert sideways(citizens) == 0
    citizens.get_by_role("radio", name="Pour").check()
    citizens.get_by_role("button", name="Voter").click()
    (vote,) = until(lambda: town.records(SLUG, "vote"), "the vote")
    assert body_of(vote)["seen"] == town.records(SLUG, "proposal")[1]["id"]  # what was read is part of what was signed
    citizens.get_by_role("link", name="Idée n° 1", exact=True).first.click()
    expect(citizens.get_by_role("main")).to_contain_text("Cette idée ne prend plus de voix")
    expect(citizens.get_by_role("button", name="Voter")).to_be_hidden()
    citizens.get_by_text("Vous avez déjà voté ici").click()
    expect(citizens.get_by_role("button", name="Voter")).to_be_visible()
    check(citizens)


def test_an_idea_that_is_being_written_outlives_a_closed_page_until_it_is_sent(
    town: Town, open_phone: OpenPhone
) -> None:
    phone, address, words = open_phone("writer"), f"{town.url}/{SLUG}/proposer/", "Une halte à l’ombre, près du canal."
    page, known = phone.open(address), len(town.records(SLUG, "proposal"))
    page.get_by_label("Votre idée", exact=True).fill(words)
    expect(page.get_by_text("Brouillon gardé sur ce téléphone.")).to_be_visible()
    check(page)
    page.goto(f"{town.url}/{SLUG}/")
    page.goto(address)
    expect(page.get_by_label("Votre idée", exact=True)).to_have_value(words)
    page.get_by_role("button", name="Vider").click()
    expect(page.get_by_label("Votre idée", exact=True)).to_have_value("")
    page.reload()
    expect(page.get_by_text("Brouillon gardé sur ce téléphone.")).to_be_hidden()
    page.get_by_label("Votre idée", exact=True).fill(words)
    page.get_by_label("Titre").fill("Une halte")
    page.get_by_label("Thème").select_option("culture")
    page.get_by_role("button", name="Envoyer mon idée").click()
    until(lambda: len(town.records(SLUG, "proposal")) == known + 1, "the idea")
    page.goto(address)
    expect(page.get_by_label("Votre idée", exact=True)).to_have_value("")
    assert not phone.complaints
