"""The manifest of reports: their kinds, what each needs, what it counts, how it shows, who is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from civic.consultation import Consultation
from civic.declaration import DeclarationError
from civic.dispatch import Dispatch
from civic.georeport import GeoEntered, GeoRequest, GeoService
from civic.module import Declared, Document, Entered, Entry, Offered, Option
from civic.modules.reports.georeport import entered_of, requests_of, services_of
from civic.modules.reports.payload import CHOICES, ERASED, OF_KIND, Answer, Report, parse_answer, parse_report
from civic.modules.reports.rules import read_rules
from civic.modules.reports.shelf import ReportsShelf
from civic.modules.reports.standing import STATUSES
from civic.photos import shown_photos
from civic.place import entered_place
from civic.slots import Counted
from civic.text import normalise


class Reports:
    """See civic.module.Module."""

    name = "reports"
    kinds: tuple[str, ...] = ("report", "metoo", "fixed")
    tables: Mapping[str, str] = {"report": "reports"}
    choices: tuple[str, ...] = CHOICES
    targets: tuple[str, ...] = ("report",)
    statuses: tuple[str, ...] = STATUSES

    def check(self, consultation: Consultation) -> None:
        """Reports have categories, and what is counted of them is shown at once: there is no closing to wait for."""
        read_rules(consultation)
        if consultation.counts != "open":
            raise DeclarationError(f'consultations/{consultation.slug}: reports need counts = "open"')

    def parse(
        self, kind: str, body: Mapping[str, Any], consultation: Consultation, languages: tuple[str, ...]
    ) -> Report | Answer:
        """See Module."""
        return parse_answer(kind, body) if kind in OF_KIND else parse_report(body, read_rules(consultation), languages)

    def entered(self, kind: str, fields: Mapping[str, str], own_id: str) -> Entered:
        """See Module."""
        if kind in OF_KIND:
            return Entered(fields["target"], {"choice": fields["choice"]})
        body = {
            "category": fields["category"],
            "text": normalise(fields["text"], lines=True),
            "place": entered_place(fields),
            "name": normalise(fields["name"]),
            "lang": fields["lang"],
        }
        return Entered(own_id, body)

    def offered(self, name: str, fields: Mapping[str, str], consultation: Consultation) -> Offered | None:
        """See Module."""
        rules = read_rules(consultation)
        if name == "category":
            return Offered(tuple(Option(one.id, label=one.label) for one in rules.choices()))
        if name == "place.area":
            return Offered(tuple(Option(one.id, label=one.label) for one in rules.areas.values()))
        if name == "choice":
            return Offered(tuple(Option(one, f"reports.choice.{one}") for one in OF_KIND.get(fields["kind"], ())))
        return None

    def declared(self, consultation: Consultation) -> tuple[Declared, ...]:
        """Reports come from citizens."""
        return ()

    def slot_of(self, kind: str, payload: Any, consultation: Consultation) -> str:
        """The slot of what is said about a report names it, which `requires` asks for."""
        return ""

    def requires(self, kind: str, slot_id: str, payload: Any) -> tuple[str, ...]:
        """What is said about a report needs it."""
        return (f"report:{slot_id}",) if kind in OF_KIND else ()

    def counted(self, kind: str, slot_id: str, payload: Any) -> tuple[Counted, ...]:
        """One more who has seen it, or who says whether it is fixed."""
        return (Counted(slot_id, payload.choice),) if kind in OF_KIND else ()

    def subject(self, kind: str, slot_id: str, payload: Any) -> str:
        """The report itself, in all kinds."""
        return slot_id

    def attached(self, kind: str, payload: Any) -> tuple[str, ...]:
        """The photos of a report."""
        return tuple(one.sha256 for one in payload.photos) if kind == "report" else ()

    def document(self, entry: Entry) -> Document:
        """A row of `reports` (README.md)."""
        report: Report = entry.payload or ERASED
        photos = shown_photos(report.photos, entry.photos)
        return {
            "id": entry.id,
            "number": entry.number,
            **{name: value for name, value in report._asdict().items() if name != "photos"},
            "place": report.place._asdict(),
            "received_at": entry.received_at,
            "as_of": entry.as_of,
            "revised": entry.revised,
            "withdrawn": entry.withdrawn,
            "unsigned": entry.unsigned,
            "votes": None if entry.votes is None else {one: entry.votes.get(one, 0) for one in CHOICES},
            **({"photos": photos} if photos else {}),
        }

    def dispatch(self, kind: str, payload: Any, consultation: Consultation) -> Dispatch | None:
        """A new report goes to the mailbox of the service that sees to it (civic.dispatch)."""
        if kind != "report":
            return None
        rules, lang = read_rules(consultation), consultation.languages[0]
        service = rules.service_of(payload.category, payload.place.area)
        if service is None or not service.email:
            return None
        where = payload.place
        values = {
            "category": rules.categories[payload.category].label[lang],
            "service": service.label[lang],
            "place": where.address or f"{where.lat}, {where.lon}",
        }
        lines = ("reports.mail.lead", "reports.mail.what", "reports.mail.do")
        return Dispatch(service.email, "reports.mail.subject", lines, values)

    def geo_services(self, consultation: Consultation, lang: str) -> tuple[GeoService, ...]:
        """See civic.georeport.GeoReports."""
        return services_of(consultation, lang)

    def geo_requests(
        self, consultation: Consultation, lang: str, tables: Mapping[str, Iterable[Document]]
    ) -> Iterator[GeoRequest]:
        """See GeoReports."""
        return requests_of(consultation, lang, tables)

    def geo_entered(self, asked: Mapping[str, str]) -> GeoEntered:
        """See GeoReports."""
        return entered_of(asked)

    def shelf(self, consultation: Consultation) -> ReportsShelf:
        """See Module."""
        return ReportsShelf(consultation)
