"""What a rule is given, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple


class Priced(NamedTuple):
    """A project as the rules see it. `cost` is at least 1."""

    number: int
    cost: int


class Basket(NamedTuple):
    """A ballot that `times` people cast: (place of the project in Election.projects, weight >= 1); () is blank."""

    weights: tuple[tuple[int, int], ...]
    times: int


class Measure(StrEnum):
    """What a chosen project is worth to the person who chose it, for each weight that the ballot gives it."""

    COST = "cost"  # its cost: a euro spent as I asked is worth a euro
    CARDINALITY = "cardinality"  # 1, so that cheap projects come before dear ones with as much support


class Rule(StrEnum):
    """How winners are chosen."""

    GREEDY = "greedy"
    EQUAL_SHARES = "equal_shares"


class Completion(StrEnum):
    """What is done with the money that equal shares leave."""

    NONE = "none"
    GREEDY = "greedy"
    ADD1 = "add1"
    ADD1_GREEDY = "add1_greedy"


@dataclass(frozen=True, slots=True)
class Election:
    """One sum to share out. Money is in whole numbers of any unit, of which `step` make one unit of the currency.

    Of equals the one that costs less goes first, then the one that stands first in `projects`.
    """

    amount: int
    projects: tuple[Priced, ...]
    baskets: tuple[Basket, ...]
    measure: Measure = Measure.COST
    step: int = 1

    @property
    def people(self) -> int:
        """How many cast a ballot, blank ones among them."""
        return sum(one.times for one in self.baskets)

    def supporters(self) -> list[list[tuple[int, int]]]:
        """For each project (place in `baskets`, weight) of those who chose it."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.projects]
        for place, basket in enumerate(self.baskets):
            for project, weight in basket.weights:
                found[project].append((place, weight))
        return found

    def worth(self, project: int, weight: int) -> Fraction:
        """The satisfaction that `weight` brings for each unit of money that the project costs."""
        return Fraction(weight) if self.measure is Measure.COST else Fraction(weight, self.projects[project].cost)

    def tie(self, project: int) -> tuple[int, int]:
        """Sorts equal projects."""
        return self.projects[project].cost, project


class Reason(StrEnum):
    """Why a project won or lost."""

    SUPPORT = "support"  # won: enough money was left when its turn came
    SHARES = "shares"  # won: those who chose it could pay for it with their shares
    COMPLETION = "completion"  # won: paid for with what the shares had left
    NOBODY = "nobody"  # lost: no ballot chose it
    TOO_DEAR = "too_dear"  # lost: costs more than the whole sum
    NO_MONEY = "no_money"  # lost: not enough money was left when its turn came
    SHARES_SHORT = "shares_short"  # lost: those who chose it had not enough of their shares left


class Why(NamedTuple):
    """Why one project won or lost; money in the unit of the election."""

    project: int  # its place in Election.projects
    won: bool
    reason: Reason
    people: int  # whose ballot has it
    weight: int  # the sum of what ballots give it: as many as `people` but for points and ranks
    turn: int  # 1 for the first that was decided, 0 where no turn came
    left: int  # money not yet given when its turn came, or at the end
    price: Fraction  # won by shares: what each paid for a weight of 1, who had as much; else 0
    together: Fraction  # lost by shares: what those who chose it had left together at the end; else 0
    missing: int  # lost: weight that would have been enough, all else as it was; 0 where no weight would


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule chose. `winners` are places in Election.projects, in the order in which they won."""

    winners: tuple[int, ...]
    why: tuple[Why, ...]  # one a project, in their order
    share: Fraction  # what each person's share was in the end; 0 where the rule knows no shares

    def cost(self, election: Election) -> int:
        """What the winners cost together: never more than the sum."""
        return sum(election.projects[one].cost for one in self.winners)


class Support(NamedTuple):
    """How much support a project has."""

    people: int
    weight: int


def supports(election: Election, supporters: Sequence[Sequence[tuple[int, int]]]) -> list[Support]:
    """The support of each project."""
    times = [one.times for one in election.baskets]
    return [
        Support(sum(times[place] for place, _ in own), sum(times[place] * weight for place, weight in own))
        for own in supporters
    ]
