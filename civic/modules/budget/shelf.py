"""A consultation's budget in the builder: a page for each project, and a few that show them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from civic.consultation import Consultation
from civic.module import DataFile, Document, FeedEntry, Page, Panel, Searched
from civic.modules.budget import open_data
from civic.modules.budget.settings import budget_of, project_id, slot_id
from civic.modules.budget.views import View, ballot_view, envelope_view, photo_path, photos_view, with_coins
from civic.modules.budget.works import followed, works_of
from civic.phases import are_counts_public

ALL = "*"
PACK = 20  # projects a pack
_SHOWN = ("manifest", "phase", "since", "state", "results")


class BudgetShelf:
    """See civic.module.Shelf. Sums and projects are there before anybody has chosen any."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation, self.slug = consultation, consultation.slug
        budget, self.works = budget_of(consultation), works_of(consultation)
        self.budget = replace(budget, projects=followed(budget.projects, self.works))
        self.row: Document = {}
        self.documents: dict[str, Document] = {}
        for number, one in enumerate(self.budget.envelopes, 1):
            slot = slot_id(self.slug, one.id)
            self.documents[slot] = {
                "id": slot, "number": number, "as_of": 0, "votes": None, "ballots": None, "decision": None,
                "baskets": None,
            }  # fmt: skip

    def put(self, table: str, document: Document) -> frozenset[str]:
        """See Shelf."""
        if table == "consultation":
            before, self.row = self.row, document
            return frozenset({ALL}) if any(before.get(one) != document.get(one) for one in _SHOWN) else frozenset()
        if table != "envelopes" or document["id"] not in self.documents:
            return frozenset()
        self.documents[document["id"]] = document
        return frozenset({f"about:{document['id']}"})

    def pages(self, topics: frozenset[str] | None) -> Iterator[Page]:
        """See Shelf. Lists show something of every sum, so they follow each; paper shows no counts."""
        views = self._views()
        touched = [one for one in views if topics is None or ALL in topics or f"about:{one['id']}" in topics]
        if (topics is None or ALL in topics) and self.consultation.windows("basket"):
            yield self._page("bulletin", "ballot", {"envelopes": self._views(is_paper=True)}, pack="")
        yield from self._projects(views, topics, [one["id"] for one in touched])
        if not touched:
            return
        yield self._page("", "list", {"envelopes": [with_coins(one) for one in views]})
        yield from self._chosen(views)
        if self._has_result:
            yield self._page("resultat", "result", {"envelopes": views, "results": self.row["results"]})
            yield self._page("pourquoi", "why", {"envelopes": views})

    def _projects(self, views: list[View], topics: frozenset[str] | None, touched: list[str]) -> Iterator[Page]:
        """The pages of the projects of touched sums, and of those that somebody talked about."""
        for view in views:
            for project in view["projects"]:
                target = project_id(self.slug, project["id"])
                if view["id"] in touched or (topics is not None and f"about:{target}" in topics):
                    yield self._project(view, project, target)

    @property
    def _has_votes(self) -> bool:
        return are_counts_public(self.consultation, self.row["state"])

    @property
    def _has_result(self) -> bool:
        return self.row["state"] == "results" and self.row["results"] is not None

    @property
    def _as_of(self) -> int:
        return max(int(one["as_of"]) for one in self.documents.values())

    def _views(self, *, is_paper: bool = False) -> list[View]:
        hidden = {"votes": None, "ballots": None, "decision": None} if is_paper else {}
        return [
            envelope_view(self.budget, one, self.documents[slot_id(self.slug, one.id)] | hidden)
            for one in self.budget.envelopes
        ]

    def _page(self, name: str, template: str, context: Mapping[str, Any], pack: str = "list") -> Page:
        """A page about all of it; those that are printed are kept by no phone and listed nowhere."""
        shared = {"budget": self.budget, "ballot": ballot_view(self.budget.ballot), "has_votes": self._has_votes}
        path = f"/{self.slug}/{name}/" if name else f"/{self.slug}/"
        as_of = self._as_of if pack else 0
        return Page(
            path, f"budget/{template}.html", {**shared, **context}, as_of=as_of, pack=pack, is_listed=bool(pack)
        )

    def _chosen(self, views: list[View]) -> Iterator[Page]:
        """The projects of one sum, and those of one theme: pages instead of a filter."""
        projects = [one for view in views for one in view["projects"]]
        themes = [one.id for one in self.consultation.categories]
        if len(views) > 1:
            for view in views:
                context = {"projects": view["projects"], "envelopes": views, "sum": view["name"], "theme": ""}
                yield self._page(f"somme/{view['name']}", "some", context)
        for theme in themes:
            own = [one for one in projects if one["category"] == theme]
            if own:
                context = {"projects": own, "envelopes": views, "sum": "", "theme": theme}
                yield self._page(f"theme/{theme}", "some", context)

    def _project(self, view: View, project: View, target: str) -> Page:
        context = {
            "budget": self.budget, "ballot": ballot_view(self.budget.ballot), "has_votes": self._has_votes,
            "one": photos_view(self.slug, project), "envelope": {**view, "projects": [], "winners": [], "by_turn": []},
        }  # fmt: skip
        place = [one.id for one in self.budget.projects].index(project["id"])
        as_of, pack = self.documents[view["id"]]["as_of"], f"projects-{place // PACK:05d}"
        return Page(
            f"/{self.slug}/{project['number']}/", "budget/project.html", context, target=target, as_of=as_of, pack=pack,
            searched=_searched(project, self.consultation.opens_at), is_coded=True,
        )  # fmt: skip

    def files(self) -> Iterator[DataFile]:
        """See Shelf."""
        yield from open_data.files(self.consultation, self.budget, self.row, self.documents)
        for number, works in self.works.items():
            for name, data in works.photos.items():
                yield DataFile(photo_path(self.slug, number, name), partial(bytes, data))

    def entries(self) -> Iterator[FeedEntry]:
        """The result once there is one, then the first projects from the opening on, in the town's first language."""
        if self.row["state"] == "before":
            return
        lang, results = self.consultation.languages[0], self.row["results"]
        opened = self.consultation.opens_at
        if self._has_result:
            titles = [one["title"][lang] for view in self._views() for one in view["winners"]]
            yield FeedEntry(
                f"{self.slug}-resultat", f"/{self.slug}/resultat/", " · ".join(titles)[:200] or "–", "\n".join(titles),
                "", lang, results["as_of"], results["as_of"],
            )  # fmt: skip
        for one in self.budget.projects[: 19 if self._has_result else 20]:
            yield FeedEntry(
                f"{self.slug}-{one.id}", f"/{self.slug}/{one.id}/", one.title[lang], one.text.get(lang, ""), "", lang,
                opened, opened,
            )  # fmt: skip

    def summary(self) -> tuple[tuple[str, int], ...]:
        """How many projects."""
        return (("projects", len(self.budget.projects)),)

    def outcome(self) -> Mapping[str, Any] | None:
        """The winners, and how many people took part."""
        if not self._has_result:
            return None
        winners = [one for view in self._views() for one in view["winners"]]
        return {"winners": winners, "results": self.row["results"], "number": len(self.budget.projects)}

    def panel(self, target: str) -> Panel | None:
        """Budgets add nothing to other modules' pages."""
        return None

    def fact(self, target: str) -> tuple[str, int] | None:
        """Nor to their lists."""
        return None


def _searched(project: View, opened: int) -> dict[str, Searched]:
    texts, place = project["text"], project["place"]
    return {
        code: Searched(
            title, "\n\n".join(filter(None, (texts.get(code), place.get(code)))), code, "budget", opened,
            is_markdown=True,
        )
        for code, title in project["title"].items()
    }  # fmt: skip
