"""Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2): what a module brings whose acts other programs may read so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol, runtime_checkable

from civic.consultation import Consultation
from civic.module import Document


class GeoService(NamedTuple):
    """What may be asked for; `group` is "" where it stands alone, `description` where there is nothing to say."""

    code: str
    name: str
    group: str
    description: str


class GeoRequest(NamedTuple):
    """What somebody asked for; positions in degrees as text, "" where not said. Instants are epoch seconds."""

    id: str
    number: int
    is_open: bool
    status_notes: str
    service: GeoService
    agency: str
    requested_at: int
    updated_at: int
    address: str
    lat: str
    lon: str
    description: str


class GeoEntered(NamedTuple):
    """A request as the plain form of the same act would have it."""

    kind: str
    fields: Mapping[str, str]


@runtime_checkable
class GeoReports(Protocol):
    """What such a module has besides (civic.module.Module)."""

    def geo_services(self, consultation: Consultation, lang: str) -> tuple[GeoService, ...]:
        """What may be asked for, in order."""

    def geo_requests(
        self, consultation: Consultation, lang: str, tables: Mapping[str, Iterable[Document]]
    ) -> Iterator[GeoRequest]:
        """What the tables of a snapshot show, newest first, without what is gone."""

    def geo_entered(self, asked: Mapping[str, str]) -> GeoEntered:
        """The act that a POST asks for; `asked` by the argument names of the standard, "" where absent."""
