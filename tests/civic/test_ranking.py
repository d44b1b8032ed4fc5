"""The order of relevance: what moves an idea up, what never does, and that a spreadsheet makes the same."""

import math
import tomllib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.declaration import DeclarationError
from civic.ranking import Standing, Weights, doublings, place_of, read_weights, score

DAY = 86_400
T = 1_780_000_000


def one(at: int = T, support: int | None = 0, said: int = 0, number: int = 1) -> Standing:
    return Standing("A" * 22, number, at, support, said)


@given(st.integers(1, 10**9))
def test_doublings_are_the_logarithm_on_a_straight_line(points: int) -> None:
    exact = 1000 * math.log2(points)
    assert exact - 87 <= doublings(points) <= exact + 1e-6
    assert doublings(2 * points) == doublings(points) + 1000
    assert doublings(points + 1) >= doublings(points)


def test_twice_the_points_are_worth_a_half_life() -> None:
    weights = Weights(half_life_days=5, weight_support=1, weight_said=0)
    older, newer = one(T, support=7), one(T + 5 * DAY, support=3)
    assert score(older, weights) == score(newer, weights)
    assert score(older, weights) > score(newer._replace(received_at=T + 5 * DAY - 600), weights)


@given(st.integers(0, 10**4), st.integers(0, 10**4), st.integers(1, 365))
def test_more_support_or_more_talk_never_moves_down(support: int, said: int, days: int) -> None:
    weights = Weights(days)
    base = score(one(support=support, said=said), weights)
    assert score(one(support=support + 1, said=said), weights) >= base
    assert score(one(support=support, said=said + 1), weights) >= base


def test_a_hidden_count_is_as_none_at_all() -> None:
    assert score(one(support=None, said=3), Weights()) == score(one(support=0, said=3), Weights())


def test_the_smaller_number_comes_first_of_two_that_are_equal() -> None:
    places = [place_of(one(number=number), Weights()) for number in (3, 1, 2)]
    assert [place[1] for place in sorted(places)] == [1, 2, 3]


def test_a_spreadsheet_makes_the_same_score() -> None:
    # As in the cells of a spreadsheet: 64-bit floating point, INT, LOG to the base of 2.
    weights = Weights(half_life_days=9, weight_support=3, weight_said=2)
    for points in range(1, 5000):
        whole = math.floor(math.log(points, 2) + 1e-9)
        cell = 1000 * whole + math.floor(1000 * (points - 2**whole) / 2**whole)
        assert cell == doublings(points), points
    cell = math.floor((T + 12345) * 1000 / (9 * DAY))
    assert cell + doublings(1 + 3 * 4 + 2 * 5) == score(one(T + 12345, 4, 5), weights)


def test_a_town_says_what_it_gives_weight_to() -> None:
    assert read_weights({}, "space.toml") == Weights(7, 2, 1)
    table = tomllib.loads("[ranking]\nhalf_life_days = 30\nweight_said = 0\n")
    assert read_weights(table, "space.toml") == Weights(30, 2, 0)
    ordered = [place_of(one(T, said=said), read_weights(table, "")) for said in (0, 9)]
    assert all(first == second for first, second in pairwise(ordered))


@pytest.mark.parametrize("line", ["half_life_days = 0", "weight_said = -1", "weight_support = 1.5", "weight_money = 9"])
def test_a_weight_that_means_nothing_is_refused(line: str) -> None:
    with pytest.raises(DeclarationError, match=r"space\.toml \[ranking\]"):
        read_weights(tomllib.loads(f"[ranking]\n{line}\n"), "space.toml")
