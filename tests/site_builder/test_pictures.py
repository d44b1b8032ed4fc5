"""The pictures that stand for pages where somebody shares them."""

from __future__ import annotations

import re
import struct
import sys
from pathlib import Path

from site_builder.settings import build_site
from tests.site_builder.town import Town, built, furnished, site_of

TOWN_THEME = Path(__file__).parents[2] / "themes" / "town"
PICTURE = re.compile(r'<meta property="og:image" content="https://participer\.valbrume\.example/(partage/\w+\.png)">')


def test_every_page_names_a_picture_that_is_there_and_is_of_the_size_it_says(tmp_path: Path) -> None:
    site = built(furnished(tmp_path), tmp_path / "site", TOWN_THEME)
    named = {}
    for page in (tmp_path / "site").rglob("*.html"):
        (named[str(page.relative_to(tmp_path / "site"))],) = PICTURE.findall(page.read_text("utf-8"))
    assert {name for name in site.output.records if name.startswith("partage/")} == set(named.values())
    for name in set(named.values()):
        data = (tmp_path / "site" / name).read_bytes()
        assert struct.unpack(">8sI4sII", data[:24])[2:] == (b"IHDR", 1200, 630)
        assert len(data) < 150_000
    assert named["filature/1/index.html"] == named["filature/index.html"] != named["index.html"]
    assert named["en/filature/index.html"] != named["filature/index.html"]
    assert "typst" not in sys.modules or "sync_server.census.letters" in sys.modules, "drawn in another process"


def test_a_picture_goes_with_the_title_that_it_shows(tmp_path: Path) -> None:
    town = Town(tmp_path)
    site = built(town, tmp_path / "site", TOWN_THEME)
    before = {name for name in site.output.records if name.startswith("partage/")}
    town.write_content(**{"consultations__filature__fr.md": "title: Un autre titre\nsummary: Quoi\n\nUn *mot*.\n"})
    build_site(site)
    assert site.waiting >= 1
    site.settle()
    after = {name for name in site.output.records if name.startswith("partage/")}
    assert len(before - after) == len(after - before) == 1
    assert not any((tmp_path / "site" / name).exists() for name in before - after)


def test_a_whole_site_draws_no_picture_that_it_has(tmp_path: Path) -> None:
    town = Town(tmp_path)
    built(town, tmp_path / "site", TOWN_THEME)
    times = {file: file.stat().st_mtime_ns for file in (tmp_path / "site/partage").iterdir()}
    again = site_of(town, tmp_path / "site", TOWN_THEME)
    build_site(again)
    assert again.waiting == 0
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "site/partage").iterdir()} == times
