"""Pabulib files, read strictly, and the budgets they become."""

import tomllib
from pathlib import Path

import pytest

from civic.modules.budget.rules.ballots import is_allowed, parts_of
from civic.modules.budget.settings import budget_of
from sync_server.imports.declaration import consultation_toml
from sync_server.imports.pabulib import parse_pabulib, plan_pabulib
from sync_server.imports.plan import ImportRefused, Plan
from tests.budget.vectors import consultation

FILE = """META
key;value
description;Budget de Valbrume
num_projects;2
num_votes;2
budget;400000
vote_type;approval
rule;equalshares/add1
max_length;1
language;fr
PROJECTS
project_id;cost;votes;name;category;selected
4;390000;2;Un chemin ; des bancs;Nature;2
16;45000.0;1;"Parc "";"" clos";Cadre de vie;0
VOTES
voter_id;vote
0;4,16
1;4
""".replace("Un chemin ; des bancs", '"Un chemin ; des bancs"')
POINTS = FILE.replace("approval", "cumulative").replace("voter_id;vote", "voter_id;vote;points")
POINTS = POINTS.replace("0;4,16\n", "0;4,16;3,0\n").replace("1;4\n", "1;4;2\n")


def plan_of(text: str) -> Plan:
    return plan_pabulib(parse_pabulib(text.encode()))


def test_the_rules_are_those_of_the_file_and_wide_enough_for_its_ballots() -> None:
    plan = plan_of(FILE)
    assert plan.budget is not None
    budget = {name: value for name, value in plan.budget.items() if name != "project"}
    assert budget == {
        "amount": 400000, "currency": "EUR", "rule": "equal_shares", "completion": "add1",
        "ballot": {"type": "approval", "min": 1, "max": 2},
    }  # fmt: skip
    assert [(one["id"], one["title"], one["cost"], one["category"]) for one in plan.budget["project"]] == [
        ("4", "Un chemin ; des bancs", 390000, "nature"),
        ("16", 'Parc ";" clos', 45000, "cadre-de-vie"),
    ]
    assert [(one.voter, one.choice) for one in plan.baskets] == [("0", ("16", "4")), ("1", ("4",))]
    assert plan.categories == (("cadre-de-vie", "Cadre de vie"), ("nature", "Nature"))
    assert plan.title == "Budget de Valbrume"


@pytest.mark.parametrize(
    ("text", "ballot", "choices"),
    [
        (POINTS, {"type": "points", "max_each": 3, "max_sum": 3}, [("4*3",), ("4*2",)]),
        (FILE.replace("approval", "ordinal"), {"type": "ranking", "max": 2}, [("16*2", "4*1"), ("4*1",)]),
        (FILE.replace("0;4,16", "0;16").replace("approval", "choose-1"), {"type": "approval", "min": 1, "max": 1},
         [("16",), ("4",)]),
    ],
)  # fmt: skip
def test_points_and_ranks_stay_what_they_are(text: str, ballot: dict[str, object], choices: list[object]) -> None:
    plan = plan_of(text)
    assert plan.budget is not None
    assert plan.budget["ballot"] == ballot
    assert [one.choice for one in plan.baskets] == choices


def test_whatever_signs_a_file_holds_its_rules_can_be_read_back() -> None:
    """TOML wants one sign escaped that JSON leaves as it is."""
    plan = plan_of(FILE.replace("Cadre de vie", "Cadre\x7f \\ \u2028 de vie"))
    table = tomllib.loads(consultation_toml(plan, ("fr",), 1, 0, 1))
    assert "Cadre\x7f \\ \u2028 de vie" in [one["label"]["fr"] for one in table["category"]]


@pytest.mark.parametrize("name", ["PC-16", "1\u0666"])
def test_projects_are_numbered_where_their_ids_are_no_numbers(name: str) -> None:
    plan = plan_of(FILE.replace("16;4", f"{name};4").replace("0;4,16", f"0;4,{name}"))
    assert plan.budget is not None
    assert [one["id"] for one in plan.budget["project"]] == ["1", "2"]
    assert plan.baskets[0].choice == ("1", "2")


def test_a_bound_that_is_no_number_is_none() -> None:
    budget = plan_of(FILE.replace("max_length;1", "max_length;\u00b2")).budget
    assert budget is not None
    assert budget["ballot"] == {"type": "approval", "min": 1, "max": 2}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("META\n", "", "does not begin with META"),
        ("num_votes;2", "num_votes;3", "num_votes is 3"),
        ("1;4\n", "1;5\n", "names no project"),
        (";390000;", ";390000.5;", "decimals"),
        ("budget;400000\n", "", "the sum to share out"),
        ("project_id;cost", "id;cost", "columns"),
    ],
)
def test_what_is_not_as_described_is_refused(old: str, new: str, said: str) -> None:
    assert old in FILE
    with pytest.raises(ImportRefused, match=said):
        parse_pabulib(FILE.replace(old, new, 1).encode())


def test_every_ballot_of_the_shared_elections_is_allowed_by_the_rules_they_become(shared_data: Path) -> None:
    files = sorted((shared_data / "pabulib").glob("*.pb"))
    assert len(files) >= 4
    for file in files:
        plan = plan_pabulib(parse_pabulib(file.read_bytes()))
        declared = tomllib.loads(consultation_toml(plan, ("fr", "en"), 1, 0, 1))
        assert declared["modules"] == ["budget"]
        budget = budget_of(consultation(declared["budget"], category=declared.get("category", [])))
        (whole,) = budget.envelopes
        costs = budget.costs(whole.id)
        assert all(is_allowed(budget.ballot, parts_of(one.choice), costs, whole.amount) for one in plan.baskets)
