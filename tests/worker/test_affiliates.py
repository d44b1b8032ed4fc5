"""A mother space lists what is open in the spaces affiliated to her, and knows nothing else of them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from civic.module import Document
from site_builder.settings import build_site
from site_builder.site import Folders, Site
from sync_server.worker.affiliates import LOOK_SECONDS, Affiliates
from sync_server.worker.snapshot_files import write_snapshot
from tests.civic.town import DAY, OPENS, RULES_TOML, SPACE_TOML, TEXTS
from tests.theme.conftest import THEME


class Land:
    """A mother and two towns, on a day of our choice."""

    def __init__(self, root: Path) -> None:
        self.root, self.now, self.steady = root, OPENS + DAY, 0.0
        self.write("pays", "Pays de l’Orne")
        self.write("valbrume", "Valbrume", mother="pays")
        self.write("aubry", "Aubry", mother="pays", languages=("en",))
        self.write("ailleurs", "Ailleurs")
        self.affiliates = Affiliates(root, lambda: self.steady, lambda: self.now)

    def write(self, space: str, name: str, mother: str = "", languages: tuple[str, ...] = ("fr", "en")) -> None:
        toml = SPACE_TOML.replace('"valbrume"', f'"{space}"').replace('"Valbrume"', f'"{name}"')
        toml = toml.replace("participer.valbrume", f"participer.{space}")
        if mother:
            toml = toml.replace("timezone", f'mother = "{mother}"\ntimezone', 1)
        rules = RULES_TOML
        if len(languages) == 1:
            toml = toml.replace('["fr", "en"]', '["en"]').replace('fr = "Du lundi au vendredi"\n', "")
            rules = rules.replace('fr = "Culture", ', "").replace('fr = "Sport", ', "")
        files = {"space.toml": toml, "consultations/filature/consultation.toml": rules}
        for path, text in files.items():
            (self.root / space / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / space / path).write_text(text, "utf-8")
        for lang in languages:
            (self.root / space / "consultations" / "filature" / f"{lang}.md").write_bytes(TEXTS[lang])

    def listed(self) -> dict[str, list[Document]]:
        self.steady += LOOK_SECONDS
        return {one["name"]: one["open"] for one in self.affiliates.documents("pays")}


@pytest.fixture
def land(tmp_path: Path) -> Land:
    return Land(tmp_path)


def test_the_towns_that_name_her_are_listed_and_no_other(land: Land) -> None:
    assert list(land.listed()) == ["Aubry", "Valbrume"]
    assert land.affiliates.documents("valbrume") == []
    mother = {"name": "Pays de l’Orne", "site_url": "https://participer.pays.example"}
    assert land.affiliates.mother_of("aubry") == mother
    assert land.affiliates.mother_of("ailleurs") is None


def test_what_is_over_is_listed_no_more(land: Land) -> None:
    states: list[str] = []
    for day in (-2, 1, 32, 33):
        land.now = OPENS + day * DAY
        states += [one["state"] for one in land.listed()["Valbrume"]]
    assert states == ["before", "open"]
    land.now = OPENS + 30 * DAY + 60
    assert [one["state"] for one in land.listed()["Valbrume"]] == ["grace"]


def test_what_a_town_changes_shows_after_a_look(land: Land) -> None:
    before = land.affiliates.stamp("pays")
    (land.root / "aubry" / "consultations" / "filature" / "en.md").write_bytes(b"title: The old mill, again\n\nText.\n")
    assert land.affiliates.stamp("pays") == before
    assert land.listed()["Aubry"][0]["title"] == {"en": "The old mill, again"}
    assert land.affiliates.stamp("pays") != before


def test_a_town_that_cannot_be_read_leaves_the_others_listed(land: Land) -> None:
    (land.root / "aubry" / "consultations" / "filature" / "consultation.toml").write_text("phase = 3")
    assert list(land.listed()) == ["Valbrume"]


def _site(land: Land, space: str, more: Mapping[str, object]) -> Path:
    folder = land.root / ".built" / space
    installation = {
        "space": space, "sync_url": "", "site_url": "", "receipt_key": {}, "precompress": False, "methods": [], **more
    }  # fmt: skip
    write_snapshot(folder / "snapshots" / "space.json", {"installation": [installation]})
    build_site(Site(Folders(land.root / space, folder / "snapshots", THEME, folder / "site"), processes=1))
    return folder / "site"


def test_the_portal_names_each_town_and_leads_to_its_own_site(land: Land) -> None:
    site = _site(land, "pays", {"spaces": land.affiliates.documents("pays")})
    page = (site / "communes" / "index.html").read_text("utf-8")
    assert 'href="https://participer.valbrume.example/filature/"' in page
    assert 'href="https://participer.aubry.example/filature/" lang="en"' in page
    assert 'href="/communes/"' in (site / "index.html").read_text("utf-8")
    town = _site(land, "aubry", {"mother": land.affiliates.mother_of("aubry")})
    assert 'href="https://participer.pays.example/"' in (town / "index.html").read_text("utf-8")
    assert not (town / "communes").exists()
