"""The module in the town's hands: what it may declare, what is public when, which pages follow, who recounts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from civic import modules
from civic.admission import Rules
from civic.consultation import Consultation
from civic.content import parse_content
from civic.declaration import DeclarationError
from civic.manifest import parse_manifest
from civic.module import Document, Entry, needs_of
from civic.modules.budget.rules.pabulib import parse_pb
from civic.modules.budget.settings import project_id, slot_id
from civic.modules.budget.totals import whole
from civic.modules.comments.module import Comment
from civic.phases import Moment
from civic.replay import widened
from site_builder.verify.figures import result_files
from site_builder.verify.standing import Recount
from sync_server.following.noting import addresses
from sync_server.worker.fold import Fold
from tests.civic.town import DAY, OPENS, Citizen, act_of, jti
from tests.modules import example_town
from tests.modules.example_town import SLUG, ExampleTown, acts_of, read_examples, town_files

MODULES = modules.load()
BUDGET = MODULES["budget"]
EXAMPLES = read_examples(BUDGET)


def rules(change: Callable[[dict[str, Any]], object] = lambda _: None, **other: object) -> Consultation:
    """The rules of the examples, their settings changed."""
    settings = json.loads(json.dumps(EXAMPLES["settings"]))
    change(settings)
    found = town_files(BUDGET, {**EXAMPLES, "settings": settings, "rules": {**EXAMPLES["rules"], **other}})
    return parse_content(found, MODULES).consultations[SLUG]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: one.update(amount=1), "sum of its envelopes"),
        (lambda one: one.update(currency="euro"), "currency"),
        (lambda one: one.update(rule="most"), "'rule' is one of"),
        (lambda one: one.update(rule="greedy"), "'completion' is for"),
        (lambda one: one.update(ballot={"type": "magic"}), "'type' is one of"),
        (lambda one: one.update(ballot={"type": "approval", "min": 3, "max": 2}), "'min' is at least 1"),
        (lambda one: one.update(ballot={"type": "points", "max_sum": 2, "max_each": 3}), "max_each"),
        (lambda one: one["project"][0].update(id="one"), "its number as a text"),
        (lambda one: one["project"][0].update(id="2"), "two projects have the same id"),
        (lambda one: one["project"][0].update(cost=0), "'cost' is a whole number"),
        (lambda one: one["project"][0].update(category="sport"), "no category 'sport'"),
        (lambda one: one["project"][0].update(envelope="plage"), "'envelope' is one of"),
        (lambda one: one["project"][0].pop("envelope"), "from which sum"),
        (lambda one: one["project"][0].update(lat="north"), "degrees"),
        (lambda one: one["project"][0]["title"].pop("en"), "needs a text in each of"),
        (lambda one: one.pop("project"), "from one to 300 projects"),
    ],
)
def test_what_a_clerk_must_mend_is_said(change: Callable[[dict[str, Any]], object], said: str) -> None:
    with pytest.raises(DeclarationError, match=said):
        rules(change)


def test_a_cost_that_changes_changes_what_a_basket_is_signed_under() -> None:
    assert rules(lambda one: one["project"][0].update(cost=29000)).mh != rules().mh


def test_the_slot_of_a_sum_is_the_same_for_ever() -> None:
    assert slot_id("budget-2026", "bourg") == "B1zC6dNdzCus1hBEBnTigw"


def row(votes: dict[str, int] | None, final: Consultation | None) -> Document:
    slot = slot_id(SLUG, "bourg")
    return BUDGET.document(
        Entry("", slot, slot, 1, 0, 0, OPENS, False, False, False, None, votes, final_rules=final)
    )  # fmt: skip


VOTES = {"1": 2, "2": 2, "3": 1, "blank": 1, whole(("1", "2")): 2, whole(("3",)): 1, whole(()): 1, whole(("2",)): 0}


def test_hidden_counts_are_nowhere_in_the_row() -> None:
    assert {name for name, value in row(None, None).items() if value is not None} == {"id", "number", "as_of"}


def test_before_the_end_a_row_says_support_and_neither_winners_nor_whole_ballots() -> None:
    open_row = row(VOTES, None)
    assert (open_row["votes"], open_row["ballots"]) == ({"1": 2, "2": 2, "3": 1, "blank": 1}, 4)
    assert open_row["decision"] is open_row["baskets"] is None


@pytest.mark.parametrize(("rows", "k_min", "is_public"), [(True, 4, True), (True, 5, False), (False, 1, False)])
def test_whole_ballots_are_public_only_where_every_ballot_is(rows: bool, k_min: int, is_public: bool) -> None:
    final = row(VOTES, rules(publish_rows=rows, k_min=k_min))
    assert final["decision"]["winners"] == ["2", "1"]
    assert final["baskets"] == ([["", 1], ["1,2", 2], ["3", 1]] if is_public else None)


def test_a_basket_touches_the_pages_that_show_its_sum_and_no_others() -> None:
    shelf = BUDGET.shelf(rules())
    consultation = {"manifest": "A", "phase": "vote", "since": 0, "state": "open", "results": None}
    shelf.put("consultation", consultation)

    def shown() -> dict[str, str]:
        return {page.path: repr((page.context, page.as_of)) for page in shelf.pages(None)}

    before = shown()
    topics = shelf.put("envelopes", row(VOTES, None))
    differ = {path for path, drawn in shown().items() if before[path] != drawn}
    touched = {page.path for page in shelf.pages(topics)}
    assert differ <= touched
    assert f"/{SLUG}/1/" in differ
    assert not touched & {f"/{SLUG}/4/", f"/{SLUG}/bulletin/", f"/{SLUG}/affiche/"}


@pytest.mark.parametrize(
    ("ballot", "choice"),
    [
        ({"type": "approval", "min": 1, "max": 3}, ["1", "2"]),
        ({"type": "points", "max_sum": 5, "max_each": 3}, ["1*3", "2*2"]),
        ({"type": "ranking", "max": 2}, ["1*2", "2*1"]),
    ],
)
@pytest.mark.parametrize("rule", ["equal_shares", "greedy"])
def test_every_kind_of_ballot_has_its_pages_and_its_winners(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ballot: dict[str, Any], choice: list[str], rule: str
) -> None:
    settings = {name: one for name, one in EXAMPLES["settings"].items() if name != "completion"}
    acts = [{"kind": "basket", "body": {"envelope": "bourg", "choice": choice}}]
    other = {**EXAMPLES, "settings": {**settings, "ballot": ballot, "rule": rule}, "acts": acts}
    monkeypatch.setattr(example_town, "read_examples", lambda _: other)
    built = ExampleTown(tmp_path, BUDGET, "results")
    assert {"/exemple/resultat/", "/exemple/pourquoi/", "/exemple/bulletin/"} <= {
        page.path for page in built.desk.pages(None)
    }
    results = json.loads((tmp_path / "site" / SLUG / "donnees" / "results.json").read_text("utf-8"))
    assert {one["id"] for one in results["items"] if one["won"]} == {"1", "2"}
    election = parse_pb((tmp_path / "site" / SLUG / "donnees" / "results.bourg.pb").read_bytes())
    assert sum(election.ballots[0].weights) == sum(one["weight"] for one in results["items"])


def test_who_recounts_from_the_manifest_makes_every_file_of_the_result_again(tmp_path: Path) -> None:
    built = ExampleTown(tmp_path, BUDGET, "results")
    alone = parse_manifest(built.rules.manifest).consultation
    wide = widened(Rules(alone, frozenset(), alone.languages), [built.rules.manifest]).consultation
    recount = Recount(wide, MODULES, is_patient=False)
    for number, one in enumerate(acts_of(BUDGET, EXAMPLES, built.rules)):
        citizen = Citizen(one.voter, built.rules)
        sealed = citizen.payload(one.kind, f"{one.kind}:{one.slot_id}", one.body, jti=jti(5000 + number))
        recount.take(act_of(citizen.seal(sealed), built.rules, OPENS + DAY + number), number + 1)
    files = result_files(recount, wide, MODULES)
    names = {"results.json", "results.csv", "results.bourg.pb", "results.hameaux.pb"}
    assert {Path(path).name for path in files} == names
    for path, data in files.items():
        assert (tmp_path / "site" / path).read_bytes() == data, path


def test_people_talk_about_a_project_and_its_page_alone_changes() -> None:
    talked = rules(modules=["budget", "comments"])
    target = project_id(SLUG, "2")
    assert needs_of(MODULES, MODULES["comments"], talked, "comment", "", Comment(target, None, "Oui.", "", "fr")) == ()
    other = project_id(SLUG, "999")
    assert needs_of(MODULES, MODULES["comments"], talked, "comment", "", Comment(other, None, "Oui.", "", "fr")) != ()
    shelf = BUDGET.shelf(talked)
    shelf.put("consultation", {"manifest": "A", "phase": "vote", "since": 0, "state": "open", "results": None})
    assert [one.path for one in shelf.pages(frozenset({f"about:{target}"}))] == [f"/{SLUG}/2/"]


def test_talk_about_a_project_has_its_number_in_the_lines() -> None:
    """By which a phone finds again what it sent from the page of that number."""
    numbers = {one.id: one.number for one in BUDGET.declared(rules())}
    assert {numbers[project_id(SLUG, one)] for one in ("1", "7")} == {1, 7}
    fold = Fold(rules(), ("fr", "en"), [], MODULES, Moment("open", "vote"))
    assert [addresses(fold)[project_id(SLUG, one)] for one in ("1", "7")] == [(f"/{SLUG}/1/", 1), (f"/{SLUG}/7/", 7)]
