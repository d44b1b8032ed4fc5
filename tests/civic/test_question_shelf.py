"""The shelf of questions names every page that a ballot or a comment touches, and no page of another question."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from civic.module import Document, Page, Shelf
from tests.civic.asked import asking, slot
from tests.civic.town import MODULES, OPENS, jti

NAMES = ("principe", "soir", "lieux")
RESULTS = {"ballots": 3, "voters": 2, "unsigned": 0, "closed_at": OPENS, "as_of": OPENS}


def row(state: str = "open", phase: str = "vote") -> Document:
    results = RESULTS if state == "results" else None
    return {"slug": "filature", "manifest": "A", "seq": 0, "as_of": 0, "since": 0, "phase": phase, "state": state,
            "results": results}  # fmt: skip


def question(name: str, first: int, blank: int) -> Document:
    options = {"principe": "for", "soir": "mardi", "lieux": "quai"}
    votes = {options[name]: first, "blank": blank}
    return {"id": slot(name), "number": NAMES.index(name) + 1, "as_of": OPENS + first, "votes": votes,
            "ballots": first + blank}  # fmt: skip


def comment(no: int, name: str) -> Document:
    return {"id": jti(5000 + no), "no": no, "target": slot(name), "reply_to": None, "text": "Oui.", "name": "",
            "lang": "fr", "received_at": OPENS, "revised": False, "withdrawn": False, "unsigned": False}  # fmt: skip


class Town:
    """All shelves of the consultation, as the builder holds them."""

    def __init__(self) -> None:
        rules = asking("open")
        self.shelves: list[Shelf] = [MODULES[name].shelf(rules) for name in rules.modules]

    def put(self, table: str, document: Document) -> frozenset[str]:
        return frozenset().union(*[shelf.put(table, document) for shelf in self.shelves])

    def shown(self, topics: frozenset[str] | None) -> dict[str, str]:
        return {page.path: self.drawn(page) for shelf in self.shelves for page in shelf.pages(topics)}

    def drawn(self, page: Page) -> str:
        ids = [one["id"] for one in page.context.get("questions", ())] if page.path == "/filature/" else []
        facts = [shelf.fact(one) for shelf in self.shelves for one in ids]
        panels = [shelf.panel(page.target) for shelf in self.shelves] if page.target else []
        return json.dumps([page.template, page.context, page.as_of, page.pack, page.is_listed, facts, panels])


changes = st.lists(
    st.one_of(
        st.tuples(st.just("votes"), st.sampled_from(NAMES), st.integers(0, 9), st.integers(0, 3)),
        st.tuples(st.just("comment"), st.sampled_from(NAMES)),
        st.tuples(st.just("state"), st.sampled_from(["open", "grace", "results"]), st.sampled_from(["vote", ""])),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(changes)
def test_topics_name_every_page_that_differs(steps: list[tuple[Any, ...]]) -> None:
    town, comments = Town(), 0
    town.put("consultation", row())
    for name in NAMES:
        town.put("questions", question(name, 0, 0))
    before = town.shown(None)
    for step in steps:
        if step[0] == "votes":
            topics = town.put("questions", question(*step[1:]))
        elif step[0] == "comment":
            comments += 1
            topics = town.put("comments", comment(comments, step[1]))
        else:
            topics = town.put("consultation", row(*step[1:]))
        touched, after = town.shown(topics), town.shown(None)
        assert {path for path in after if before.get(path) != after[path]} <= set(touched)
        assert all(after[path] == drawn for path, drawn in touched.items())
        before = after


def test_a_ballot_touches_its_question_and_the_list_alone() -> None:
    town = Town()
    town.put("consultation", row())
    assert set(town.shown(town.put("questions", question("soir", 1, 0)))) == {"/filature/", "/filature/2/"}


def test_questions_are_shown_before_anybody_has_answered() -> None:
    town = Town()
    town.put("consultation", row("before", ""))
    pages = {"/filature/", "/filature/1/", "/filature/2/", "/filature/3/", "/filature/bulletin/"}
    assert pages == set(town.shown(None))


def test_paper_has_no_counts() -> None:
    town = Town()
    town.put("consultation", row())
    before = town.shown(None)["/filature/bulletin/"]
    town.put("questions", question("soir", 9, 9))
    assert town.shown(None)["/filature/bulletin/"] == before
