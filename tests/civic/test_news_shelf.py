"""The shelf of news names every page that a registration, an hour or another article touches, and few others."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from civic.consultation import Consultation
from civic.module import Document, Page
from civic.modules.news.articles import articles_of
from civic.modules.news.shelf import NewsShelf
from tests.civic.news_town import PARTY, news_rules
from tests.civic.town import DAY, OPENS

RULES = news_rules()
IDS = [one.id for one in articles_of(RULES).values()]


def row(since: int, state: str = "open") -> Document:
    return {"slug": RULES.slug, "manifest": "A", "seq": 0, "as_of": 0, "since": since, "phase": "vote", "state": state,
            "results": None}  # fmt: skip


def article(identity: str, seats: list[int]) -> Document:
    places = [[number, one] for number, one in enumerate(seats, 1)]
    return {"id": identity, "number": 1, "as_of": OPENS + len(seats), "places": places}


def shown(shelf: NewsShelf, topics: frozenset[str] | None) -> dict[str, str]:
    return {page.path: drawn(page) for page in shelf.pages(topics)}


def drawn(page: Page) -> str:
    return json.dumps([page.template, page.context, page.as_of, page.pack], default=repr)


changes = st.lists(
    st.one_of(
        st.tuples(st.just("seats"), st.sampled_from(IDS), st.lists(st.integers(1, 3), max_size=4)),
        st.tuples(st.just("row"), st.integers(OPENS - 9 * DAY, OPENS + 30 * DAY), st.sampled_from(["open", "results"])),
    ),
    max_size=8,
)


@settings(max_examples=60)
@given(changes)
def test_topics_name_every_page_that_differs(steps: list[tuple[Any, ...]]) -> None:
    shelf = NewsShelf(RULES)
    shelf.put("consultation", row(OPENS))
    before = shown(shelf, None)
    for step in steps:
        put = ("articles", article(*step[1:])) if step[0] == "seats" else ("consultation", row(*step[1:]))
        topics = shelf.put(*put)
        touched, after = shown(shelf, topics), shown(shelf, None)
        assert {path for path in after if before.get(path) != after[path]} <= set(touched)
        assert all(after[path] == one for path, one in touched.items())
        before = after


def with_articles(number: int) -> Consultation:
    """News of many days."""
    files = dict(RULES.files["news"])
    for day in range(number):
        files |= {f"jour-{day:03d}/{lang}.md": b"title: Jour\n\nTexte.\n" for lang in ("fr", "en")}
        files[f"jour-{day:03d}/article.toml"] = f"date = {datetime(2025, 1, 1, tzinfo=UTC) + timedelta(day)}\n".encode()
    return replace(RULES, files={"news": files})


def test_older_list_pages_stay_when_an_article_is_added() -> None:
    few, more = NewsShelf(with_articles(90)), NewsShelf(with_articles(91))
    for shelf in (few, more):
        shelf.put("consultation", row(OPENS))
    before, after = shown(few, None), shown(more, None)
    moved = {path for path in before if before[path] != after[path]}
    assert {path for path in after if "/page/" in path} == {f"/exemple/page/{n}/" for n in (1, 2, 3)}
    assert "/exemple/" in moved
    assert not [path for path in moved if "/page/" in path]


def test_a_registration_touches_its_event_and_the_lists_that_show_it() -> None:
    shelf = NewsShelf(RULES)
    shelf.put("consultation", row(OPENS))
    party = articles_of(RULES)[PARTY]
    assert set(shown(shelf, shelf.put("articles", article(party.id, [2])))) == {
        f"/exemple/{PARTY}/", "/exemple/", "/exemple/agenda/",
    }  # fmt: skip
    assert shelf.put("articles", {**article(party.id, [2]), "id": "B" * 22}) == frozenset()
