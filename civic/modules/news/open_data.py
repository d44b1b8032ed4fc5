"""News as JSON and CSV: what happens, and how many come; never who (README.md beside this file)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from civic.canonical import canonical_json
from civic.consultation import Consultation
from civic.module import DataFile
from civic.modules.news.view import View
from civic.tables import csv_bytes

_COLUMNS = ("name", "id", "date", "title", "starts_at", "ends_at", "place", "cancelled", "seats", "taken", "left",
            "waiting")  # fmt: skip


def files(consultation: Consultation, views: Sequence[View]) -> Iterator[DataFile]:
    """Both files."""
    folder = f"/{consultation.slug}/donnees"
    yield DataFile(f"{folder}/news.json", partial(_json, consultation, views))
    yield DataFile(f"{folder}/news.csv", partial(_csv, views))


def _iso(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _members(view: View) -> dict[str, Any]:
    article, event, line = view.article, view.article.event, view.seating
    members: dict[str, Any] = {"name": article.name, "id": article.id, "date": _iso(article.date)}
    if event is not None:
        members |= {"starts_at": _iso(event.starts_at), "ends_at": _iso(event.ends_at), "place": event.place}
        members |= {"cancelled": event.is_cancelled, "seats": event.seats}
    return members | ({} if line is None else line._asdict())


def _json(consultation: Consultation, views: Sequence[View]) -> bytes:
    articles = [
        _members(one)
        | {
            "title": {lang: text.title for lang, text in one.article.texts.items()},
            "text": {lang: text.body for lang, text in one.article.texts.items()},
        }
        for one in views
    ]
    return canonical_json({"consultation": consultation.slug, "articles": articles}) + b"\n"


def _csv(views: Sequence[View]) -> bytes:
    rows = [_members(one) | {"title": next(iter(one.article.texts.values())).title} for one in views]
    return csv_bytes(_COLUMNS, [[row.get(name, "") for name in _COLUMNS] for row in rows])
