"""Invariant 9: whatever happened, in whatever order, the folder holds what a build from nothing would write."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from site_builder.settings import build_site
from site_builder.site import Site
from tests.site_builder.town import DAY, OPENS, SLUGS, THEME, Town, built, furnished, rest, tree

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
TOWN_THEME = Path(__file__).parents[2] / "themes" / "town"
BOUNDARIES = [OPENS + days * DAY for days in (0, 10.5, 20, 30.5, 31.5, 35, 41)]
acts = st.tuples(
    st.sampled_from(["propose", "vote", "retitle", "recategorise", "withdraw", "comment", "reply", "erase", "time",
                     "answer", "edit", "settle"]),
    st.sampled_from(SLUGS),
    st.integers(0, 200),
)  # fmt: skip


class Story:
    """Lets things happen in a town and in its warm site alike."""

    def __init__(self, town: Town, site: Site) -> None:
        self.town, self.site = town, site

    def tell(self, name: str, slug: str, at: int) -> None:
        change = self._change(name, slug, at)
        if change is not None:
            self.site.apply(change)

    def _change(self, name: str, slug: str, at: int) -> dict[str, Any] | None:
        town, proposals = self.town, self.town.tables[slug]["proposals"]
        comments = [one for one in town.tables[slug]["comments"].values() if not one["withdrawn"]]
        if name == "propose":
            return town.proposal(slug, category=("", "culture", "sport")[at % 3])
        if name == "time":
            return town.pass_time(slug, int(BOUNDARIES[at % len(BOUNDARIES)]))
        if name in ("edit", "settle"):
            self._tend(name, at)
        if name in ("erase", "reply") and comments:
            one = comments[at % len(comments)]
            if name == "erase":
                return town.withdraw_comment(slug, one["id"])
            number = next(row["number"] for row in proposals.values() if row["id"] == one["target"])
            return town.comment(slug, number, reply_to=one["id"])
        return self._on_proposal(name, slug, at % len(proposals) + 1, at) if proposals else None

    def _on_proposal(self, name: str, slug: str, number: int, at: int) -> dict[str, Any] | None:
        town = self.town
        if name == "comment":
            return town.comment(slug, number)
        if name == "vote":
            return town.vote(slug, number, ("for", "against", "blank")[at % 3], by=at % 5 - 1)
        if name == "retitle":
            return town.revise(slug, number, title=f"Autre {at}", revised=True)
        if name == "recategorise":
            return town.revise(slug, number, category=("", "culture", "sport")[at % 3], revised=True)
        if name == "answer":
            return town.answer(slug, number, ("study", "merged", "refused")[at % 3])
        if name == "withdraw":
            return town.revise(slug, number, title="", text="", name="", withdrawn=True)
        return None

    def _tend(self, name: str, at: int) -> None:
        if name == "settle":
            self.site.settle()
            return
        self.town.write_content(**{"pages__mairie__fr.md": f"title: Mairie {at}\n\nTexte {at}.\n"})
        self.town.write_snapshots()
        build_site(self.site)


# An example is two whole builds: a failing one is read as it is, making it smaller would take many minutes.
@settings(
    max_examples=20,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
)
@given(
    start=st.sampled_from([0, 3, 24, 49, 74, 75, 99, 199]),
    told=st.lists(acts, max_size=12),
    packed=st.booleans(),
    theme=st.sampled_from([THEME, TOWN_THEME]),
)
def test_a_site_kept_up_to_its_town_is_the_site_built_from_nothing(
    start: int, told: list[tuple[str, str, int]], packed: bool, theme: Path
) -> None:
    with tempfile.TemporaryDirectory(prefix="preau-story-", dir=MEMORY) as folder:
        # Brotli copies take long to make small: only small towns try them.
        town = Town(Path(folder), precompress=packed and start < 4)
        for number in range(start):
            town.proposal("filature", category=("", "culture", "sport")[number % 3])
        site = built(town, Path(folder) / "warm", theme)
        story = Story(town, site)
        for one in told:
            story.tell(*one)
        rest(site)
        built(town, Path(folder) / "cold", theme)
        warm, cold = tree(Path(folder) / "warm"), tree(Path(folder) / "cold")
        assert sorted(warm) == sorted(cold)
        assert [name for name in cold if warm[name] != cold[name]] == []


def test_a_page_that_is_no_more_goes_with_its_copies(tmp_path: Path) -> None:
    town = Town(tmp_path, precompress=True)
    for _ in range(80):
        town.proposal("filature", category="culture")
    site = built(town, tmp_path / "site")
    assert (tmp_path / "site/filature/theme/culture/1/index.html.br").is_file()
    for number in range(1, 60):
        site.apply(town.revise("filature", number, category="sport"))
    rest(site)
    assert not (tmp_path / "site/filature/theme/culture/1").exists()
    built(town, tmp_path / "cold")
    assert tree(tmp_path / "site") == tree(tmp_path / "cold")


def test_a_photo_comes_before_its_page_and_goes_with_it(tmp_path: Path) -> None:
    town = Town(tmp_path)
    site = built(town, tmp_path / "site", TOWN_THEME)
    site.apply(town.proposal("filature"))
    folder, names = town.snapshots / "photos", [f"{'a' * 64}-{side}.webp" for side in (1200, 480)]
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(name.encode())
    shown = {"file": f"/photos/{names[1]}", "large": f"/photos/{names[0]}", "w": 480, "h": 360, "alt": "Le lavoir"}
    site.apply(town.revise("filature", 1, photos=[shown]))
    page = (tmp_path / "site/filature/1/index.html").read_text("utf-8")
    for part in (f'src="/photos/{names[1]}"', f'href="/photos/{names[0]}"', 'alt="Le lavoir"', 'loading="lazy"'):
        assert part in page
    assert (tmp_path / "site/photos" / names[1]).read_bytes() == names[1].encode()
    rest(site)
    built(town, tmp_path / "cold", TOWN_THEME)
    assert tree(tmp_path / "site") == tree(tmp_path / "cold")
    for name in names:
        (folder / name).unlink()
    site.apply(town.revise("filature", 1, title="", text="", name="", withdrawn=True, photos=[]))
    assert not [name for name in tree(tmp_path / "site") if name.startswith("photos/")]


def test_a_consultation_taken_out_of_the_town_leaves_nothing(tmp_path: Path) -> None:
    town = Town(tmp_path)
    site = built(town, tmp_path / "site")
    for file in (town.content / "consultations/berges").iterdir():
        file.unlink()
    (town.content / "consultations/berges").rmdir()
    build_site(site)
    assert not [name for name in tree(tmp_path / "site") if "berges" in name]


def test_what_has_not_changed_is_not_written_again(tmp_path: Path) -> None:
    town = Town(tmp_path, precompress=True)
    town.proposal("filature")
    built(town, tmp_path / "site")
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "site").rglob("*") if file.is_file()}
    again = built(town, tmp_path / "site")
    assert again.output.take_changed() == []
    assert before == {file: file.stat().st_mtime_ns for file in (tmp_path / "site").rglob("*") if file.is_file()}
    change = town.proposal("filature")
    assert "filature/2/index.html" in again.apply(change)
    assert again.apply(change) == []


def test_a_whole_build_mends_what_somebody_did_to_the_folder(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.proposal("filature")
    site = built(town, tmp_path / "site")
    whole = tree(tmp_path / "site")
    (tmp_path / "site/filature/1/index.html").unlink()
    (tmp_path / "site/index.html").write_bytes(b"defaced")
    (tmp_path / "site/extra.html").write_bytes(b"added")
    assert build_site(site) == ["extra.html", "filature/1/index.html", "index.html"]
    assert tree(tmp_path / "site") == whole
    shutil.rmtree(tmp_path / "site")
    build_site(site)
    site.draw()
    assert tree(tmp_path / "site") == whole


def test_copies_come_and_go_with_the_installation(tmp_path: Path) -> None:
    town = Town(tmp_path)
    site = built(town, tmp_path / "site")
    plain = tree(tmp_path / "site")
    town.installation["precompress"] = True
    town.write_snapshots()
    build_site(site)
    rest(site)
    assert (tmp_path / "site/index.html.br").is_file()
    town.installation["precompress"] = False
    town.write_snapshots()
    build_site(site)
    assert tree(tmp_path / "site") == plain


def test_ballots_that_come_or_go_after_the_results_are_those_of_a_build_from_nothing(tmp_path: Path) -> None:
    town = furnished(tmp_path)
    site = built(town, tmp_path / "site")
    site.apply(town.pass_time("berges", OPENS + 60 * DAY))
    rows = town.snapshots / "berges.rows.jsonl"
    for text in ("{}\n", "{}\n{}\n", None):
        if text is None:
            rows.unlink()
        else:
            rows.write_text(text, "utf-8")
        rest(site)
        file = tmp_path / "site" / "berges" / "donnees" / "rows.jsonl"
        assert (file.read_text("utf-8") if file.is_file() else None) == text
        built(town, tmp_path / "again")
        assert tree(tmp_path / "site") == tree(tmp_path / "again")
