"""What search looks in: the words that stand on the site, and none that do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from site_builder.word_packs import BLOCK, MOST_KEPT
from tests.site_builder.town import Town, built, furnished, identity, rest


def docs(site: Path, manifest: str = "filature/files.json") -> dict[str, dict[str, Any]]:
    """The documents that the manifest leads to, by the address of their page."""
    names = json.loads((site / manifest).read_text("utf-8"))["words"]
    packs = [json.loads((site / f"p/{name}.json").read_text("utf-8")) for name in names]
    return {doc["path"]: doc for pack in packs for doc in pack["docs"]}


def test_an_idea_is_found_by_its_words_and_by_what_people_say_of_it(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.proposal("filature", title="Un kiosque")
    town.comment("filature", 1, text="Avec des musiciens.")
    built(town, tmp_path / "site")
    one = docs(tmp_path / "site")["/filature/1/"]
    assert one["title"] == "Un kiosque 1"
    assert one["text"] == "Un.\n\nDeux.\nTrois.\nAvec des musiciens."
    assert (one["kind"], one["lang"]) == ("Idée", "fr")
    english = docs(tmp_path / "site", "en/filature/files.json")["/en/filature/1/"]
    assert (english["kind"], english["title"]) == ("Idea", "Un kiosque 1")


def test_what_the_town_wrote_is_found_in_each_language(tmp_path: Path) -> None:
    built(furnished(tmp_path), tmp_path / "site")
    found = docs(tmp_path / "site", "en/files.json")
    assert found["/en/filature/"]["title"] == "filature en"
    assert "Un mot." in found["/en/filature/"]["text"]
    assert found["/en/mairie/"]["text"].endswith("Un texte de mairie.")
    packs = json.loads((tmp_path / "site/en/files.json").read_text("utf-8"))["packs"]
    kept = [json.loads((tmp_path / f"site/p/{one['h']}.json").read_text("utf-8"))["words"] for one in packs]
    assert {doc["path"]: doc for docs in kept for doc in docs} == found


def test_what_was_withdrawn_or_hidden_can_be_found_no_more(tmp_path: Path) -> None:
    town = Town(tmp_path)
    for title in ("Un kiosque", "Une insulte"):
        town.proposal("filature", title=title)
    town.comment("filature", 1, text="Une autre insulte.")
    site = built(town, tmp_path / "site")
    gone = {"title": "", "text": "", "name": "", "withdrawn": True}
    site.apply(town.revise("filature", 2, **gone, hidden={"reason": "attack", "words": ""}))
    site.apply(town.withdraw_comment("filature", identity("comment", town.no - 1)))
    rest(site)
    assert docs(tmp_path / "site").keys() == {"/filature/1/"}
    for file in (tmp_path / "site").rglob("*"):
        assert file.is_dir() or b"insulte" not in file.read_bytes(), file


def test_a_change_makes_one_pack_a_language_new(tmp_path: Path) -> None:
    town = Town(tmp_path)
    for _ in range(2 * BLOCK + 5):
        town.proposal("filature")
    site = built(town, tmp_path / "site")
    before = {name: json.loads((tmp_path / "site" / name).read_text())["words"]
              for name in ("filature/files.json", "en/filature/files.json")}  # fmt: skip
    site.apply(town.comment("filature", BLOCK + 7))
    made = list(site.words["filature"].make(site.desks["filature"], list(site.desks["filature"].pages(None)),
                                            site.editions))  # fmt: skip
    assert len(made) == 2
    for file, data in made:
        site.output.write(file, data)
    rest(site)
    for name, old in before.items():
        new = json.loads((tmp_path / "site" / name).read_text())["words"]
        assert [one != other for one, other in zip(new, old, strict=True)] == [False, True, False]
    site.apply(town.vote("filature", 3))
    assert [len(site.words["filature"].of(code)) for code in ("fr", "en")] == [3, 3]


def test_pages_are_kept_with_their_words_and_the_newest_only(tmp_path: Path) -> None:
    town = Town(tmp_path, languages=("fr",))
    count = BLOCK * (MOST_KEPT + 1) + 1
    for _ in range(count):
        town.proposal("filature")
    built(town, tmp_path / "site")
    manifest = json.loads((tmp_path / "site/filature/files.json").read_text("utf-8"))
    packs = [json.loads((tmp_path / f"site/p/{one['h']}.json").read_text("utf-8")) for one in manifest["packs"]]
    kept = {doc["path"]: doc for pack in packs for doc in pack["words"]}
    assert all(doc["path"] in pack for pack in packs for doc in pack["words"])
    # Those of the last six packs of words, as far as their pages are kept.
    assert len(kept) == BLOCK * (MOST_KEPT - 1) + 1
    assert f"/filature/{count}/" in kept
    found = docs(tmp_path / "site")
    assert len(found) == manifest["docs"] == count
    assert {path: found[path] for path in kept} == kept


def test_what_is_said_on_one_page_is_one_pack_of_pages_to_fetch(tmp_path: Path) -> None:
    town = Town(tmp_path, languages=("fr",))
    for _ in range(BLOCK):
        town.proposal("filature")
    site = built(town, tmp_path / "site")

    def packs() -> set[str]:
        manifest = json.loads((tmp_path / "site/filature/files.json").read_text("utf-8"))
        return {one["h"] for one in manifest["packs"]}

    before = packs()
    site.apply(town.comment("filature", 3))
    rest(site)
    # Its own, and that of the lists, which count what was said.
    assert 1 <= len(packs() - before) <= 2
