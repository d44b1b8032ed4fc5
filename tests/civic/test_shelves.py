"""A shelf names every page a change touches: what it leaves out is exactly what is as before (design invariant 9)."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic.consultation import Consultation
from civic.module import Document, Page, Shelf
from civic.modules.ideas import orders
from tests.civic.town import MODULES, OPENS, RULES_TOML, consultation, jti

CATEGORIES = ("culture", "sport")
SORTED = f"""{RULES_TOML}
[ideas]
cosigners = 3
place = true
[[ideas.tree]]
id = "quartier"
label = {{fr = "Quartier", en = "Part of town"}}
[[ideas.tree.category]]
id = "centre"
label = {{fr = "Centre", en = "Centre"}}
[[ideas.tree.category.category]]
id = "halle"
label = {{fr = "La halle", en = "The hall"}}
[[ideas.tree.category]]
id = "berges"
label = {{fr = "Les berges", en = "The banks"}}
"""


def row(state: str = "open", **changed: Any) -> Document:
    base: Document = {
        "slug": "filature", "manifest": "A" * 43, "seq": 0, "as_of": 0, "phase": "vote", "state": state,
        "results": None,
    }  # fmt: skip
    return base | changed


def proposal(number: int, votes: int = 0, category: str = "sport", **changed: Any) -> Document:
    base: Document = {
        "id": jti(number), "number": number, "title": f"Idée {number}", "text": "Texte.", "category": category,
        "name": "", "lang": "fr", "received_at": OPENS, "as_of": OPENS, "revised": False, "withdrawn": False,
        "unsigned": False, "votes": {"for": votes, "against": 0, "blank": 0},
    }  # fmt: skip
    return base | changed


def comment(no: int, target: int) -> Document:
    return {
        "id": jti(5000 + no), "no": no, "target": jti(target), "reply_to": None, "text": "Oui.", "name": "",
        "lang": "fr",
        "received_at": OPENS, "revised": False, "withdrawn": False, "unsigned": False,
    }  # fmt: skip


def answer(about: Document, status: str, into: int) -> Document:
    said = {"status": status, "words": {"fr": "Oui."}, "name": "Claire", "at": OPENS, "cost": "", "done": None,
            "milestone": "", "into": ""}  # fmt: skip
    merged = {"into": jti(into), "into_number": into} if status == "merged" else {}
    return {"id": about["id"], "number": about["number"], "answers": [said | merged]}


class Town:
    """All shelves of one consultation, as the builder holds them."""

    def __init__(self, rules: Consultation) -> None:
        self.shelves: list[Shelf] = [MODULES[name].shelf(rules) for name in rules.modules]

    def put(self, table: str, document: Document) -> frozenset[str]:
        return frozenset().union(*[shelf.put(table, document) for shelf in self.shelves])

    def shown(self, topics: frozenset[str] | None) -> dict[str, str]:
        return {page.path: self.drawn(page) for shelf in self.shelves for page in shelf.pages(topics)}

    def drawn(self, page: Page) -> str:
        rows = page.context.get("proposals", ())
        ids = [one["id"] for one in rows if "id" in one] + ([page.target] if page.target else [])
        facts = [shelf.fact(one) for shelf in self.shelves for one in ids]
        panels = [shelf.panel(page.target) for shelf in self.shelves] if page.target else []
        return json.dumps([page.template, page.context, page.as_of, page.pack, page.is_listed, facts, panels])


changes = st.lists(
    st.one_of(
        st.tuples(st.just("new"), st.integers(1, 40), st.sampled_from(CATEGORIES)),
        st.tuples(st.just("votes"), st.integers(1, 90), st.integers(0, 30)),
        st.tuples(st.just("category"), st.integers(1, 90), st.sampled_from(CATEGORIES)),
        st.tuples(st.just("withdraw"), st.integers(1, 90), st.just(0)),
        st.tuples(st.just("title"), st.integers(1, 90), st.integers(0, 99)),
        st.tuples(st.just("comment"), st.integers(1, 90), st.integers(1, 1000)),
        st.tuples(st.just("answer"), st.integers(1, 90), st.sampled_from(["study", "refused", "merged"])),
        st.tuples(st.just("cosigners"), st.integers(1, 90), st.integers(1, 5)),
        st.tuples(st.just("place"), st.integers(1, 90), st.sampled_from(["", "48.75000"])),
        st.tuples(st.just("trees"), st.integers(1, 90), st.sampled_from(["halle", "berges"])),
        st.tuples(st.just("state"), st.sampled_from(["vote", ""]), st.sampled_from(["open", "grace", "results"])),
    ),
    min_size=1,
    max_size=12,
)


def documents_of(change: tuple[Any, ...], rows: list[Document], comments: int) -> list[tuple[str, Document]]:
    kind, first, second = change
    if kind == "new":
        return [("proposals", proposal(len(rows) + 1 + step, category=second)) for step in range(first)]
    if kind == "state":
        results = {"ballots": 1, "voters": 1, "unsigned": 0, "closed_at": OPENS, "as_of": OPENS}
        return [("consultation", row(second, phase=first, results=results if second == "results" else None))]
    if first > len(rows):
        return []
    before = rows[first - 1]
    if kind == "answer":
        return [("answers", answer(before, second, into=(first + 6) % len(rows) + 1))]
    if kind == "comment":
        return [("comments", comment(comments + 1, first))]
    if kind == "votes":
        edit: Document = {"votes": {"for": second, "against": 1, "blank": 0}, "as_of": OPENS + second * 3600}
    elif kind == "place":
        edit = {"place": {"address": "Ici", "area": "", "lat": second, "lon": second}}
    elif kind in ("cosigners", "trees"):
        edit = {kind: {"quartier": second} if kind == "trees" else second}
    elif kind == "withdraw":
        edit = {"withdrawn": True, "title": "", "text": ""}
    else:
        edit = {"category": second} if kind == "category" else {"title": f"Titre {second}"}
    return [("proposals", before | edit)]


@settings(max_examples=60)
@given(changes)
def test_topics_name_every_page_that_differs(steps: list[tuple[Any, ...]]) -> None:
    rules = consultation(SORTED)
    town = Town(rules)
    town.put("consultation", row())
    rows: list[Document] = []
    comments = 0
    for number in range(1, 31):
        rows.append(proposal(number, votes=number % 7, category=CATEGORIES[number % 2]))
        town.put("proposals", rows[-1])
    before = town.shown(None)
    for step in steps:
        topics: frozenset[str] = frozenset()
        for table, document in documents_of(step, rows, comments):
            topics |= town.put(table, document)
            if table == "proposals":
                rows[document["number"] - 1 : document["number"]] = [document]
            comments += table == "comments"
        touched, after = town.shown(topics), town.shown(None)
        differing = {path for path in after if before.get(path) != after[path]}
        assert differing <= set(touched)
        assert all(after[path] == drawn for path, drawn in touched.items())
        before = after


def test_one_vote_touches_a_handful_of_pages() -> None:
    town = Town(consultation())
    town.put("consultation", row(phase="vote", state="results", results={}))
    for number in range(1, 2001):
        town.put("proposals", proposal(number))
    town.shown(None)
    topics = town.put("proposals", proposal(1000, votes=1))
    assert len(town.shown(topics) | {}) <= 6
    assert f"/filature/{1000}/" in town.shown(topics)


def test_of_many_days_that_are_read_again_only_the_last_is_drawn_by_lot(monkeypatch: pytest.MonkeyPatch) -> None:
    days: list[int] = []

    def drawn(_: str, day: int, one: str) -> int:
        days.append(day)
        return hash(one)

    monkeypatch.setattr(orders, "drawn", drawn)
    town = Town(consultation())
    town.put("consultation", row())
    for number in range(1, 101):
        town.put("proposals", proposal(number, as_of=OPENS + number * 86_400))
    town.shown(None)
    assert days == [OPENS // 86_400 + 100] * 100


def test_a_gap_in_numbers_is_not_accepted() -> None:
    town = Town(consultation())
    town.put("consultation", row())
    try:
        town.put("proposals", proposal(2))
    except ValueError:
        return
    raise AssertionError("a proposal was put after a gap")
