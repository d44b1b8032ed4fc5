"""A consultation's questions in the builder: a few pages, whatever the number of ballots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from civic.consultation import Consultation
from civic.module import DataFile, Document, FeedEntry, Page, Panel, Searched
from civic.modules.question import open_data
from civic.modules.question.count import view_of
from civic.phases import are_counts_public

ALL = "*"
_SHOWN = ("manifest", "phase", "since", "state", "results")


class QuestionShelf:
    """See civic.module.Shelf. A question is there before anybody has answered it."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation, self.slug = consultation, consultation.slug
        self.row: Document = {}
        self.documents: dict[str, Document] = {
            one.slot: {"id": one.slot, "number": number, "as_of": 0, "votes": None, "ballots": None}
            for number, one in enumerate(consultation.questions, 1)
        }

    def put(self, table: str, document: Document) -> frozenset[str]:
        """See Shelf."""
        if table == "consultation":
            before, self.row = self.row, document
            return frozenset({ALL}) if any(before.get(one) != document.get(one) for one in _SHOWN) else frozenset()
        if table != "questions" or document["id"] not in self.documents:
            return frozenset()
        self.documents[document["id"]] = document
        return frozenset({f"about:{document['id']}"})

    def pages(self, topics: frozenset[str] | None) -> Iterator[Page]:
        """See Shelf. The list shows something of every question, so it follows each."""
        if topics is None or ALL in topics:
            touched = list(self.documents)
            if self._takes_ballots:
                yield self._fixed("bulletin", "ballot", questions=self._views())
        else:
            touched = [one for one in self.documents if f"about:{one}" in topics]
        for identity in touched:
            yield self._question(identity)
        if touched or topics is None or ALL in topics:
            yield Page(
                f"/{self.slug}/", "question/list.html", {"questions": self._views(), "has_votes": self._has_votes},
                as_of=self._as_of, pack="list",
            )  # fmt: skip
            yield from self._result()

    @property
    def _has_votes(self) -> bool:
        return are_counts_public(self.consultation, self.row["state"])

    @property
    def _takes_ballots(self) -> bool:
        return bool(self.consultation.questions and self.consultation.windows("ballot"))

    @property
    def _as_of(self) -> int:
        return max((one["as_of"] for one in self.documents.values()), default=0)

    def _views(self) -> list[dict[str, Any]]:
        return [view_of(one, self.documents[one.slot]) for one in self.consultation.questions]

    def _fixed(self, name: str, template: str, **context: Any) -> Page:
        # Only what paper shows, so that a ballot does not change the page.
        shown = [{**one, "count": None} for one in context.get("questions", ())]
        return Page(f"/{self.slug}/{name}/", f"question/{template}.html", {"questions": shown}, is_listed=False)

    def _question(self, identity: str) -> Page:
        document = self.documents[identity]
        number = document["number"]
        (view,) = (one for one in self._views() if one["id"] == identity)
        context = {"one": view, "number_of_all": len(self.documents), "has_votes": self._has_votes}
        return Page(
            f"/{self.slug}/{number}/", "question/question.html", context, target=identity, as_of=document["as_of"],
            pack="list", searched=self._searched(number), is_pictured=True, is_coded=True,
        )  # fmt: skip

    def _searched(self, number: int) -> dict[str, Searched]:
        one = self.consultation.questions[number - 1]
        labels = [answer.label for answer in one.options]
        return {
            code: Searched(
                title, "\n\n".join([one.text.get(code, ""), *(label[code] for label in labels if label)]).strip(), code,
                "question", self.consultation.opens_at, is_markdown=True,
            )
            for code, title in one.title.items()
        }  # fmt: skip

    def _result(self) -> Iterator[Page]:
        if self.row["state"] == "results" and self.row["results"] is not None and self.documents:
            context = {"questions": self._views(), "results": self.row["results"]}
            yield Page(f"/{self.slug}/resultat/", "question/result.html", context, as_of=self._as_of, pack="list")

    def files(self) -> Iterator[DataFile]:
        """See Shelf."""
        return open_data.files(self.consultation, self.row, self._views())

    def entries(self) -> Iterator[FeedEntry]:
        """The questions, from their opening on, in the town's first language."""
        if self.row["state"] == "before":
            return
        results = self.row["results"]
        opened = self.consultation.opens_at
        for one in self.consultation.questions:
            lang = next(iter(one.title))
            answers = " · ".join(answer.label[lang] for answer in one.options if answer.label)
            text = one.text.get(lang, "") or answers
            number = self.documents[one.slot]["number"]
            yield FeedEntry(
                one.slot, f"/{self.slug}/{number}/", one.title[lang], text, "", lang, opened,
                opened if results is None else results["as_of"],
            )  # fmt: skip

    def summary(self) -> tuple[tuple[str, int], ...]:
        """How many questions."""
        return (("questions", len(self.documents)),)

    def outcome(self) -> Mapping[str, Any] | None:
        """The answer to the first question, and the figures around it."""
        results = self.row.get("results")
        if results is None or not self.documents:
            return None
        return {"question": self._views()[0], "results": results, "number": len(self.documents)}

    def panel(self, target: str) -> Panel | None:
        """Questions add nothing to other modules' pages."""
        return None

    def fact(self, target: str) -> tuple[str, int] | None:
        """Nor to their lists."""
        return None
