"""Reports: who sees to what, where each stands, and that a change names every page it touches."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic.content import parse_content
from civic.declaration import DeclarationError
from civic.module import Document, Shelf
from civic.modules.reports.rules import read_rules
from civic.modules.reports.standing import STATUSES, standing_of
from site_builder.rank import rank_site
from tests.civic.town import MODULES, OPENS, jti
from tests.modules.example_town import SLUG, read_examples, town_files

EXAMPLES = read_examples(MODULES["reports"])
CATEGORIES = ("lampadaire", "fils", "trou")


def declared(**rules: Any) -> Any:
    files = town_files(MODULES["reports"], EXAMPLES | {"rules": EXAMPLES["rules"] | rules})
    return parse_content(files, MODULES).consultations[SLUG]


RULES = declared()


def report(number: int, category: str = "trou", **changed: Any) -> Document:
    place = {"address": f"Rue {number}", "area": "", "lat": "48.75000" if number % 3 else "", "lon": "0.00000"}
    base: Document = {
        "id": jti(number), "number": number, "category": category, "text": "Un trou profond.",
        "place": place | {"lon": "0.00000" if place["lat"] else ""}, "name": "", "lang": "fr", "received_at": OPENS,
        "as_of": OPENS, "revised": False, "withdrawn": False, "unsigned": False,
        "votes": {"metoo": 0, "yes": 0, "no": 0},
    }  # fmt: skip
    return base | changed


def answer(number: int, status: str, into: int = 0) -> Document:
    said = {"status": status, "words": {"fr": "Oui."}, "name": "Mairie", "at": OPENS + number,
            "into": jti(into) if into else ""}  # fmt: skip
    return {"id": jti(number), "answers": [said]}


def test_the_first_service_that_works_in_the_area_sees_to_a_report() -> None:
    labels = {"fr": "Un", "en": "One"}
    services = [
        {"id": "nord", "label": labels, "areas": ["centre"]},
        {"id": "partout", "label": labels},
    ]
    category = {"id": "trou", "label": labels, "services": ["nord", "partout"]}
    settings_ = {"category": [category], "service": services, "area": [{"id": "centre", "label": labels}]}
    files = town_files(MODULES["reports"], EXAMPLES | {"settings": settings_})
    rules = read_rules(parse_content(files, MODULES).consultations[SLUG])
    found = [rules.service_of("trou", area) for area in ("centre", "")]
    assert [one and one.id for one in found] == ["nord", "partout"]
    assert rules.service_of("lune", "") is None


def test_a_town_that_hides_counts_or_names_what_is_not_there_is_told() -> None:
    with pytest.raises(DeclarationError, match='counts = "open"'):
        declared(counts="hidden")
    broken = EXAMPLES["settings"] | {"category": [EXAMPLES["settings"]["category"][1] | {"services": ["lune"]}]}
    with pytest.raises(DeclarationError, match="there is no service 'lune'"):
        parse_content(town_files(MODULES["reports"], EXAMPLES | {"settings": broken}), MODULES)


def test_what_more_people_find_broken_than_fixed_is_reopened() -> None:
    fixed = answer(1, "fixed")["answers"]
    assert standing_of(report(1), []) == "new"
    assert standing_of(report(1, votes={"metoo": 9, "yes": 1, "no": 1}), fixed) == "fixed"
    assert standing_of(report(1, votes={"metoo": 0, "yes": 1, "no": 2}), fixed) == "reopened"
    assert standing_of(report(1, votes={"metoo": 0, "yes": 0, "no": 2}), answer(1, "not_ours")["answers"]) == "not_ours"
    assert standing_of(report(1, votes=None), fixed) == "fixed"


def shown(shelf: Shelf, topics: frozenset[str] | None) -> dict[str, str]:
    """Pages by address; not their packs, which are dealt from all pages at leisure (site_builder/cold.py)."""
    return {
        page.path: json.dumps([page.template, page.context, page.as_of, page.is_listed]) for page in shelf.pages(topics)
    }


numbers = st.integers(1, 160)
changes = st.lists(
    st.one_of(
        st.tuples(st.just("new"), st.integers(1, 60), st.sampled_from(CATEGORIES)),
        st.tuples(st.just("category"), numbers, st.sampled_from(CATEGORIES)),
        st.tuples(st.just("votes"), numbers, st.integers(0, 3)),
        st.tuples(st.just("withdraw"), numbers, st.just(0)),
        st.tuples(st.just("talk"), numbers, st.integers(0, 3)),
        st.tuples(st.just("answer"), numbers, st.sampled_from(STATUSES)),
        st.tuples(st.just("state"), st.just(0), st.sampled_from(["open", "results"])),
    ),
    min_size=1,
    max_size=10,
)


def documents_of(kind: str, first: int, second: Any, rows: list[Document]) -> list[tuple[str, Document]]:
    if kind == "new":
        return [("reports", report(len(rows) + 1 + step, second)) for step in range(first)]
    if kind == "state":
        return [("consultation", {"state": second, "phase": "vote", "since": OPENS, "manifest": "A"})]
    if first > len(rows):
        return []
    before = rows[first - 1]
    if kind == "answer":
        return [("answers", answer(first, second, into=1 if second == "merged" and first > 1 else 0))]
    if kind == "votes":
        return [("reports", before | {"votes": {"metoo": second, "yes": 0, "no": second}})]
    if kind == "talk":
        return [("comments", {"id": jti(1000 + first), "target": jti(first), "withdrawn": not second})]
    if kind == "withdraw":
        gone = {"address": "", "area": "", "lat": "", "lon": ""}
        return [("reports", before | {"withdrawn": True, "text": "", "category": "", "place": gone})]
    return [("reports", before | {"category": second})] if not before["withdrawn"] else []


@settings(max_examples=25, deadline=None)
@given(changes)
def test_topics_name_every_page_that_differs_and_building_anew_gives_the_same(
    steps: list[tuple[str, int, Any]],
) -> None:
    shelf = MODULES["reports"].shelf(RULES)
    rows: list[Document] = []
    latest: dict[tuple[str, str], Document] = {}
    before: dict[str, str] = {}
    for kind, first, second in [("state", 0, "open"), ("new", 70, "trou"), *steps]:
        topics = frozenset[str]()
        for table, document in documents_of(kind, first, second, rows):
            topics |= shelf.put(table, document)
            latest[table, document.get("id", "")] = document
            if table == "reports":
                rows[document["number"] - 1 : document["number"]] = [document]
        touched, after = shown(shelf, topics), shown(shelf, None)
        if before:
            assert {path for path in after if before.get(path) != after[path]} <= set(touched)
            assert all(after[path] == drawn for path, drawn in touched.items())
        before = after if rows else {}
    anew = MODULES["reports"].shelf(RULES)
    for table in ("consultation", "answers", "comments", "reports"):
        for (name, _), document in latest.items():
            if name == table:
                anew.put(table, document)
    assert shown(anew, None) == shown(shelf, None)
    assert [file.content() for file in anew.files()] == [file.content() for file in shelf.files()]


def test_the_orders_of_reports_are_made_again_from_their_open_data() -> None:
    shelf = MODULES["reports"].shelf(RULES)
    shelf.put("consultation", {"state": "open", "phase": "vote", "since": OPENS, "manifest": "A"})
    for number, seen in enumerate((0, 9, 4, 1), 1):
        shelf.put("reports", report(number, votes={"metoo": seen, "yes": 0, "no": 0}))
    for at in range(30):
        shelf.put("comments", {"id": jti(1000 + at), "target": jti(4), "withdrawn": False})
    pages = {page.path: page.context["reports"] for page in shelf.pages(None) if "/ordre/" in page.path}
    orders = {path.split("/")[3]: [one["number"] for one in rows] for path, rows in pages.items()}
    assert orders["moi-aussi"] == [2, 3, 4, 1]
    assert orders["pertinence"] == [4, 2, 3, 1], "what people say of a report counts besides"
    assert sorted(orders["au-hasard"]) == [1, 2, 3, 4]

    files = {file.path[1:]: file.content() for file in shelf.files()}
    weights = RULES.ranking._asdict()
    files["donnees/classement.json"] = json.dumps(
        {"weights": weights, "rankings": [f"{SLUG}/donnees/ranking.json"]}
    ).encode()
    shown_rows = "".join(f'<li value="{number}">' for number in orders["pertinence"])
    files[f"{SLUG}/ordre/pertinence/index.html"] = shown_rows.encode()
    (compared,) = rank_site(files.get)
    assert compared == (SLUG, (4, 2, 3, 1), ())
    files[f"{SLUG}/donnees/reports.json"] = files[f"{SLUG}/donnees/reports.json"].replace(
        b'"seen_too":9', b'"seen_too":8'
    )
    (compared,) = rank_site(files.get)
    assert "no. 2 has other figures" in compared.faults[0]
