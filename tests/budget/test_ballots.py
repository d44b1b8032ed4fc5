"""What a ballot may hold, and what it gives."""

import pytest

from civic.modules.budget.rules.ballots import BallotRules, is_allowed, parts_of, weight_of

COSTS = {"1": 60, "2": 50, "10": 40}
APPROVAL = BallotRules("approval", 2, 2, 0, 0)
KNAPSACK = BallotRules("knapsack", 0, 3, 0, 0)
POINTS = BallotRules("points", 0, 3, 3, 5)
RANKING = BallotRules("ranking", 0, 2, 0, 0)


@pytest.mark.parametrize(
    ("rules", "choice", "is_fine"),
    [
        (APPROVAL, ["1", "2"], True),
        (APPROVAL, [], True),
        (APPROVAL, ["1"], False),
        (APPROVAL, ["1", "10", "2"], False),
        (APPROVAL, ["1", "3"], False),
        (APPROVAL, ["1*1", "2*1"], False),
        (KNAPSACK, ["10", "2"], True),
        (KNAPSACK, ["1", "10"], True),
        (KNAPSACK, ["1", "2"], False),
        (POINTS, ["1*3", "2*2"], True),
        (POINTS, ["1*3", "2*3"], False),
        (POINTS, ["1*4"], False),
        (POINTS, ["1"], False),
        (RANKING, ["1*2", "2*1"], True),
        (RANKING, ["1*2"], False),
        (RANKING, ["1*1", "2*1"], False),
        (RANKING, ["1*1", "10*3", "2*2"], False),
    ],
)
def test_a_ballot_keeps_to_its_rules(rules: BallotRules, choice: list[str], is_fine: bool) -> None:
    assert is_allowed(rules, parts_of(choice), COSTS, 100) is is_fine


@pytest.mark.parametrize(
    "choice",
    [
        ["2", "1"],
        ["1", "1"],
        ["1*1", "1*2"],
        ["01"],
        ["1*0"],
        ["1*"],
        [""],
        ["1000"],
        ["a"],
        ["1\u0663"],
        ["1*1\u0663"],
    ],
)
def test_a_choice_is_written_in_one_way(choice: list[str]) -> None:
    with pytest.raises(ValueError, match="each"):
        parts_of(choice)


def test_the_first_rank_is_worth_most() -> None:
    assert [weight_of(RANKING, one) for one in parts_of(["1*2", "2*1"])] == [1, 2]
    assert [weight_of(POINTS, one) for one in parts_of(["1*3", "2*1"])] == [3, 1]
    assert [weight_of(KNAPSACK, one) for one in parts_of(["1", "2"])] == [1, 1]
