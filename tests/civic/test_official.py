"""The town's answers: checked strictly, kept whole, merged without going round in a circle."""

from typing import Any

import pytest

from civic.official import (
    NOT_SAID,
    Answer,
    answer_bytes,
    answers_document,
    check_answer,
    check_merging,
    merged_of,
    read_answer,
)
from civic.refusals import Code, Refused
from tests.civic.town import MODULES, jti

STATUSES = MODULES["ideas"].statuses
GOOD = Answer(jti(1), "study", {"fr": "Merci.\nNous regardons."}, "Claire Morel, adjointe à la culture", 1_790_000_000)


def test_an_answer_is_kept_as_it_was_given() -> None:
    whole = GOOD._replace(status="done", cost="9 400 €", done=100, milestone="2027-03-01")
    for one in (GOOD, whole, GOOD._replace(words={}), GOOD._replace(status="merged", into=jti(2))):
        assert read_answer(answer_bytes(check_answer(one, STATUSES, ("fr", "en")))) == one


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"status": "lost"}, "status"),
        ({"words": {"de": "Danke."}}, "answer_words"),
        ({"words": {"fr": ""}}, "answer_words"),
        ({"words": {"fr": "x" * 2001}}, "answer_words"),
        ({"words": {"fr": "à\u202eb"}}, "answer_words"),
        ({"status": "refused", "words": {}}, "why"),
        ({"name": "C"}, "answerer"),
        ({"name": "x" * 81}, "answerer"),
        ({"cost": "x" * 81}, "cost"),
        ({"done": 101}, "done"),
        ({"done": -2}, "done"),
        ({"milestone": "1 mars"}, "milestone"),
        ({"milestone": "20270301"}, "milestone"),
        ({"milestone": "2027-02-30"}, "milestone"),
        ({"status": "merged"}, "into"),
        ({"into": jti(2)}, "into"),
    ],
)
def test_what_is_wrong_with_an_answer_is_named(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        check_answer(GOOD._replace(**changed), STATUSES, ("fr", "en"))
    assert refused.value.field == field
    assert refused.value.code is (Code.BAD_OPTION if field == "status" else Code.BAD_PAYLOAD)


def test_merging_never_goes_round_in_a_circle() -> None:
    merged = {"b": "c", "c": "d"}
    check_merging("a", "b", merged)
    check_merging("e", "", merged)
    for about, into in (("a", "a"), ("d", "b"), ("d", "c")):
        with pytest.raises(Refused) as refused:
            check_merging(about, into, merged)
        assert refused.value.field == "circle"


def test_only_the_last_answer_says_where_an_idea_goes_on() -> None:
    merged, again = GOOD._replace(status="merged", into="b"), GOOD._replace(status="accepted")
    assert merged_of({"a": [GOOD, merged], "c": [merged, again], "d": []}) == {"a": "b"}


def test_the_snapshot_has_every_answer_and_the_number_of_what_an_idea_goes_on_in() -> None:
    merged = GOOD._replace(status="merged", into="b", words={})
    row = answers_document(jti(1), 7, [GOOD._replace(done=40), merged], {"b": 22}.__getitem__)
    assert (row["id"], row["number"]) == (jti(1), 7)
    first, last = row["answers"]
    assert (first["done"], first["status"], "into_number" in first) == (40, "study", False)
    assert (last["done"], last["into"], last["into_number"]) == (None, "b", 22)
    assert GOOD.done == NOT_SAID
    assert "about" not in first
