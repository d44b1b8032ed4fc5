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


@pytest.mark.parametrize("lie", ["score", "order", "figures", "page"])
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
