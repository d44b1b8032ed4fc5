"""Anyone makes the order of a site again from its open data, and sees where a site says another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from site_builder.cli import main
from site_builder.rank import Unreadable, rank_site
from tests.site_builder.town import DAY, OPENS, THEME, Town, built, rest

TOWN_THEME = Path(__file__).parents[2] / "themes" / "town"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    town = Town(tmp_path)
    for number in range(30):
        town.now = OPENS + number * DAY // 4
        for slug in ("filature", "berges"):
            town.proposal(slug, votes={"for": 0, "against": 0, "blank": 0} if slug == "filature" else None)
    for number, votes in ((4, 90), (9, 20), (30, 1)):
        town.vote("filature", number, by=votes)
    warm = built(town, tmp_path / "site", TOWN_THEME)
    # What comes later counts as what was there.
    for number in (2, 2, 2, 7):
        warm.apply(town.comment("berges", number))
    warm.apply(town.vote("berges", 11, by=500))
    rest(warm)
    return tmp_path / "site"


def read(site: Path):
    return lambda path: (site / path).read_bytes() if (site / path).is_file() else None


def test_the_order_of_a_site_is_made_again_from_its_open_data(site: Path) -> None:
    found = {one.slug: one for one in rank_site(read(site))}
    assert not any(one.faults for one in found.values())
    assert found["filature"].order[0] == 4
    assert found["berges"].order[:3] == (2, 7, 30), "hidden votes count for nothing, comments do"
    done = CliRunner().invoke(main, ["rank", str(site)])
    assert done.exit_code == 0
    assert "filature: same as the site's\n  4 " in done.output


@pytest.mark.parametrize("lie", ["score", "order", "figures", "page", "phone", "lot"])
def test_a_site_that_shows_another_order_is_told(site: Path, lie: str) -> None:
    file = site / "filature/donnees/ranking.json"
    published = json.loads(file.read_text("utf-8"))
    items = published["items"]
    if lie == "score":
        items[3]["score"] += 1
    elif lie == "order":
        items[0], items[1] = items[1], items[0]
    elif lie == "figures":
        items[0]["support"] += 1
    file.write_text(json.dumps(published), "utf-8")
    if lie in ("phone", "lot"):
        orders = site / "filature/donnees/orders.json"
        told = json.loads(orders.read_text("utf-8"))
        some = told["items" if lie == "phone" else "lot"]
        some[-1], some[-2] = some[-2], some[-1]
        orders.write_text(json.dumps(told), "utf-8")
    if lie == "page":
        page = site / "filature/ordre/pertinence/index.html"
        page.write_text(page.read_text("utf-8").replace('<li value="4"', '<li value="5"', 1), "utf-8")
    done = CliRunner().invoke(main, ["rank", str(site)])
    assert done.exit_code == 1
    assert "filature: differs from the site's" in done.output
    assert "berges: same as the site's" in done.output


def test_a_site_without_orders_cannot_be_ranked(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="is not there"):
        list(rank_site(lambda _: None))
    assert CliRunner().invoke(main, ["rank", str(tmp_path)]).exit_code == 2


def test_the_draw_is_the_same_for_everybody_and_another_each_day(tmp_path: Path) -> None:
    town = Town(tmp_path)
    for _ in range(60):
        town.proposal("filature")
    warm = built(town, tmp_path / "site", THEME)
    page = tmp_path / "site/filature/ordre/au-hasard/index.html"
    first = page.read_text("utf-8")
    warm.apply(town.vote("filature", 60))
    same_day = page.read_text("utf-8")
    town.now += DAY
    warm.apply(town.vote("filature", 60))
    numbers = [[line.split()[0] for line in text.split("<p>") if " Un banc" in line]
               for text in (first, same_day, page.read_text("utf-8"))]  # fmt: skip
    assert numbers[0] == numbers[1] != numbers[2]
    assert len(set(numbers[0])) == 25
    assert numbers[0] != sorted(numbers[0], key=lambda text: int(text.split(">")[-1]))


def test_every_idea_is_reached_in_each_order_while_only_the_first_are_on_a_page(site: Path) -> None:
    told = json.loads((site / "filature/donnees/orders.json").read_text("utf-8"))
    everything = set(range(1, 31))
    assert {number for number, _, _ in told["items"]} == set(told["lot"]) == everything
    assert [item[0] for item in told["items"]] != told["lot"]
    assert told["items"][0][1] == 90
    hidden = json.loads((site / "berges/donnees/orders.json").read_text("utf-8"))
    assert {support for _, support, _ in hidden["items"]} == {None}, "an order may not tell votes"
    for name in ("ordre/pertinence", "ordre/au-hasard", "soutiens"):
        page = (site / "filature" / name / "index.html").read_text("utf-8")
        assert page.count("<li value=") == 25
        assert 'data-orders="/filature/donnees/orders.json"' in page
    assert 'data-words="/en/filature/files.json"' in (site / "en/filature/soutiens/index.html").read_text("utf-8")


def test_an_idea_far_down_moves_without_any_page(tmp_path: Path) -> None:
    town = Town(tmp_path)
    for number in range(60):
        town.now = OPENS + number
        town.proposal("filature")
    for number in range(1, 31):
        town.vote("filature", number, by=9)
    warm = built(town, tmp_path / "site", TOWN_THEME)
    changed = {*warm.apply(town.vote("filature", 45, by=3)), *warm.settle()}
    assert "filature/donnees/orders.json" in changed
    assert not {file for file in changed if "/ordre/au-hasard/" in file or "/soutiens/" in file}
