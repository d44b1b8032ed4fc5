"""Profiles and the tables drawn from them, on every database."""

from sync_server.storage import Ledger
from sync_server.storage.erasing import Erasure, erase_person
from sync_server.storage.moving import people_lines, restore_people
from sync_server.storage.people import People
from sync_server.storage.people_tables import group_tables, profiles
from sync_server.storage.profiles import GroupTables, Profiles, choices_of
from tests.contracts.history import ANA, BOB, SPACE, TOWN, offers, rows
from tests.contracts.test_people import link

DRAWN = [{"id": "x:age", "rows": [{"cells": [None, 12]}]}]


def test_a_profile_is_of_a_person_that_is_there_and_goes_with_the_consent_or_the_person(ledger: Ledger) -> None:
    link(ledger, 1, "ana", "p:ana")
    link(ledger, 2, "bob", "p:bob")
    kept = Profiles(ledger)
    assert not kept.keep(SPACE, "p:eve", b"nobody", 100)
    for pid, answers in (("p:ana", b"first"), ("p:ana", b"second"), ("p:bob", b"his")):
        assert kept.keep(SPACE, pid, answers, 100)
    assert kept.all(SPACE) == {"p:ana": b"second", "p:bob": b"his"}
    assert kept.all("ailleurs") == {}
    People(ledger).consent(SPACE, "p:bob", "contact", 200, allowed=False)
    assert kept.find(SPACE, "p:bob") == b"his"
    People(ledger).consent(SPACE, "p:bob", "profile", 200, allowed=False)
    assert kept.find(SPACE, "p:bob") is None
    erase_person(ledger, SPACE, Erasure("p:ana", "request", 300, frozenset()))
    assert rows(ledger, profiles) == []


def test_what_was_drawn_is_never_drawn_again(ledger: Ledger) -> None:
    tables = GroupTables(ledger)
    assert tables.find(SPACE, "halle") is None
    tables.keep(SPACE, "halle", DRAWN)
    tables.keep(SPACE, "halle", [])
    assert tables.find(SPACE, "halle") == DRAWN


def test_both_move_to_another_house(ledger: Ledger) -> None:
    link(ledger, 1, "ana", "p:ana")
    Profiles(ledger).keep(SPACE, "p:ana", b"sealed", 100)
    GroupTables(ledger).keep(SPACE, "halle", DRAWN)
    before = {table.name: rows(ledger, table) for table in (profiles, group_tables)}
    with ledger.reading() as now:
        lines = list(people_lines(now.connection, SPACE))
    with ledger.writing() as connection:
        for table in (profiles, group_tables):
            connection.execute(table.delete())
    restore_people(ledger, SPACE, lines)
    assert {table.name: rows(ledger, table) for table in (profiles, group_tables)} == before


def test_what_stands_is_found_with_whose_it_is(ledger: Ledger) -> None:
    ledger.append(SPACE, offers(ANA.propose(5), ANA.vote(5), BOB.vote(5), ANA.vote(5, "against", rev=2)))
    with ledger.reading() as now:
        found = [*choices_of(now.connection, SPACE, TOWN.slug, ["vote"])]
    assert sorted(choice for one in found for _, choice in one.counted) == ["against", "for"]
    assert len({one.voter for one in found}) == 2
