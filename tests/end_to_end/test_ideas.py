"""An idea with a place and a day, found again under its part of town, co-signed, then put to the vote (Chromium)."""

import pytest

from civic.slots import BEHIND
from sync_server.drafts import body_of
from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import kept_acts, see
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import DAY, Plan, Step
from tests.end_to_end.waiting import until

SETTINGS = """
[ideas]
cosigners = 2
place = true
date = true
[[ideas.tree]]
id = "quartier"
label = {fr = "Quartier", en = "Part of town"}
[[ideas.tree.category]]
id = "centre"
label = {fr = "Centre", en = "Centre"}
[[ideas.tree.category.category]]
id = "halle"
label = {fr = "Autour de la halle", en = "Around the market hall"}
"""
FORM = 'form[data-act="proposal"]'
WRITTEN = {"title": "Un marché le soir", "text": "Le vendredi, sous la halle, de 17 h à 20 h.", "category": "",
           "name": "", "lang": "fr"}  # fmt: skip


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    step = Step("collect", -DAY, DAY, ("proposal", "vote", "cosign"))
    town = open_town({"halle": Plan((step,), grace_hours=0, unsigned=("proposal",), limits={}, questions=SETTINGS,
                                    modules=("ideas",))})  # fmt: skip
    Citizen(town, "halle").act("proposal", WRITTEN)
    town.wait_for_page("/halle/1/", "Un marché le soir")
    return town


def write_without_network(town: Town, phone: Phone) -> None:
    page = phone.open_kept(f"{town.url}/halle/")
    page.goto(f"{town.url}/halle/proposer/")
    page.wait_for_load_state("networkidle")
    phone.context.set_offline(True)
    page.fill(f"{FORM} [name=title]", "Le marché du soir, plus tard")
    page.fill(f"{FORM} textarea", "Jusqu’à 22 h en été, sous la halle.")
    page.select_option(f'{FORM} [name="trees.quartier"]', "halle")
    page.fill(f'{FORM} [name="place.address"]', "Sous la halle")
    page.fill(f"{FORM} [name=date]", "2027-06-04")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.click(f"{FORM} button[type=submit]")
    see(page, "Sur ce téléphone")
    # A second one, of which nothing more is said: what is empty is no member of it.
    page.fill(f"{FORM} [name=title]", "Des bancs")
    page.fill(f"{FORM} textarea", "Partout où il n’y en a pas.")
    page.click(f"{FORM} button[type=submit]")
    until(lambda: len(kept_acts(page)) == 2, "both on the phone")
    phone.context.set_offline(False)


def test_an_idea_says_where_and_when_and_is_found_under_its_part_of_town(town: Town, open_phone: OpenPhone) -> None:
    phone = open_phone("citizen", viewport={"width": 360, "height": 740}, permissions=["background-sync"])
    write_without_network(town, phone)
    until(lambda: len(town.records("halle")) == 3, "both ideas in the ledger", 30)
    bodies = [body_of(one["envelope"]) for one in town.records("halle")]
    assert bodies[1]["place"] == {"address": "Sous la halle", "area": "", "lat": "", "lon": ""}
    assert (bodies[1]["trees"], bodies[1]["date"]) == ({"quartier": "halle"}, "2027-06-04")
    assert bodies[2].keys() == WRITTEN.keys()
    town.wait_for_page("/halle/2/", "Le marché du soir, plus tard")
    town.wait_for_page("/halle/par/quartier/centre/", "Le marché du soir, plus tard")
    page = phone.open(f"{town.url}/halle/par/quartier/centre/")
    page.click("text=Le marché du soir, plus tard")
    see(page, "Sous la halle, pour le 4 juin 2027", "Autour de la halle")
    page.wait_for_load_state("networkidle")
    page.click("text=Idées proches")
    page.click("text=Un marché le soir")
    see(page, "Idée n° 1")


def test_an_idea_is_put_to_the_vote_once_enough_people_stand_behind_it(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/halle/1/")
    see(page, "Cherche des cosignataires : 0 sur 2", "Il lui manque 2 cosignataires avant le vote.")
    page.click("form[data-act=cosign] button[type=submit]")
    see(page, "Vous portez cette idée.", "C’est noté, n°")
    town.wait_for_page("/halle/1/", "Cherche des cosignataires : 1 sur 2")
    page.click("form[data-act=cosign] [data-withdraw]")
    town.wait_for_page("/halle/1/", "Cherche des cosignataires : 0 sur 2")
    page.click("form[data-act=cosign] button[type=submit]")
    idea = str(town.records("halle")[0]["slot"]).partition(":")[2]
    Citizen(town, "halle").act("cosign", {"choice": BEHIND}, about=idea)
    town.wait_for_page("/halle/1/", "Portée par son auteur et 2 autres personnes")
    page.reload()
    page.check("form[data-act=vote] [value=for]")
    page.click("form[data-act=vote] button[type=submit]")
    see(page, "Vous avez voté pour", "Reçu")


def test_without_scripts_the_form_asks_the_same(town: Town, open_phone: OpenPhone) -> None:
    page = open_phone("plain", java_script_enabled=False).open(f"{town.url}/halle/proposer/")
    page.fill(f"{FORM} [name=title]", "Une halle chauffée")
    page.fill(f"{FORM} textarea", "Un poêle à bois au milieu, l’hiver.")
    page.select_option(f'{FORM} [name="trees.quartier"]', "halle")
    page.fill(f'{FORM} [name="place.address"]', "Sous la halle")
    page.fill(f"{FORM} [name=date]", "2027-01-15")
    page.click(f"{FORM} button[type=submit]")
    see(page, "Quartier", "Autour de la halle", "Sous la halle", "Quel jour ?")
    page.click('form[action="/form/confirm"] button')
    see(page, "Reçu, n°")
