"""Reports as Open311 GeoReport v2 has them (civic.georeport)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from civic.consultation import Consultation
from civic.georeport import GeoEntered, GeoRequest, GeoService
from civic.module import Document
from civic.modules.reports.rules import Category, read_rules
from civic.modules.reports.shelf import ReportsShelf
from civic.modules.reports.standing import OPEN


def services_of(consultation: Consultation, lang: str) -> tuple[GeoService, ...]:
    """The categories that a report may be about."""
    return tuple(_service(consultation, one, lang) for one in read_rules(consultation).choices())


def requests_of(
    consultation: Consultation, lang: str, tables: Mapping[str, Iterable[Document]]
) -> Iterator[GeoRequest]:
    """The reports, newest first, where they stand."""
    shelf = ReportsShelf(consultation)
    for table in ("answers", "reports"):
        for document in tables.get(table, ()):
            shelf.put(table, document)
    for one in reversed(shelf.reports):
        if not one["withdrawn"]:
            yield _request(shelf, one, lang)


def entered_of(asked: Mapping[str, str]) -> GeoEntered:
    """The plain form of a request; a position is cut to the five decimals of a metre, and nobody's name is taken."""
    fields = {
        "category": asked["service_code"],
        "text": asked["description"],
        "place.address": asked["address_string"],
        "place.area": "",
        "place.lat": _degrees(asked["lat"]),
        "place.lon": _degrees(asked["long"]),
        "name": "",
    }
    return GeoEntered("report", fields)


def _request(shelf: ReportsShelf, one: Document, lang: str) -> GeoRequest:
    service = shelf.rules.service_of(one["category"], one["place"]["area"])
    said = one["answers"][-1] if one["answers"] else None
    words = {} if said is None else said["words"]
    return GeoRequest(
        id=one["id"],
        number=one["number"],
        is_open=one["standing"] in OPEN,
        status_notes=words.get(lang) or next(iter(words.values()), ""),
        service=_service(shelf.consultation, shelf.rules.categories[one["category"]], lang),
        agency="" if service is None else service.label[lang],
        requested_at=one["received_at"],
        updated_at=max(one["as_of"], 0 if said is None else said["at"]),
        address=one["place"]["address"],
        lat=one["place"]["lat"],
        lon=one["place"]["lon"],
        description=one["text"],
    )


def _service(consultation: Consultation, one: Category, lang: str) -> GeoService:
    above = read_rules(consultation).categories.get(one.group)
    group = "" if above is None else above.label[lang]
    return GeoService(one.id, one.label[lang], group, one.urgent.get(lang, ""))


def _degrees(text: str) -> str:
    """With five decimals, or as it came where it is no number: `parse` refuses it."""
    try:
        return f"{float(text):.5f}" if text else ""
    except ValueError:
        return text
