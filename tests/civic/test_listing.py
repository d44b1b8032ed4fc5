"""Words that a town publishes once read: of enough people, without order, hour or author; the others are counted."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.groups import LEAST
from civic.listing import LISTED, UNREAD, check_verdict, listed_document, told_of
from civic.moderation import REASONS
from civic.refusals import Refused

VERDICTS = {"Bravo": LISTED, "Merci": LISTED, "Va donc": "attack"}
some_words = st.lists(st.sampled_from(["Bravo", "Merci", "Va donc", "Nouveau"]), max_size=20)


def verdict(words: str) -> str:
    return VERDICTS.get(words, UNREAD)


@given(some_words)
def test_words_are_told_of_five_people_at_least_and_everybody_is_told_of_once(written: list[str]) -> None:
    told = told_of(written, verdict)
    if len(written) < LEAST:
        assert told is None
        return
    assert told is not None
    assert sum(n for _, n in told.words) + sum(told.left.values()) + told.unread == len(written)
    assert dict(told.words) == {words: written.count(words) for words in {*written} & {"Bravo", "Merci"}}
    said = json.dumps(listed_document(told))
    assert "Va donc" not in said
    assert "Nouveau" not in said


@given(some_words.flatmap(lambda written: st.tuples(st.just(written), st.permutations(written))))
def test_the_order_in_which_people_wrote_changes_nothing(drawn: tuple[list[str], list[str]]) -> None:
    one, other = drawn
    assert told_of(one, verdict) == told_of(other, verdict)


def test_nobody_comes_first_with_an_a() -> None:
    told = told_of([f"{letter} lire" for letter in "abcdefghij"], lambda _: LISTED)
    assert told is not None
    assert [words for words, _ in told.words] != sorted(words for words, _ in told.words)


def test_words_are_left_out_for_a_reason_of_the_charter() -> None:
    assert [check_verdict(one) for one in (LISTED, *REASONS)] == [LISTED, *REASONS]
    for other in ("", "ugly"):
        with pytest.raises(Refused):
            check_verdict(other)
