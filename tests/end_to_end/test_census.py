"""A town with a list: letters are printed, a code is typed on a phone of 360 px, its owner votes; it serves once."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page

from sync_server.cli import main
from tests.civic.asked import QUESTIONS_TOML
from tests.end_to_end.chromium import Phone
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import see
from tests.end_to_end.test_question import answer
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import DAY, Plan, Step
from tests.end_to_end.waiting import until
from tests.sync_server.lists import ANA, HEADER, ZOE
from tests.sync_server.paper import codes_of

YOUNG = "2;Petit;Léo;2019-05-01;9 rue du Lavoir;61000;Valbrume;Le Bourg"
KNOWN = "La mairie vous connaît par sa liste d’habitants."


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    """One vote of the residents, from sixteen years on."""
    step = Step("vote", -DAY, 10 * DAY, ("ballot",))
    asked = f"{QUESTIONS_TOML}\n[actions.ballot]\nmin_age = 16\n"
    plan = Plan((step,), assurance="census", limits={}, modules=("question",), questions=asked)
    return open_town({"express": plan}, settings={"PREAU_ENROLMENTS_PER_HOUR": "0"})


@pytest.fixture(scope="module")
def links(town: Town, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the squares of the letters say: Ana's, Léo's and Zoé's."""
    folder = tmp_path_factory.mktemp("list")
    file, letters = folder / "liste.csv", folder / "letters.pdf"
    file.write_bytes("\r\n".join([HEADER, ANA, YOUNG, ZOE, ""]).encode("cp1252"))
    said = census(town, "import", file, "--yes")
    assert "3 new, who need a letter" in said
    assert "codes for 3 people" in census(town, "letters", file, "--to", letters)
    town.wait_for_page("/moi/", "Par le code de la lettre")
    found = [link for page in codes_of(letters) for link in page]
    assert all(link.startswith(f"{town.url}/moi/#l=") for link in found)
    ana, zoe, young = found  # in the order of the addresses
    return [ana, young, zoe]


def census(town: Town, command: str, *arguments: str | Path) -> str:
    done = CliRunner().invoke(main, ["census", command, *map(str, arguments), "--var", str(town.var)])
    assert done.exit_code == 0, done.output
    return done.output


def type_code(town: Town, phone: Phone, code: str) -> Page:
    page = phone.open(f"{town.url}/moi/")
    page.get_by_label("Les onze signes de la lettre").fill(code)
    page.get_by_role("button", name="Envoyer ce code").last.click()
    return page


def test_a_letters_square_leads_to_a_vote_and_its_code_serves_once(
    town: Town, links: list[str], phone: Phone, open_phone: OpenPhone
) -> None:
    link, code = links[0], links[0].partition("#l=")[2]
    page = phone.open(link)
    field = page.get_by_label("Les onze signes de la lettre")
    until(lambda: field.input_value() == f"{code[:4]} {code[4:8]} {code[8:]}", "the code of the square")
    assert page.url == f"{town.url}/moi/"  # nobody copies the code with the address
    page.get_by_role("button", name="Suis-je sur la liste ?").click()
    see(page, "vous êtes sur la liste")
    page.get_by_role("button", name="Envoyer ce code").last.click()
    see(page, KNOWN, "Oui, vous pouvez participer")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto(f"{town.url}/express/1/")
    see(page, "Il faut avoir 16 ans")
    page.locator("form[data-act=ballot][data-grant]").first.wait_for()
    answer(page, 1, "for")
    see(page, "Reçu, n° 1")
    other = type_code(town, open_phone("thief"), f"{code[:5].lower()} {code[5:].lower()}")
    see(other, "Ce code a déjà servi", "Demandez-en un autre à l’accueil")
    assert not phone.complaints


def test_who_is_too_young_is_told_and_no_vote_is_kept(town: Town, links: list[str], phone: Phone) -> None:
    before = len(town.records("express"))
    page = type_code(town, phone, links[1].partition("#l=")[2])
    see(page, KNOWN)
    page.goto(f"{town.url}/express/1/")
    page.locator("form[data-act=ballot][data-grant]").first.wait_for()
    answer(page, 1, "for")
    see(page, "Refusé parce que vous n’aviez pas l’âge demandé")
    assert len(town.records("express")) == before
