"""A town's news in the builder: a registration touches its event, the lists that show it and the agenda."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from civic.consultation import Consultation
from civic.module import DataFile, Document, FeedEntry, Page, Panel
from civic.modules.news import open_data
from civic.modules.news.articles import Article, articles_of
from civic.modules.news.pages import Pages, block_of
from civic.modules.news.view import View, view_of

ALL, AGENDA, FIRST = "*", "agenda", "first"
_SHOWN = ("manifest", "phase", "state", "results")
FEED = 20


class NewsShelf:
    """See civic.module.Shelf. An article is there before anybody has registered."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation
        self.articles: tuple[Article, ...] = tuple(articles_of(consultation).values())  # the oldest first
        self.ordinals = {one.id: ordinal for ordinal, one in enumerate(self.articles, 1)}
        self.row: Document = {}
        self._documents: dict[str, Document] = {}

    @property
    def since(self) -> int:
        """The last instant at which something changed by itself, 0 before the first."""
        return int(self.row.get("since", 0))

    def put(self, table: str, document: Document) -> frozenset[str]:
        """See Shelf."""
        if table == "consultation":
            return self._put_row(document)
        if table != "articles" or document["id"] not in self.ordinals:
            return frozenset()
        self._documents[document["id"]] = document
        return frozenset({f"about:{document['id']}"})

    def _put_row(self, row: Document) -> frozenset[str]:
        before, since = self.row, self.since
        self.row = row
        if not before or any(before.get(one) != row.get(one) for one in _SHOWN):
            return frozenset({ALL})
        if self.since == since:
            return frozenset()
        passed = range(min(since, self.since) + 1, max(since, self.since) + 1)
        moved = [one for one in self.articles if any(at in passed for at in one.changes_at)]
        return frozenset({AGENDA, FIRST, *(f"about:{one.id}" for one in moved)})

    def view(self, article: Article) -> View:
        """The article as pages show it now."""
        return view_of(article, self._documents.get(article.id), self.since)

    def pages(self, topics: frozenset[str] | None) -> Iterator[Page]:
        """See Shelf."""
        pages = Pages(self)
        if topics is None or ALL in topics:
            yield from pages.all()
            return
        blocks: set[int] = set()
        has_event, is_first = AGENDA in topics, FIRST in topics
        for topic in sorted(topics):
            ordinal = self.ordinals.get(topic.removeprefix("about:"), 0)
            if ordinal:
                article = self.articles[ordinal - 1]
                yield pages.article(article)
                blocks.add(block_of(ordinal))
                has_event = has_event or article.event is not None
                is_first = is_first or article.event is not None
        yield from pages.lists(blocks, is_first=is_first)
        if has_event:
            yield pages.agenda()
        if AGENDA in topics:
            yield pages.widget()

    def files(self) -> Iterator[DataFile]:
        """See Shelf."""
        return open_data.files(self.consultation, [self.view(one) for one in self.articles])

    def entries(self) -> Iterator[FeedEntry]:
        """The newest articles, in the town's first language."""
        slug, lang = self.consultation.slug, next(iter(self.consultation.languages), "")
        for one in self.articles[: -FEED - 1 : -1]:
            text = one.texts[lang]
            words = "\n\n".join(filter(None, (text.summary, text.body.strip())))
            yield FeedEntry(one.id, f"/{slug}/{one.name}/", text.title, words, "", lang, one.date, one.updated_at)

    def summary(self) -> tuple[tuple[str, int], ...]:
        """How many articles, and how many events are to come."""
        coming = sum(1 for one in self.articles if one.event is not None and not self.view(one).is_over)
        return (("articles", len(self.articles)), ("events", coming))

    def outcome(self) -> Mapping[str, Any] | None:
        """News decide nothing."""
        return None

    def panel(self, target: str) -> Panel | None:
        """News add nothing to other modules' pages."""
        return None

    def fact(self, target: str) -> tuple[str, int] | None:
        """Nor to their lists."""
        return None
