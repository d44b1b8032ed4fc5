"""Questions and their results as JSON and CSV (docs/formats.md §7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from civic.canonical import canonical_json
from civic.consultation import Consultation
from civic.module import DataFile, Document
from civic.questions import BLANK
from civic.tables import csv_bytes

View = Mapping[str, Any]
_COLUMNS = ("number", "question", "id", "title", "option", "label", "votes")


def files(consultation: Consultation, row: Document, questions: Sequence[View]) -> Iterator[DataFile]:
    """The open data that may be public in the consultation's present state."""
    folder = f"/{consultation.slug}/donnees"
    yield DataFile(f"{folder}/questions.json", partial(_questions_json, consultation, questions))
    yield DataFile(f"{folder}/questions.csv", partial(_csv, questions))
    if row["state"] == "results" and row["results"] is not None:
        yield DataFile(f"{folder}/results.json", partial(_results_json, consultation, row, questions))
        yield DataFile(f"{folder}/results.csv", partial(_csv, questions))


def _iso(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _question(view: View) -> dict[str, Any]:
    count = view["count"]
    shown = {"id": view["id"], "question": view["name"]}
    shown |= {name: view[name] for name in ("number", "type", "max", "title", "text")}
    options = [{"option": option, "label": label} for option, label in view["labels"].items()]
    figures = {} if count is None else {name: count[name] for name in ("ballots", "blank", "leaders")}
    return shown | {"options": options} | figures


def _items(view: View) -> list[dict[str, Any]]:
    """A line for each answer, and for blank; texts in the first language that has any, else the id."""
    count, title = view["count"], next(iter(view["title"].values()))
    labels = {option: next(iter(label.values()), option) for option, label in view["labels"].items()} | {BLANK: BLANK}
    rows = []
    for option, label in labels.items():
        own = {"number": view["number"], "question": view["name"], "id": view["id"], "title": title}
        votes = None if count is None else count["blank"] if option == BLANK else count["votes"][option]
        rows.append(own | {"option": option, "label": label} | ({} if votes is None else {"votes": votes}))
    return rows


def _questions_json(consultation: Consultation, questions: Sequence[View]) -> bytes:
    content = {"consultation": consultation.slug, "questions": [_question(one) for one in questions]}
    return canonical_json(content) + b"\n"


def _results_json(consultation: Consultation, row: Document, questions: Sequence[View]) -> bytes:
    results = row["results"]
    content = {
        "consultation": consultation.slug,
        "closed_at": _iso(results["closed_at"]),
        "as_of": _iso(results["as_of"]),
        "ballots": results["ballots"],
        "voters": results["voters"],
        "unsigned": results["unsigned"],
        "questions": [_question(one) for one in questions],
        "items": [item for one in questions for item in _items(one)],
    }
    return canonical_json(content) + b"\n"


def _csv(questions: Sequence[View]) -> bytes:
    is_counted = any(one["count"] is not None for one in questions)
    columns = _COLUMNS if is_counted else _COLUMNS[:-1]
    return csv_bytes(columns, [[item[name] for name in columns] for one in questions for item in _items(one)])
