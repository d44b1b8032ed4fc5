"""The orders of a consultation's contributions as open data, from which anybody makes them again (formats.md §25)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from civic.canonical import canonical_json
from civic.module import DataFile
from civic.orders import Orders
from civic.ranking import score
from civic.tables import csv_bytes

_COLUMNS = ("number", "id", "received_at", "support", "said", "score")


class Source(NamedTuple):
    """The file beside them that the figures come from, and the member of its rows that tells support."""

    file: str
    support: str


def order_files(orders: Orders, source: Source) -> Iterator[DataFile]:
    """The order of relevance, whole, with all that it depends on, and every order in one small file for phones."""
    folder = f"/{orders.slug}/donnees"
    yield DataFile(f"{folder}/ranking.json", partial(_ranking_json, orders, source))
    yield DataFile(f"{folder}/ranking.csv", partial(_ranking_csv, orders))
    yield DataFile(f"{folder}/orders.json", partial(_orders_json, orders))


def _scored(orders: Orders) -> list[dict[str, Any]]:
    ranked = [orders.standing(one) for one in orders.by_name["relevance"].ranked()]
    return [
        one._asdict() | {"received_at": _iso(one.received_at), "score": score(one, orders.weights)} for one in ranked
    ]


def _ranking_json(orders: Orders, source: Source) -> bytes:
    content = {"v": 1, "consultation": orders.slug, "weights": orders.weights._asdict(), "items": _scored(orders),
               "page": f"/{orders.slug}/ordre/pertinence/", "source": source.file,
               "support": source.support}  # fmt: skip
    return canonical_json(content) + b"\n"


def _ranking_csv(orders: Orders) -> bytes:
    rows = _scored(orders)
    return csv_bytes(_COLUMNS, [["" if one[name] is None else one[name] for name in _COLUMNS] for one in rows])


def _orders_json(orders: Orders) -> bytes:
    ranked = [orders.standing(one) for one in orders.by_name["relevance"].ranked()]
    items = [[one.number, one.support, one.said] for one in ranked]
    lot = [one["number"] for one in orders.by_name["lot"].ranked()]
    return canonical_json({"v": 1, "consultation": orders.slug, "items": items, "lot": lot, "day": orders.day}) + b"\n"


def _iso(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
