"""Results and proposals as JSON and CSV (docs/formats.md §7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from civic.canonical import canonical_json
from civic.consultation import Consultation
from civic.module import DataFile, Document
from civic.modules.ideas.payload import CHOICES
from civic.modules.ideas.settings import settings_of
from civic.phases import are_counts_public
from civic.tables import csv_bytes

_COLUMNS = (
    "number",
    "id",
    "title",
    "text",
    "category",
    "name",
    "lang",
    "received_at",
    "revised",
    "withdrawn",
    "unsigned",
)


_PLACE = ("address", "lat", "lon")


def _columns(consultation: Consultation, *, has_votes: bool) -> tuple[str, ...]:
    """What a table of proposals has: besides the columns of all, those of what this consultation asks."""
    asked = settings_of(consultation)
    perhaps = (_PLACE if asked.has_place else ()) + (("date",) if asked.has_date else ())
    trees = tuple(f"tree_{one}" for one in asked.trees)
    cosigned = ("cosigners",) if consultation.windows("cosign") else ()
    return (*_COLUMNS, *perhaps, *trees, *cosigned, "source", *(CHOICES if has_votes else ()))


def files(consultation: Consultation, row: Document, proposals: Sequence[Document]) -> Iterator[DataFile]:
    """The open data that may be public in the consultation's present state."""
    folder = f"/{consultation.slug}/donnees"
    has_votes = are_counts_public(consultation, row["state"])
    yield DataFile(f"{folder}/proposals.json", partial(_proposals_json, consultation, proposals, has_votes))
    yield DataFile(f"{folder}/proposals.csv", partial(_proposals_csv, consultation, proposals, has_votes))
    if row["state"] == "results" and row["results"] is not None:
        yield DataFile(f"{folder}/results.json", partial(_results_json, consultation, row, proposals))
        yield DataFile(f"{folder}/results.csv", partial(_results_csv, consultation, proposals))


def iso(instant: int) -> str:
    """ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _public(consultation: Consultation, document: Document, *, has_votes: bool) -> dict[str, Any]:
    shown = {name: document[name] for name in _COLUMNS}
    shown["received_at"] = iso(document["received_at"])
    shown["source"] = consultation.sources.get(document["id"], "")
    if "photos" in document:
        shown["photos"] = [{"file": one["large"], "alt": one["alt"]} for one in document["photos"]]
    shown |= {name: document[name] for name in ("place", "date", "trees", "cosigners") if name in document}
    return shown | (document["votes"] if has_votes and document["votes"] is not None else {})


def _proposals_json(consultation: Consultation, proposals: Sequence[Document], has_votes: bool) -> bytes:
    rows = [_public(consultation, one, has_votes=has_votes) for one in proposals]
    return canonical_json({"consultation": consultation.slug, "proposals": rows}) + b"\n"


def _proposals_csv(consultation: Consultation, proposals: Sequence[Document], has_votes: bool) -> bytes:
    columns = _columns(consultation, has_votes=has_votes)
    rows = [_flat(_public(consultation, one, has_votes=has_votes)) for one in proposals]
    return csv_bytes(columns, [[row.get(name, "") for name in columns] for row in rows])


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the JSON file as one of the table; degrees as numbers, for what disarms a text would change them."""
    place = row.get("place", {})
    degrees = {name: float(place[name]) for name in ("lat", "lon") if place.get(name)}
    trees = {f"tree_{tree}": one for tree, one in row.get("trees", {}).items()}
    return row | {"address": place.get("address", "")} | degrees | trees


def _items(consultation: Consultation, proposals: Sequence[Document]) -> list[dict[str, Any]]:
    return [
        {
            "id": one["id"],
            "number": one["number"],
            "source": consultation.sources.get(one["id"], ""),
            "title": one["title"],
            **one["votes"],
        }
        for one in proposals
        if not one["withdrawn"]
    ]


def _results_json(consultation: Consultation, row: Document, proposals: Sequence[Document]) -> bytes:
    results = row["results"]
    content = {
        "consultation": consultation.slug,
        "closed_at": iso(results["closed_at"]),
        "as_of": iso(results["as_of"]),
        "ballots": results["ballots"],
        "voters": results["voters"],
        "unsigned": results["unsigned"],
        "items": _items(consultation, proposals),
    }
    return canonical_json(content) + b"\n"


def _results_csv(consultation: Consultation, proposals: Sequence[Document]) -> bytes:
    columns = ("number", "id", "source", "title", *CHOICES)
    return csv_bytes(columns, [[one[name] for name in columns] for one in _items(consultation, proposals)])
