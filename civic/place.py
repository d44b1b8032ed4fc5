"""Where something is, as citizens say it: in words, in a part of the town, at a position (docs/formats.md §33)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from civic.refusals import Code, Refused
from civic.text import check_text, normalise

_MEMBERS = frozenset({"address", "area", "lat", "lon"})
# Five places are a metre: nobody needs to know a position better.
_DEGREES = re.compile(r"-?(?:0|[1-9][0-9]{0,2})\.[0-9]{5}")


class Place(NamedTuple):
    """Where: in words, in a part of the town, at a position (WGS 84, degrees as text); each "" where not said."""

    address: str
    area: str
    lat: str
    lon: str


NOWHERE = Place("", "", "", "")


def parse_place(value: object, areas: Collection[str]) -> Place:
    """The place in a body, which has an address or a position at least and names one of `areas` or none.

    Refused BAD_PAYLOAD or BAD_OPTION, about the field `place`.
    """
    if type(value) is not dict or value.keys() != _MEMBERS:
        raise Refused(Code.BAD_PAYLOAD, "place")
    address = check_text(value["address"], "place", 0, 200)
    if type(value["area"]) is not str:
        raise Refused(Code.BAD_PAYLOAD, "place")
    if value["area"] and value["area"] not in areas:
        raise Refused(Code.BAD_OPTION, "place")
    lat, lon = value["lat"], value["lon"]
    if type(lat) is not str or type(lon) is not str or not (lat == lon == "" or _is_position(lat, lon)):
        raise Refused(Code.BAD_PAYLOAD, "place")
    if not address and not lat:
        raise Refused(Code.BAD_PAYLOAD, "place")
    return Place(address, value["area"], lat, lon)


def entered_place(fields: Mapping[str, str]) -> dict[str, str]:
    """The place of a plain form, from its inputs `place.…` ("" where absent)."""
    said = {one: fields.get(f"place.{one}", "") for one in ("area", "lat", "lon")}
    return said | {"address": normalise(fields.get("place.address", ""))}


def _is_position(lat: str, lon: str) -> bool:
    is_written = _DEGREES.fullmatch(lat) and _DEGREES.fullmatch(lon)
    return bool(is_written) and abs(float(lat)) <= 90 and abs(float(lon)) <= 180
