"""Sums and projects as templates show them, with counts and reasons where these are public."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civic.module import Document
from civic.modules.budget.project import Project
from civic.modules.budget.rules.ballots import BallotRules
from civic.modules.budget.settings import Budget, Envelope

View = dict[str, Any]
_MOST_COUNTED = 100  # projects of a sum that is counted down without script
_COINS = 14  # a sum is counted down without script up to 2^14 - 1 coins


def envelope_view(budget: Budget, envelope: Envelope, document: Document) -> View:
    """A sum: its projects in the town's order, and in `winners` those that won, in the order in which they did."""
    decision = document["decision"]
    projects = [project_view(one, document, decision) for one in budget.offered(envelope.id)]
    by_id = {one["id"]: one for one in projects}
    coin = coin_of(budget, envelope)
    return {
        "id": document["id"],
        "name": envelope.id,
        "number": document["number"],
        "label": dict(envelope.label),
        "amount": envelope.amount,
        "coin": coin,
        "coins": _powers(envelope.amount // coin) if coin else [],
        "projects": projects,
        "blank": None if document["votes"] is None else document["votes"]["blank"],
        "ballots": document["ballots"],
        "decision": decision,
        "has_file": document["baskets"] is not None,
        "winners": [by_id[one] for one in decision["winners"] if one in by_id] if decision else [],
        "by_turn": sorted(projects, key=_order) if decision else [],
    }


def project_view(project: Project, document: Document, decision: Mapping[str, Any] | None) -> View:
    """A project; `people` is None while counts are hidden, `why` until they are final."""
    votes = document["votes"]
    whys = {one["id"]: one for one in decision["why"]} if decision else {}
    return {
        **project._asdict(),
        "number": project.number,
        "milestones": [one._asdict() for one in project.milestones],
        "people": None if votes is None else votes.get(project.id, 0),
        "why": whys.get(project.id),
    }


def photo_path(slug: str, number: str, name: str) -> str:
    """Where a photo of a project's works is published."""
    return f"/{slug}/suivi/{number}/{name}"


def photos_view(slug: str, project: View) -> View:
    """The project as its own page shows it: the photos of its works with their addresses."""
    steps = []
    for step in project["milestones"]:
        paths = [photo_path(slug, project["id"], one.name) for one in step["photos"]]
        pairs = zip(step["photos"], paths, strict=True)
        steps.append({**step, "photos": [{**one._asdict(), "file": path} for one, path in pairs]})
    return {**project, "milestones": steps}


def ballot_view(ballot: BallotRules) -> View:
    """The kind of ballot, with the numbers that may stand beside a project ([] where none do)."""
    most = ballot.most_each if ballot.type == "points" else ballot.most
    return {**ballot._asdict(), "numbers": list(range(1, most + 1)) if ballot.has_numbers else []}


def coin_of(budget: Budget, envelope: Envelope) -> int:
    """The greatest of 1000, 100, 10, 1 in which sum and costs are whole, 0 where it takes too many, or too many bytes.

    Without coins a page without script does not count down.
    """
    amounts = [envelope.amount, *(one.cost for one in budget.offered(envelope.id))]
    coin = next(one for one in (1000, 100, 10, 1) if all(amount % one == 0 for amount in amounts))
    return coin if max(amounts) // coin < 2**_COINS and len(amounts) <= _MOST_COUNTED else 0


def with_coins(view: View) -> View:
    """The sum with the coins that each project costs, as the powers of two that make it."""
    coin = view["coin"]
    projects = [{**one, "coins": _powers(one["cost"] // coin) if coin else []} for one in view["projects"]]
    return {**view, "projects": projects}


def _powers(number: int) -> list[int]:
    return [power for power in range(_COINS) if number >> power & 1]


def _order(project: View) -> tuple[bool, int, int, int]:
    """Winners as they won, then those whose turn came, then by the people who chose them."""
    why = project["why"]
    return not why["won"], why["turn"] or 10**6, -why["weight"], project["number"]
