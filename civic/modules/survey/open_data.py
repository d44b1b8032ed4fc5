"""The questionnaire and its figures as JSON and CSV (README.md); never anybody's sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from civic.canonical import canonical_json
from civic.consultation import Consultation
from civic.module import DataFile, Document
from civic.modules.survey.heard import heard_of
from civic.modules.survey.questionnaire import Survey
from civic.modules.survey.view import crosses_of, results_of, sections_of
from civic.tables import csv_bytes

View = Mapping[str, Any]
_ASKED = ("number", "question", "type", "title", "row", "option", "label")
_FIGURES = (*_ASKED, "place", "n", "value")
_SAID = ("id", "number", "type", "title", "text", "is_required", "options", "rows", "low", "high", "step", "when",
         "is_published")  # fmt: skip
_WORDS = ("number", "question", "title", "words", "people")


def files(consultation: Consultation, row: Document, document: Document, survey: Survey) -> Iterator[DataFile]:
    """The open data that may be public in the consultation's present state."""
    folder = f"/{consultation.slug}/donnees"
    asked = [question for section in sections_of(survey) for question in section["questions"]]
    yield DataFile(f"{folder}/survey.json", partial(_survey_json, consultation, asked))
    yield DataFile(f"{folder}/survey.csv", partial(_csv, _ASKED, asked))
    if row["state"] == "results" and row["results"] is not None and document["votes"] is not None:
        told = results_of(survey, document["votes"])
        crosses = crosses_of(survey, document["votes"])
        yield DataFile(f"{folder}/results.json", partial(_results_json, consultation, row, document, told, crosses))
        yield DataFile(f"{folder}/results.csv", partial(_csv, _FIGURES, told))
        heard = heard_of(survey, document)
        if any(one.is_published for one in survey.questions):
            # Not in results.*: these are final, and words are read, and taken back, after the closing too.
            yield DataFile(f"{folder}/words.json", partial(_words_json, consultation, asked, heard))
            yield DataFile(f"{folder}/words.csv", partial(_words_csv, asked, heard))


def _iso(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _survey_json(consultation: Consultation, asked: Sequence[View]) -> bytes:
    shown = [{name: one[name] for name in _SAID} for one in asked]
    return canonical_json({"consultation": consultation.slug, "questions": shown}) + b"\n"


def _results_json(
    consultation: Consultation, row: Document, document: Document, told: Sequence[View], crosses: Sequence[View]
) -> bytes:
    results = row["results"]
    content = {
        "consultation": consultation.slug,
        "closed_at": _iso(results["closed_at"]),
        "as_of": _iso(results["as_of"]),
        "ballots": results["ballots"],
        "voters": results["voters"],
        "unsigned": results["unsigned"],
        "people": document["votes"]["people"],
        "questions": [{"id": one["id"], "number": one["number"], "type": one["type"], "title": one["title"],
                       "answered": one["answered"]} for one in told],
        "items": [item for one in told for item in _items(one)],
        "crosses": [dict(one) for one in crosses],
    }  # fmt: skip
    return canonical_json(content) + b"\n"


def _words_json(consultation: Consultation, asked: Sequence[View], heard: Mapping[str, View]) -> bytes:
    told = [
        {name: one[name] for name in ("id", "number", "title")}
        | {name: heard[one["id"]][name] for name in ("words", "left", "unread")}
        for one in asked
        if one["id"] in heard
    ]
    return canonical_json({"consultation": consultation.slug, "questions": told}) + b"\n"


def _words_csv(asked: Sequence[View], heard: Mapping[str, View]) -> bytes:
    shown = [one for one in asked if one["id"] in heard]
    rows = [
        [one["number"], one["id"], _first(one, "title"), said["words"], said["people"]]
        for one in shown
        for said in heard[one["id"]]["words"]
    ]
    return csv_bytes(_WORDS, rows)


def _items(one: View) -> list[dict[str, Any]]:
    """A line for each answer on offer; a number's are its mean and median; words have the people who wrote."""
    own = {"number": one["number"], "question": one["id"], "type": one["type"], "title": _first(one, "title")}
    blank = dict.fromkeys(_FIGURES, "") | own
    lines = [blank | line for line in _lines(one)]
    for name, value in (one.get("middle") or {}).items():
        lines.append(blank | {"option": name, "value": value})
    return lines or [blank | ({"n": one["answered"]} if "answered" in one else {})]


def _lines(one: View) -> Iterator[dict[str, Any]]:
    if one["type"] == "matrix":
        for place, row in enumerate(one["grid"] if "grid" in one else one["rows"]):
            for at, option in enumerate(one["options"]):
                n = {"n": one["grid"][place]["cells"][at]} if "grid" in one else {}
                yield {"row": row["id"], "option": option["id"], "label": _first(option)} | n
    elif one["type"] == "ranking" and "lines" in one:
        for line in one["lines"]:
            for place, n in enumerate(line["places"], 1):
                yield {"option": line["id"], "label": _first(line), "place": place, "n": n}
    else:
        for line in one["lines"] if "lines" in one else one["options"]:
            yield {"option": line["id"], "label": _first(line)} | ({"n": line["n"]} if "n" in line else {})


def _first(view: View, name: str = "label") -> str:
    """Its words in the town's first language, its id where it has none."""
    return str(next(iter(view[name].values()), view["id"]))


def _csv(columns: Sequence[str], questions: Sequence[View]) -> bytes:
    return csv_bytes(columns, [[item[name] for name in columns] for one in questions for item in _items(one)])
