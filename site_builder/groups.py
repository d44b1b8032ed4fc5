"""Results by group of people as open data (docs/formats.md §14.3): what the worker drew, word for word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from civic.canonical import canonical_json
from civic.consultation import Consultation
from civic.groups import LEAST
from civic.module import DataFile, Document
from civic.profile import Profile, profile_member
from civic.tables import csv_bytes

_COLUMNS = ("number", "item", "group", "value", "choice", "people")


def group_files(consultation: Consultation, documents: Sequence[Document]) -> Iterator[DataFile]:
    """The files of the tables; none where there is no table."""
    if consultation.profile is not None and documents:
        folder = f"/{consultation.slug}/donnees"
        yield DataFile(f"{folder}/groups.json", partial(_json, consultation.slug, consultation.profile, documents))
        yield DataFile(f"{folder}/groups.csv", partial(_csv, documents))


def _json(slug: str, profile: Profile, documents: Sequence[Document]) -> bytes:
    tables = [{name: value for name, value in one.items() if name != "id"} for one in documents]
    return canonical_json({"consultation": slug, "least": LEAST, **profile_member(profile), "tables": tables}) + b"\n"


def _csv(documents: Sequence[Document]) -> bytes:
    return csv_bytes(_COLUMNS, [row for one in documents for row in _rows(one)])


def _rows(one: Document) -> Iterator[list[Any]]:
    """A line for each number, with nothing where it is hidden; those without a choice are of the whole group."""
    lines = [(row["choice"], row["cells"]) for row in one["rows"]] + [("", one["totals"])]
    for choice, cells in lines:
        for value, people in zip(one["values"], cells, strict=True):
            yield [one["number"], one["item"], one["group"], value, choice, "" if people is None else people]
