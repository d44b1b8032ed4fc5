"""The list of residents, on every database: a code serves once, a list is taken whole, what is over is forgotten."""

import pytest
import sqlalchemy as sa

from civic.refusals import Code, Refused
from sync_server.storage import Ledger
from sync_server.storage.erasing import forget_residents
from sync_server.storage.households import has_list, has_residents
from sync_server.storage.people import People, Recognised, lock_space
from sync_server.storage.people_tables import census_codes, identities, residents
from sync_server.storage.residents import DESK, LETTER, Changes, Resident, Residents, Tally
from tests.contracts.history import SPACE, rows
from tests.contracts.test_people import at_once, key, link


def resident(mark: str, born: bytes = b"born") -> Resident:
    return Resident(mark, "", born, "centre", "home", 100, 0, 0)


def listed(ledger: Ledger, *marks: str, now: int = 100) -> Residents:
    found = Residents(ledger)
    found.apply(SPACE, Changes([resident(mark) for mark in marks], {}, (), ()), now)
    return found


def recognise(ledger: Ledger, number: int, code: str, mark: str = "ana") -> Code | None:
    """A phone says a code, in the one transaction that makes it act for its resident."""
    try:
        with ledger.writing() as connection:
            lock_space(ledger, connection, SPACE)
            one = Recognised(key(number), "hard", f"identity of {mark}", "census", "census")
            linked = People(ledger).link(connection, SPACE, one, f"p:{number}", 100)
            Residents(ledger).use(connection, SPACE, code, linked.pid, 100)
    except Refused as refused:
        return refused.code
    return None


def test_a_code_is_one_phones_however_many_say_it_at_once(ledger: Ledger) -> None:
    listed(ledger, "ana").issue(SPACE, {"code": "ana"}, LETTER, 100)
    assert sorted(str(one) for one in at_once(8, lambda number: recognise(ledger, number, "code"))) == [
        "None", *["code_used"] * 7,
    ]  # fmt: skip
    assert len(rows(ledger, identities)) == 1


def test_a_new_code_ends_the_unused_one_and_no_other(ledger: Ledger) -> None:
    found = listed(ledger, "ana", "bob")
    found.issue(SPACE, {"a1": "ana", "b1": "bob"}, LETTER, 100)
    assert recognise(ledger, 1, "b1", "bob") is None
    found.issue(SPACE, {"a2": "ana", "b2": "bob"}, DESK, 200)
    states = {code: found.find_code(SPACE, code) for code in ("a1", "a2", "b1", "b2", "c")}
    assert [None if one is None else one.is_live for one in states.values()] == [False, True, False, True, None]
    assert [row[5:] for row in rows(ledger, census_codes)] == [(0, 200), (0, 0), (100, 0), (0, 0)]
    assert found.with_codes(SPACE) == {"ana", "bob"}
    assert found.tally(SPACE) == Tally(2, 2, 1, 2, 0)


def test_a_list_changes_facts_and_never_who_somebody_is(ledger: Ledger) -> None:
    found = listed(ledger, "ana", "bob", "zoe")
    found.issue(SPACE, {"a": "ana"}, LETTER, 100)
    recognise(ledger, 1, "a")
    found.apply(SPACE, Changes([resident("ana", b"other")], {}, ["zoe"], ["ana", "bob"]), 200)
    known = found.all(SPACE)
    assert known["ana"] == resident("ana", b"other")._replace(pid="p:1", seen=200)
    assert (known["bob"].seen, known["zoe"].seen, known["zoe"].ended_at) == (200, 100, 200)
    assert found.of_persons(SPACE, ["p:1", "p:2"]) == {"p:1": known["ana"]}


def test_who_leaves_loses_the_proof_and_gets_it_back(ledger: Ledger) -> None:
    found = listed(ledger, "ana")
    found.issue(SPACE, {"a": "ana"}, LETTER, 100)
    recognise(ledger, 1, "a")
    link(ledger, 1, "mailbox")
    found.apply(SPACE, Changes([], {}, ["ana"], ()), 200)
    assert [row[3] for row in rows(ledger, identities)] == ["email"]
    assert (has_list(ledger, SPACE), has_residents(ledger, SPACE)) == (False, True)
    assert found.of_persons(SPACE, ["p:1"]) == {}
    found.apply(SPACE, Changes([resident("ana")], {"ana": "identity of ana"}, (), ()), 300)
    assert {(row[1], row[2], row[5]) for row in rows(ledger, identities)} >= {("identity of ana", "p:1", 300)}
    assert has_list(ledger, SPACE)


@pytest.mark.parametrize(
    ("left", "unseen", "kept"),
    [(-1, -1, {"ana", "bob"}), (199, -1, {"ana", "bob"}), (200, -1, {"bob"}), (-1, 299, {"bob"}), (-1, 300, set())],
)
def test_what_is_over_is_forgotten_with_its_codes(ledger: Ledger, left: int, unseen: int, kept: set[str]) -> None:
    found = listed(ledger, "ana", "bob")
    found.issue(SPACE, {"a": "ana", "b": "bob"}, LETTER, 100)
    recognise(ledger, 1, "a")
    recognise(ledger, 2, "b", "bob")
    found.apply(SPACE, Changes([], {}, ["ana"], ()), 200)
    found.apply(SPACE, Changes([], {}, (), ["bob"]), 300)
    assert forget_residents(ledger, SPACE, left, unseen) == 2 - len(kept)
    assert {row[1] for row in rows(ledger, residents)} == {row[2] for row in rows(ledger, census_codes)} == kept
    assert {row[2] for row in rows(ledger, identities)} == ({"p:2"} if "bob" in kept else set())


def test_other_towns_have_other_lists(ledger: Ledger) -> None:
    listed(ledger, "ana").issue(SPACE, {"code": "ana"}, LETTER, 100)
    assert Residents(ledger).find_code("ailleurs", "code") is None
    assert forget_residents(ledger, "ailleurs", 10**9, 10**9) == 0
    assert not has_list(ledger, "ailleurs")


def test_a_code_is_found_through_an_index(ledger: Ledger) -> None:
    if ledger.engine.dialect.name != "sqlite":
        return
    with ledger.reading() as now:
        for where in ("code = 'x'", "mark = 'x'"):
            query = f"EXPLAIN QUERY PLAN SELECT mark FROM census_codes WHERE space = 's' AND {where}"
            assert "SEARCH" in str(now.connection.execute(sa.text(query)).all())
