"""The pages of reports (README.md gives their addresses); each template lists its context first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from civic.module import Document, Page, Searched
from civic.modules.reports.listing import Cut
from civic.modules.reports.rules import title_of
from civic.modules.reports.standing import STANDINGS

if TYPE_CHECKING:
    from civic.modules.reports.shelf import ReportsShelf

PACK = 20  # pages of reports kept offline together
FEW_BLOCKS = 8  # up to so many list pages all are kept together
EVERY = ""
ORDERS = {"relevance": "ordre/pertinence", "support": "ordre/moi-aussi", "lot": "ordre/au-hasard"}  # name -> address


class Pages:
    """Draws pages from a shelf."""

    def __init__(self, shelf: ReportsShelf) -> None:
        self.shelf = shelf
        self.slug = shelf.consultation.slug

    def all(self) -> Iterator[Page]:
        """Every page."""
        yield Page(f"/{self.slug}/nouveau/", "reports/form.html", self._rules(), pack="list", is_listed=False)
        for document in self.shelf.reports:
            yield self.report(document)
        for name in sorted(self.shelf.lists):
            yield from self.listing(name, None)
        for name in ORDERS:
            yield self.ordered(name)
        yield self.map()

    def report(self, document: Document) -> Page:
        """A report's own page."""
        number = document["number"]
        into = self.shelf.into(document)
        service = self.shelf.rules.service_of(document["category"], document["place"]["area"])
        return Page(
            f"/{self.slug}/{number}/",
            "reports/report.html",
            self._rules() | {
                "report": document,
                "into": None if into is None else into["number"],
                "service": None if service is None else service.label,
                "previous": number - 1 or None,
                "next": number + 1 if number < len(self.shelf.reports) else None,
            },
            target=document["id"],
            as_of=document["as_of"],
            pack=f"reports-{(number - 1) // PACK:05d}",
            is_listed=not document["withdrawn"],
            searched=self._searched(document),
        )  # fmt: skip

    def _searched(self, document: Document) -> dict[str, Searched]:
        """A report by what is wrong and where; in another language by the name that the town gives it there too."""
        if document["withdrawn"]:
            return {}
        own, texts = document["lang"], document["text"]
        labels = self.shelf.rules.categories[document["category"]].label
        title = title_of(self.shelf.rules, document, own)
        return {
            code: Searched(
                title, texts if code == own else f"{label}\n{texts}", own, "report", document["received_at"]
            )
            for code, label in labels.items()
        }  # fmt: skip

    def listing(self, name: str, blocks: set[int] | None) -> Iterator[Page]:
        """The pages of a list that hold `blocks`, all of them for None."""
        listing = self.shelf.lists[name]
        kind, _, value = name.partition(":")
        folder = {"category": f"theme/{value}/", "standing": f"etat/{STANDINGS.get(value)}/"}.get(kind, "")
        for cut in listing.pages(blocks):
            yield self._list_page(name, f"/{self.slug}/{folder}", cut, is_few=listing.last <= FEW_BLOCKS)

    def _list_page(self, name: str, base: str, cut: Cut, *, is_few: bool) -> Page:
        rows = [self.shelf.reports[number - 1] for number in reversed(cut.numbers)]
        kind, _, value = name.partition(":")
        is_home = name == EVERY and not cut.block
        context = self._rules() | {
            "reports": rows,
            "category": value if kind == "category" else "",
            "standing": value if kind == "standing" else "",
            "is_first": not cut.block,
            "newer": _address(base, cut.newer),
            "older": _address(base, cut.older),
            "number": len(self.shelf.reports) if is_home else None,
            "orders": ORDERS,
            "per_category": self._sizes("category") if is_home else {},
            "per_standing": self._sizes("standing") if is_home else {},
        }
        path = _address(base, cut.block) or base
        as_of = max((one["as_of"] for one in rows), default=0)
        return Page(
            path, "reports/list.html", context, as_of=as_of, pack="older" if cut.block and not is_few else "list"
        )

    def ordered(self, name: str) -> Page:
        """The first reports in another order than by date."""
        order = self.shelf.orders.by_name[name]
        rows = order.rows()
        as_of = max((one["as_of"] for one in rows), default=0)
        context = self._rules() | {"reports": rows, "order": name, "orders": ORDERS, "has_more": order.has_more}
        return Page(f"/{self.slug}/{ORDERS[name]}/", "reports/ordered.html", context, as_of=as_of, pack="list")

    def map(self) -> Page:
        """The newest reports on the town's map, with their list."""
        rows = self.shelf.newest_mapped()
        as_of = max((one["as_of"] for one in rows), default=0)
        context = self._rules() | {"reports": rows}
        return Page(f"/{self.slug}/carte/", "reports/map.html", context, as_of=as_of, pack="list")

    def _rules(self) -> dict[str, Any]:
        rules = self.shelf.rules
        categories = [
            {
                "id": one.id,
                "label": one.label,
                "group": one.group,
                "urgent": one.urgent,
                "is_choice": rules.is_choice(one.id),
                "is_retired": one.is_retired,
            }
            for one in rules.categories.values()
        ]
        areas = [{"id": one.id, "label": one.label} for one in rules.areas.values()]
        return {"categories": categories, "areas": areas, "standings": STANDINGS}

    def _sizes(self, kind: str) -> dict[str, int]:
        lists = self.shelf.lists.items()
        return {name.removeprefix(f"{kind}:"): len(one.numbers) for name, one in lists if name.startswith(f"{kind}:")}


def _address(base: str, block: int) -> str | None:
    """The address of a list's page, None where there is none."""
    return None if block < 0 else f"{base}page/{block}/" if block else base
