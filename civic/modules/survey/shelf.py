"""A questionnaire in the builder: a few pages, whatever the number of people who answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from civic.consultation import Consultation
from civic.module import DataFile, Document, FeedEntry, Page, Panel, Searched
from civic.modules.survey import open_data
from civic.modules.survey.heard import cut, heard_of
from civic.modules.survey.questionnaire import Survey, survey_of
from civic.modules.survey.view import crosses_of, results_of, sections_of
from civic.phases import are_counts_public

ALL = "*"
KIND = "survey"
_SHOWN = ("manifest", "phase", "since", "state", "results")
_FLAGS = ("is_listed", "is_framed", "pack", "target", "searched")


class SurveyShelf:
    """See civic.module.Shelf. The questionnaire is there before anybody has answered it; `slot` is its id."""

    def __init__(self, consultation: Consultation, slot: str) -> None:
        self.consultation, self.slug, self.slot = consultation, consultation.slug, slot
        self.survey = survey_of(consultation)
        self.row: Document = {}
        self.document: Document = {"id": slot, "number": 1, "as_of": 0, "votes": None}

    def put(self, table: str, document: Document) -> frozenset[str]:
        """See Shelf."""
        if table == "consultation":
            before, self.row = self.row, document
            return frozenset({ALL}) if any(before.get(one) != document.get(one) for one in _SHOWN) else frozenset()
        if table != "surveys" or document["id"] != self.slot:
            return frozenset()
        self.document = document
        return frozenset({f"about:{self.slot}"})

    def pages(self, topics: frozenset[str] | None) -> Iterator[Page]:
        """See Shelf."""
        is_all = topics is None or ALL in topics
        if is_all:
            yield self._page("bulletin", "ballot", is_listed=False, sections=sections_of(self.survey))
            yield self._page("widget", "widget", is_listed=False, is_framed=True, **self._asked())
        if is_all or f"about:{self.slot}" in (topics or ()):
            yield self._page(
                "", "list", pack="list", target=self.slot, searched=self._searched(), **self._asked(),
                people=self._people,
            )  # fmt: skip
            yield from self._result()

    def _page(self, name: str, template: str, **how: Any) -> Page:
        flags = {one: how.pop(one) for one in _FLAGS if one in how}
        path = f"/{self.slug}/{name}/" if name else f"/{self.slug}/"
        # What shows no figure has no moment: it stays as it is while people answer.
        as_of = self.document["as_of"] if self._has_figures and template in ("list", "result") else 0
        return Page(path, f"survey/{template}.html", how, as_of=as_of, **flags)

    def _asked(self) -> dict[str, Any]:
        number = len(self.survey.questions)
        return {"slot": self.slot, "sections": sections_of(self.survey), "number": number}

    def _searched(self) -> dict[str, Searched]:
        """What is asked, under the first question: the consultation's own words are found without it."""
        questions = self.survey.questions
        return {
            code: Searched(
                title, "\n".join(_said(self.survey, code)), code, KIND, self.consultation.opens_at, is_markdown=True
            )
            for code, title in (questions[0].title.items() if questions else ())
        }

    @property
    def _has_figures(self) -> bool:
        return are_counts_public(self.consultation, self.row["state"]) and self.document["votes"] is not None

    @property
    def _people(self) -> int | None:
        return self.document["votes"]["people"] if self._has_figures else None

    def _result(self) -> Iterator[Page]:
        if self._has_figures and self.row["state"] != "before":
            figures = self.document["votes"]
            yield self._page(
                "resultat", "result", pack="list", slot=self.slot, questions=results_of(self.survey, figures),
                crosses=crosses_of(self.survey, figures), people=figures["people"],
                is_final=self.row["state"] == "results", results=self.row["results"], heard=self._heard,
            )  # fmt: skip
            yield from self._words()

    @property
    def _heard(self) -> dict[str, dict[str, Any]]:
        """Words are told with the result, never before: who looks at the page must not see them come."""
        return heard_of(self.survey, self.document) if self.row["state"] == "results" else {}

    def _words(self) -> Iterator[Page]:
        heard = self._heard
        asked = [one for section in sections_of(self.survey) for one in section["questions"] if one["id"] in heard]
        for question in asked:
            told = heard[question["id"]]
            pages = [] if told["is_whole"] else cut(told["words"])
            names = [f"mots/{question['number']}" + (f"/{at}" if at else "") for at in range(len(pages))]
            ways = ["", *(f"/{self.slug}/{name}/" for name in names), ""]
            for at, words in enumerate(pages):
                around = {"newer": ways[at], "older": ways[at + 2]}
                yield self._page(names[at], "heard", slot=self.slot, question=question, heard=told, shown=words,
                                 is_listed=at == 0, **around)  # fmt: skip

    def files(self) -> Iterator[DataFile]:
        """See Shelf."""
        return open_data.files(self.consultation, self.row, self.document, self.survey)

    def entries(self) -> Iterator[FeedEntry]:
        """The questionnaire, from its opening on, in the town's first language."""
        if self.row["state"] == "before" or not self.survey.questions:
            return
        results, opened = self.row["results"], self.consultation.opens_at
        titles = [one.title for one in self.survey.questions]
        lang = next(iter(titles[0]))
        text = " · ".join(title[lang] for title in titles)
        yield FeedEntry(
            self.slot, f"/{self.slug}/", titles[0][lang], text, "", lang, opened,
            opened if results is None else results["as_of"],
        )  # fmt: skip

    def summary(self) -> tuple[tuple[str, int], ...]:
        """How many questions; how many people answered, where figures are public."""
        asked = ("asked", len(self.survey.questions))
        people = self._people if self.row else None
        return (asked,) if people is None else (asked, ("sheets", people))

    def outcome(self) -> Mapping[str, Any] | None:
        """How many took part, and the first question."""
        if self.row.get("results") is None or self.document["votes"] is None or not self.survey.questions:
            return None
        first = results_of(self.survey, self.document["votes"])[0]
        return {"question": first, "people": self.document["votes"]["people"], "number": len(self.survey.questions)}

    def panel(self, target: str) -> Panel | None:
        """Surveys add nothing to other modules' pages."""
        return None

    def fact(self, target: str) -> tuple[str, int] | None:
        """Nor to their lists."""
        return None


def _said(survey: Survey, code: str) -> Iterator[str]:
    """All that the questionnaire says in a language, but the figures."""
    for section in survey.sections:
        texts = [section.title, section.text]
        for one in section.questions:
            texts += [one.title, one.text, *(each.label for each in (*one.rows, *one.options))]
        yield "\n\n".join(text[code] for text in texts if text)
