"""A participatory budget in the Pabulib format (`.pb`, described at pabulib.org/format), as a budget of ours.

Its rules are those that META names: the sum, the kind of ballot with its bounds, and how winners are chosen. Where META
names a rule that we have not, winners are chosen greedily, as in most towns; the text of the consultation quotes META.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from civic.modules.budget.rules.ballots import APPROVAL, POINTS, RANKING
from civic.modules.budget.rules.election import Completion, Rule
from civic.modules.budget.rules.pabulib import POINTED, NotPabulib, PbBallot, PbFile, election_of, parse_pb
from sync_server.imports.plan import Basket, ImportRefused, Plan, shorten

_ID = re.compile(r"[1-9][0-9]{0,2}")  # a number that a ballot can name
_CURRENCY = re.compile(r"[A-Z]{3}")


def parse_pabulib(data: bytes) -> PbFile:
    """The election in `data`; ImportRefused at the first thing that is not as the format says, or is not for us."""
    try:
        file = parse_pb(data)
        election = election_of(file)
    except NotPabulib as error:
        raise ImportRefused(str(error)) from error
    if election.step != 1:
        raise ImportRefused("PROJECTS: sums and costs with decimals are not imported")
    return file


def plan_pabulib(file: PbFile) -> Plan:
    """What to replay. Projects keep their ids, or get 1, 2, 3… where one of these is no number up to 999."""
    meta = file.meta
    are_numbers = all(_ID.fullmatch(one.id) for one in file.projects)
    ids = {one.id: one.id if are_numbers else str(at) for at, one in enumerate(file.projects, 1)}
    slugs = _category_slugs(sorted({one.category for one in file.projects if one.category}))
    title = meta.get("description") or " ".join(filter(None, (meta.get("unit"), meta.get("instance")))) or "Budget"
    facts = "".join(f"- {name}: {value}\n" for name, value in meta.items() if name != "description")
    rule, completion = file.rule or (Rule.GREEDY, Completion.NONE)
    currency = meta.get("currency", "")
    ballot = _ballot_rules(file)
    budget = {
        "amount": election_of(file).amount, "currency": currency if _CURRENCY.fullmatch(currency) else "EUR",
        "rule": rule, "completion": completion, "ballot": ballot,
        "project": [
            {"id": ids[one.id], "title": shorten(one.name), "cost": int(one.cost)}
            | ({"text": one.description} if one.description else {})
            | ({"category": slugs[one.category]} if one.category else {})
            for one in file.projects
        ],
    }  # fmt: skip
    baskets = tuple(_basket(one, ids, ballot["type"]) for one in file.ballots)
    categories = tuple((slug, label) for label, slug in slugs.items())
    return Plan(shorten(title), "", facts, meta.get("language", ""), categories, (), (), budget, baskets)


def _ballot_rules(file: PbFile) -> dict[str, Any]:
    """The kind of ballot, with the bounds of META where it has some, wide enough for every ballot there is."""
    meta, number = file.meta, len(file.projects)
    lengths = [len(one.projects) for one in file.ballots if one.projects]
    kind = meta["vote_type"]
    most = max([_number(meta, "max_length") or (1 if kind == "choose-1" else number), *lengths])
    if kind in POINTED:
        each = max([_number(meta, "max_points"), *(weight for one in file.ballots for weight in one.weights)])
        total = max([_number(meta, "max_sum_points"), each, *(sum(one.weights) for one in file.ballots)])
        return {"type": POINTS, "max_each": each, "max_sum": total}
    if kind == "ordinal":
        return {"type": RANKING, "max": most}
    return {"type": APPROVAL, "min": min([_number(meta, "min_length") or 1, *lengths]), "max": most}


def _number(meta: Mapping[str, str], name: str) -> int:
    return int(meta[name]) if meta.get(name, "").isdecimal() else 0


def _basket(ballot: PbBallot, ids: Mapping[str, str], kind: str) -> Basket:
    if kind == RANKING:
        choice = [f"{ids[one]}*{rank}" for rank, one in enumerate(ballot.projects, 1)]
    elif kind == POINTS:
        pairs = zip(ballot.projects, ballot.weights, strict=True)
        choice = [f"{ids[one]}*{weight}" for one, weight in pairs if weight]
    else:
        choice = [ids[one] for one in ballot.projects]
    return Basket(ballot.voter, tuple(sorted(choice)))


def _category_slugs(labels: list[str]) -> dict[str, str]:
    slugs: dict[str, str] = {}
    for label in labels:
        plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "category"
        while slug in slugs.values():
            slug += "-2"
        slugs[label] = slug
    return slugs
