"""The town answers an idea in the office; the idea's page and the list of that status say so."""

import pytest
from playwright.sync_api import expect

from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.clerks import check, clerk_at
from tests.end_to_end.conftest import OpenTown
from tests.end_to_end.page_checks import check_accessibility, sideways
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import STANDARD

SLUG = "filature"


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
    page.get_by_label("Numéro de l’idée où elle continue").fill("2")
    page.get_by_role("button", name="Publier la réponse").click()
    town.wait_for_page(f"/{SLUG}/2/", "Réunie à celle-ci")

    citizens = phone.open(f"{town.url}/{SLUG}/")
    citizens.get_by_role("navigation", name="Réponse de la mairie").get_by_role("link", name="Retenue").click()
    expect(citizens.locator(".rows li")).to_have_count(1)
    citizens.get_by_role("link", name="Un préau au marché").click()
    answer = citizens.get_by_role("region", name="Réponse de la mairie")
    expect(answer).to_contain_text("Retenue")
    expect(answer).to_contain_text("Coût : 9 400 €")
    assert not check_accessibility(citizens).wrong
    assert sideways(citizens) == 0
    citizens.get_by_role("link", name="Idée n° 1", exact=True).first.click()
    expect(citizens.get_by_role("main")).to_contain_text("Cette idée ne prend plus de voix")
    expect(citizens.get_by_role("button", name="Voter")).to_have_count(0)
    assert not phone.complaints
