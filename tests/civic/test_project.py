"""A project groups consultations that exist, each in one project only."""

from collections.abc import Mapping

import pytest

from civic.content import parse_content
from civic.declaration import DeclarationError
from tests.civic.town import RULES_TOML, SPACE_TOML, TEXTS

PROJECT = """
consultations = ["filature"]
[[milestone]]
day = 2027-03-15
label = {fr = "Le conseil choisit", en = "The council chooses"}
[[milestone]]
day = 2026-06-12
done = true
label = {fr = "Achat", en = "Bought"}
"""


def town(projects: Mapping[str, str], texts: tuple[str, ...] = ("fr", "en")) -> dict[str, bytes]:
    files = {"space.toml": SPACE_TOML.encode(), "consultations/filature/consultation.toml": RULES_TOML.encode()}
    files |= {f"consultations/filature/{lang}.md": data for lang, data in TEXTS.items()}
    for slug, toml in projects.items():
        files[f"projects/{slug}/project.toml"] = toml.encode()
        files |= {f"projects/{slug}/{lang}.md": b"title: Le bourg\n\nTexte.\n" for lang in texts}
    return files


def test_a_project_has_its_consultations_and_its_dates_in_order() -> None:
    one = parse_content(town({"bourg": PROJECT})).projects["bourg"]
    assert one.consultations == ("filature",)
    assert [(each.day.year, each.is_done) for each in one.milestones] == [(2026, True), (2027, False)]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('consultations = ["ecole"]', "there is no consultation 'ecole'"),
        ('consultations = ["filature"]\ncost = 3', "unknown member 'cost'"),
        (PROJECT.replace("2027-03-15", '"demain"'), "'day' must be of type date"),
        (PROJECT.replace(', en = "Bought"', ""), "needs a text in each of fr, en"),
    ],
)
def test_what_cannot_be_shown_says_what_to_mend(toml: str, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        parse_content(town({"bourg": toml}))


def test_a_consultation_is_in_one_project_only() -> None:
    with pytest.raises(DeclarationError, match="in the project 'bourg' already"):
        parse_content(town({"bourg": PROJECT, "centre": PROJECT}))


def test_a_project_needs_its_text_in_every_language() -> None:
    with pytest.raises(DeclarationError, match="bourg"):
        parse_content(town({"bourg": PROJECT}, ("fr",)))
