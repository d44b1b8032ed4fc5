"""Greedy: by support, each project in its turn while money is left for it.

As `greedy_utilitarian_welfare` of pabutools: by satisfaction per unit of cost, so by votes (or points) with
Measure.COST, by votes per cost with Measure.CARDINALITY.
What does not fit is passed over; nothing wins without support.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from civic.modules.budget.rules.election import Election, Support


class Turn(NamedTuple):
    """A project, the money that was left when its turn came, and whether it was enough."""

    project: int
    left: int
    won: bool


def take_turns(
    election: Election, support: Sequence[Support], left: int, among: Iterable[int] | None = None
) -> list[Turn]:
    """The turns of the projects `among` (all for None) that have support, in order, with `left` to give."""
    chosen = range(len(election.projects)) if among is None else among

    def order(project: int) -> tuple[Fraction, tuple[int, int]]:
        """Sorts by support, most first."""
        return -election.worth(project, support[project].weight), election.tie(project)

    turns = []
    for project in sorted((one for one in chosen if support[one].weight), key=order):
        cost = election.projects[project].cost
        turns.append(Turn(project, left, cost <= left))
        left -= cost if cost <= left else 0
    return turns


def missing_weight(election: Election, support: Sequence[Support], turns: Sequence[Turn], place: int) -> int:
    """The weight that would have let the loser `turns[place]` win, all other ballots as they were; 0 where none would.

    It must come before the last project whose turn found money enough for it.
    """
    loser = turns[place].project
    cost = election.projects[loser].cost
    ahead = [turn.project for turn in turns[:place] if turn.left >= cost]
    if not ahead:
        return 0
    rival = ahead[-1]
    needed = election.worth(rival, support[rival].weight) / election.worth(loser, 1)
    whole = needed.numerator // needed.denominator
    is_enough = needed.denominator == 1 and election.tie(loser) < election.tie(rival)
    return whole - support[loser].weight + (0 if is_enough else 1)
