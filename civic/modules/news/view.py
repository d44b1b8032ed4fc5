"""An article as pages and open data show it: with who has a seat, and whether it is over."""

from __future__ import annotations

from typing import NamedTuple

from civic.module import Document
from civic.modules.news.articles import Article
from civic.modules.news.line import IN, MOST_TOLD, Seating, seating, states


class View(NamedTuple):
    """`seating` is None where nobody registers; `line` are the numbers of the first records in line."""

    article: Article
    seating: Seating | None
    seated: int  # registrations that have a seat
    line: tuple[int, ...]
    is_over: bool
    is_taking: bool  # registrations, by the hours of the event alone
    as_of: int

    @property
    def id(self) -> str:
        """The article's."""
        return self.article.id


def view_of(article: Article, document: Document | None, since: int) -> View:
    """The article at the instant `since`, with its row of the snapshot where there is one."""
    event, as_of = article.event, 0 if document is None else int(document["as_of"])
    if event is None:
        return View(article, None, 0, (), is_over=False, is_taking=False, as_of=as_of)
    is_over = since > event.ends_at
    if not event.takes:
        return View(article, None, 0, (), is_over=is_over, is_taking=False, as_of=as_of)
    places = [] if document is None else document["places"]
    asked = [seats for _, seats in places]
    line = tuple(no for no, _ in places[:MOST_TOLD])
    seated = states(event, asked).count(IN)
    return View(article, seating(event, asked), seated, line, is_over, since <= event.until, as_of)
