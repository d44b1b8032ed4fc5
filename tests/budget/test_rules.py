"""The rules that share out a budget, beside pabutools on hundreds of elections."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from civic.modules.budget.rules.decide import decide
from civic.modules.budget.rules.election import Basket, Completion, Election, Measure, Priced, Reason, Rule, Why

EVERY_RULE = [(Rule.GREEDY, Completion.NONE), *((Rule.EQUAL_SHARES, one) for one in Completion)]


def random_election(chance: random.Random, *, strongest: int) -> Election:
    """Small numbers, so that ties are common; or greater ones, so that shares have a long way to rise."""
    scale = chance.choice((1, 1, 1, 50))
    costs = [scale * chance.choice((1, 2, 3, 5, 8, 13)) for _ in range(chance.randint(1, 8))]
    projects = tuple(Priced(number, cost) for number, cost in enumerate(costs, 1))
    baskets = []
    for _ in range(chance.randint(1, 8)):
        chosen = sorted(chance.sample(range(len(projects)), chance.randint(0, len(projects))))
        weights = tuple((project, chance.randint(1, strongest)) for project in chosen)
        baskets.append(Basket(weights, chance.randint(1, 3)))
    amount = chance.randint(3 * scale, max(3 * scale, sum(costs)))
    return Election(amount, projects, tuple(baskets), chance.choice(list(Measure)))


@pytest.mark.parametrize("strongest", [1, 4])
@pytest.mark.parametrize(("rule", "completion"), EVERY_RULE)
def test_the_winners_are_those_of_pabutools(rule: Rule, completion: Completion, strongest: int) -> None:
    oracle = pytest.importorskip("tests.budget.oracle", reason="pabutools is not installed")
    chance = random.Random(f"{rule}{completion}{strongest}")
    for _ in range(100):
        election = random_election(chance, strongest=strongest)
        assert set(decide(election, rule, completion).winners) == oracle.winners(election, rule, completion), election


def test_of_equals_the_one_that_costs_less_goes_first_then_the_lower_number() -> None:
    projects = (Priced(1, 30), Priced(2, 20), Priced(3, 20))
    election = Election(50, projects, (Basket(((0, 1), (1, 1), (2, 1)), 1),))
    for rule in Rule:
        assert decide(election, rule).winners == (1, 2)


def test_a_project_that_nobody_chose_never_wins() -> None:
    election = Election(100, (Priced(1, 10), Priced(2, 10)), (Basket(((0, 1),), 1), Basket((), 3)))
    for rule, completion in EVERY_RULE:
        outcome = decide(election, rule, completion)
        assert set(outcome.winners) <= {0}
        assert outcome.why[1].reason is Reason.NOBODY


def test_without_a_ballot_nothing_wins() -> None:
    election = Election(100, (Priced(1, 10),), ())
    assert not any(decide(election, rule, completion).winners for rule, completion in EVERY_RULE)


def test_a_blank_ballot_leaves_its_share_unspent() -> None:
    election = Election(100, (Priced(1, 60),), (Basket(((0, 1),), 1), Basket((), 1)))
    outcome = decide(election, Rule.EQUAL_SHARES)
    assert outcome.winners == ()
    assert outcome.why[0] == Why(0, False, Reason.SHARES_SHORT, 1, 1, 0, 100, Fraction(0), Fraction(50), 1)
    assert decide(election, Rule.EQUAL_SHARES, Completion.ADD1).winners == (0,)


def test_a_small_group_gets_its_part_by_equal_shares_and_nothing_by_votes() -> None:
    """The example of the page of rules: 60 people want roads, 40 want trees, and there is money for five projects."""
    projects = tuple(Priced(number, 20) for number in range(1, 11))
    roads, trees = tuple((one, 1) for one in range(5)), tuple((one, 1) for one in range(5, 10))
    election = Election(100, projects, (Basket(roads, 60), Basket(trees, 40)))
    assert decide(election, Rule.GREEDY).winners == (0, 1, 2, 3, 4)
    assert sorted(decide(election, Rule.EQUAL_SHARES).winners) == [0, 1, 2, 5, 6]


@pytest.mark.parametrize("measure", list(Measure))
def test_the_missing_votes_are_exactly_those_that_would_have_been_enough(measure: Measure) -> None:
    chance, found = random.Random(7), 0
    for _ in range(150):
        election = random_election(chance, strongest=1)
        election = Election(election.amount, election.projects, election.baskets, measure)
        for why in decide(election, Rule.GREEDY).why:
            if why.reason is not Reason.NO_MONEY or not why.missing:
                continue
            found += 1
            for more, wins in ((why.missing, True), (why.missing - 1, False)):
                added = (*election.baskets, Basket(((why.project, 1),), more))
                after = decide(Election(election.amount, election.projects, added, measure), Rule.GREEDY)
                assert (why.project in after.winners) is wins
    assert found > 20


def test_the_reasons_account_for_every_euro() -> None:
    chance = random.Random(11)
    for rule, completion in EVERY_RULE:
        for _ in range(50):
            election = random_election(chance, strongest=3)
            outcome = decide(election, rule, completion)
            assert [one.project for one in outcome.why] == list(range(len(election.projects)))
            assert {one.project for one in outcome.why if one.won} == set(outcome.winners)
            left = election.amount
            for project in outcome.winners:
                assert outcome.why[project].left == left
                left -= election.projects[project].cost
            assert left >= 0
            for one in outcome.why:
                if one.reason is Reason.SHARES:
                    assert one.price * one.weight >= election.projects[one.project].cost
                if one.reason is Reason.SHARES_SHORT and completion is Completion.NONE:
                    assert one.together < election.projects[one.project].cost
