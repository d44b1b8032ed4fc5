"""The pages of a call for proposals (addresses: docs/formats.md §8); each template lists its context first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from civic.module import Document, Page, Searched
from civic.modules.ideas.settings import Tree
from civic.phases import are_counts_public

if TYPE_CHECKING:
    from civic.modules.ideas.shelf import IdeasShelf

BLOCK = 25  # proposals a list page
BALLOT_LIMIT = 200  # more proposals than this are not printed on a paper ballot
MAPPED = 25  # ideas on the map: more could not be told apart
PACK = 20  # proposal pages kept offline together
ORDERS = {"support": "soutiens", "relevance": "ordre/pertinence", "lot": "ordre/au-hasard"}  # name -> address
FEW_BLOCKS = 8  # up to so many list pages all are kept together: a comment on an old proposal costs one request less


class _Listing(NamedTuple):
    """A list of ideas: where it begins, what stands before the numbers of its older pages, which ideas it holds."""

    path: str
    pages: str
    numbers: Sequence[int]
    category: str = ""
    status: str = ""
    tree: str = ""  # "<tree>/<category>"

    @property
    def is_whole(self) -> bool:
        """Whether it is the list of all ideas."""
        return not (self.category or self.status or self.tree)


class Pages:
    """Draws pages from a shelf. A list's first page holds its last two blocks, so that older pages never move."""

    def __init__(self, shelf: IdeasShelf) -> None:
        self.shelf = shelf
        self.slug = shelf.consultation.slug
        self.has_votes = are_counts_public(shelf.consultation, shelf.row["state"])

    def all(self) -> Iterator[Page]:
        """Every page."""
        yield self._form()
        yield Page(f"/{self.slug}/affiche/", "ideas/poster.html", {}, is_listed=False)
        for document in self.shelf.proposals:
            yield self.proposal(document)
        yield from self.lists(set(range(1, _last_block(self.shelf.proposals) + 1)), is_first=True)
        for category in self.shelf.by_category:
            yield from self.themes(category, None)
        for key in self.shelf.by_tree:
            yield from self.filed(key, None)
        for status in self.shelf.statuses.numbers:
            yield from self.with_status(status, None)
        for name in self.shelf.orders:
            yield from self.ordered(name)
        yield from self.map()
        yield from self.ballot()
        yield from self.result()

    def _form(self) -> Page:
        trees = [
            {"id": one.id, "label": one.label, "groups": _groups(one)} for one in self.shelf.settings.trees.values()
        ]
        context = {"trees": trees, "has_place": self.shelf.settings.has_place, "has_date": self.shelf.settings.has_date}
        return Page(f"/{self.slug}/proposer/", "ideas/form.html", context, pack="list", is_listed=False)

    def proposal(self, document: Document) -> Page:
        """A proposal's own page."""
        number = document["number"]
        return Page(
            f"/{self.slug}/{number}/",
            "ideas/proposal.html",
            {
                "proposal": document,
                "previous": number - 1 or None,
                "next": number + 1 if number < len(self.shelf.proposals) else None,
                "has_votes": self.has_votes,
                "takes_votes": self.shelf.takes_votes(document),
                "cosigners": self.shelf.settings.cosigners,
                "filed": self._filed(document),
                "on": _instant_on(document.get("date", "")),
            },
            target=document["id"],
            as_of=document["as_of"],
            pack=f"proposals-{(number - 1) // PACK:05d}",
            is_listed=not document["withdrawn"],
            searched=_searched(document),
        )

    def lists(self, blocks: set[int], *, is_first: bool) -> Iterator[Page]:
        """The list pages that hold `blocks`; the first page too where `is_first`."""
        numbers = range(1, len(self.shelf.proposals) + 1)
        yield from self._list(_Listing(f"/{self.slug}/", "page/", numbers), blocks, is_first=is_first)

    def themes(self, category: str, blocks: set[int] | None) -> Iterator[Page]:
        """The list pages of a category that hold `blocks` of it, all of them for None."""
        numbers = self.shelf.by_category.get(category, [])
        wanted = set(range(1, _last_block(numbers) + 1)) if blocks is None else blocks
        path = f"/{self.slug}/theme/{category}/"
        yield from self._list(_Listing(path, "", numbers, category=category), wanted, is_first=blocks is None)

    def filed(self, key: str, blocks: set[int] | None) -> Iterator[Page]:
        """The list pages of a tree's category that hold `blocks`, all of them for None; none where no idea is in it."""
        numbers = self.shelf.by_tree.get(key, [])
        if numbers:
            wanted = set(range(1, _last_block(numbers) + 1)) if blocks is None else blocks
            listing = _Listing(f"/{self.slug}/par/{key}/", "", numbers, tree=key)
            yield from self._list(listing, wanted, is_first=blocks is None)

    def _filed(self, document: Document) -> list[Mapping[str, str]]:
        """The labels of what an idea is filed under, in the order of the trees."""
        own = document.get("trees", {})
        trees = [(one, own[one.id]) for one in self.shelf.settings.trees.values() if one.id in own]
        return [tree.categories[one].label for tree, one in trees if one in tree.categories]

    def _per_tree(self) -> list[dict[str, Any]]:
        """Of each tree, its first level with how many ideas each category has, where it has any."""
        found = []
        for tree in self.shelf.settings.trees.values():
            sizes = [(one, len(self.shelf.by_tree[f"{tree.id}/{one.id}"])) for one in tree.tops()]
            rows = [{"key": f"{tree.id}/{one.id}", "label": one.label, "n": n} for one, n in sizes if n]
            if rows:
                found.append({"id": tree.id, "label": tree.label, "rows": rows})
        return found

    def with_status(self, status: str, blocks: set[int] | None) -> Iterator[Page]:
        """The list pages of a status that hold `blocks` of it, all of them for None; none where no idea has it."""
        numbers = self.shelf.statuses.numbers.get(status, [])
        if numbers:
            wanted = set(range(1, _last_block(numbers) + 1)) if blocks is None else blocks
            listing = _Listing(f"/{self.slug}/statut/{status}/", "", numbers, status=status)
            yield from self._list(listing, wanted, is_first=blocks is None)

    def _list(self, listing: _Listing, blocks: set[int], *, is_first: bool) -> Iterator[Page]:
        last, numbers, path = _last_block(listing.numbers), listing.numbers, listing.path
        if is_first or blocks & {last, last - 1}:
            rows = self._rows(numbers[max(0, last - 2) * BLOCK :])
            yield self._list_page(listing, path, rows, max(0, last - 1))
        for block in sorted(blocks - {last, last - 1}):
            rows = self._rows(numbers[(block - 1) * BLOCK : block * BLOCK])
            yield self._list_page(listing, f"{path}{listing.pages}{block}/", rows, block)

    def _rows(self, numbers: Sequence[int]) -> list[Document]:
        return [self.shelf.proposals[number - 1] for number in numbers]

    def _list_page(self, listing: _Listing, path: str, rows: Sequence[Document], block: int) -> Page:
        base, last = f"{listing.path}{listing.pages}", _last_block(listing.numbers)
        is_first = not path[len(base) :] or block >= last - 1
        newer = None if is_first else (f"{base}{block + 1}/" if block + 1 < last - 1 else base.removesuffix("page/"))
        oldest = block if not is_first else max(1, last - 1)
        context = {
            "proposals": list(reversed(rows)),
            "category": listing.category,
            "status": listing.status,
            "filed_under": self._label(listing.tree),
            "is_first": is_first,
            "newer": newer,
            "older": f"{base}{oldest - 1}/" if oldest > 1 else None,
            "number": len(self.shelf.proposals) if is_first and listing.is_whole else None,
            "per_category": _sizes(self.shelf.by_category) if is_first and listing.is_whole else {},
            "per_tree": self._per_tree() if is_first and listing.is_whole else [],
            "per_status": _sizes(self.shelf.statuses.numbers) if is_first and listing.is_whole else {},
            "has_votes": self.has_votes,
            "has_map": is_first and listing.is_whole and self.shelf.settings.has_place,
            "has_ballot": is_first and listing.is_whole and self._has_ballot(),
        }
        as_of = max((one["as_of"] for one in rows), default=0)
        pack = "list" if is_first or last <= FEW_BLOCKS else "older"
        return Page(path, "ideas/list.html", context, as_of=as_of, pack=pack)

    def _label(self, key: str) -> Mapping[str, str]:
        tree, _, category = key.partition("/")
        return self.shelf.settings.trees[tree].categories[category].label if key else {}

    def ordered(self, name: str) -> Iterator[Page]:
        """The first proposals in an order; the most supported while their counts are public."""
        if self.has_votes or name != "support":
            rows = self.shelf.orders[name].rows()
            as_of = max((one["as_of"] for one in rows), default=0)
            has_more = self.shelf.orders[name].has_more
            context = {"proposals": rows, "has_votes": self.has_votes, "order": name, "has_more": has_more}
            yield Page(f"/{self.slug}/{ORDERS[name]}/", "ideas/ordered.html", context, as_of=as_of,
                       pack="list")  # fmt: skip

    def map(self) -> Iterator[Page]:
        """The newest ideas that say a position, on the town's map and beside it, where the town asks for places."""
        if self.shelf.settings.has_place:
            shown = ("number", "title", "lang", "place", "as_of")
            rows = [{name: one[name] for name in shown} for one in reversed(self._rows(self.shelf.placed[-MAPPED:]))]
            as_of = max((one["as_of"] for one in rows), default=0)
            yield Page(f"/{self.slug}/carte/", "ideas/map.html", {"ideas": rows}, as_of=as_of, pack="list")

    def _has_ballot(self) -> bool:
        takes_votes = any("vote" in phase.open for phase in self.shelf.consultation.phases)
        return takes_votes and 0 < len(self.shelf.proposals) <= BALLOT_LIMIT

    def ballot(self) -> Iterator[Page]:
        """The paper ballot: every standing proposal that may be voted on, with its number."""
        if self._has_ballot():
            # Only what paper shows, so that a vote does not change the page.
            rows = [
                {name: one[name] for name in ("number", "title", "lang")}
                for one in self.shelf.proposals
                if self.shelf.takes_votes(one)
            ]
            yield Page(f"/{self.slug}/bulletin/", "ideas/ballot.html", {"proposals": rows}, is_listed=False)

    def result(self) -> Iterator[Page]:
        """The results, once they are final."""
        if self.shelf.row["state"] == "results" and self.shelf.row["results"] is not None:
            rows = sorted(
                (one for one in self.shelf.proposals if not one["withdrawn"]),
                key=lambda one: (-one["votes"]["for"], one["votes"]["against"], one["number"]),
            )
            context = {"proposals": rows, "results": self.shelf.row["results"]}
            as_of = max((one["as_of"] for one in rows), default=0)
            yield Page(f"/{self.slug}/resultat/", "ideas/result.html", context, as_of=as_of, pack="list")


def _instant_on(day: str) -> int | None:
    """An instant that is on this day in every zone from UTC-11 to UTC+12, None for ""."""
    return int(datetime.fromisoformat(f"{day}T11:00:00+00:00").timestamp()) if day else None


def _groups(tree: Tree) -> list[dict[str, Any]]:
    """What the form offers of a tree: groups in the town's order, those without a label of what stands alone."""
    groups: list[dict[str, Any]] = []
    for one in tree.choices():
        above = tree.categories.get(one.group)
        if not groups or groups[-1]["id"] != one.group:
            groups.append({"id": one.group, "label": {} if above is None else above.label, "categories": []})
        groups[-1]["categories"].append({"id": one.id, "label": one.label})
    return groups


def _sizes(lists: Mapping[str, Sequence[int]]) -> dict[str, int]:
    return {name: len(numbers) for name, numbers in lists.items() if numbers}


def _searched(document: Document) -> dict[str, Searched]:
    if document["withdrawn"]:
        return {}
    return {"": Searched(document["title"], document["text"], document["lang"], "idea", document["received_at"])}


def _last_block(numbers: Sequence[object]) -> int:
    return (len(numbers) + BLOCK - 1) // BLOCK
