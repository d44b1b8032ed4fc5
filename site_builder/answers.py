"""What the town answered as open data (docs/formats.md §19): every answer, also those that no longer hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from typing import Any

from civic.canonical import canonical_json
from civic.consultation import Consultation
from civic.module import DataFile, Document
from civic.tables import csv_bytes
from site_builder.language import iso

_COLUMNS = ("number", "id", "at", "status", "into_number", "name", "cost", "done", "milestone", "lang", "words")


def answer_files(consultation: Consultation, documents: Collection[Document]) -> Iterator[DataFile]:
    """The files of the answers, by number of the item; none where there is no answer."""
    if documents:
        folder = f"/{consultation.slug}/donnees"
        ordered = sorted(documents, key=lambda one: (one["number"], one["id"]))
        yield DataFile(f"{folder}/answers.json", partial(_json, consultation.slug, ordered))
        yield DataFile(f"{folder}/answers.csv", partial(_csv, ordered))


def _json(slug: str, documents: Collection[Document]) -> bytes:
    items = [one | {"answers": [_dated(answer) for answer in one["answers"]]} for one in documents]
    return canonical_json({"consultation": slug, "items": items}) + b"\n"


def _csv(documents: Collection[Document]) -> bytes:
    return csv_bytes(_COLUMNS, [row for one in documents for row in _rows(one)])


def _rows(one: Document) -> Iterator[list[Any]]:
    """A line for each answer and language; one without language for an answer without words."""
    for answer in one["answers"]:
        said = _dated(answer) | {"number": one["number"], "id": one["id"]}
        for lang, words in sorted(answer["words"].items()) or [("", "")]:
            row = said | {"lang": lang, "words": words}
            yield ["" if row.get(name) is None else row[name] for name in _COLUMNS]


def _dated(answer: Document) -> Document:
    return answer | {"at": iso(answer["at"])}
