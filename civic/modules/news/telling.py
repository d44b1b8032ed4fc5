"""What those who follow news are told of: each article, its minutes, and an event that is moved or cancelled."""

from __future__ import annotations

from collections.abc import Iterator

from civic.consultation import Consultation
from civic.happenings import Announced
from civic.modules.news.articles import Article, articles_of


def titles(article: Article) -> dict[str, str]:
    """The title in each language."""
    return {lang: text.title for lang, text in article.texts.items()}


def announced(consultation: Consultation) -> tuple[Announced, ...]:
    """Every article by its date; its minutes, and the last change of its event, by the instants that the town gave."""
    return tuple(one for article in articles_of(consultation).values() for one in _of(consultation.slug, article))


def _of(slug: str, article: Article) -> Iterator[Announced]:
    path, own, event = f"/{slug}/{article.name}/", titles(article), article.event
    yield Announced(article.name, article.date, path, own)
    if event is not None and event.changed_at:
        # A name of its own for each change: who was told of one is told of the next.
        said = "cancelled" if event.is_cancelled else "changed"
        name = f"{article.name}:{said}:{event.changed_at}"
        yield Announced(name, event.changed_at, path, own, article.id, said, event.ends_at, is_urgent=True)
    if event is not None and event.minutes_at:
        yield Announced(f"{article.name}:minutes", event.minutes_at, path, own, article.id, "minutes")
