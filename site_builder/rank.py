"""`preau rank`: makes the order of relevance of a published site again, from its open data alone (formats.md §25)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from civic.ranking import Standing, Weights, drawn, place_of, score

INDEX = "donnees/classement.json"
ORDERS = "orders.json"  # beside the order of relevance
_VALUE = re.compile(r'<li value="(\d+)"')
Read = Callable[[str], bytes | None]


class Unreadable(Exception):
    """The site publishes no order, or not as it should; the message says which file."""


class Comparison(NamedTuple):
    """The order of one consultation as it is made again; `faults` say where the site differs."""

    slug: str
    order: tuple[int, ...]  # numbers, first to last
    faults: tuple[str, ...]


def rank_site(read: Read) -> Iterator[Comparison]:
    """Each consultation's order, of the site whose files `read` gives; Unreadable."""
    index = _json(read, INDEX)
    for path in index["rankings"]:
        yield _compare(read, str(path), Weights(**index["weights"]))


def _compare(read: Read, path: str, weights: Weights) -> Comparison:
    published = _json(read, path)
    standing = [_standing(one) for one in published["items"]]
    ordered = sorted(standing, key=lambda one: place_of(one, weights))
    faults = [f"{path}: the order is another" for _ in (0,) if ordered != standing]
    faults += [
        f"{path}: the score of no. {one.number} is {score(one, weights)}, not {item['score']}"
        for one, item in zip(standing, published["items"], strict=True)
        if score(one, weights) != item["score"]
    ]
    faults += _faults_of_source(read, path.rpartition("/")[0], published, standing)
    faults += _faults_of_orders(read, path.rpartition("/")[0], published["consultation"], ordered)
    page = f"{published['page'].strip('/')}/index.html"
    shown = [int(number) for number in _VALUE.findall((read(page) or b"").decode("utf-8"))]
    if shown != [one.number for one in ordered[: len(shown)]] or len(shown) < min(len(ordered), 1):
        faults.append(f"{page}: shows another order")
    return Comparison(published["consultation"], tuple(one.number for one in ordered), tuple(faults))


def _faults_of_source(read: Read, folder: str, published: Mapping[str, Any], standing: list[Standing]) -> Iterator[str]:
    """Whether the figures are those of the file that they say they come from."""
    path = f"{folder}/{published['source']}"
    (rows,) = (value for value in _json(read, path).values() if isinstance(value, list))
    own = {row["id"]: row for row in rows if not row["withdrawn"]}
    if own.keys() != {one.id for one in standing}:
        yield f"{path}: holds others than the order does"
    for one in standing:
        row = own.get(one.id)
        if row is not None and (row.get(published["support"]), _instant(row["received_at"])) != (
            one.support,
            one.received_at,
        ):
            yield f"{path}: no. {one.number} has other figures"


def _faults_of_orders(read: Read, folder: str, slug: str, ordered: list[Standing]) -> Iterator[str]:
    """Whether the file that phones go on from holds the same order, and today's draw."""
    path = f"{folder}/{ORDERS}"
    published = _json(read, path)
    if published["items"] != [[one.number, one.support, one.said] for one in ordered]:
        yield f"{path}: the order of relevance is another"
    lot = sorted(ordered, key=lambda one: (drawn(slug, published["day"], one.id), one.number))
    if published["lot"] != [one.number for one in lot]:
        yield f"{path}: another was drawn"


def _standing(item: Mapping[str, Any]) -> Standing:
    return Standing(item["id"], item["number"], _instant(item["received_at"]), item["support"], item["said"])


def _instant(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _json(read: Read, path: str) -> dict[str, Any]:
    data = read(path)
    if data is None:
        raise Unreadable(f"{path} is not there")
    value = json.loads(data)
    if not isinstance(value, dict):
        raise Unreadable(f"{path} is not an object")
    return value
