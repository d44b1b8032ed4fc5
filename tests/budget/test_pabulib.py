"""Real elections of towns: read, counted, and beside what the towns announced."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from civic.modules.budget.rules.decide import decide
from civic.modules.budget.rules.election import Completion, Rule
from civic.modules.budget.rules.pabulib import NotPabulib, PbFile, election_of, parse_pb, write_pb

FILE = """META
key;value
budget;100000.5
num_projects;2
num_votes;3
vote_type;cumulative
rule;greedy
PROJECTS
project_id;cost;name;category;selected
4;90000;"Un chemin ; des bancs";Nature, Eau;1
16;45000.25;"Parc "";"" clos";Cadre de vie;0
VOTES
voter_id;vote;points
a;4,16;3,2
b;4,16;3,2
c;4;1
"""
# Those whose file names the winners, and the rule that the file says they were chosen by.
OFFICIAL = ("Netherlands_Assen_2024", "Poland_Czestochowa_2024_Grabowka")
UNSAID = ("France_Toulouse_2019", "France_Toulouse_2024")


@pytest.fixture(scope="module")
def elections(shared_data: Path) -> dict[str, PbFile]:
    files = sorted((shared_data / "pabulib").glob("*.pb"))
    if not files:
        pytest.skip(f"no elections in {shared_data}")
    return {file.stem: parse_pb(file.read_bytes()) for file in files}


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_file_is_read_whatever_its_line_ends(ending: str) -> None:
    file = parse_pb(FILE.replace("\n", ending).encode())
    assert [(one.id, one.name, one.category, one.selected) for one in file.projects] == [
        ("4", "Un chemin ; des bancs", "Nature", True),
        ("16", 'Parc ";" clos', "Cadre de vie", False),
    ]
    assert file.winners == frozenset({"4"})


def test_money_is_counted_in_its_smallest_unit_and_equal_ballots_together() -> None:
    election = election_of(parse_pb(FILE.encode()))
    assert (election.amount, election.step) == (400002, 4)
    assert [one.cost for one in election.projects] == [360000, 180001]
    assert [(one.weights, one.times) for one in election.baskets] == [(((0, 3), (1, 2)), 2), (((0, 1),), 1)]


def test_what_is_written_is_read_again() -> None:
    file = parse_pb(FILE.replace("Nature, Eau", "Nature").encode())
    assert parse_pb(write_pb(file)) == file


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("META\n", "", "does not begin with META"),
        ("VOTES\n", "", "VOTES is missing"),
        ("num_votes;3", "num_votes;4", "num_votes is 4"),
        ("vote_type;cumulative", "vote_type;magic", "vote_type"),
        ("b;4,16", "a;4,16", "same voter_id"),
        ("c;4;1", "c;5;1", "names no project"),
        ("c;4;1", "c;4;1,2", "whole number of points"),
        ("c;4;1", "c;4;-1", "whole number of points"),
        (";points", "", "points are needed"),
        (";90000;", ";1e5;", "cost"),
        (";90000;", ";0;", "costs nothing"),
        ("budget;100000.5", "budget;0", "the sum to share out"),
        ("budget;100000.5\n", "", "the sum to share out"),
        ("Nature, Eau;1", "Nature;7", "selected"),
    ],
)
def test_what_is_not_as_described_is_refused(old: str, new: str, said: str) -> None:
    assert old in FILE
    with pytest.raises(NotPabulib, match=said):
        election_of(parse_pb(FILE.replace(old, new, 1).encode()))


@pytest.mark.parametrize("name", OFFICIAL)
def test_the_official_winners_of_a_real_election_win(elections: dict[str, PbFile], name: str) -> None:
    file = elections[name]
    assert file.rule is not None
    outcome = decide(election_of(file), *file.rule)
    assert frozenset(file.projects[place].id for place in outcome.winners) == file.winners


@pytest.mark.parametrize("name", [*OFFICIAL, *UNSAID])
def test_real_elections_have_the_winners_of_pabutools(elections: dict[str, PbFile], name: str) -> None:
    oracle = pytest.importorskip("tests.budget.oracle", reason="pabutools is not installed")
    election = election_of(elections[name])
    rules = [
        (Rule.GREEDY, Completion.NONE),
        (Rule.EQUAL_SHARES, Completion.NONE),
        (Rule.EQUAL_SHARES, Completion.GREEDY),
    ]
    if name == OFFICIAL[0]:  # the others take pabutools from ten seconds to minutes
        rules.append((Rule.EQUAL_SHARES, Completion.ADD1))
    for rule, completion in rules:
        assert set(decide(election, rule, completion).winners) == oracle.winners(election, rule, completion)


@pytest.mark.parametrize("name", [*OFFICIAL, *UNSAID])
def test_a_real_election_is_written_and_read_again(elections: dict[str, PbFile], name: str) -> None:
    file = elections[name]
    again = parse_pb(write_pb(file))
    assert election_of(again) == election_of(file)
    assert again.winners == file.winners


def test_shares_that_rise_by_a_coarser_step_still_fit_into_the_sum(elections: dict[str, PbFile]) -> None:
    election = election_of(elections["France_Toulouse_2024"])
    outcome = decide(replace(election, step=100), Rule.EQUAL_SHARES, Completion.ADD1_GREEDY)
    assert outcome.cost(election) <= election.amount
