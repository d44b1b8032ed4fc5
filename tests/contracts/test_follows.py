"""Who follows what, on every database: one purpose at a time, ended in one step, gone with the person or the phone."""

from typing import Any

import pytest

from civic.following import Follow
from sync_server.storage import Ledger, follows
from sync_server.storage.erasing import Erasure, erase_person
from sync_server.storage.following_tables import endpoints
from sync_server.storage.following_tables import follows as table
from sync_server.storage.follows import Follower, Follows
from sync_server.storage.moving import people_lines, restore_people
from sync_server.storage.people import People
from tests.contracts.history import SPACE, rows
from tests.contracts.test_people import key, link

PHONE = key(1).kid


def by_push(phone: str = PHONE, about: str = "halle", purposes: tuple[str, ...] = ("phase", "result")) -> Follow:
    return Follow(SPACE, phone, about, purposes, "push", 100, "nl")


def by_mail(pid: str, about: str = "halle", purposes: tuple[str, ...] = ("phase",), channel: str = "mail") -> Follow:
    return Follow(SPACE, pid, about, purposes, channel, 100, "fr")


def told(ledger: Ledger, about: str, purpose: str, after: str = "") -> list[Follower]:
    return [*Follows(ledger).following(SPACE, about, purpose, after)]


def test_who_is_told_chose_this_and_this_purpose(ledger: Ledger) -> None:
    kept = Follows(ledger)
    assert kept.put(by_push(), b"sealed")
    assert kept.put(by_mail("p:ana"), None)
    assert kept.put(by_mail("p:bob", "halle/5", ("answer",), "digest"), None)
    phone, ana = Follower(PHONE, "push", "nl", b"sealed"), Follower("p:ana", "mail", "fr", None)
    assert sorted(told(ledger, "halle", "phase")) == sorted([ana, phone])
    assert told(ledger, "halle", "result") == [phone]
    assert told(ledger, "halle", "answer") == []
    assert told(ledger, "halle/5", "answer") == [Follower("p:bob", "digest", "fr", None)]
    assert [*kept.following("ailleurs", "halle", "phase")] == []


def test_a_new_wish_takes_the_place_of_the_one_before_and_none_ends_it(ledger: Ledger) -> None:
    kept = Follows(ledger)
    kept.put(by_push(), b"old")
    kept.put(by_push(purposes=("answer", "result")), b"new")
    kept.put(by_push(about="halle/5"), b"new")
    assert [(one.about, one.purposes) for one in kept.of(SPACE, "p:ana", PHONE)] == [
        ("halle", ("answer", "result")),
        ("halle/5", ("phase", "result")),
    ]
    assert [one.endpoint for one in told(ledger, "halle", "result")] == [b"new"]
    kept.put(by_push(purposes=()), None)
    assert [one.about for one in kept.of(SPACE, PHONE)] == ["halle/5"]
    assert [one.endpoint for one in told(ledger, "halle/5", "result")] == [b"new"]
    kept.drop(SPACE, PHONE, "halle/5")
    kept.drop(SPACE, PHONE, "halle/5")
    assert rows(ledger, table) == rows(ledger, endpoints) == []


def test_many_are_read_page_by_page_and_on_from_anybody(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follows, "PAGE", 2)
    for name in "abcde":
        Follows(ledger).put(by_mail(f"p:{name}"), None)
    assert [one.id for one in told(ledger, "halle", "phase")] == ["p:a", "p:b", "p:c", "p:d", "p:e"]
    assert [one.id for one in told(ledger, "halle", "phase", after="p:c")] == ["p:d", "p:e"]


def test_who_of_some_follows_one_thing_is_told_apart(ledger: Ledger) -> None:
    kept = Follows(ledger)
    kept.put(by_mail("p:ana", "halle/5", ("answer",)), None)
    kept.put(by_mail("p:bob", "halle/5", ("news",)), None)
    kept.put(by_mail("p:eve", "halle", ("answer",)), None)
    kept.put(by_mail("p:zoe", "halle/5", ("answer",)), None)
    assert kept.among(SPACE, "halle/5", "answer", ["p:ana", "p:bob", "p:eve", "p:max"]) == {"p:ana"}
    assert kept.among(SPACE, "halle/5", "answer", []) == frozenset()


def test_nobody_follows_more_than_so_much(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follows, "MOST", 2)
    kept = Follows(ledger)
    assert [kept.put(by_push(about=one), b"x") for one in ("a", "b", "c", "b")] == [True, True, False, True]
    assert [one.about for one in kept.of(SPACE, PHONE)] == ["a", "b"]


def test_an_endpoint_that_is_gone_takes_what_its_phone_follows_with_it_but_not_a_newer_one(ledger: Ledger) -> None:
    kept = Follows(ledger)
    kept.put(by_push(), b"old")
    kept.put(by_mail("p:ana"), None)
    kept.put(by_push(about="halle/5"), b"new")
    assert not kept.drop_endpoint(SPACE, PHONE, b"old")
    assert len(kept.of(SPACE, PHONE)) == 2
    assert kept.drop_endpoint(SPACE, PHONE, b"new")
    assert (kept.of(SPACE, PHONE), rows(ledger, endpoints)) == ([], [])
    assert [one.id for one in told(ledger, "halle", "phase")] == ["p:ana"]


@pytest.fixture
def followed(ledger: Ledger) -> Follows:
    """What Ana follows by mail and from two phones, and Bob by mail."""
    for number, mark, pid in ((1, "ana", "p:ana"), (2, "ana", "p:new"), (3, "bob", "p:bob")):
        link(ledger, number, mark, pid)
    kept = Follows(ledger)
    for one in (by_push(), by_push(key(2).kid), by_push(key(3).kid)):
        kept.put(one, b"sealed")
    for one in (by_mail("p:ana"), by_mail("p:bob")):
        kept.put(one, None)
    return kept


def left(ledger: Ledger) -> set[Any]:
    return {row[3] for row in rows(ledger, table)}


def test_erasing_a_person_ends_what_they_and_their_phones_follow(ledger: Ledger, followed: Follows) -> None:
    erase_person(ledger, SPACE, Erasure("p:ana", "request", 300, frozenset()))
    assert left(ledger) == {"p:bob", key(3).kid}
    assert {row[1] for row in rows(ledger, endpoints)} == {key(3).kid}
    followed.forget(SPACE, "p:bob")
    assert left(ledger) == {key(3).kid}


def test_a_phone_that_is_revoked_follows_nothing_and_never_will_again(ledger: Ledger, followed: Follows) -> None:
    People(ledger).revoke(SPACE, "p:bob", PHONE, 300)  # not his
    assert PHONE in left(ledger)
    People(ledger).revoke(SPACE, "p:ana", PHONE, 300)
    assert left(ledger) == {"p:ana", "p:bob", key(2).kid, key(3).kid}
    assert not followed.put(by_push(), b"again")


def test_who_forbids_the_town_to_write_follows_nothing_by_mail(ledger: Ledger, followed: Follows) -> None:
    People(ledger).consent(SPACE, "p:ana", "contact", 300, allowed=False)
    assert left(ledger) == {"p:bob", PHONE, key(2).kid, key(3).kid}


def test_what_is_followed_moves_to_another_house(ledger: Ledger, followed: Follows) -> None:
    before = rows(ledger, table), rows(ledger, endpoints)
    with ledger.reading() as now:
        lines = [*people_lines(now.connection, SPACE)]
    for one in ("p:ana", "p:bob", PHONE, key(2).kid, key(3).kid):
        followed.forget(SPACE, one)
    assert left(ledger) == set()
    restore_people(ledger, SPACE, lines)
    assert (rows(ledger, table), rows(ledger, endpoints)) == before
