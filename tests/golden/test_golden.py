"""The site of a small fixed town, as it should be: one consultation in each state, two languages.

`make golden` rewrites the expected tree in `site/`; then read the difference as a reader of the site would. What
only says that something else has changed is left out of it: hashes, the stylesheet, scripts, pictures and packs.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from site_builder.settings import build_site
from site_builder.site import Folders, Site

HERE = Path(__file__).parent
EXPECTED = HERE / "site"
THEME = HERE.parents[1] / "themes" / "town"
LEFT_OUT = re.compile(r"a/.*|p/.*|partage/.*|sw\.js|.*/code\.svg")
HIDDEN = (
    (re.compile(r"<style>.*?</style>", re.DOTALL), "<style>…</style>"),
    (re.compile(r"'sha256-[^']*'(?: 'sha256-[^']*')*"), "'sha256-…'"),
    (re.compile(r"/(a|partage)/[0-9a-f]{16}\."), r"/\1/….") ,
    (re.compile(r'"h":"[0-9a-f]{16}","n":\d+'), '"h":"…","n":0'),
    (re.compile(r'"words":\[[^]]*\]'), '"words":["…"]'),
)  # fmt: skip


def reviewed(name: str, data: bytes) -> bytes:
    """What of a file is worth a reader's time."""
    text = data.decode("utf-8")
    for pattern, shown in HIDDEN:
        text = pattern.sub(shown, text)
    return text.encode("utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the site by name, as they are reviewed."""
    folder = tmp_path_factory.mktemp("golden") / "site"
    build_site(Site(Folders(HERE / "content", HERE / "snapshots", THEME, folder), processes=1))
    files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    return {name: reviewed(name, file.read_bytes()) for name, file in files.items() if not LEFT_OUT.fullmatch(name)}


def test_the_site_is_as_it_was_reviewed(site: dict[str, bytes], rewrite_golden: bool) -> None:
    if rewrite_golden:
        shutil.rmtree(EXPECTED, ignore_errors=True)
        for name, data in site.items():
            file = EXPECTED / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    expected = {
        file.relative_to(EXPECTED).as_posix(): file.read_bytes() for file in EXPECTED.rglob("*") if file.is_file()
    }
    assert sorted(site) == sorted(expected), "make golden"
    assert [name for name, data in expected.items() if site[name] != data] == [], "make golden"


@pytest.mark.parametrize(
    ("slug", "state"),
    [("halle", "before"), ("filature", "open"), ("stade", "between"), ("berges", "grace"), ("ecole", "results")],
)
def test_each_state_has_its_pages_in_both_languages(site: dict[str, bytes], slug: str, state: str) -> None:
    for prefix in ("", "en/"):
        assert f"{prefix}{slug}/index.html" in site
        assert f"{prefix}{slug}/proposer/index.html" in site
        assert (f"{prefix}{slug}/1/index.html" in site) == (state != "before")
        assert (f"{prefix}{slug}/resultat/index.html" in site) == (state == "results")
        assert (f"{prefix}{slug}/soutiens/index.html" in site) == (slug in ("filature", "ecole"))


def test_counts_that_are_hidden_are_nowhere(site: dict[str, bytes]) -> None:
    for name in ("berges/donnees/proposals.json", "stade/donnees/proposals.csv"):
        assert b"against" not in site[name]
    assert b'"against":9' in site["ecole/donnees/results.json"]
