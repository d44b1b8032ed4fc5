"""Reports as JSON, CSV and GeoJSON, and the small list of open ones that forms look for neighbours in (README.md)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from civic.canonical import canonical_json
from civic.module import DataFile, Document
from civic.modules.reports.payload import FIXED, NOT_FIXED
from civic.modules.reports.standing import says, witnesses
from civic.tables import csv_bytes

if TYPE_CHECKING:
    from civic.modules.reports.shelf import ReportsShelf

COLUMNS = (
    "number", "id", "category", "status", "text", "address", "area", "lat", "lon", "name", "lang", "received_at",
    "answered_at", "service", "seen_too", "says_fixed", "says_not_fixed", "merged_into", "revised", "withdrawn",
    "unsigned",
)  # fmt: skip


def files(shelf: ReportsShelf) -> Iterator[DataFile]:
    """The open data."""
    folder = f"/{shelf.consultation.slug}/donnees"
    yield DataFile(f"{folder}/reports.json", partial(_json, shelf))
    yield DataFile(f"{folder}/reports.csv", partial(_csv, shelf))
    yield DataFile(f"{folder}/reports.geojson", partial(_geojson, shelf))
    yield DataFile(f"{folder}/ouverts.json", partial(_open_json, shelf))


def iso(instant: int) -> str:
    """ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def public(shelf: ReportsShelf, one: Document) -> dict[str, Any]:
    """A report as open data tells it: the members of COLUMNS."""
    into = shelf.into(one)
    service = shelf.rules.service_of(one["category"], one["place"]["area"])
    return {
        **{name: one[name] for name in ("number", "id", "category", "text", "name", "lang")},
        **one["place"],
        "status": one["standing"],
        "received_at": iso(one["received_at"]),
        "answered_at": iso(one["answers"][-1]["at"]) if one["answers"] else "",
        "service": "" if service is None else service.id,
        "seen_too": witnesses(one),
        "says_fixed": says(one, FIXED),
        "says_not_fixed": says(one, NOT_FIXED),
        "merged_into": "" if into is None else str(into["number"]),
        **{name: one[name] for name in ("revised", "withdrawn", "unsigned")},
    }


def _json(shelf: ReportsShelf) -> bytes:
    rows = [public(shelf, one) for one in shelf.reports]
    return canonical_json({"consultation": shelf.consultation.slug, "reports": rows}) + b"\n"


def _csv(shelf: ReportsShelf) -> bytes:
    rows = [public(shelf, one) for one in shelf.reports]
    return csv_bytes(COLUMNS, [[_cell(name, row[name]) for name in COLUMNS] for row in rows])


def _cell(name: str, value: Any) -> Any:
    """Degrees as numbers: what disarms a text in a spreadsheet would stand before every western longitude."""
    return float(value) if name in ("lat", "lon") and value else value


def _geojson(shelf: ReportsShelf) -> bytes:
    """RFC 7946: longitude first."""
    features = [
        {
            "type": "Feature",
            "id": one["number"],
            "geometry": {"type": "Point", "coordinates": [float(one["place"]["lon"]), float(one["place"]["lat"])]},
            "properties": {name: value for name, value in public(shelf, one).items() if name not in ("lat", "lon")},
        }
        for one in shelf.reports
        if one["place"]["lat"] and not one["withdrawn"]
    ]
    return canonical_json({"type": "FeatureCollection", "features": features}) + b"\n"


def _open_json(shelf: ReportsShelf) -> bytes:
    rows = [
        {"n": one["number"], "c": one["category"], **{name: one["place"][name] for name in ("address", "lat", "lon")}}
        for one in shelf.newest_open()
    ]
    return canonical_json({"v": 1, "reports": rows}) + b"\n"
