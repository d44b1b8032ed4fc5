"""The pages of questions: valid, light, the answer in words first, nothing counted before its time."""

import functools
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.page_checks import check_html, compressed
from tests.theme.conftest import THEME
from tests.theme.question_town import SLUG, build_asking

Asking = Callable[..., Path]
GOAL = 8_500  # bytes of a page as it travels: three questions, what shares, shows and follows them (limit: 14,000)
LOOKS = [("before", "hidden", "clear"), ("vote", "hidden", "clear"), ("vote", "open", "clear"),
         ("vote", "open", "nobody"), ("grace", "hidden", "clear"), ("results", "hidden", "clear"),
         ("results", "hidden", "tie"), ("results", "open", "nobody"), ("before", "secret", "clear"),
         ("vote", "secret", "clear")]  # fmt: skip
every_look = pytest.mark.parametrize("look", LOOKS, ids=["-".join(one) for one in LOOKS])


@pytest.fixture(scope="session")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Asking:
    """Builds the town that asks, once a look."""

    @functools.cache
    def build(state: str, counts: str = "hidden", counted: str = "clear") -> Path:
        return build_asking(tmp_path_factory.mktemp("asking"), THEME, state, counts, counted)

    return build


def read(site: Path, path: str) -> str:
    """The words of a page, spaces made plain."""
    text = re.sub(r"<[^>]+>", " ", (site / SLUG / path / "index.html").read_text("utf-8"))
    return re.sub(r"\s+", " ", text.replace("\u202f", " ").replace("\u00a0", " "))


@every_look
def test_pages_are_valid_and_travel_light(asking: Asking, look: tuple[str, str, str]) -> None:
    files = sorted((asking(*look)).rglob("*.html"))
    assert check_html(files) == []
    assert {str(file): size for file in files if (size := compressed(file.read_bytes())) > GOAL} == {}


def test_hidden_counts_are_in_no_file(asking: Asking) -> None:
    for state in ("vote", "grace"):
        site = asking(state)
        assert not (site / SLUG / "resultat").exists()
        assert not list((site / SLUG / "donnees").glob("results.*"))
        for file in (site / SLUG).rglob("*"):
            if file.is_file():
                assert not re.search(r"\b742\b|\b1236\b|votes\":\d", file.read_text("utf-8")), file


def test_the_answer_comes_first_and_in_words(asking: Asking) -> None:
    text = read(asking("results"), "resultat")
    assert "Pour, à 63,3 % 742 voix sur 1 173 hors blancs. 63 votes blancs." in text
    assert "Le jeudi, après l’école, à 67,2 %" in text
    assert text.index("Pour, à 63,3 %") < text.index("Toutes les voix")
    assert "La réponse qui a le plus de voix l’emporte. À égalité, aucune ne l’emporte." in text


def test_several_answers_are_counted_by_ballots_and_say_so(asking: Asking) -> None:
    text = read(asking("results"), "resultat")
    assert "Sur la place, à 90 % 612 voix sur 680 hors blancs. 20 votes blancs." in text
    assert "Un bulletin porte jusqu’à 2 réponses" in text


def test_a_tie_and_an_empty_box_are_said(asking: Asking) -> None:
    tied = read(asking("results", "hidden", "tie"), "resultat")
    assert "À égalité Pour et Contre : 9 voix chacune. 1 vote blanc." in tied
    assert "Le mardi, Le jeudi, après l’école et Le samedi : 4 voix chacune." in tied
    assert "Tous les votes sont blancs 7 votes blancs." in tied
    assert read(asking("results", "open", "nobody"), "resultat").count("Personne n’a voté.") == 3


def test_the_open_data_has_a_line_for_each_answer(asking: Asking) -> None:
    data = asking("results") / SLUG / "donnees"
    found = json.loads((data / "results.json").read_text("utf-8"))
    assert [one["leaders"] for one in found["questions"]] == [["for"], ["jeudi"], ["place"]]
    assert {one["option"]: one["votes"] for one in found["items"] if one["question"] == "lieux"} == {
        "place": 612, "quai": 433, "gare": 88, "blank": 20,
    }  # fmt: skip
    lines = (data / "results.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "number,question,id,title,option,label,votes"
    assert len(lines) == 1 + 3 + 4 + 4
    assert '"Le jeudi, après l’école",640' in (data / "results.csv").read_text("utf-8-sig")


def test_without_scripts_a_ballot_is_offered_only_where_it_is_taken(asking: Asking) -> None:
    for counts, is_offered in (("open", True), ("hidden", False)):
        page = (asking("vote", counts) / SLUG / "2" / "index.html").read_text("utf-8")
        (form,) = re.findall(r'<form[^>]*data-act="ballot"[^>]*>', page)
        assert ("scripted" not in form) is is_offered
        assert 'data-body="question choice[]"' in form


def test_each_form_of_the_list_belongs_to_the_page_of_its_question(asking: Asking) -> None:
    page = (asking("vote") / "en" / SLUG / "index.html").read_text("utf-8")
    assert re.findall(r'data-page="([^"]*)"', page) == [f"/en/{SLUG}/{number}/" for number in (1, 2, 3)]


def test_the_paper_ballot_has_every_answer_and_a_blank(asking: Asking) -> None:
    text = read(asking("vote"), "bulletin")
    for words in ("Pour", "Contre", "Le jeudi, après l’école", "2 cases au plus, ou blanc."):
        assert words in text
    assert (asking("vote") / SLUG / "bulletin" / "index.html").read_text("utf-8").count("<span>Blanc</span>") == 3


def test_the_page_of_outcomes_says_the_answer(asking: Asking) -> None:
    page = (asking("results") / "decide" / "index.html").read_text("utf-8")
    assert "Pour, à 63,3" in page
    assert "Et 2 autres questions." in page


def test_a_town_with_questions_alone_downloads_no_word_of_ideas(asking: Asking) -> None:
    scripts = "".join(file.read_text("utf-8") for file in (asking("vote") / "a").glob("*.js"))
    assert "Votre réponse" in scripts
    assert "Votre idée" not in scripts
