"""Moderation: hidden with a reason, shown again, erased for good; and the journal says who, in every case."""

from pathlib import Path

import pytest

from civic.journal import check_journal, parse_journal_line
from civic.moderation import Hidden
from sync_server.storage.derived import rebuild_derived
from sync_server.storage.hidden import hidden_of
from sync_server.storage.tables import heads, log_entries, payloads, tombstones
from sync_server.storage.tables import hidden as hidden_table
from tests.contracts.history import rows
from tests.office.rooms import Browser, arrive, desk_of
from tests.sync_server.conftest import House
from tests.sync_server.test_moving_people import moved

SPACE = "/office/space/valbrume"
INSULT = "Ana Ruiz est une voleuse."


@pytest.fixture
def talk(house: House) -> House:
    """An idea, no. 1, a vote for it, and an insult, no. 3, which its author has changed once."""
    ana = house.citizen(1)
    assert house.statuses(ana.propose(5), ana.vote(5), ana.comment(77, 5, text=INSULT)) == ["accepted"] * 3
    return house


def act(browser: Browser, no: int, do: str, **data: str) -> int:
    browser.get(f"{SPACE}/moderation/{no}")
    return browser.post(f"{SPACE}/moderation/{no}/{do}", data).status_code


def hidden(house: House) -> dict[str, Hidden]:
    with house.services.ledger.reading() as now:
        return dict(hidden_of(now, "valbrume", "filature"))


def said(house: House) -> list[tuple[str, str, str]]:
    lines = desk_of(house).journal.lines("valbrume")
    assert check_journal("valbrume", lines, desk_of(house).key.kid) == []
    found = [parse_journal_line(one).said for one in lines]
    names = desk_of(house).clerks.names()
    return [(names.get(one.by, ""), one.do, one.about.get("no", "")) for one in found]


def test_what_is_hidden_keeps_a_reason_and_comes_back(talk: House) -> None:
    mona = arrive(talk, role="moderator", name="Mona")
    before = talk.services.ledger.positions()["valbrume"].rebuilds
    assert act(mona, 3, "hide", reason="attack", words="  Elle en a été  prévenue. ") == 303
    assert [one.reason for one in hidden(talk).values()] == ["attack"]
    assert talk.services.ledger.positions()["valbrume"].rebuilds == before + 1
    mona.get(f"{SPACE}/moderation")
    assert "Masquée" in mona.page
    assert act(mona, 3, "show") == 303
    assert hidden(talk) == {}
    assert talk.services.ledger.positions()["valbrume"].rebuilds == before + 2
    assert said(talk)[-2:] == [("Mona", "hide", "3"), ("Mona", "show", "3")]


@pytest.mark.parametrize("data", [{}, {"reason": "ugly"}, {"reason": "attack", "words": "x" * 501}])
def test_nothing_is_hidden_without_a_reason_of_the_charter(talk: House, data: dict[str, str]) -> None:
    mona = arrive(talk, role="moderator")
    assert act(mona, 3, "hide", **data) == 422
    assert hidden(talk) == {}
    assert "hide" not in {do for _, do, _ in said(talk)}


def test_only_what_is_hidden_is_erased_and_only_its_words_go(talk: House) -> None:
    mona = arrive(talk, role="moderator", name="Mona")
    ledger = talk.services.ledger
    assert act(mona, 3, "erase") == 422
    act(mona, 3, "hide", reason="attack")
    talk.clock.at += 1200
    assert act(mona, 3, "erase") == 422  # the password was not said again
    assert act(mona, 3, "erase", password="quatre chevaux dans la neige") == 303
    assert INSULT not in repr(rows(ledger, payloads))
    assert len(rows(ledger, payloads)) == 2
    assert [(row[1], row[8]) for row in rows(ledger, tombstones)] == [(3, "moderation")]
    assert b'"r":"moderation"' in b"".join(bytes(row[3]) for row in rows(ledger, log_entries))
    assert list(hidden(talk)) == [row[3] for row in rows(ledger, heads) if row[7] == 3]
    assert said(talk)[-1] == ("Mona", "erase", "3")
    mona.get(f"{SPACE}/moderation/3")
    assert "Effacée" in mona.page
    assert act(mona, 3, "hide", reason="hate") == 303


def test_after_an_erasure_the_ledger_replays_to_the_same_heads(talk: House) -> None:
    mona = arrive(talk, role="moderator")
    act(mona, 1, "hide", reason="offtopic")
    act(mona, 1, "erase")
    ledger = talk.services.ledger
    kept = rows(ledger, heads)
    town = talk.services.catalogue.town("valbrume")
    assert town is not None
    rebuild_derived(ledger, "valbrume", town.rules, talk.services.modules)
    assert rows(ledger, heads) == kept
    assert [row[11] for row in kept if row[4] == "vote"] == [row[11] for row in rows(ledger, heads) if row[4] == "vote"]


def test_what_a_hidden_author_changes_stays_hidden(talk: House) -> None:
    mona = arrive(talk, role="moderator")
    act(mona, 1, "hide", reason="offtopic")
    assert talk.statuses(talk.citizen(1).propose(5, "Un autre titre", rev=2)) == ["accepted"]
    assert len(hidden(talk)) == 1
    mona.get(f"{SPACE}/moderation/1")
    assert "Un autre titre" in mona.page
    assert "Masquée" in mona.page


def test_nobody_signs_a_line_and_does_nothing(talk: House) -> None:
    mona = arrive(talk, role="moderator")
    number = len(said(talk))
    assert act(mona, 3, "show") == 303
    assert act(mona, 99, "hide", reason="attack") == 404
    assert len(said(talk)) == number


def test_the_journal_page_tells_a_line_that_was_changed(talk: House) -> None:
    ana = arrive(talk)
    ana.get(f"{SPACE}/journal")
    assert "Journal entier" in ana.page
    with talk.services.ledger.writing() as connection:
        connection.exec_driver_sql("DELETE FROM journal WHERE n = 2")
        connection.exec_driver_sql("UPDATE journal SET n = n - 1 WHERE n = 3")
    ana.get(f"{SPACE}/journal")
    assert "ne tient plus à la ligne 2" in ana.page


def test_a_town_that_moves_takes_what_is_hidden_and_erased_along(talk: House, tmp_path: Path) -> None:
    mona = arrive(talk, role="moderator")
    act(mona, 1, "hide", reason="offtopic")
    act(mona, 3, "hide", reason="attack")
    act(mona, 3, "erase")
    there = moved(talk, tmp_path)
    for table in (hidden_table, tombstones):
        assert rows(there.services.ledger, table) == rows(talk.services.ledger, table) != []
    there.services.close()
