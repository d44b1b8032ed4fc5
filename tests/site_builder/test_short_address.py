"""Short addresses for posters: they never change, lead to their consultation, and two never share one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from civic.declaration import DeclarationError
from civic.short_address import check_shorts, short_of
from tests.site_builder.town import RULES, Town, built

TOWN_THEME = Path(__file__).parents[2] / "themes" / "town"


def test_the_number_depends_on_the_name_alone() -> None:
    assert [short_of(slug) for slug in ("filature", "berges", "budget-2026")] == [9533, 9183, 6094]


def test_a_short_address_leads_to_its_consultation_in_each_language(tmp_path: Path) -> None:
    built(Town(tmp_path), tmp_path / "site", TOWN_THEME)
    for prefix in ("", "/en"):
        page = (tmp_path / f"site{prefix}/q/{short_of('berges')}/index.html").read_text("utf-8")
        place = f"{prefix}/berges/"
        assert f'http-equiv="refresh" content="0; url={place}"' in page
        assert f'<link rel="canonical" href="https://participer.valbrume.example{place}">' in page
        assert re.search(rf'<a class="btn" href="{place}">', page), "whoever is not taken there can go"
    assert "/q/" not in (tmp_path / "site/donnees/sitemap.xml").read_text("utf-8")
    led = (tmp_path / "site/_redirects").read_text("utf-8").splitlines()
    number = short_of("berges")
    for prefix in ("", "/en"):
        for address in (f"{prefix}/q/{number}", f"{prefix}/q/{number}/"):
            assert {f"{address} {prefix}/berges/ 301!", f"{address} {prefix}/berges/ 308"} <= set(led)


def test_a_town_may_give_a_number_of_its_own_and_the_rules_stay_the_same(tmp_path: Path) -> None:
    town = Town(tmp_path)
    before = town.parsed().consultations["berges"].mh
    rules = "short = 7\n" + RULES.format(counts="hidden")
    (town.content / "consultations/berges/consultation.toml").write_text(rules, "utf-8")
    assert town.parsed().consultations["berges"].mh == before
    built(town, tmp_path / "site", TOWN_THEME)
    assert (tmp_path / "site/q/7/index.html").is_file()
    assert "participer.valbrume.example/q/7<" in (tmp_path / "site/berges/affiche/index.html").read_text("utf-8")


@pytest.mark.parametrize("number", [0, 10_000, '"7"'])
def test_a_number_that_is_none_is_refused(tmp_path: Path, number: object) -> None:
    town = Town(tmp_path)
    rules = f"short = {number}\n" + RULES.format(counts="hidden")
    (town.content / "consultations/berges/consultation.toml").write_text(rules, "utf-8")
    with pytest.raises(DeclarationError, match="short"):
        town.parsed()


def test_two_consultations_never_share_an_address() -> None:
    check_shorts({"filature": 9533, "berges": 7})
    with pytest.raises(DeclarationError, match="'berges' already: give the newer one 'short'"):
        check_shorts({"filature": 7, "berges": 7})
