"""Polis exports, read strictly."""

from pathlib import Path

import pytest

from sync_server.imports.plan import ImportRefused, standing
from sync_server.imports.polis import agreeing_sign, plan_polis, read_polis

SUMMARY = "topic,Le marché\nurl,https://pol.is/x\nconversation-description,Que faire ?\n"
COMMENTS = "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n"
VOTES = "timestamp,datetime,comment-id,voter-id,vote\n"


def export(folder: Path, comments: str, votes: str) -> Path:
    (folder / "summary.csv").write_text(SUMMARY)
    (folder / "comments.csv").write_text(COMMENTS + comments)
    (folder / "votes.csv").write_text(VOTES + votes)
    return folder


TWO = '2000,x,1,7,2,0,1,"Un marché, le soir"\n1000,x,0,7,0,1,-1,Non.\n'


@pytest.mark.parametrize("agree", ["1", "-1"])
def test_the_sign_of_agree_is_found_in_the_file(tmp_path: Path, agree: str) -> None:
    other = str(-int(agree))
    votes = f"5,x,1,8,{agree}\n6,x,1,9,{agree}\n7,x,0,8,{other}\n8,x,0,9,0\n"
    conversation = read_polis(export(tmp_path, TWO, votes))
    assert agreeing_sign(conversation) == int(agree)
    plan = plan_polis(conversation)
    assert [(one.source, one.voter, one.choice) for one in plan.casts] == [
        ("1", "8", "for"),
        ("1", "9", "for"),
        ("0", "8", "against"),
        ("0", "9", "blank"),
    ]


def test_a_repeated_vote_is_a_revision_in_the_order_of_time(tmp_path: Path) -> None:
    votes = "9,x,1,8,1\n5,x,1,8,-1\n6,x,1,9,1\n7,x,0,9,-1\n"
    plan = plan_polis(read_polis(export(tmp_path, TWO, votes)))
    assert [(one.voter, one.rev, one.choice) for one in plan.casts if one.source == "1"] == [
        ("8", 1, "against"),
        ("9", 1, "for"),
        ("8", 2, "for"),
    ]
    assert standing(plan.casts)[("8", "1")].choice == "for"


def test_statements_come_in_the_order_they_were_written(tmp_path: Path) -> None:
    plan = plan_polis(read_polis(export(tmp_path, TWO, "5,x,1,8,1\n6,x,1,9,1\n")))
    assert [one.source for one in plan.items] == ["0", "1"]
    assert plan.items[1].title == "Un marché, le soir"


def test_a_statement_too_short_to_be_a_proposal_is_quoted_with_its_number(tmp_path: Path) -> None:
    plan = plan_polis(read_polis(export(tmp_path, "1,x,4,7,1,0,0,?\n", "5,x,4,8,1\n")))
    assert plan.items[0].title == "4: “?”"
    assert plan.items[0].text == "Statement 4: “?”"


def test_a_long_statement_has_a_short_title_cut_at_a_word(tmp_path: Path) -> None:
    words = "mot " * 60
    item = plan_polis(read_polis(export(tmp_path, f"1,x,4,7,1,0,0,{words}\n", "5,x,4,8,1\n"))).items[0]
    assert len(item.title) <= 120
    assert item.title.endswith("mot…")
    assert item.text == words.strip()


@pytest.mark.parametrize(
    ("comments", "votes", "said"),
    [
        (TWO, "5,x,3,8,1\n", "no statement 3"),
        (TWO, "5,x,1,8,2\n", "-1, 0 or 1"),
        (TWO, "5,x,1,8\n", "4 columns"),
        (TWO + TWO, "", "same comment-id"),
        (TWO, "5,x,1,8,1\n6,x,1,9,-1\n", "can't be told"),
    ],
)
def test_what_is_not_as_described_is_refused(tmp_path: Path, comments: str, votes: str, said: str) -> None:
    with pytest.raises(ImportRefused, match=said):
        plan_polis(read_polis(export(tmp_path, comments, votes)))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"summary\.csv"):
        read_polis(tmp_path)


@pytest.mark.parametrize("name", ["15-per-hour-seattle", "brexit-consensus"])
def test_the_shared_conversations_are_read_whole(shared_data: Path, name: str) -> None:
    conversation = read_polis(shared_data / "polis" / name)
    assert agreeing_sign(conversation) == 1
    plan = plan_polis(conversation)
    assert len(plan.items) == len(conversation.statements)
    assert len(plan.casts) == len(conversation.votes)
