"""The files beside the pages: packs, feeds, sitemap, open data, assets."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import brotli
import pytest

from civic.module import Page
from site_builder.packs import MOST_PAGES, PACK_PAGES, make_packs
from tests.site_builder.town import THEME, built, furnished, tree

ATOM, SITEMAP = "{http://www.w3.org/2005/Atom}", "{http://www.sitemaps.org/schemas/sitemap/0.9}"
HOME = "https://participer.valbrume.example/"
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=[THEME, REPOSITORY / "themes" / "town"], ids=["plain", "town"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("town")
    built(furnished(folder), folder / "site", request.param)
    return tree(folder / "site")


def file_of(address: str) -> str:
    path = address.removeprefix(HOME).removeprefix("/")
    return f"{path}index.html" if not path or path.endswith("/") else path


def test_every_pack_is_its_hash_and_holds_the_pages_as_they_are(site: dict[str, bytes]) -> None:
    manifests = [name for name in site if name.endswith("files.json")]
    assert sorted(manifests) == sorted(
        f"{prefix}{place}files.json" for prefix in ("", "en/") for place in ("", "filature/", "berges/")
    )
    named = set()
    for manifest in manifests:
        for pack in json.loads(site[manifest])["packs"]:
            data = site[f"p/{pack['h']}.json"]
            named.add(f"p/{pack['h']}.json")
            assert hashlib.sha256(data).hexdigest()[:16] == pack["h"]
            assert len(data) == pack["n"]
            whole = json.loads(data)
            assert all(doc["path"] for doc in whole.pop("words"))
            assert list(whole) == pack["pages"]
            assert all(text.encode() == site[file_of(path)] for path, text in whole.items())
            assert len(brotli.compress(data)) < 40_000
        named |= {f"p/{name}.json" for name in json.loads(site[manifest])["words"]}
    assert named == {name for name in site if name.startswith("p/")}


def page(path: str, pack: str) -> Page:
    return Page(path, "", {}, pack=pack)


def packed(pages: list[Page]) -> list[list[str]]:
    packs = make_packs(pages, str, lambda path: path.encode())
    return [one["pages"] for one in json.loads(packs.manifest)["packs"]]


def test_list_pages_are_kept_first_then_the_newest() -> None:
    pages = [page(f"/a/{n}/", f"proposals-{(n - 1) // 20:05d}") for n in range(1, 1001)]
    pages += [page(f"/a/page/{n}/", "older") for n in range(1, 40)]
    pages += [page("/a/", "list"), page("/a/proposer/", "list"), page("/a/affiche/", "")]
    blocks = packed(pages)
    assert blocks[0] == ["/a/", "/a/proposer/"]
    assert blocks[1][-1] == "/a/1000/"
    assert sum(map(len, blocks)) == MOST_PAGES
    assert max(map(len, blocks)) <= PACK_PAGES


def test_an_edit_moves_one_pack_only() -> None:
    pages = [page(f"/a/{n}/", f"proposals-{(n - 1) // 20:05d}") for n in range(1, 101)]
    before = make_packs(pages, str, lambda path: path.encode())
    after = make_packs(pages, str, lambda path: b"edited" if path == "/a/57/" else path.encode())
    assert len(before.files.keys() & after.files.keys()) == 4
    assert len(after.files) == 5


def test_feeds_are_atom_and_name_pages_that_exist(site: dict[str, bytes]) -> None:
    for name in ("flux.xml", "en/flux.xml", "filature/flux.xml", "en/berges/flux.xml"):
        feed = ET.fromstring(site[name])
        assert feed.tag == f"{ATOM}feed"
        for member in ("id", "title", "updated", "author"):
            assert feed.find(f"{ATOM}{member}") is not None
        own = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
        assert own["self"] == f"{HOME}{name}"
        entries = feed.findall(f"{ATOM}entry")
        assert len(entries) == (6 if name.count("/") == name.count("en/") else 3)
        ids = [entry.findtext(f"{ATOM}id") for entry in entries]
        assert len(set(ids)) == len(ids)
        assert all(file_of(str(one)) in site for one in ids)
        dates = [str(entry.findtext(f"{ATOM}published")) for entry in entries]
        assert dates == sorted(dates, reverse=True)
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", date) for date in dates)


def test_the_sitemap_names_every_public_page_in_every_language(site: dict[str, bytes]) -> None:
    lists = [str(one.text) for one in ET.fromstring(site["sitemap.xml"]).iter(f"{SITEMAP}loc")]
    addresses: list[str] = []
    for one in lists:
        addresses += [str(loc.text) for loc in ET.fromstring(site[file_of(one)]).iter(f"{SITEMAP}loc")]
    assert len(set(addresses)) == len(addresses)
    assert all(file_of(address) in site for address in addresses)
    for path in ("", "filature/", "en/filature/2/", "en/mairie/", "berges/theme/culture/"):
        assert f"{HOME}{path}" in addresses
    for path in ("404.html", "mes-envois/", "moi/", "confirmer/", "sans-reseau/", "filature/proposer/"):
        assert f"{HOME}{path}" not in addresses


def test_robots_and_web_manifest_name_what_exists(site: dict[str, bytes]) -> None:
    assert f"Sitemap: {HOME}sitemap.xml\n" in site["robots.txt"].decode()
    manifest = json.loads(site["manifest.webmanifest"])
    assert manifest["scope"] == "/"
    for icon in manifest["icons"]:
        assert icon["src"][1:] in site


def test_assets_are_named_by_their_hash(site: dict[str, bytes]) -> None:
    assets = [name for name in site if name.startswith("a/")]
    assert assets
    for name in assets:
        assert hashlib.sha256(site[name]).hexdigest()[:16] == name[2:].partition(".")[0]


def test_scripts_name_assets_that_exist(site: dict[str, bytes]) -> None:
    scripts = [name for name in site if name.endswith(".js")]
    for name in scripts:
        for address in re.findall(rb'"(/a/[0-9a-f]+\.\w+)"', site[name]):
            assert address.decode()[1:] in site, name


def test_the_manifest_is_what_envelopes_hash(site: dict[str, bytes]) -> None:
    mh = hashlib.sha256(site["filature/manifest.json"]).digest()
    said = re.search(rb'data-mh="([^"]+)"', site["filature/1/index.html"])
    assert said is not None
    assert len(said[1]) == 43
    import base64

    assert base64.urlsafe_b64encode(mh).rstrip(b"=") == said[1]


def test_open_data_holds_every_proposal_and_no_secret(site: dict[str, bytes]) -> None:
    rows = json.loads(site["filature/donnees/proposals.json"])["proposals"]
    assert [row["number"] for row in rows] == [1, 2, 3]
    assert rows[1]["for"] == 7
    assert "for" not in json.loads(site["berges/donnees/proposals.json"])["proposals"][1]
    assert json.loads(site["filature/donnees/lignes/0.json"])["1"] == ["proposal", "1"]


def test_hosts_are_told_what_to_keep(site: dict[str, bytes]) -> None:
    text = site["_headers"].decode()
    for path in ("/a/*", "/p/*"):
        assert f"{path}\n  Cache-Control: public, max-age=31536000, immutable\n" in text
    for path in ("/sw.js", "/files.json", "/en/filature/files.json"):
        assert f"{path}\n  Cache-Control: no-cache\n" in text
