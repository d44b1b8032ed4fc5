"""The code of a letter: read as people write it, and no slip of the pen makes another code of it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.census_code import BITS, CHECKS, LENGTH, SIGNS, census_code, is_plain, on_paper, read_census_code

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "census_codes.json").read_text("utf-8"))
values = st.integers(0, 2**BITS - 1)


def test_the_vectors_that_the_browser_is_tested_on_too() -> None:
    for one in VECTORS["codes"]:
        assert census_code(one["value"]) == one["code"]
        assert read_census_code(one["written"]) == one["code"]
    assert [read_census_code(written) for written in VECTORS["none"]] == [""] * len(VECTORS["none"])


@given(values)
def test_what_is_on_paper_is_read_back(value: int) -> None:
    code = census_code(value)
    assert read_census_code(on_paper(code)) == read_census_code(on_paper(code).lower()) == code
    assert is_plain(code) == (code[-1] not in "*~$=U")


@given(values, st.integers(0, LENGTH), st.sampled_from(CHECKS))
def test_one_wrong_sign_is_seen(value: int, place: int, sign: str) -> None:
    code = census_code(value)
    wrong = code[:place] + sign + code[place + 1 :]
    assert read_census_code(wrong) == (code if wrong == code else "")


@given(values, st.integers(0, LENGTH - 2))
def test_two_signs_that_changed_places_are_seen(value: int, place: int) -> None:
    code = census_code(value)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert read_census_code(swapped) == (code if swapped == code else "")


@given(st.text(max_size=20))
def test_nothing_else_is_a_code(written: str) -> None:
    code = read_census_code(written)
    assert code == "" or (len(code) == LENGTH + 1 and set(code[:-1]) <= set(SIGNS) and read_census_code(code) == code)


def test_a_code_holds_fifty_bits() -> None:
    for value in (-1, 2**BITS):
        with pytest.raises(ValueError, match="fifty bits"):
            census_code(value)
