"""Pabulib files, read strictly."""

from pathlib import Path

import pytest

from sync_server.imports.pabulib import count_approvals, parse_pabulib, plan_pabulib
from sync_server.imports.plan import ImportRefused

FILE = """META
key;value
description;Budget de Valbrume
num_projects;2
num_votes;2
vote_type;approval
language;fr
PROJECTS
project_id;cost;votes;name;category;selected
4;390000;2;Un chemin ; des bancs;Nature;2
16;45000.5;1;"Parc "";"" clos";Cadre de vie;0
VOTES
voter_id;vote
0;4,16
1;4
""".replace("Un chemin ; des bancs", '"Un chemin ; des bancs"')


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_file_is_read_whatever_its_line_ends(ending: str) -> None:
    election = parse_pabulib(FILE.replace("\n", ending).encode())
    assert [(one.id, one.name, one.category) for one in election.projects] == [
        ("4", "Un chemin ; des bancs", "Nature"),
        ("16", 'Parc ";" clos', "Cadre de vie"),
    ]
    assert dict(count_approvals(election)) == {"4": 2, "16": 1}


def test_every_project_a_ballot_names_is_a_vote_for() -> None:
    plan = plan_pabulib(parse_pabulib(FILE.encode()))
    assert [(one.voter, one.source, one.choice) for one in plan.casts] == [
        ("0", "4", "for"),
        ("0", "16", "for"),
        ("1", "4", "for"),
    ]
    assert plan.categories == (("cadre-de-vie", "Cadre de vie"), ("nature", "Nature"))
    assert plan.title == "Budget de Valbrume"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("META\n", "", "does not begin with META"),
        ("VOTES\n", "", "VOTES is missing"),
        ("num_votes;2", "num_votes;3", "num_votes is 3"),
        ("vote_type;approval", "vote_type;magic", "vote_type"),
        ("1;4\n", "0;4\n", "same voter_id"),
        ("1;4\n", "1;4,4\n", "names a project twice"),
        ("1;4\n", "1;5\n", "names no project"),
        ("1;4\n", "1;4;9\n", "3 fields"),
        ("16;45000.5", "4;45000.5", "same project_id"),
        (";390000;", ";much;", "cost"),
        ("Nature;2", "Nature;7", "selected"),
        ("project_id;cost", "id;cost", "columns"),
    ],
)
def test_what_is_not_as_described_is_refused(old: str, new: str, said: str) -> None:
    assert old in FILE
    with pytest.raises(ImportRefused, match=said):
        parse_pabulib(FILE.replace(old, new, 1).encode())


def test_the_shared_elections_count_as_they_say(shared_data: Path) -> None:
    files = sorted((shared_data / "pabulib").glob("*.pb"))
    assert len(files) >= 4
    for file in files:
        election = parse_pabulib(file.read_bytes())
        counts = count_approvals(election)
        assert [one for one in election.projects if one.votes is not None and one.votes != counts[one.id]] == []
        assert len(plan_pabulib(election).casts) == sum(counts.values())
