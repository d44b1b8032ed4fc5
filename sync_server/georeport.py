"""Answers of Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2), in JSON and XML; loaded when first asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from civic.georeport import GeoRequest, GeoService

DAYS, DAY, MOST = 90, 86_400, 1_000
Row = Mapping[str, Any]
_known: dict[Path, tuple[tuple[int, int], Mapping[str, list[Any]]]] = {}
_MOST_KNOWN = 4  # snapshots kept read


def read_snapshot(path: Path) -> Mapping[str, list[Any]]:
    """The tables of a snapshot file, documents in order; none where there is no file yet."""
    if not path.is_file():
        return {}
    stat = path.stat()
    stamp = stat.st_mtime_ns, stat.st_size
    known = _known.get(path)
    if known is None or known[0] != stamp:
        read = json.loads(path.read_bytes())
        tables = {name: [rows[number] for number in sorted(rows, key=int)] for name, rows in read.items()}
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        known = _known[path] = stamp, tables
    return known[1]


def chosen(found: Iterable[GeoRequest], asked: Mapping[str, str], now: int) -> list[GeoRequest]:
    """Those that the arguments of GET requests ask for, newest first; ValueError where a date can't be read.

    Ids override everything else; without dates the last 90 days are meant, and a range is no longer than that.
    """
    if asked.get("service_request_id"):
        wanted = set(asked["service_request_id"].split(","))
        return [one for one in found if wanted & {one.id, str(one.number)}][:MOST]
    start, end = _range(asked, now)
    codes, states = asked.get("service_code", ""), asked.get("status", "")
    within = (one for one in found if start <= one.requested_at <= end)
    of_code = (one for one in within if not codes or one.service.code in codes.split(","))
    return list(islice((one for one in of_code if not states or _state(one) in states.split(",")), MOST))


def _range(asked: Mapping[str, str], now: int) -> tuple[int, int]:
    start, end = asked.get("start_date", ""), asked.get("end_date", "")
    if start and end:
        return max(_instant(start), _instant(end) - DAYS * DAY), _instant(end)
    if start:
        return _instant(start), _instant(start) + DAYS * DAY
    last = _instant(end) if end else now
    return last - DAYS * DAY, last


def _instant(text: str) -> int:
    at = datetime.fromisoformat(text)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def _state(one: GeoRequest) -> str:
    return "open" if one.is_open else "closed"


def service_row(one: GeoService) -> Row:
    """A service as the standard writes it; nothing more than a request has is ever asked (`metadata`)."""
    return {
        "service_code": one.code, "service_name": one.name, "description": one.description, "metadata": False,
        "type": "realtime", "keywords": "", "group": one.group,
    }  # fmt: skip


def request_row(one: GeoRequest) -> Row:
    """A request as the standard writes it."""
    return {
        "service_request_id": one.id, "status": _state(one), "status_notes": one.status_notes,
        "service_name": one.service.name, "service_code": one.service.code, "description": one.description,
        "agency_responsible": one.agency, "service_notice": "", "requested_datetime": _iso(one.requested_at),
        "updated_datetime": _iso(one.updated_at), "address": one.address,
        "lat": float(one.lat) if one.lat else None, "long": float(one.lon) if one.lon else None,
    }  # fmt: skip


def written(fmt: str, names: tuple[str, str], rows: Sequence[Row]) -> bytes:
    """`rows` as a JSON list, or as XML in which `names` are those of the list and of one of them."""
    if fmt == "json":
        return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    inner = "".join(f"<{names[1]}>{''.join(_members(row))}</{names[1]}>" for row in rows)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<{names[0]}>{inner}</{names[0]}>\n'.encode()


def definition(fmt: str, code: str) -> bytes:
    """The definition of a service, which asks for no attributes."""
    if fmt == "json":
        return json.dumps({"service_code": code, "attributes": []}).encode()
    inner = f"<service_code>{escape(code)}</service_code><attributes/>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<service_definition>{inner}</service_definition>\n'.encode()


def _members(row: Row) -> Iterator[str]:
    for name, value in row.items():
        text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        yield f"<{name}>{escape(text)}</{name}>"


def _iso(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
