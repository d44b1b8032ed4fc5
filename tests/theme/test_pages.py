"""Every page of a little town, on every day of its consultations: valid, light, whole."""

import base64
import hashlib
import html
import re
import subprocess
from pathlib import Path

import brotli
import pytest

from tests.theme.conftest import REPOSITORY, BuildTown
from tests.theme.little_town import DAYS

GOAL, LIMIT = 8_000, 14_000  # bytes of a page as it travels, everything in it (docs: web, budgets)
every_state = pytest.mark.parametrize("state", DAYS)


def pages(site: Path) -> dict[str, str]:
    return {f"/{file.relative_to(site)}": file.read_text("utf-8") for file in sorted(site.rglob("*.html"))}


def one_of_each(site: Path) -> list[Path]:
    """Every kind of page: of the ideas, the first four."""
    return [file for file in sorted(site.rglob("*.html")) if not re.search(r"/(?:[5-9]|[1-9]\d)/", str(file))]


def weight(text: str) -> int:
    return len(brotli.compress(text.encode(), quality=11))


@every_state
def test_pages_are_valid_html(build_town: BuildTown, state: str) -> None:
    site = build_town(state)
    command = ["node", str(REPOSITORY / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"),
               "--config", str(Path(__file__).with_name("htmlvalidate.json")), "--formatter", "text"]  # fmt: skip
    done = subprocess.run(
        [*command, *map(str, one_of_each(site))], capture_output=True, text=True, cwd=REPOSITORY, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


@every_state
def test_pages_travel_light(build_town: BuildTown, state: str) -> None:
    files = one_of_each(build_town(state))
    heavy = {str(file): size for file in files if (size := weight(file.read_text("utf-8"))) > GOAL}
    assert not heavy


def test_a_list_of_forty_nine_ideas_stays_under_the_hard_limit(build_town: BuildTown) -> None:
    assert weight(pages(build_town("collect", 49))["/filature/index.html"]) < LIMIT


@every_state
def test_the_policy_allows_the_style_of_the_page_and_nothing_else_inline(build_town: BuildTown, state: str) -> None:
    for path, text in pages(build_town(state)).items():
        (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = html.unescape(re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[0])
        assert f"style-src 'sha256-{digest}'" in policy, path
        assert "unsafe" not in policy
        assert not re.search(r"\sstyle=|\son[a-z]+=", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)), path


@every_state
def test_no_link_is_dead(build_town: BuildTown, state: str) -> None:
    site = build_town(state)
    dead = set()
    for path, text in pages(site).items():
        for address in re.findall(r'(?:href|src)="(/[^"#?]*)', text):
            file = site / html.unescape(address).lstrip("/")
            if not (file / "index.html" if address.endswith("/") else file).is_file():
                dead.add((path, address))
    assert not sorted(dead)[:10]


@every_state
def test_a_text_in_another_language_says_so(build_town: BuildTown, state: str) -> None:
    if state == "before":
        return
    text = pages(build_town(state))["/filature/7/index.html"]
    assert re.search(r'<h1 lang="en" dir="auto">', text)


@every_state
def test_citizens_words_stay_words(build_town: BuildTown, state: str) -> None:
    for path, text in pages(build_town(state)).items():
        assert "<titre>" not in text, path


def test_hidden_counts_are_on_no_page_before_the_results(build_town: BuildTown) -> None:
    for state in ("collect", "gap", "study", "vote", "grace"):
        for path, text in pages(build_town(state)).items():
            if "/halle/" in path:
                assert 'class="bar' not in text, path
                assert "soutien" not in text, path
    assert 'class="bar' in pages(build_town("results"))["/halle/1/index.html"]


@pytest.mark.parametrize(
    ("state", "has_vote", "has_proposal", "has_comment"),
    [("collect", False, True, True), ("gap", False, False, False), ("study", False, False, False),
     ("vote", True, False, True), ("grace", False, False, False), ("results", False, False, False)],
)  # fmt: skip
def test_a_form_stands_where_its_act_is_taken(
    build_town: BuildTown, state: str, *, has_vote: bool, has_proposal: bool, has_comment: bool
) -> None:
    found = pages(build_town(state))
    assert ('data-act="vote"' in found["/halle/1/index.html"]) is has_vote
    assert ('data-act="comment"' in found["/halle/1/index.html"]) is has_comment
    assert ('data-act="proposal"' in found["/halle/proposer/index.html"]) is has_proposal


def test_without_script_a_signed_vote_says_what_to_do(build_town: BuildTown) -> None:
    found = pages(build_town("vote"))
    assert "<noscript><p" in found["/halle/1/index.html"]
    assert 'class="sheet scripted"' in found["/halle/1/index.html"]
    assert 'class="sheet scripted"' not in found["/filature/1/index.html"]


def test_what_opens_before_says_when(build_town: BuildTown) -> None:
    text = pages(build_town("before"))["/halle/index.html"].replace("\u00a0", " ")
    assert "Cette consultation ouvre lundi 1er juin à 9 h." in text
    assert "Aucune idée pour l’instant" in text


def test_the_result_says_the_answer_in_words_before_any_figure(build_town: BuildTown) -> None:
    text = pages(build_town("results"))["/halle/resultat/index.html"].replace("\u00a0", " ")
    main = text[text.index("<main") :]
    assert main.index("L’idée n° 7 arrive en tête") < main.index("<svg")
    assert main.index("<svg") < main.index("<table")


def test_a_tie_names_no_winner(build_town: BuildTown) -> None:
    text = pages(build_town("results", 5, is_tied=True))["/halle/resultat/index.html"].replace("\u00a0", " ")
    assert "4 idées à égalité en tête" in text
    assert "arrive en tête" not in text
