"""A vote can be changed and withdrawn until closing; only the last one counts (Chromium)."""

import json

import pytest
from playwright.sync_api import Route

from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import kept_acts, see, vote
from tests.end_to_end.town import Town
from tests.end_to_end.waiting import until


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    town = open_town()
    citizen = Citizen(town, "filature")
    for title in ("Une table d’échecs", "Un four à pain", "Un atelier vélo", "Un jardin"):
        citizen.propose(title)
    town.wait_for_page("/filature/4/", "Un jardin")
    return town


def figures(town: Town, number: int) -> dict[str, int]:
    """The published counts of a proposal."""
    rows = json.loads(town.page("/filature/donnees/proposals.json") or '{"proposals": []}')["proposals"]
    (row,) = (row for row in rows if row["number"] == number) if rows else ({},)
    return {name: row.get(name, -1) for name in ("for", "against", "blank")}


def test_the_second_vote_replaces_the_first_in_the_published_counts(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/filature/1/")
    vote(page, "for")
    see(page, "Reçu, n° ")
    until(lambda: figures(town, 1) == {"for": 1, "against": 0, "blank": 0}, "one vote for")
    page.goto(f"{town.url}/filature/1/")
    see(page, "Enregistrer ce choix", "Vous avez voté pour")
    assert page.is_checked('form[data-act="vote"] input[value="for"]')
    vote(page, "against")
    see(page, "Vous avez voté contre")
    until(lambda: figures(town, 1) == {"for": 0, "against": 1, "blank": 0}, "one vote against")
    page.goto(f"{town.url}/filature/1/")
    see(page, "Pour 0", "Contre 1")
    first, second = (row for row in town.records(kind="vote"))
    assert first["slot"] == second["slot"]
    assert first["voter"] == second["voter"]


def test_who_chooses_before_the_earlier_vote_is_shown_keeps_the_new_choice(town: Town, open_phone: OpenPhone) -> None:
    page = open_phone(service_workers="block").open(f"{town.url}/filature/1/")
    with page.expect_request(lambda request: _shows_earlier_votes(town, request.url)) as asked:
        vote(page, "for")
    see(page, "Enregistrer ce choix")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(asked.value.url, hold)
    page.reload()
    page.check('form[data-act="vote"] input[value="against"]')
    until(lambda: (page.title(), held)[1], "the script that shows earlier votes")
    held[0].continue_()
    see(page, "Enregistrer ce choix")
    assert page.is_checked('form[data-act="vote"] input[value="against"]')


def _shows_earlier_votes(town: Town, url: str) -> bool:
    return "/a/" in url and "voted.when" in (town.page(url.removeprefix(town.url)) or "")


def test_a_withdrawn_vote_counts_no_more(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/filature/2/")
    vote(page, "for")
    see(page, "Reçu, n° ")
    until(lambda: figures(town, 2).get("for") == 1, "one vote for")
    page.goto(f"{town.url}/filature/2/")
    page.locator("[data-withdraw]").click()
    see(page, "Vous avez retiré votre vote")
    until(lambda: figures(town, 2) == {"for": 0, "against": 0, "blank": 0}, "no vote")
    assert not page.is_checked('form[data-act="vote"] input[value="for"]')


def test_a_vote_withdrawn_can_be_cast_again(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/filature/3/")
    vote(page, "for")
    see(page, "Reçu, n° ")
    page.reload()
    page.locator("[data-withdraw]").click()
    until(lambda: [act["state"] for act in kept_acts(page)] == ["received"] * 2, "the withdrawal received")
    page.reload()
    vote(page, "blank")
    until(lambda: figures(town, 3) == {"for": 0, "against": 0, "blank": 1}, "one blank vote")
    assert [act["rev"] for act in kept_acts(page)] == [1, 2, 3]


def test_changed_before_it_left_only_the_last_choice_leaves(town: Town, phone: Phone) -> None:
    page = phone.open_kept(f"{town.url}/filature/4/")
    before = len(town.records())
    phone.context.set_offline(True)
    vote(page, "for")
    see(page, "Vous avez voté pour")
    vote(page, "blank")
    see(page, "Vous avez voté blanc")
    until(lambda: len(kept_acts(page)) == 1, "one act on the phone")
    phone.context.set_offline(False)
    until(lambda: kept_acts(page)[0]["state"] == "received", "the receipt")
    assert len(town.records()) == before + 1


def test_who_voted_under_other_rules_is_told_when_they_change(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/filature/1/")
    vote(page, "for")
    see(page, "Reçu, n° ")
    rules = town.var / "content" / "essai" / "consultations" / "filature" / "consultation.toml"
    text = rules.read_text("utf-8").replace("revision = 1", "revision = 2").replace("proposal = 5", "proposal = 6")
    words = '{fr = "La salle était fermée.", en = "The hall was closed."}'
    rules.write_text(f"{text}[[notice]]\nrevision = 2\nat = 2026-05-03T09:00:00Z\ntext = {words}\n", "utf-8")
    town.wait_for_page("/filature/1/", "La salle était fermée.")
    page.goto(f"{town.url}/filature/1/")
    see(page, "Les règles de cette consultation ont changé le 3 mai 2026", "le nombre d’envois par personne")
    see(page, "Les règles ont changé depuis votre vote")
    vote(page, "against")
    page.get_by_text("Les règles ont changé depuis votre vote").wait_for(state="detached")
