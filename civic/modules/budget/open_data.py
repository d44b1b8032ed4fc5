"""Projects, results and ballots as open data (README.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from functools import partial
from typing import Any

from civic.canonical import canonical_json
from civic.consultation import Consultation
from civic.module import DataFile, Document
from civic.modules.budget.project import Photo
from civic.modules.budget.rules.ballots import POINTS, RANKING, parts_of, weight_of
from civic.modules.budget.rules.election import Completion, Rule
from civic.modules.budget.rules.pabulib import PbBallot, PbFile, PbProject, write_pb
from civic.modules.budget.settings import Budget, Envelope, slot_id
from civic.modules.budget.views import photo_path
from civic.tables import csv_bytes

_TYPES = {POINTS: "cumulative", RANKING: "ordinal"}
_RULES = {
    (Rule.GREEDY, Completion.NONE): "greedy",
    (Rule.EQUAL_SHARES, Completion.NONE): "equalshares",
    (Rule.EQUAL_SHARES, Completion.ADD1): "equalshares/add1",
}
Documents = Mapping[str, Document]


def files(consultation: Consultation, budget: Budget, row: Document, documents: Documents) -> Iterator[DataFile]:
    """The open data that may be public in the consultation's present state."""
    folder = f"/{consultation.slug}/donnees"
    yield DataFile(f"{folder}/projects.json", partial(_projects_json, consultation, budget, documents))
    yield DataFile(f"{folder}/projects.csv", partial(_projects_csv, consultation, budget, documents))
    if row["state"] == "results" and row["results"] is not None:
        yield DataFile(f"{folder}/results.json", partial(_results_json, consultation, budget, row, documents))
        yield DataFile(f"{folder}/results.csv", partial(_results_csv, consultation, budget, documents))
        for one in budget.envelopes:
            document = documents[slot_id(consultation.slug, one.id)]
            if document["baskets"] is not None:
                content = partial(pabulib_of, consultation, budget, one, document)
                yield DataFile(f"{folder}/results.{one.id}.pb", content)


def pabulib_of(consultation: Consultation, budget: Budget, envelope: Envelope, document: Document) -> bytes:
    """A sum in the format of Pabulib, ballots as they were cast; voters are numbered in the order of their ballots."""
    lang = min(consultation.languages)  # whoever recounts knows the languages, not which one is the first
    votes, winners = document["votes"], set(document["decision"]["winners"])
    kind = _TYPES.get(budget.ballot.type, "approval")
    rule = f"{budget.rule}/{budget.completion}"
    meta = {
        "description": consultation.slug, "unit": consultation.space, "budget": str(envelope.amount),
        "currency": budget.currency, "vote_type": kind,
        "rule": _RULES.get((budget.rule, budget.completion), rule), "language": lang,
    }  # fmt: skip
    projects = tuple(
        PbProject(
            one.id, Fraction(one.cost), one.title[lang], "", one.category, votes.get(one.id, 0), None, one.id in winners
        )
        for one in budget.offered(envelope.id)
    )
    baskets = [(text.split(",") if text else [], times) for text, times in document["baskets"]]
    ballots = [_ballot(budget, choice) for choice, times in baskets for _ in range(times)]
    numbered = tuple(one._replace(voter=str(number)) for number, one in enumerate(ballots, 1))
    return write_pb(PbFile(meta, projects, numbered))


def _ballot(budget: Budget, choice: Sequence[str]) -> PbBallot:
    parts = parts_of(choice)
    if budget.ballot.type == RANKING:
        parts = tuple(sorted(parts, key=lambda one: one.number))
    return PbBallot("", tuple(one.project for one in parts), tuple(weight_of(budget.ballot, one) for one in parts))


def _iso(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _projects_json(consultation: Consultation, budget: Budget, documents: Documents) -> bytes:
    envelopes = [one._asdict() | {"label": dict(one.label)} for one in budget.envelopes]
    rules = {"rule": budget.rule, "completion": budget.completion, "measure": budget.measure}
    content = {
        "consultation": consultation.slug, "amount": budget.amount, "currency": budget.currency, **rules,
        "ballot": budget.ballot._asdict(), "envelopes": envelopes,
        "projects": [_project(consultation, one.id, budget, documents) for one in budget.projects],
    }  # fmt: skip
    return canonical_json(content) + b"\n"


def _project(consultation: Consultation, identity: str, budget: Budget, documents: Documents) -> dict[str, Any]:
    one = next(each for each in budget.projects if each.id == identity)
    votes = documents[slot_id(consultation.slug, one.envelope)]["votes"]
    milestones = [
        {"date": each.date, "label": dict(each.label), "done": each.is_done}
        | ({"photos": [_photo(consultation.slug, identity, photo) for photo in each.photos]} if each.photos else {})
        for each in one.milestones
    ]
    shown = one._asdict() | {"milestones": milestones, "done": None if one.done < 0 else one.done}
    return shown | ({} if votes is None else {"people": votes.get(identity, 0)})


def _photo(slug: str, project: str, photo: Photo) -> dict[str, Any]:
    return {"file": photo_path(slug, project, photo.name), "w": photo.w, "h": photo.h, "alt": dict(photo.alt)}


def _projects_csv(consultation: Consultation, budget: Budget, documents: Documents) -> bytes:
    langs = sorted(consultation.languages)
    columns = ("id", "envelope", "cost", "category", "people", *(f"title_{one}" for one in langs))
    rows = [_project(consultation, one.id, budget, documents) for one in budget.projects]
    cells = [[one.get(name, "") for name in columns[:5]] + [one["title"][lang] for lang in langs] for one in rows]
    return csv_bytes(columns, cells)


def _items(consultation: Consultation, budget: Budget, documents: Documents) -> list[dict[str, Any]]:
    items = []
    for one in budget.projects:
        decision = documents[slot_id(consultation.slug, one.envelope)]["decision"]
        why = next(each for each in decision["why"] if each["id"] == one.id)
        items.append({"envelope": one.envelope, "title": dict(one.title), "cost": one.cost, **why})
    return items


def _results_json(consultation: Consultation, budget: Budget, row: Document, documents: Documents) -> bytes:
    results, envelopes = row["results"], []
    for one in budget.envelopes:
        document = documents[slot_id(consultation.slug, one.id)]
        decision = {name: value for name, value in document["decision"].items() if name != "why"}
        figures = {"id": document["id"], "ballots": document["ballots"], "blank": document["votes"]["blank"]}
        envelopes.append({"envelope": one.id, "amount": one.amount, **figures, **decision})
    content = {
        "consultation": consultation.slug, "closed_at": _iso(results["closed_at"]), "as_of": _iso(results["as_of"]),
        "ballots": results["ballots"], "voters": results["voters"], "unsigned": results["unsigned"],
        "rule": budget.rule, "completion": budget.completion, "measure": budget.measure, "envelopes": envelopes,
        "items": _items(consultation, budget, documents),
    }  # fmt: skip
    return canonical_json(content) + b"\n"


def _results_csv(consultation: Consultation, budget: Budget, documents: Documents) -> bytes:
    langs = sorted(consultation.languages)
    names = (
        "id", "envelope", "cost", "won", "reason", "people", "weight", "turn", "left", "price_cents", "together_cents",
        "missing",
    )  # fmt: skip
    items = _items(consultation, budget, documents)
    cells = [[one[name] for name in names] + [one["title"][lang] for lang in langs] for one in items]
    return csv_bytes((*names, *(f"title_{one}" for one in langs)), cells)
