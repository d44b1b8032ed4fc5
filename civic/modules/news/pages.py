"""The pages of news (addresses: README.md beside this file); each template lists its context first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from civic.module import Page, Searched
from civic.modules.news.articles import Article
from civic.modules.news.calendar import Calendar, Dated
from civic.modules.news.view import View

if TYPE_CHECKING:
    from civic.modules.news.shelf import NewsShelf

BLOCK = 20  # articles a list page
NEXT = 3  # events in front of the list, and in the widget
PAST = 20  # events that the agenda remembers
PACK = 20  # articles kept offline together
CALENDAR = "agenda.ics"
POSTERS = {"a4": "affiche/", "a3": "affiche/a3/"}  # size -> address


class Pages:
    """Draws pages from a shelf. The first page holds the last two blocks, so that older pages never move."""

    def __init__(self, shelf: NewsShelf) -> None:
        self.shelf = shelf
        self.slug = shelf.consultation.slug

    def all(self) -> Iterator[Page]:
        """Every page."""
        for article in self.shelf.articles:
            yield self.article(article)
            yield from self._of_event(article)
        yield from self.lists(set(range(1, self._last() + 1)), is_first=True)
        yield self.agenda()
        yield self.widget()
        yield self._calendar(f"/{self.slug}/{CALENDAR}", [one for one in self.shelf.articles if one.event is not None])

    def article(self, article: Article) -> Page:
        """An article's own page."""
        view, ordinal = self.shelf.view(article), self.shelf.ordinals[article.id]
        pack = f"articles-{(ordinal - 1) // PACK:05d}"
        return Page(
            f"/{self.slug}/{article.name}/", "news/article.html", {"one": view}, target=article.id, as_of=view.as_of,
            pack=pack, searched=_searched(article), is_coded=True,
        )  # fmt: skip

    def _of_event(self, article: Article) -> Iterator[Page]:
        """What an event has besides, none of which shows who comes: its posters, and its entry for a calendar."""
        if article.event is not None:
            folder = f"/{self.slug}/{article.name}"
            for size, end in POSTERS.items():
                context = {"article": article, "size": size, "sizes": POSTERS}
                yield Page(f"{folder}/{end}", "news/poster.html", context, is_listed=False)
            yield self._calendar(f"{folder}/{CALENDAR}", [article])

    def _calendar(self, path: str, articles: list[Article]) -> Page:
        entries = [Dated(one, f"/{self.slug}/{one.name}/") for one in articles]
        return Page(path, "news/agenda.ics", {"calendar": Calendar(entries)}, is_listed=False)

    def lists(self, blocks: set[int], *, is_first: bool) -> Iterator[Page]:
        """The list pages that hold `blocks`; the first page too where `is_first`."""
        last = self._last()
        if is_first or blocks & {last, last - 1}:
            yield self._list(f"/{self.slug}/", max(0, last - 2) * BLOCK, len(self.shelf.articles), last)
        for block in sorted(blocks - {last, last - 1}):
            yield self._list(f"/{self.slug}/page/{block}/", (block - 1) * BLOCK, block * BLOCK, last)

    def _list(self, path: str, start: int, end: int, last: int) -> Page:
        block, is_first = start // BLOCK + 1, path == f"/{self.slug}/"
        after = f"/{self.slug}/page/{block + 1}/" if block + 1 < last - 1 else f"/{self.slug}/"
        rows = [self.shelf.view(one) for one in reversed(self.shelf.articles[start:end])]
        coming = self._coming()[:NEXT] if is_first else []
        context = {
            "rows": rows,
            "coming": coming,
            "is_first": is_first,
            "newer": None if is_first else after,
            "older": f"/{self.slug}/page/{block - 1}/" if block > 1 else None,
        }
        as_of = max((one.as_of for one in (*rows, *coming)), default=0)
        return Page(path, "news/list.html", context, as_of=as_of, pack="list" if is_first else "older")

    def agenda(self) -> Page:
        """All events to come, and the last ones that are over."""
        views = [self.shelf.view(one) for one in self.shelf.articles if one.event is not None]
        over = sorted((one for one in views if one.is_over), key=_starts_at, reverse=True)[:PAST]
        coming = self._coming()
        as_of = max((one.as_of for one in (*coming, *over)), default=0)
        return Page(
            f"/{self.slug}/agenda/", "news/agenda.html", {"coming": coming, "over": over}, as_of=as_of, pack="list"
        )

    def widget(self) -> Page:
        """The next events, for another site's page."""
        articles = [one.article for one in self._coming()[:NEXT]]
        return Page(
            f"/{self.slug}/widget/", "news/widget.html", {"articles": articles}, is_listed=False, is_framed=True
        )

    def _coming(self) -> list[View]:
        views = [self.shelf.view(one) for one in self.shelf.articles if one.event is not None]
        return sorted((one for one in views if not one.is_over), key=_starts_at)

    def _last(self) -> int:
        return block_of(len(self.shelf.articles))


def block_of(ordinal: int) -> int:
    """The block (from 1) of the article with this ordinal (from 1); 0 for none."""
    return (ordinal + BLOCK - 1) // BLOCK


def _starts_at(view: View) -> tuple[int, str]:
    event = view.article.event
    return (0 if event is None else event.starts_at, view.article.name)


def _searched(article: Article) -> dict[str, Searched]:
    """An article, with where an event takes place and what was said there."""
    event = article.event
    kind, place, minutes = ("article", "", {}) if event is None else ("event", event.place, event.minutes)
    return {
        code: Searched(
            text.title, "\n\n".join(filter(None, (text.summary, place, text.body, minutes.get(code)))), code, kind,
            article.date, is_markdown=True,
        )
        for code, text in article.texts.items()
    }  # fmt: skip
