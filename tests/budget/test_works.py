"""What a town tells of the works after the vote: photos, steps, how much is done, without touching the rules."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from civic.consultation import Consultation
from civic.content import parse_content
from civic.declaration import DeclarationError
from civic.modules.budget.works import MOST_BYTES, photo_size, works_of
from tests.civic.town import MODULES
from tests.modules import example_town
from tests.modules.example_town import SLUG, ExampleTown, read_examples, town_files

BUDGET = MODULES["budget"]
WORKS = """
done = 60
[[milestone]]
date = "2026-10-01"
label = {fr = "Plantation", en = "Planting"}
done = true
[[milestone.photo]]
file = "arbres.webp"
alt = {fr = "Douze tilleuls dans la cour", en = "Twelve lime trees in the yard"}
"""


def picture(width: int, height: int, **how: object) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, height), "#468a3c").save(data, "WEBP", **how)
    return data.getvalue()


def files(works: str = WORKS, photo: bytes | None = None, number: str = "1") -> dict[str, bytes]:
    """The example's town, with what it tells of one project."""
    folder = f"consultations/{SLUG}/budget/{number}"
    told = {f"{folder}/works.toml": works.encode(), f"{folder}/arbres.webp": photo or picture(320, 240)}
    return town_files(BUDGET, read_examples(BUDGET)) | told


def rules_of(found: dict[str, bytes]) -> Consultation:
    return parse_content(found, MODULES).consultations[SLUG]


def test_works_are_told_without_a_new_version_of_the_rules() -> None:
    told = rules_of(files())
    assert told.mh == rules_of(town_files(BUDGET, read_examples(BUDGET))).mh
    (milestone,) = works_of(told)["1"].milestones
    assert (milestone.photos[0].w, milestone.photos[0].h) == (320, 240)


@pytest.mark.parametrize("how", [{}, {"lossless": True}, {"icc_profile": b"profile"}])
def test_the_sides_of_a_photo_are_read_from_every_kind_of_file(how: dict[str, object]) -> None:
    assert photo_size(picture(301, 77, **how), "a.webp") == (301, 77)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (files(number="99"), "no project of this number"),
        (files("done = 60\n"), "no milestone shows arbres.webp"),
        (files(WORKS.replace("arbres", "bancs")), "no photo 'bancs.webp'"),
        (files(WORKS.replace(', en = "Twelve lime trees in the yard"', "")), "needs a text in each of"),
        (files(WORKS.replace("60", "101")), "from 0 to 100"),
        (files("done ="), "works.toml"),
        (files() | {f"consultations/{SLUG}/budget/1/un été#1.webp": picture(8, 8)}, "letters, digits and hyphens"),
        (files(photo=b"\xff\xd8" + bytes(60)), "a WebP file"),
        (files(photo=picture(8, 8, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0")), "where it was taken"),
        (files(photo=picture(8, 8) + bytes(MOST_BYTES)), "make it smaller"),
        (files() | {f"consultations/{SLUG}/budget/liste.txt": b""}, "in a folder of its number"),
        (files() | {f"consultations/{SLUG}/budget/2/works.toml": b"", f"consultations/{SLUG}/budget/3/a.webp": b""},
         "works.toml is missing"),
    ],
)  # fmt: skip
def test_what_a_clerk_must_mend_is_said(found: dict[str, bytes], said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        rules_of(found)


def test_the_page_of_a_winner_shows_its_works_in_every_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = picture(320, 240)
    monkeypatch.setattr(example_town, "town_files", lambda *_: files(photo=photo))
    ExampleTown(tmp_path, BUDGET, "results")
    site = tmp_path / "site"
    assert (site / SLUG / "suivi" / "1" / "arbres.webp").read_bytes() == photo
    for prefix, alt in (("", "Douze tilleuls dans la cour"), ("en/", "Twelve lime trees in the yard")):
        page = (site / f"{prefix}{SLUG}" / "1" / "index.html").read_text("utf-8")
        assert f'/{SLUG}/suivi/1/arbres.webp"' in page
        assert alt in page
        assert 'value="60"' in page
        assert 'width="320"' in page
    data = json.loads((site / SLUG / "donnees" / "projects.json").read_text("utf-8"))
    (one,) = [project for project in data["projects"] if project["id"] == "1"]
    assert one["milestones"][0]["photos"][0]["file"] == f"/{SLUG}/suivi/1/arbres.webp"
    assert "arbres.webp" not in (site / "donnees" / "index.html").read_text("utf-8")
