"""From the totals of a sum to its winners, as the snapshot and the open data say it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from civic.modules.budget.rules.ballots import parts_of, weight_of
from civic.modules.budget.rules.decide import decide
from civic.modules.budget.rules.election import Basket, Completion, Election, Outcome, Priced, Rule, Why
from civic.modules.budget.settings import Budget, Envelope


def election_of(budget: Budget, envelope: Envelope, baskets: Mapping[tuple[str, ...], int]) -> Election:
    """The ballots under today's rules; a ballot's word on a project of another sum counts nowhere."""
    offered = sorted(budget.offered(envelope.id), key=lambda one: one.number)
    places = {one.id: place for place, one in enumerate(offered)}
    counted: Counter[tuple[tuple[int, int], ...]] = Counter()
    for choice, times in baskets.items():
        parts = [part for part in parts_of(choice) if part.project in places]
        weights = sorted((places[part.project], weight_of(budget.ballot, part)) for part in parts)
        counted[tuple(weights)] += times
    return Election(
        envelope.amount,
        tuple(Priced(one.number, one.cost) for one in offered),
        tuple(Basket(weights, times) for weights, times in sorted(counted.items())),
        budget.measure,
    )


def decision_of(budget: Budget, envelope: Envelope, baskets: Mapping[tuple[str, ...], int]) -> dict[str, Any]:
    """The member `decision` of a row (README.md): winners in their order, and why each project won or lost."""
    election = election_of(budget, envelope, baskets)
    outcome = _decide(election, budget.rule, budget.completion)
    ids = [str(one.number) for one in election.projects]
    return {
        "winners": [ids[place] for place in outcome.winners],
        "spent": outcome.cost(election),
        "share_cents": _cents(outcome.share),
        "why": [_row(one, ids[one.project]) for one in outcome.why],
    }


@lru_cache(8)
def _decide(election: Election, rule: Rule, completion: Completion) -> Outcome:
    # The worker makes a row again whenever a page may have changed; equal ballots have the same winners.
    return decide(election, rule, completion)


def _row(why: Why, identity: str) -> dict[str, Any]:
    return {
        "id": identity, "won": why.won, "reason": str(why.reason), "people": why.people, "weight": why.weight,
        "turn": why.turn, "left": why.left, "price_cents": _cents(why.price), "together_cents": _cents(why.together),
        "missing": why.missing,
    }  # fmt: skip


def _cents(amount: Fraction) -> int:
    """Hundredths of a unit, never more than there are."""
    return int(amount * 100)
