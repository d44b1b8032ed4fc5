"""A budget from the basket to the winners: real elections over HTTP, a basket filled with keys (Chromium)."""

import json
import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import Page

from civic.modules.budget.rules.pabulib import PbFile, parse_pb
from civic.modules.budget.settings import slot_id
from sync_server.drafts import body_of
from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import kept_acts, plain, see, spoken
from tests.end_to_end.test_keyboard_only import tab_to
from tests.end_to_end.test_who_is_voting import make_known
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import DAY, Plan, Step
from tests.end_to_end.waiting import until

BASKET = 'form[data-act="basket"]'
# Casts the basket, and says at once whether the phone still has it as a basket begun; then what is left of it.
CAST = f"""() => {{ document.querySelector('{BASKET}').requestSubmit(); return Object.keys(localStorage).length }}"""
BEGUN = "Object.keys(localStorage).filter((one) => one.startsWith('preau:words:')).length"
EXPRESS = """
[budget]
amount = 120000
[[budget.project]]
id = "1"
title = {fr = "De l’ombre à l’école", en = "Shade at the school"}
cost = 28000
[[budget.project]]
id = "2"
title = {fr = "Une passerelle", en = "A footbridge"}
cost = 99000
[[budget.project]]
id = "10"
title = {fr = "Des bancs", en = "Benches"}
cost = 6000
"""
# Those whose file says who won; of Toulouse's nobody can say, so its winners are only beside pabutools (tests/budget).
REAL = {"assen": "Netherlands_Assen_2024", "grabowka": "Poland_Czestochowa_2024_Grabowka"}
AT_ONCE = 100
OTHERS = "Refusé parce que votre choix fait sur un autre de vos appareils compte déjà."


def budget_of(file: PbFile) -> str:
    """The settings of a real election."""
    meta = file.meta
    rule, completion = file.rule or ("", "")
    kinds = {
        "approval": '{type = "approval"}',
        "cumulative": f'{{type = "points", max_sum = {meta.get("max_sum_points")}, max_each = 10}}',
    }
    lines = ["[budget]", f"amount = {meta['budget']}", f'currency = "{meta["currency"]}"', f'rule = "{rule}"']
    lines += [f'completion = "{completion}"', f"ballot = {kinds[meta['vote_type']]}"]
    for one in file.projects:
        title = json.dumps(one.name[:120], ensure_ascii=False)
        lines += ["[[budget.project]]", f'id = "{one.id}"', f"title = {{fr = {title}, en = {title}}}"]
        lines.append(f"cost = {one.cost}")
    return "\n".join(lines) + "\n"


def plan(settings: str, seconds: int, assurance: str = "") -> Plan:
    assert tomllib.loads(settings)
    step = Step("vote", -DAY, seconds, ("basket",))
    unsigned = () if assurance else ("basket",)
    return Plan((step,), counts="hidden", grace_hours=0, unsigned=unsigned, limits={}, modules=("budget",),
                assurance=assurance, questions=settings)  # fmt: skip


@pytest.fixture(scope="module")
def elections(shared_data: Path) -> dict[str, PbFile]:
    return {slug: parse_pb((shared_data / "pabulib" / f"{name}.pb").read_bytes()) for slug, name in REAL.items()}


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    plans = {"express": plan(EXPRESS, DAY), "connus": plan(EXPRESS, DAY, "email")}
    return open_town(plans, settings={"PREAU_SMTP_URL": "mailbox:"})


def cast(town: Town, slug: str, file: PbFile) -> None:
    """Every ballot of a real election, signed by a key of its own, is received when this returns."""
    envelopes = []
    for ballot in file.ballots:
        pairs = zip(ballot.projects, ballot.weights, strict=True)
        points = file.meta["vote_type"] == "cumulative"
        choice = sorted(f"{one}*{weight}" if points else one for one, weight in pairs if weight)
        body = {"envelope": "budget", "choice": choice}
        envelopes.append(Citizen(town, slug).envelope("basket", slot_id(slug, "budget"), body)[0])
    for start in range(0, len(envelopes), AT_ONCE):
        results = town.send(*envelopes[start : start + AT_ONCE])
        assert {one["status"] for one in results} == {"accepted"}, results


def test_real_ballots_sent_to_the_town_give_the_winners_that_were_announced(
    town: Town, elections: dict[str, PbFile]
) -> None:
    for slug, file in elections.items():
        town.declare(slug, plan(budget_of(file), DAY))
        cast(town, slug, file)
        town.declare(slug, plan(budget_of(file), 1))
    for slug, file in elections.items():
        winners = [one for one in file.projects if one.selected]
        town.wait_for_page(f"/{slug}/pourquoi/", "Retenu", seconds=60)
        page = town.page(f"/{slug}/resultat/")
        assert f"{len(winners)} projet" in page
        results = town.site / slug / "donnees" / "results.json"
        until(lambda: results.is_file() and results.with_name("results.budget.pb").is_file(), "the open data")  # noqa: B023
        data = json.loads(results.read_text("utf-8"))
        assert frozenset(one["id"] for one in data["items"] if one["won"]) == file.winners
        assert data["ballots"] == len(file.ballots)
        again = parse_pb(results.with_name("results.budget.pb").read_bytes())
        assert again.winners == file.winners
        assert len(again.ballots) == len(file.ballots)


def test_a_phone_makes_the_winners_again_from_the_published_ballots(town: Town, open_phone: OpenPhone) -> None:
    page = open_phone("auditor").open(f"{town.url}/recompter/#assen")
    town.wait_for_page("/recompter/", "#assen", seconds=30)
    for slug in REAL:
        page.goto(f"{town.url}/recompter/")
        page.click(f'[data-recount-list] a[href="#{slug}"]')
        see(page, "C’est juste : les bulletins donnent exactement le résultat publié.")
    rows = plain(page.locator("main tbody").inner_text())
    assert "Projet n° 261 Retenu Retenu" in " ".join(rows.split())


def cast_so_far(town: Town, slug: str = "express") -> list[list[str]]:
    return [list(body_of(one["envelope"])["choice"]) for one in town.records(slug)]


def fill_by_keyboard(page: Page) -> None:
    """Shade and the footbridge are too much together; the page says so, and where to go; benches are cast instead."""
    tab_to(page, "#p1")
    page.keyboard.press("Space")
    until(lambda: "92 000 €" in spoken(page).replace("\u202f", " ").replace("\u00a0", " "), "what is left, aloud")
    tab_to(page, "#p2")
    page.keyboard.press("Space")
    tab_to(page, f"{BASKET} button[type=submit]")
    page.keyboard.press("Enter")
    see(page, "Votre panier dépasse la somme.")
    assert kept_acts(page) == []
    page.reload()  # a basket begun is still there
    see(page, "Il n’est pas encore déposé.")
    assert [page.is_checked(f"#p{one}") for one in (1, 2, 10)] == [True, True, False]
    tab_to(page, "#p2")
    page.keyboard.press("Space")
    tab_to(page, "#p10")
    page.keyboard.press("Space")
    tab_to(page, f"{BASKET} button[type=submit]")
    page.keyboard.press("Enter")
    see(page, "Votre panier : De l’ombre à l’école, Des bancs")


def test_a_basket_is_filled_with_the_keyboard_on_a_small_phone_and_changed(town: Town, open_phone: OpenPhone) -> None:
    phone: Phone = open_phone("citizen")
    page = phone.open(f"{town.url}/express/")
    page.set_viewport_size({"width": 360, "height": 640})
    fill_by_keyboard(page)
    until(lambda: len(town.records("express")) == 1, "the basket in the ledger")
    assert cast_so_far(town) == [["1", "10"]]
    page.reload()
    until(lambda: page.is_checked("#p10"), "the basket that was cast")
    page.uncheck("#p10")
    assert page.evaluate(CAST) > 0  # a phone that dies now has lost nothing
    until(lambda: page.evaluate(BEGUN) == 0, "the end of the basket begun")
    until(lambda: cast_so_far(town) == [["1", "10"], ["1"]], "the change in the ledger")
    page.check(f"{BASKET} [value=blank]")
    assert not page.is_checked("#p1")
    page.click(f"{BASKET} button[type=submit]")
    see(page, "Votre panier : Vote blanc")
    until(lambda: cast_so_far(town)[2:] == [[]], "the blank ballot in the ledger")
    page.reload()
    until(lambda: page.is_checked(f"{BASKET} [value=blank]"), "the blank ballot that was cast")
    assert len({one["slot"] for one in kept_acts(page)}) == 1


def test_a_basket_is_cast_without_scripts(town: Town, open_phone: OpenPhone) -> None:
    page = open_phone("plain", java_script_enabled=False).open(f"{town.url}/express/")
    page.check("#p1")
    page.check("#p10")
    page.click(f"{BASKET} button[type=submit]")
    see(page, "1. De l’ombre à l’école, 10. Des bancs")
    before = len(town.records("express"))
    page.click('form[action="/form/confirm"] button')
    see(page, "Reçu, n°")
    until(lambda: len(town.records("express")) == before + 1, "the basket in the ledger")


def choose_on(page: Page, town: Town, *projects: str) -> int:
    """Casts exactly these projects, on a phone that the town knows; how many tries it took until they count."""
    for tries in (1, 2):
        page.goto(f"{town.url}/connus/")
        before = states(page)
        page.locator(f"{BASKET}[data-grant]").wait_for()
        for one in ("1", "10"):
            page.set_checked(f"#p{one}", one in projects)
        page.click(f"{BASKET} button[type=submit]")
        until(lambda: len(states(page)) > len(before) and "waiting" not in states(page), "an answer")  # noqa: B023
        if states(page).count("refused") == before.count("refused"):
            see(page, "Reçu, n°")
            return tries
        see(page, OTHERS)
    raise AssertionError("the second try does not count either")


def test_a_basket_changed_twice_from_two_phones_of_one_person_counts_once_as_it_was_last(
    town: Town, open_phone: OpenPhone
) -> None:
    first, second = (open_phone(name).open(f"{town.url}/connus/") for name in ("first", "second"))
    make_known(town, first, "colette@exemple.fr")
    assert choose_on(first, town, "1") == 1
    assert choose_on(first, town, "1", "10") == 1
    make_known(town, second, "Colette+lettres@exemple.fr")
    assert choose_on(second, town, "10") == 2  # it did not know of what stands, is told so, and goes on from there
    choose_on(first, town, "1")
    choose_on(second, town, "10")
    assert len({(one["voter"], one["slot"]) for one in town.records("connus")}) == 1
    town.declare("connus", plan(EXPRESS, 1, "email"))
    town.wait_for_page("/connus/resultat/", "1 projet", "Des bancs", "1 personne a voté.", seconds=40)
    results = json.loads(until(lambda: published(town, "connus/donnees/results.json"), "the open data"))
    assert (results["ballots"], [one["id"] for one in results["items"] if one["won"]]) == (1, ["10"])


def states(page: Page) -> list[str]:
    return [act["state"] for act in kept_acts(page)]


def published(town: Town, path: str) -> str:
    file = town.site / path
    return file.read_text("utf-8") if file.is_file() else ""
