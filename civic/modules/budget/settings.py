"""What a town declares under `[budget]` (README.md): the sums, the projects, the ballot, and how winners are chosen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from civic.canonical import b64u_encode, canonical_json
from civic.consultation import Consultation
from civic.declaration import DeclarationError, check_members, read_member, read_slug, read_words
from civic.modules.budget.project import Project, read_project
from civic.modules.budget.rules.ballots import APPROVAL, POINTS, RANKING, TYPES, BallotRules
from civic.modules.budget.rules.election import Completion, Measure, Rule
from civic.modules.budget.works import works_of
from civic.settings import SettingsReader

WHOLE = "budget"  # id of the one sum where the town declares no envelopes
MOST_ENVELOPES, MOST_PROJECTS = 50, 300
MOST_AMOUNT = 10**12
_MEMBERS = frozenset({"amount", "currency", "rule", "completion", "measure", "ballot", "envelope", "project"})
_CURRENCY = re.compile(r"[A-Z]{3}")


class Envelope(NamedTuple):
    """A sum of its own, for a district or a theme; `label` is {} where it is the only one."""

    id: str
    amount: int
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Budget:
    """The whole declaration; amounts in whole units of the currency."""

    amount: int
    currency: str
    rule: Rule
    completion: Completion
    measure: Measure
    ballot: BallotRules
    envelopes: tuple[Envelope, ...]
    projects: tuple[Project, ...]

    def envelope(self, identity: str) -> Envelope | None:
        """The sum of this id."""
        return next((one for one in self.envelopes if one.id == identity), None)

    def offered(self, envelope: str) -> tuple[Project, ...]:
        """The projects of a sum, in the town's order."""
        return tuple(one for one in self.projects if one.envelope == envelope)

    def costs(self, envelope: str) -> dict[str, int]:
        """The costs of the projects of a sum, by their ids."""
        return {one.id: one.cost for one in self.offered(envelope)}


def slot_id(slug: str, envelope: str) -> str:
    """The 22 characters of the slot of a sum: b64u of the first 16 bytes of SHA-256."""
    digest = hashlib.sha256(canonical_json({"a": slug, "envelope": envelope})).digest()
    return b64u_encode(digest[:16])


def project_id(slug: str, project: str) -> str:
    """What other modules' acts name a project by: 22 characters, made as those of a slot."""
    digest = hashlib.sha256(canonical_json({"a": slug, "project": project})).digest()
    return b64u_encode(digest[:16])


def check_budget(consultation: Consultation) -> None:
    """See Module.check: a consultation with this module has a budget, and its projects' themes are the town's."""
    where = f"consultations/{consultation.slug}/consultation.toml"
    if "budget" not in consultation.settings:
        raise DeclarationError(f"{where}: the module budget needs a table [budget]")
    themes = {one.id for one in consultation.categories}
    projects = budget_of(consultation).projects
    for number in works_of(consultation).keys() - {one.id for one in projects}:
        raise DeclarationError(f"consultations/{consultation.slug}/budget/{number}: there is no project of this number")
    for one in projects:
        if one.category and one.category not in themes:
            raise DeclarationError(f"{where}, project {one.id}: there is no category '{one.category}'")


def _read(table: Mapping[str, Any], where: str, languages: tuple[str, ...]) -> Budget:
    check_members(table, where, _MEMBERS)
    currency = read_member(table, "currency", str, where, "EUR")
    if not _CURRENCY.fullmatch(currency):
        raise DeclarationError(f"{where}: 'currency' is three capital letters, such as EUR")
    amount = read_amount(table, "amount", where)
    envelopes = _read_envelopes(table, where, languages, amount)
    projects = tuple(
        read_project(one, f"{where}, project {at}", languages)
        for at, one in enumerate(read_member(table, "project", list, where, []), 1)
    )
    budget = Budget(
        amount, currency, _chosen(table, "rule", where, Rule.EQUAL_SHARES), _read_completion(table, where),
        _chosen(table, "measure", where, Measure.COST), _read_ballot(table, where, len(projects)), envelopes,
        _placed(projects, envelopes, where),
    )  # fmt: skip
    if budget.rule is Rule.GREEDY and budget.completion is not Completion.NONE:
        raise DeclarationError(f"{where}: 'completion' is for the rule equal_shares")
    return budget


budget_of = SettingsReader("budget", _read)


def read_amount(table: Mapping[str, Any], name: str, where: str) -> int:
    """Money in whole units of the currency, at least 1."""
    amount = read_member(table, name, int, where)
    if not 1 <= amount <= MOST_AMOUNT:
        raise DeclarationError(f"{where}: '{name}' is a whole number above zero")
    return amount


def _chosen(table: Mapping[str, Any], name: str, where: str, default: Any) -> Any:
    value = read_member(table, name, str, where, default.value)
    names = [one.value for one in type(default)]
    if value not in names:
        raise DeclarationError(f"{where}: '{name}' is one of {', '.join(names)}")
    return type(default)(value)


def _read_completion(table: Mapping[str, Any], where: str) -> Completion:
    is_greedy = table.get("rule") == Rule.GREEDY
    found: Completion = _chosen(table, "completion", where, Completion.NONE if is_greedy else Completion.ADD1_GREEDY)
    return found


def _read_envelopes(
    table: Mapping[str, Any], where: str, languages: tuple[str, ...], amount: int
) -> tuple[Envelope, ...]:
    declared = read_member(table, "envelope", list, where, [])
    if not declared:
        return (Envelope(WHOLE, amount, {}),)
    envelopes = []
    for at, one in enumerate(declared, 1):
        place = f"{where}, envelope {at}"
        check_members(one, place, frozenset({"id", "label", "amount"}))
        label = read_words(one, "label", place, languages)
        envelopes.append(Envelope(read_slug(one, "id", place), read_amount(one, "amount", place), label))
    if len({one.id for one in envelopes}) != len(envelopes):
        raise DeclarationError(f"{where}: two envelopes have the same id")
    if len(envelopes) > MOST_ENVELOPES or sum(one.amount for one in envelopes) != amount:
        raise DeclarationError(f"{where}: 'amount' is the sum of its envelopes, {MOST_ENVELOPES} at most")
    return tuple(envelopes)


def _placed(projects: tuple[Project, ...], envelopes: tuple[Envelope, ...], where: str) -> tuple[Project, ...]:
    """The projects, each in an envelope that there is."""
    if len({one.id for one in projects}) != len(projects):
        raise DeclarationError(f"{where}: two projects have the same id")
    if not 1 <= len(projects) <= MOST_PROJECTS:
        raise DeclarationError(f"{where}: from one to {MOST_PROJECTS} projects are needed")
    names = [one.id for one in envelopes]
    placed = tuple(one._replace(envelope=one.envelope or names[0]) for one in projects)
    for one in placed:
        if one.envelope not in names:
            raise DeclarationError(f"{where}, project {one.id}: 'envelope' is one of {', '.join(names)}")
        if len(names) > 1 and not next(each for each in projects if each.id == one.id).envelope:
            raise DeclarationError(f"{where}, project {one.id}: 'envelope' says from which sum it would be paid")
    return placed


def _read_ballot(table: Mapping[str, Any], where: str, projects: int) -> BallotRules:
    place = f"{where}, ballot"
    ballot = read_member(table, "ballot", dict, where, {"type": "knapsack"})
    kind = read_member(ballot, "type", str, place)
    allowed = {APPROVAL: {"min", "max"}, POINTS: {"max_each", "max_sum"}, RANKING: {"max"}}
    if kind not in TYPES:
        raise DeclarationError(f"{place}: 'type' is one of {', '.join(TYPES)}")
    check_members(ballot, place, frozenset({"type"} | allowed.get(kind, set())))
    least, most = read_member(ballot, "min", int, place, 1), read_member(ballot, "max", int, place, max(projects, 1))
    most_sum = read_member(ballot, "max_sum", int, place) if kind == POINTS else 0
    most_each = read_member(ballot, "max_each", int, place, most_sum) if kind == POINTS else 0
    if not 1 <= least <= most or (kind == RANKING and most > 20):
        raise DeclarationError(f"{place}: 'min' is at least 1 and no more than 'max', which is 20 at most for ranking")
    if kind == POINTS and not 1 <= most_each <= min(most_sum, 20):
        raise DeclarationError(f"{place}: 'max_each' is from 1 to 20 and no more than 'max_sum'")
    return BallotRules(kind, least, most, most_each, most_sum)
