"""Questionnaires: what is asked of whom, what is counted, and that nobody's sheet can be read from the figures."""

import json
import re
import statistics
import tomllib
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from civic import modules
from civic.consultation import Consultation, parse_consultation
from civic.declaration import DeclarationError
from civic.groups import LEAST, pair_cells
from civic.module import Entry
from civic.modules.survey.figures import middle_of
from civic.modules.survey.module import SurveyModule
from civic.refusals import Code, Refused
from civic.slots import SUM
from tests.civic.town import MODULES, OPENS, TEXTS, space

SURVEY = MODULES["survey"]
RULES = """
modules = ["survey"]
counts = "{counts}"
publish_rows = {rows}
[[phase]]
id = "vote"
starts_at = 2026-03-01T00:00:00Z
ends_at = 2026-03-31T00:00:00Z
open = ["survey"]
[survey]
"""
ASKED = """
[[survey.section]]
id = "tout"
[[survey.section.question]]
id = "mange"
title = {fr = "Mange-t-il ?", en = "Does he eat?"}
option = [{id = "oui", label = {fr = "Oui", en = "Yes"}}, {id = "non", label = {fr = "Non", en = "No"}}]
[[survey.section.question]]
id = "note"
type = "scale"
required = true
when = {question = "mange", in = ["oui"]}
title = {fr = "Quelle note ?", en = "Which mark?"}
[[survey.section.question]]
id = "prix"
type = "number"
max = 50
title = {fr = "Quel prix ?", en = "Which price?"}
[[survey.section.question]]
id = "mot"
type = "long"
title = {fr = "Un mot ?", en = "A word?"}
[[survey.cross]]
rows = "mange"
columns = "note"
"""
PUBLISHED = ASKED.replace('type = "long"', 'type = "long"\npublished = true')
ONE = ASKED.partition('[[survey.section.question]]\nid = "note"')[0]


def rules(asked: str = ASKED, counts: str = "hidden", rows: str = "false") -> Consultation:
    table = tomllib.loads(RULES.format(counts=counts, rows=rows) + asked)
    return parse_consultation("filature", table, TEXTS, space())


def answered(**answers: Any) -> Any:
    return SURVEY.parse("survey", {"answers": answers}, rules(), ("fr", "en"))


def counted(*sheets: dict[str, Any]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for sheet in sheets:
        totals.update(one.choice for one in SURVEY.counted("survey", "A" * 22, answered(**sheet)))
    return totals


def row(totals: Counter[str]) -> dict[str, Any]:
    entry = Entry("", "A" * 22, "A" * 22, 1, 0, 0, OPENS, False, False, False, None, totals)
    told: dict[str, Any] = SURVEY.document(entry)["votes"]
    return told


def test_a_question_is_needed_only_where_it_is_asked() -> None:
    assert answered(mange="non").values == {"mange": "non"}
    with pytest.raises(Refused) as missing:
        answered(mange="oui")
    assert missing.value.code is Code.BAD_PAYLOAD
    for other in ({"mange": "non"}, {}):
        with pytest.raises(Refused) as unasked:
            answered(**other, note=3)
        assert unasked.value.code is Code.BAD_OPTION


def test_what_somebody_answered_is_in_no_published_line() -> None:
    totals = counted({"mange": "oui", "note": 3, "prix": 7, "mot": "Bruit"})
    assert totals
    assert all(key.startswith(SUM) and " " not in key for key in totals)
    assert "Bruit" not in str(totals)


def test_a_question_of_whatever_name_puts_nothing_into_a_published_line() -> None:
    numbered = rules(ASKED.replace('"mot"', '"1"'))
    payload = SURVEY.parse("survey", {"answers": {"1": "Bruit", "prix": 7}}, numbered, ("fr", "en"))
    found = SURVEY.counted("survey", "A" * 22, payload)
    assert not [one for one in found if one.is_told]
    assert row(Counter(one.choice for one in found))["answered"] == {"1": 1, "prix": 1}


@pytest.mark.parametrize(
    ("asked", "counts", "rows", "said"),
    [
        ("", "hidden", "false", "needs a"),
        (ASKED, "hidden", "true", "publish_rows = false"),
        (ASKED, "open", "false", 'counts = "hidden"'),
        (ASKED.replace('"oui"]', '"peut-etre"]'), "hidden", "false", "options of question"),
        (ASKED.replace('question = "mange", in', 'question = "prix", in'), "hidden", "false", "before this one"),
        (ASKED.replace('columns = "note"', 'columns = "prix"'), "hidden", "false", "single or scale"),
        (ASKED.replace('id = "prix"', 'id = "note"'), "hidden", "false", "same id"),
        (ASKED.replace("max = 50", "max = 0"), "hidden", "false", "above 'min'"),
        (ASKED.replace('type = "long"', 'type = "long"\nmax = 3'), "hidden", "false", "scale or a number"),
        (ASKED.replace('type = "long"', 'type = "place"\npublished = true'), "hidden", "false", "short or long"),
        (ASKED.replace("max = 50", "published = true"), "hidden", "false", "short or long"),
    ],
)
def test_a_town_is_told_what_to_mend(asked: str, counts: str, rows: str, said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        SURVEY.check(rules(asked, counts, rows))


def test_words_are_published_only_where_there_is_a_result() -> None:
    endless = RULES.replace("ends_at = 2026-03-31T00:00:00Z\n", "")
    said = tomllib.loads(endless.format(counts="hidden", rows="false") + PUBLISHED)
    with pytest.raises(DeclarationError, match="with the result"):
        SURVEY.check(parse_consultation("filature", said, TEXTS, space()))
    SURVEY.check(rules(PUBLISHED))


def test_the_town_says_of_each_question_whether_its_words_may_be_published() -> None:
    own, payload = SurveyModule(), answered(mange="non", mot="Bruit")
    assert [one.listed for one in own.confided(payload, rules(PUBLISHED))] == ["mot"]
    assert [one.listed for one in own.confided(payload, rules())] == [""]
    assert not own.listable(rules())
    assert own.listable(rules(PUBLISHED))[0].item == SURVEY.declared(rules())[0].id


def test_figures_of_one_question_may_be_open() -> None:
    SURVEY.check(rules(ONE, "open"))
    SURVEY.check(rules())


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=40))
def test_mean_and_median_are_those_of_the_numbers(numbers: list[int]) -> None:
    told = middle_of(Counter(numbers))
    if len(numbers) < LEAST:
        assert told is None
        return
    assert told is not None
    assert Fraction(told["median"]) == Fraction(statistics.median(map(Fraction, numbers)))
    assert abs(Fraction(told["mean"]) - Fraction(sum(numbers), len(numbers))) <= Fraction(1, 200)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["oui", "non", "2026-02-30"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
EXAMPLE = json.loads((modules.HERE / "survey" / "examples.json").read_text("utf-8"))["settings"]
EVERY_TYPE = replace(rules(), settings={"survey": EXAMPLE})
EVERY_ID = [one["id"] for section in EXAMPLE["section"] for one in section["question"]]


@given(st.dictionaries(st.sampled_from(EVERY_ID) | st.text(max_size=4), anything, max_size=6))
def test_any_sheet_is_read_or_refused_and_what_it_counts_has_no_space(drawn: dict[str, Any]) -> None:
    try:
        payload = SURVEY.parse("survey", {"answers": drawn}, EVERY_TYPE, ("fr", "en"))
    except Refused:
        return
    assert payload.values == drawn
    assert all(re.fullmatch(r"[a-z0-9=.^#@*-]+", key) for key in payload.counted)


sheets = st.fixed_dictionaries(
    {},
    optional={
        "mange": st.sampled_from(["oui", "non"]),
        "note": st.integers(1, 5),
        "prix": st.integers(0, 50),
        "mot": st.just("Un mot que personne ne doit lire"),
    },
)


@settings(max_examples=60)
@given(st.lists(sheets, max_size=40))
def test_the_public_row_tells_nothing_of_fewer_than_five(drawn: list[dict[str, Any]]) -> None:
    said = [one for one in drawn if one and (("note" in one) == (one.get("mange") == "oui"))]
    told = row(counted(*said))
    assert told["people"] == len(said)
    assert "mot que personne" not in json.dumps(told)
    assert "prix" in told["numbers"] if sum("prix" in one for one in said) >= LEAST else not told["numbers"]
    assert all(one["n"] is None or one["n"] >= LEAST for one in told["pairs"].get("mange*note", ()))


@settings(max_examples=40)
@given(st.lists(st.integers(0, 9), min_size=6, max_size=6))
def test_a_hidden_cell_cannot_be_reckoned_from_the_totals_of_both_questions(numbers: list[int]) -> None:
    places = list(product("ab", "xyz"))
    counts = dict(zip(places, numbers, strict=True))
    assume(all(sum(counts[r, c] for c in "xyz") for r in "ab"))
    told = pair_cells({place: n for place, n in counts.items() if n})
    hidden = {place for place, n in told.items() if n is None}
    assert all(n is None or n == counts[place] >= LEAST for place, n in told.items())
    sums = [[sum(counts[r, c] for c in "xyz") for r in "ab"], [sum(counts[r, c] for r in "ab") for c in "xyz"]]
    could = {place: set() for place in hidden}  # type: dict[tuple[str, str], set[int]]
    for x, y in product(range(sums[1][0] + 1), range(sums[1][1] + 1)):
        z = sums[0][0] - x - y
        top = {"x": x, "y": y, "z": z}
        guess = {("a", c): top[c] for c in "xyz"} | {("b", c): s - top[c] for c, s in zip("xyz", sums[1], strict=True)}
        fits = all(n >= 0 for n in guess.values())
        if fits and all(place in hidden or guess[place] == counts[place] for place in told):
            for place in hidden:
                could[place].add(guess[place])
    assert all(len(values) > 1 for values in could.values())


def test_only_the_first_page_and_the_result_follow_the_answers() -> None:
    consultation = rules()
    shelf = SURVEY.shelf(consultation)
    standing = {"slug": "filature", "manifest": "A", "seq": 0, "as_of": 0, "since": 0, "phase": "vote"}
    shelf.put("consultation", {**standing, "state": "open", "results": None})
    assert {page.path for page in shelf.pages(None)} == {
        "/filature/", "/filature/bulletin/", "/filature/widget/",
    }  # fmt: skip
    assert [page.path for page in shelf.pages(None) if page.is_framed] == ["/filature/widget/"]
    results = {"ballots": 5, "voters": 5, "unsigned": 0, "closed_at": OPENS, "as_of": OPENS}
    shelf.put("consultation", {**standing, "state": "results", "results": results})
    (declared,) = SURVEY.declared(consultation)
    told = row(counted(*[{"mange": "non"}] * 5))
    topics = shelf.put("surveys", {"id": declared.id, "number": 1, "as_of": OPENS, "votes": told})
    assert {page.path for page in shelf.pages(topics)} == {"/filature/", "/filature/resultat/"}


def shelved(state: str, words: list[dict[str, Any]]) -> Any:
    """The shelf of a questionnaire whose words people know may be published, on a day of that state."""
    shelf = SURVEY.shelf(rules(PUBLISHED))
    results = {"ballots": 5, "voters": 5, "unsigned": 0, "closed_at": OPENS, "as_of": OPENS}
    standing = {"slug": "filature", "manifest": "A", "seq": 0, "as_of": 0, "since": 0, "phase": "vote", "state": state}
    shelf.put("consultation", {**standing, "results": results if state == "results" else None})
    (declared,) = SURVEY.declared(rules(PUBLISHED))
    told = {"mot": {"words": words, "left": {"advert": 2}, "unread": 1}}
    votes = row(counted(*[{"mange": "non", "mot": "Bruit"}] * 5))
    shelf.put("surveys", {"id": declared.id, "number": 1, "as_of": OPENS, "votes": votes, "words": told})
    return shelf


def test_words_have_pages_of_their_own_where_there_are_many_and_none_before_the_result() -> None:
    few, many = ([{"words": f"Mot {n}", "people": 1} for n in range(number)] for number in (3, 130))
    assert "/filature/mots/4/" not in {page.path for page in shelved("results", few).pages(None)}
    pages = [page for page in shelved("results", many).pages(None) if page.path.startswith("/filature/mots/")]
    assert [page.path for page in pages] == ["/filature/mots/4/", "/filature/mots/4/1/", "/filature/mots/4/2/"]
    assert [one for page in pages for one in page.context["shown"]] == many
    assert [(page.context["newer"], page.context["older"]) for page in pages] == [
        ("", pages[1].path), (pages[0].path, pages[2].path), (pages[1].path, ""),
    ]  # fmt: skip
    before = shelved("open", many)
    assert not [page for page in before.pages(None) if "mots" in page.path or page.context.get("heard")]
    assert not [file for file in before.files() if "words" in file.path]


def test_files_hold_the_words_that_are_published_and_how_many_are_not() -> None:
    files = {one.path.rpartition("/")[2]: one.content() for one in shelved("results", [
        {"words": "Bruit", "people": 2}]).files()}  # fmt: skip
    (told,) = json.loads(files["words.json"])["questions"]
    assert (told["words"], told["left"], told["unread"]) == ([{"words": "Bruit", "people": 2}], {"advert": 2}, 1)
    assert files["words.csv"].decode("utf-8-sig").splitlines() == [
        "number,question,title,words,people", "4,mot,Un mot ?,Bruit,2",
    ]  # fmt: skip
    assert b"Bruit" not in files["results.json"] + files["results.csv"]
