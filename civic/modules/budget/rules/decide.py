"""From ballots to winners, with the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from civic.modules.budget.rules.election import (
    Completion,
    Election,
    Outcome,
    Reason,
    Rule,
    Support,
    Why,
    supports,
)
from civic.modules.budget.rules.equal_shares import EqualShares, Run
from civic.modules.budget.rules.greedy import Turn, missing_weight, take_turns

_LONG_WAY = 20  # looking for the next change costs as much as some twenty steps


def decide(election: Election, rule: Rule, completion: Completion = Completion.NONE) -> Outcome:
    """The winners by `rule`. Together they cost at most the sum; none is without support.

    `completion` says what equal shares do with money that is left: nothing; greedy; or everyone's share is raised by
    1 of the currency as long as the winners fit into the sum, until no other project does (add1), and then greedy.
    """
    supporters = election.supporters()
    support = supports(election, supporters)
    if rule is Rule.GREEDY:
        turns = take_turns(election, support, election.amount)
        return _outcome(election, support, None, turns)
    shares = EqualShares(election, supporters)
    run = shares.run(shares.first_share(election.amount))
    if completion in (Completion.ADD1, Completion.ADD1_GREEDY):
        run = raise_shares(election, shares, run)
    turns = []
    if completion in (Completion.GREEDY, Completion.ADD1_GREEDY):
        taken = {one.project for one in run.bought}
        others = [one for one in range(len(election.projects)) if one not in taken]
        turns = take_turns(election, support, election.amount - _cost(election, run), others)
    return _outcome(election, support, run, turns)


def raise_shares(election: Election, shares: EqualShares, run: Run) -> Run:
    """The last run that fits into the sum while shares rise by 1 of the currency; the first that uses it up, if any.

    Where few people share much there are more steps than anyone can wait for, and next to nothing happens in most:
    these are leapt over.
    """
    has_many_steps = run.share > _LONG_WAY * election.step * election.people
    if has_many_steps:
        run = shares.run(run.share, is_traced=True)
    while not _is_used_up(election, shares, run):
        steps = _steps_to_change(election, shares, run) if has_many_steps else 1
        after = shares.run(run.share + steps * election.step, is_traced=has_many_steps)
        if _cost(election, after) > election.amount:
            return shares.run(after.share - election.step)
        run = after
    return run


def _steps_to_change(election: Election, shares: EqualShares, run: Run) -> int:
    """After how many steps, at least 1, shares first buy in another way than in `run`."""

    def is_same(steps: int) -> bool:
        """Whether shares raised so often still buy in the same way."""
        return shares.run(run.share + steps * election.step, is_traced=True).trace == run.trace

    same, other = 0, 1
    while is_same(other):
        same, other = other, other * 2
    while other - same > 1:
        middle = (same + other) // 2
        same, other = (middle, other) if is_same(middle) else (same, middle)
    return other


def _cost(election: Election, run: Run) -> int:
    return sum(election.projects[one.project].cost for one in run.bought)


def _is_used_up(election: Election, shares: EqualShares, run: Run) -> bool:
    taken, left = {one.project for one in run.bought}, election.amount - _cost(election, run)
    return all(one in taken or election.projects[one].cost > left for one in shares.supported)


def _outcome(election: Election, support: Sequence[Support], run: Run | None, turns: Sequence[Turn]) -> Outcome:
    found: dict[int, Why] = {}
    left = election.amount
    for bought in run.bought if run is not None else ():
        why = _why(support, bought.project, Reason.SHARES, len(found) + 1, left)
        found[bought.project] = why._replace(price=bought.price)
        left -= election.projects[bought.project].cost
    for place, turn in enumerate(turns):
        number = len(found) + 1
        if turn.won:
            reason = Reason.SUPPORT if run is None else Reason.COMPLETION
            found[turn.project] = _why(support, turn.project, reason, number, turn.left)
            left = turn.left - election.projects[turn.project].cost
        elif run is None:
            why = _why(support, turn.project, Reason.NO_MONEY, number, turn.left)
            found[turn.project] = why._replace(missing=missing_weight(election, support, turns, place))
    for project, priced in enumerate(election.projects):
        if not support[project].people:
            found[project] = _why(support, project, Reason.NOBODY, 0, left)
        elif priced.cost > election.amount:
            found[project] = _why(support, project, Reason.TOO_DEAR, 0, left)
        elif project not in found and run is not None:
            found[project] = _short(election, support, run, project, left)
    winners = tuple(project for project, why in found.items() if why.won)
    return Outcome(
        winners, tuple(found[one] for one in range(len(election.projects))), run.share if run else Fraction(0)
    )


def _why(support: Sequence[Support], project: int, reason: Reason, turn: int, left: int) -> Why:
    won = reason in (Reason.SUPPORT, Reason.SHARES, Reason.COMPLETION)
    own = support[project]
    return Why(project, won, reason, own.people, own.weight, turn, left, Fraction(0), Fraction(0), 0)


def _short(election: Election, support: Sequence[Support], run: Run, project: int, left: int) -> Why:
    """A project whose people had too little left: `missing` counts whole shares, and who has one brings it whole."""
    together = run.together[project]
    missing = ceil((election.projects[project].cost - together) / run.share)
    why = _why(support, project, Reason.SHARES_SHORT, 0, left)
    return why._replace(together=together, missing=missing)
