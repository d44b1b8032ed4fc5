"""Results by group of people as a citizen reads them, and what a citizen says of themselves for it."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from site_builder.failure import BuildFailure
from site_builder.settings import build_site
from site_builder.site import Folders, Site
from tests.end_to_end.page_checks import check_accessibility, check_html, sideways, wide_elements
from tests.theme.conftest import THEME
from tests.theme.desk import Desk
from tests.theme.little_town import identity, write_town
from tests.theme.question_town import PROFILE, SLUG, build_asking
from tests.theme.test_person_page import make_known, wait_until_told

DRAWN = {
    "id": "x:gender", "item": identity("idea", 1), "number": 1, "group": "gender", "values": ["f", "m", "x", ""],
    "rows": [
        {"choice": "against", "cells": [9, 8, None, None], "total": 27},
        {"choice": "blank", "cells": [None, None, None, None], "total": 3},
        {"choice": "for", "cells": [12, 11, None, None], "total": 40},
    ],
    "totals": [None, None, None, None],
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_asking(tmp_path_factory.mktemp("groups"), THEME, "results", profile=PROFILE)


def words(page: Path) -> str:
    text = re.sub(r"<[^>]+>", " ", page.read_text("utf-8"))
    return re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\u00a0", " "))


def test_the_result_is_told_by_group_with_the_rule_in_words(site: Path) -> None:
    page = site / SLUG / "resultat" / "index.html"
    assert check_html([page, site / "moi" / "index.html"]) == []
    text = words(page)
    assert "Un nombre de moins de 5 personnes n’est jamais publié." in text
    assert "Groupe Pour Contre Total" in text
    assert "40 à 54 ans 9 7 16" in text
    assert "Moins de 18 ans caché caché caché" in text
    assert "Tout le monde 27 21 48" in text
    assert text.count("Pas de tableau ici") == 1  # the third question has none
    english = words(site / "en" / SLUG / "resultat" / "index.html")
    assert "Thursday, after school" in english
    assert "25 to 39 20 20 40" in english


def test_the_files_have_every_number_and_leave_out_what_is_hidden(site: Path) -> None:
    folder = site / SLUG / "donnees"
    found = json.loads((folder / "groups.json").read_text("utf-8"))
    assert (found["least"], found["known"], len(found["tables"])) == (5, "given", 2)
    rows = list(csv.DictReader(io.StringIO((folder / "groups.csv").read_text("utf-8-sig"))))
    assert len(rows) == 2 * 3 * 8
    people = {(one["number"], one["value"], one["choice"]): one["people"] for one in rows}
    assert (people["1", "40-54", "for"], people["1", "40-54", ""], people["1", "0-17", "for"]) == ("9", "16", "")
    assert "groups CSV" in " ".join(words(site / "donnees" / "index.html").split())


def test_before_the_results_no_figure_by_group_is_built(tmp_path: Path) -> None:
    folder = tmp_path / "vote"
    folder.mkdir()
    built = build_asking(folder, THEME, "vote", profile=PROFILE)
    assert not list(built.rglob("groups.*"))
    file = folder / "snapshots" / f"{SLUG}.json"
    snapshot = json.loads(file.read_text("utf-8"))
    snapshot["groups"] = {"1": {"id": "x:age", "item": "x"}}
    file.write_text(json.dumps(snapshot), "utf-8")
    with pytest.raises(BuildFailure, match="by group"):
        rebuild(folder)


def rebuild(folder: Path) -> None:
    build_site(Site(Folders(folder / "town", folder / "snapshots", THEME, folder / "site"), processes=1))


@pytest.mark.parametrize(("ideas", "words_there"), [(4, "Femmes 12 9 caché"), (22, "Ils sont dans ces fichiers")])
def test_more_than_twenty_items_are_told_in_the_files_alone(tmp_path: Path, ideas: int, words_there: str) -> None:
    town, snapshots = write_town(tmp_path, "results", ideas, mode="named")
    rules = town / "consultations" / "halle" / "consultation.toml"
    rules.write_text(rules.read_text("utf-8") + '\n[profile]\ngroups = ["gender"]\n', "utf-8")
    snapshot = json.loads((snapshots / "halle.json").read_text("utf-8"))
    snapshot["groups"] = {"1": DRAWN}
    (snapshots / "halle.json").write_text(json.dumps(snapshot), "utf-8")
    rebuild(tmp_path)
    page = tmp_path / "site" / "halle" / "resultat" / "index.html"
    assert check_html([page]) == []
    assert words_there in words(page)
    assert ("Femmes" in words(page)) is (ideas == 4)


@pytest.mark.browser
def test_what_is_said_on_a_small_phone_by_keys_and_taken_back(
    browser: Browser, site: Path, serve: Callable[[Path], str]
) -> None:
    address = serve(site)
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="fr-FR", service_workers="block")
    desk, page = Desk(context), context.new_page()
    make_known(page, address)
    born = page.get_by_label("Votre année de naissance")
    assert not born.is_visible()
    page.locator("[data-profile] summary").press("Enter")
    born.press_sequentially("84")
    born.press("Enter")
    expect(page.locator("[data-profile] [data-faults]")).to_be_focused()
    born.fill("1984")
    page.get_by_label("Votre quartier").select_option("La gare")
    verdict = check_accessibility(page)
    assert not verdict.wrong + verdict.unsure, verdict
    assert sideways(page) <= 0, wide_elements(page)
    born.press("Enter")
    wait_until_told(page, "vos réponses sont gardées")
    assert desk.held_profile() == {"born": 1984, "gender": "", "neighbourhood": "gare"}
    page.reload()
    page.locator("[data-profile] summary").click()
    expect(born).to_have_value("1984")
    page.get_by_role("button", name="Retirer mes réponses").press("Enter")
    wait_until_told(page, "vos réponses sont retirées")
    assert (desk.held_profile(), desk.consents["profile"]) == (None, False)
    expect(born).to_have_value("")
    page.goto(f"{address}/{SLUG}/resultat/")
    verdict = check_accessibility(page)
    assert not verdict.wrong + verdict.unsure, verdict
    assert sideways(page) <= 0, wide_elements(page)
    context.close()
