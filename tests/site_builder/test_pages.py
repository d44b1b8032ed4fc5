"""What every page of a site is: there in every language, under one policy, and silent about what is still secret."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from civic import modules
from civic.content import RESERVED, parse_content
from site_builder.context import CSP_MARK
from site_builder.core_pages import core_pages
from site_builder.failure import BuildFailure
from site_builder.headers import policy
from site_builder.settings import build_site
from site_builder.site import read_content
from tests.site_builder.town import DAY, OPENS, SLUGS, THEME, Town, built, furnished, identity, site_of, tree

REPOSITORY = Path(__file__).parents[2]
SYNC = "https://sync.valbrume.example"


@pytest.fixture(scope="module", params=[THEME, REPOSITORY / "themes" / "town"], ids=["plain", "town"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A town with one consultation open and one decided, in the theme of these tests and in the real one."""
    folder = tmp_path_factory.mktemp("town")
    town = furnished(folder)
    town.pass_time("berges", OPENS + 40 * DAY)
    built(town, folder / "site", request.param)
    return tree(folder / "site")


def pages(site: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    return ((name, data.decode("utf-8")) for name, data in site.items() if name.endswith(".html"))


def test_every_page_is_there_in_both_languages(site: dict[str, bytes]) -> None:
    french = {name for name, _ in pages(site) if not name.startswith("en/")}
    assert {f"en/{name}" for name in french} == {name for name, _ in pages(site) if name.startswith("en/")}
    for place in ("", "decide/", "mes-envois/", "moi/", "confirmer/", "mairie/", "sans-reseau/", "donnees/",
                  "filature/", "filature/1/", "filature/proposer/", "filature/affiche/", "filature/soutiens/",
                  "filature/bulletin/", "filature/theme/sport/", "berges/resultat/"):  # fmt: skip
        assert f"{place}index.html" in french
    assert "404.html" in french


def test_a_page_names_itself_in_each_language(site: dict[str, bytes]) -> None:
    for name, text in pages(site):
        assert f'<html lang="{"en" if name.startswith("en/") else "fr"}"' in text
        path = name.removeprefix("en/").removesuffix("index.html")
        for code, prefix in (("fr", ""), ("en", "en/")):
            address = f"https://participer.valbrume.example/{prefix}{path}"
            assert f'hreflang="{code}" href="{address}"' in text


def test_the_policy_of_a_page_allows_its_own_style_and_no_other(site: dict[str, bytes]) -> None:
    for name, text in pages(site):
        style = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        assert len(style) == 1, name
        digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
        meta = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        assert meta is not None
        assert meta[1] == policy([f"'sha256-{digest}'"], SYNC)
        assert meta.start() < text.index("<style>")
        assert CSP_MARK not in text


def test_the_host_allows_what_the_pages_allow_and_frames_nothing(site: dict[str, bytes]) -> None:
    line = next(one for one in site["_headers"].decode().split("\n") if "Content-Security-Policy" in one)
    sources = {source for _, text in pages(site) for source in re.findall(r"'sha256-[^']*'", text)}
    assert line.strip() == f"Content-Security-Policy: {policy(sources, SYNC)}; frame-ancestors 'none'"


def test_nothing_in_a_page_needs_a_wider_policy(site: dict[str, bytes]) -> None:
    for name, text in pages(site):
        assert not re.search(r"<[^>]*\sstyle\s*=", text), name
        assert not re.search(r"<[^>]*\son[a-z]+\s*=", text), name
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), name
        assert not re.search(r"\b(src|href)=\"(?:https?:)?//(?!participer\.valbrume\.example)", text), name


def test_every_link_of_the_site_leads_somewhere(site: dict[str, bytes]) -> None:
    for name, text in pages(site):
        for address in re.findall(r'(?:href|src|data-keep)="(/[^"#?]*)', text):
            file = html.unescape(address)[1:]
            assert (f"{file}index.html" if not file or file.endswith("/") else file) in site, (name, address)


def test_a_page_tells_its_script_where_it_is(site: dict[str, bytes]) -> None:
    meta = re.search(r'name="preau-site" content="([^"]*)"', site["en/filature/1/index.html"].decode())
    assert meta is not None
    told = json.loads(html.unescape(meta[1]))
    assert told["space"] == "valbrume"
    assert told["sync"] == SYNC
    assert told["prefix"] == "/en"
    assert told["receipt"] == {"kty": "EC", "crv": "P-256"}


SENTINEL = 918_273


def test_hidden_counts_stop_the_build_and_reach_no_file(tmp_path: Path) -> None:
    town = furnished(tmp_path)
    built(town, tmp_path / "site")
    row = town.tables["berges"]["proposals"][identity("berges", 2)]
    town.revise("berges", 2, votes={"for": SENTINEL, "against": 0, "blank": 0})
    town.write_snapshots()
    with pytest.raises(BuildFailure, match="secret"):
        build_site(site_of(town, tmp_path / "site"))
    warm = site_of(Town(tmp_path), tmp_path / "site")
    town.tables["berges"]["proposals"][row["id"]] = row
    town.write_snapshots()
    build_site(warm)
    with pytest.raises(BuildFailure, match="secret"):
        warm.apply({"slug": "berges", "tables": {"proposals": [row | {"votes": {"for": SENTINEL}}]}})
    written = re.compile(rb"918.{0,6}273")  # with any thousands separator
    assert not [name for name, data in tree(tmp_path / "site").items() if written.search(data)]


def test_what_somebody_chose_is_no_line_before_the_results(tmp_path: Path) -> None:
    town = furnished(tmp_path)
    site = built(town, tmp_path / "site")
    for slug in SLUGS:  # even where counts are open
        line = {"id": "9", "no": 9, "kind": "vote", "number": 1, "choice": "for"}
        with pytest.raises(BuildFailure, match="secret"):
            site.apply({"slug": slug, "tables": {"rows": [line]}})


def test_results_show_once_the_last_late_act_is_in(tmp_path: Path) -> None:
    town = furnished(tmp_path)
    site = built(town, tmp_path / "site")
    assert "berges/resultat/index.html" not in tree(tmp_path / "site")
    site.apply(town.pass_time("berges", OPENS + 30 * DAY + 3600))
    assert "berges/resultat/index.html" not in tree(tmp_path / "site")
    changed = site.apply(town.pass_time("berges", OPENS + 32 * DAY))
    assert {"berges/resultat/index.html", "en/berges/resultat/index.html", "index.html"} <= set(changed)
    site.settle()
    files = tree(tmp_path / "site")
    assert json.loads(files["berges/donnees/results.json"])["ballots"] == 9
    assert json.loads(files["berges/donnees/lignes/1.json"])["697"] == ["vote", "1", "for"]


def test_citizens_words_stay_words(tmp_path: Path) -> None:
    town = furnished(tmp_path)
    town.proposal(
        "filature", title='<script>alert("1")</script>', text="<img src=x onerror=alert(1)>\n\n[a](javascript:b)"
    )
    town.comment("filature", 4, text="</style><script>x</script>\x85{{ 7*7 }}")
    built(town, tmp_path / "site", REPOSITORY / "themes" / "town")
    for name, text in pages(tree(tmp_path / "site")):
        assert "<script>" not in text, name
        assert "<img src=x" not in text, name
        assert 'href="javascript' not in text, name


def test_no_consultation_can_take_the_address_of_a_page_of_the_site(tmp_path: Path) -> None:
    content = parse_content(read_content(Town(tmp_path).content), modules.load())
    names = {page.path.split("/")[1].partition(".")[0] for page in core_pages(content, is_mother=True)}
    assert "suivre" in names
    assert names - {"", *content.pages} <= RESERVED
