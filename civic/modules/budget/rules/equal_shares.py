"""The Method of Equal Shares (Peters and Skowron; equalshares.net): everyone has the same share of the money.

A project can be bought when those who chose it can pay for it with what they have left: each the same for each weight,
or all that they have. The one that asks least for the satisfaction it brings is bought first. As
`method_of_equal_shares` of pabutools.

Purses are whole numbers of 1/`one`: where a price needs a finer coin, all purses are recounted in it. Prices only rise
while purses empty, so a queue of the prices of before tells which project to look at again.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import gcd, lcm
from operator import mul
from typing import NamedTuple

from civic.modules.budget.rules.election import Election


class Bought(NamedTuple):
    """A project that was bought, at `price` for a weight of 1."""

    project: int
    price: Fraction


class Run(NamedTuple):
    """What was bought, in order, and what is left in the purses of those who chose each project."""

    bought: tuple[Bought, ...]
    share: Fraction
    together: tuple[Fraction, ...]
    trace: tuple[bytes, ...]  # of a traced run: who was too poor for the price of each purchase, whatever they chose


class _Supporters(NamedTuple):
    """Those who chose one project: places of their purses, and how often and how strongly each did."""

    places: list[int]
    times: list[int]
    weights: list[int]
    scale: int  # a multiple of all the weights,
    scaled: list[int]  # and how often each weight is in it
    weight: int
    cost: int


class EqualShares:
    """One election made ready, to be run with any share."""

    def __init__(self, election: Election, supporters: Sequence[Sequence[tuple[int, int]]]) -> None:
        self._people = election.people
        self._baskets = len(election.baskets)
        times = [one.times for one in election.baskets]
        self._supporters = [
            _gather(own, times, one.cost) for own, one in zip(supporters, election.projects, strict=True)
        ]
        # What satisfaction costs is what a weight costs, over what a weight is worth.
        self._worth = [election.worth(one, 1) * election.projects[one].cost for one in range(len(election.projects))]
        ties = sorted(range(len(election.projects)), key=election.tie)
        self._rank = {project: rank for rank, project in enumerate(ties)}
        self._project = ties

    def run(self, share: Fraction, *, is_traced: bool = False) -> Run:
        """What is bought when everyone has `share`.

        While purchases and their traces are the same, every purse, price and sum is linear in the share. So two shares
        with equal traces buy the same, and so does every share between them.
        """
        one, purses = share.denominator, [share.numerator] * self._baskets
        queue = [
            (Fraction(own.cost, own.weight) / self._worth[project], self._rank[project])
            for project, own in enumerate(self._supporters)
            if own.weight
        ]
        heapify(queue)
        bought: list[Bought] = []
        trace: list[bytes] = []
        while queue:
            asked, rank = heappop(queue)
            project = self._project[rank]
            price = _price(self._supporters[project], purses, one)
            if price is None:
                continue
            now = price / self._worth[project]
            if now != asked:
                heappush(queue, (now, rank))
                continue
            bought.append(Bought(project, price))
            if is_traced:
                trace.append(self._poor(now, purses, one) + project.to_bytes(4, "big"))
            finer = price.denominator // gcd(one, price.denominator)
            if finer > 1:
                one, purses = one * finer, [purse * finer for purse in purses]
            _pay(self._supporters[project], purses, price.numerator * (one // price.denominator))
        together = tuple(_together(own, purses, one) for own in self._supporters)
        return Run(tuple(bought), share, together, tuple(trace))

    def _poor(self, asked: Fraction, purses: Sequence[int], one: int) -> bytes:
        found = bytearray()
        for own, worth in zip(self._supporters, self._worth, strict=True):
            due = asked * worth * one
            held = zip(own.places, own.weights, strict=True)
            found += bytes(purses[place] * due.denominator < due.numerator * weight for place, weight in held)
        return bytes(found)

    @property
    def supported(self) -> list[int]:
        """The projects that anyone chose."""
        return [project for project, own in enumerate(self._supporters) if own.weight]

    def first_share(self, amount: int) -> Fraction:
        """The same part of the sum for everyone who cast a ballot."""
        return Fraction(amount, self._people or 1)


def _gather(own: Sequence[tuple[int, int]], times: Sequence[int], cost: int) -> _Supporters:
    places, weights = [place for place, _ in own], [weight for _, weight in own]
    scale = lcm(*set(weights))
    counts = [times[place] for place in places]
    scaled = [scale // weight for weight in weights]
    return _Supporters(places, counts, weights, scale, scaled, sum(map(mul, counts, weights)), cost)


def _price(own: _Supporters, purses: Sequence[int], one: int) -> Fraction | None:
    """What a weight of 1 must pay so that the project is paid for; None where all purses together are too thin."""
    held = [purses[place] for place in own.places]
    rest, weight = own.cost * one, own.weight
    if sum(map(mul, held, own.times)) < rest:
        return None
    reach = held if own.scale == 1 else list(map(mul, held, own.scaled))
    if rest * own.scale <= min(reach) * weight:
        return Fraction(rest, weight * one)
    # From the thinnest purse up: who cannot pay the same for a weight as all after them pays what there is.
    for limit, purse, times, strength in sorted(zip(reach, held, own.times, own.weights, strict=True)):
        if rest * own.scale <= limit * weight:
            break
        rest -= purse * times
        weight -= strength * times
    return Fraction(rest, weight * one)


def _pay(own: _Supporters, purses: list[int], price: int) -> None:
    for place, weight in zip(own.places, own.weights, strict=True):
        purse, due = purses[place], price * weight
        purses[place] = purse - due if purse > due else 0


def _together(own: _Supporters, purses: Sequence[int], one: int) -> Fraction:
    return Fraction(sum(times * purses[place] for place, times in zip(own.places, own.times, strict=True)), one)
