"""Words and their other forms, and how alike two texts are: the twins' vectors, and what real comments give."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from civic.likeness import ENOUGH, Gist, gist, likeness
from civic.stems import stems_of, words_of

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "stems.json").read_text("utf-8"))
# Comments that say one thing twice, by their beginnings, as somebody read them.
SAID_TWICE = {
    "15-per-hour-seattle": [
        ("This will lead to robots", "Minimum wage will not just lead to robots"),
        ("This will cause small businesses", "I agree. The small business"),
    ],
    "brexit-consensus": [
        ("There is some difference between Labour", "There's literally no difference between Labour"),
        ("There should be a referendum on the final", "There should not be a second referendum"),
        ("A referendum should not be binding", "I think we should support the referendum"),
    ],
}


@pytest.mark.parametrize("case", VECTORS["words"], ids=lambda case: case["stem"])
def test_the_forms_of_a_word_have_one_stem(case: dict[str, Any]) -> None:
    assert {one: stems_of(one, case["lang"]) for one in case["alike"]} == {one: [case["stem"]] for one in case["alike"]}


@pytest.mark.parametrize("case", VECTORS["texts"], ids=lambda case: case["text"][:12])
def test_a_text_is_its_stems(case: dict[str, Any]) -> None:
    assert stems_of(case["text"], case["lang"]) == case["stems"]


@pytest.mark.parametrize("case", VECTORS["likeness"], ids=lambda case: str(case["likeness"]))
def test_texts_are_as_alike_as_the_vectors_say_whichever_comes_first(case: dict[str, Any]) -> None:
    one, other = gist(*case["one"]), gist(*case["other"])
    assert likeness(one, other) == likeness(other, one) == case["likeness"]


def _comments(shared_data: Path, name: str) -> list[str]:
    file = shared_data / "polis" / name / "comments.csv"
    with file.open(encoding="utf-8", newline="") as rows:
        return [row["comment-body"] for row in csv.DictReader(rows)]


def _alike(asked: Gist, gists: list[Gist]) -> list[int]:
    """The places of the three most like `asked`, as a form shows them."""
    rated = sorted(((likeness(asked, one), -at) for at, one in enumerate(gists)), reverse=True)
    return [-at for score, at in rated[:3] if score >= ENOUGH]


@pytest.mark.parametrize("name", SAID_TWICE)
def test_what_somebody_says_again_in_half_the_words_finds_what_was_said(shared_data: Path, name: str) -> None:
    comments = [one for one in _comments(shared_data, name) if len(words_of(one)) >= 6]
    gists = [gist(one, "", "en") for one in comments]
    halves = [gist(" ".join(words_of(one)[::2]), "", "en") for one in comments]
    found = sum(at in _alike(half, gists) for at, half in enumerate(halves))
    assert found >= 0.95 * len(comments), f"{found} of {len(comments)} found"


@pytest.mark.parametrize("name", SAID_TWICE)
def test_comments_that_say_one_thing_twice_are_found_and_few_others(shared_data: Path, name: str) -> None:
    comments = _comments(shared_data, name)
    gists = [gist(one, "", "en") for one in comments]
    for first, second in SAID_TWICE[name]:
        (one,), (other,) = ([at for at, text in enumerate(comments) if text.startswith(start)]
                            for start in (first, second))  # fmt: skip
        assert likeness(gists[one], gists[other]) >= ENOUGH, first
    shown = sum(len(_alike(one, gists)) - 1 for one in gists)
    assert shown <= len(comments), f"{shown} shown beside {len(comments)}: a list that always shows is not read"
