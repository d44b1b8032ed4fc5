"""The manifest of surveys: one kind of act, the survey, one a person to the questionnaire that the town declared."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from civic.canonical import b64u_encode, canonical_json
from civic.consultation import Consultation
from civic.declaration import DeclarationError
from civic.groups import Told
from civic.listing import listed_document
from civic.module import Confided, Declared, Document, Entered, Entry, Listable, Offered, Option
from civic.modules.survey.answers import Answers, parse_answers
from civic.modules.survey.figures import figures_of
from civic.modules.survey.questionnaire import WRITTEN, Question, survey_of
from civic.modules.survey.shelf import SurveyShelf
from civic.refusals import Code, Refused
from civic.slots import SUM, Counted
from civic.text import normalise

PEOPLE = SUM  # the sum that counts whoever answered anything
FIELD = re.compile(r"answers\.([^.]+?)(?:\.([^.]+?))?(\[\]|#)?")  # as the form names its inputs (docs/formats.md §10)
_NUMBER = re.compile(r"-?\d{1,12}")


class SurveyModule:
    """See civic.module.Module."""

    name = "survey"
    kinds: tuple[str, ...] = ("survey",)
    tables: Mapping[str, str] = {}
    choices: tuple[str, ...] = (PEOPLE,)
    targets: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()

    def check(self, consultation: Consultation) -> None:
        """The questionnaire can be read, and what is published of it tells nobody's whole sheet."""
        where = f"consultations/{consultation.slug}/consultation.toml"
        asked = survey_of(consultation).questions
        if not asked:
            raise DeclarationError(f"{where}: the module survey needs a [[survey.section]] with a question")
        if consultation.publish_rows:
            raise DeclarationError(f"{where}: answers are never published one by one: write publish_rows = false")
        if consultation.counts != "hidden" and len(asked) > 1:
            raise DeclarationError(
                f'{where}: write counts = "hidden": whoever watches open figures move reads each sheet in them'
            )
        if consultation.is_permanent and any(one.is_published for one in asked):
            raise DeclarationError(f"{where}: words are published with the result: give the last phase an ends_at")

    def parse(
        self, kind: str, body: Mapping[str, Any], consultation: Consultation, languages: tuple[str, ...]
    ) -> Answers:
        """See Module."""
        if body.keys() != {"answers"} or type(body["answers"]) is not dict:
            raise Refused(Code.BAD_PAYLOAD, "answers")
        return parse_answers(body["answers"], survey_of(consultation))

    def entered(self, kind: str, fields: Mapping[str, str], own_id: str) -> Entered:
        """See Module. An input's name says where its value goes; one that is empty is no answer."""
        answers: dict[str, Any] = {}
        for name, value in fields.items():
            found = FIELD.fullmatch(name)
            if found is None or not value.strip():
                continue
            question, row, sign = found.groups()
            said = _said(value, sign)
            if row is None:
                answers[question] = said
            else:
                rows = answers.setdefault(question, {})
                if type(rows) is dict:
                    rows[row] = said
        return Entered(fields["target"], {"answers": answers})

    def offered(self, name: str, fields: Mapping[str, str], consultation: Consultation) -> Offered | None:
        """See Module."""
        found = FIELD.fullmatch(name)
        question = None if found is None else survey_of(consultation).find(found[1])
        if found is None or question is None:
            return None
        lines = {one.id: one.label for one in (*question.rows, *question.options)}
        line = lines.get(found[2] or "", {})
        label = {lang: f"{title} {line[lang]}" if lang in line else title for lang, title in question.title.items()}
        return Offered(_options(question), question.most, label)

    def declared(self, consultation: Consultation) -> tuple[Declared, ...]:
        """The questionnaire, which people may also talk about."""
        return (Declared(slot_id(consultation.slug), "surveys", page=""),)

    def slot_of(self, kind: str, payload: Any, consultation: Consultation) -> str:
        """One sheet a person."""
        return slot_id(consultation.slug)

    def requires(self, kind: str, slot_id: str, payload: Any) -> tuple[str, ...]:
        """A questionnaire is there as soon as it is declared."""
        return ()

    def counted(self, kind: str, slot_id: str, payload: Any) -> tuple[Counted, ...]:
        """Sums only: what somebody answered is in no published line."""
        return (Counted(slot_id, PEOPLE), *(Counted(slot_id, f"{SUM}{key}") for key in payload.counted))

    def grouped(self, choice: str) -> Told | None:
        """See civic.groups.Grouped: a table for each question, or row of a matrix, whose answers are counted."""
        told = choice.removeprefix(SUM)
        name, _, answer = told.partition("=")
        # Two answers together, or a place in a ranking, would be one more sum to reckon with.
        return Told(name, told) if answer and "*" not in name and "^" not in answer else None

    def subject(self, kind: str, slot_id: str, payload: Any) -> str:
        """The questionnaire."""
        return slot_id

    def document(self, entry: Entry) -> Document:
        """The row of `surveys` (README.md)."""
        votes = entry.votes
        told = None
        if votes is not None:
            totals = {name.removeprefix(SUM): n for name, n in votes.items() if name != PEOPLE}
            told = figures_of(totals, votes.get(PEOPLE, 0))
        row = {"id": entry.id, "number": entry.number, "as_of": entry.as_of, "votes": told}
        words = {question: listed_document(one) for question, one in entry.listed.items()}
        return row | ({"words": words} if words else {})

    def confided(self, payload: Any, consultation: Consultation) -> tuple[Confided, ...]:
        """See civic.module.Confides."""
        asked = [(at, one) for at, one in enumerate(survey_of(consultation).questions, 1) if one.type in WRITTEN]
        return tuple(
            Confided(at, next(iter(one.title.values())), payload.values[one.id], one.id if one.is_published else "")
            for at, one in asked
            if one.id in payload.values
        )

    def listable(self, consultation: Consultation) -> tuple[Listable, ...]:
        """See civic.module.ListsWords."""
        item, asked = slot_id(consultation.slug), survey_of(consultation).questions
        return tuple(Listable(one.id, item, one.title) for one in asked if one.is_published)

    def shelf(self, consultation: Consultation) -> SurveyShelf:
        """See Module."""
        return SurveyShelf(consultation, slot_id(consultation.slug))


def slot_id(slug: str) -> str:
    """The id of the slot that sheets of this consultation lie in: b64u of 16 bytes of SHA-256 (README.md)."""
    return b64u_encode(hashlib.sha256(canonical_json({"a": slug, "module": "survey"})).digest()[:16])


def _said(value: str, sign: str | None) -> Any:
    if sign == "[]":
        return sorted(value.split())
    if sign == "#":
        # Anything else is left as it is, for `parse` to refuse.
        return int(value) if _NUMBER.fullmatch(value.strip()) else value
    return normalise(value, lines=True)


def _options(question: Question) -> tuple[Option, ...]:
    if question.type == "ranking":
        return tuple(Option(str(place)) for place in range(1, len(question.options) + 1))
    if question.type == "scale":
        return tuple(Option(str(step)) for step in range(question.low, question.high + 1))
    return tuple(Option(one.id, label=one.label) for one in question.options)
