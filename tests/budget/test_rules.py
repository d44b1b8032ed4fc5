"""The rules that share out a budget, beside pabutools on hundreds of elections."""

from __future__ import annotations

import random

import pytest

from civic.modules.budget.rules.decide import decide
from civic.modules.budget.rules.election import Basket, Completion, Election, Measure, Priced, Reason, Rule

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
