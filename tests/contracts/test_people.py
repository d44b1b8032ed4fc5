"""Who is voting, on every database: one identity is one person, tries and letters serve once, erasing is whole."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec

from civic import signing
from civic.assurance import Proof
from civic.jws import PublicKey
from civic.keys import jwk_text, thumbprint
from civic.phases import moment_at
from civic.refusals import Code, Refused
from sync_server.storage import Ledger, Offer, rebuild_derived
from sync_server.storage.enrolments import MOST_TRIES, Enrolment, Enrolments
from sync_server.storage.erasing import Erasure, erase_person, find_orphans
from sync_server.storage.grants import Granted, Grants
from sync_server.storage.mails import Mail, Mails
from sync_server.storage.moving import people_lines, restore_people
from sync_server.storage.people import Linked, People, Recognised, lock_space
from sync_server.storage.people_tables import persons
from sync_server.storage.tables import heads, payloads, records, totals, voters
from sync_server.worker.fold import Fold
from sync_server.worker.parts import NO_MARK
from tests.civic.town import MODULES, OPENS, jti, rules_of
from tests.contracts.history import ANA, BOB, SPACE, TOWN, offer, rows

SLUG = TOWN.slug


def key(number: int) -> PublicKey:
    point = signing.coordinates(ec.derive_private_key(number + 1, ec.SECP256R1()).public_key())
    return PublicKey(*point, thumbprint(jwk_text(*point)))


def link(ledger: Ledger, number: int, mark: str, pid: str = "p:new", now: int = 100) -> Linked:
    with ledger.writing() as connection:
        lock_space(ledger, connection, SPACE)
        one = Recognised(key(number), "hard", mark, "email", "email")
        return People(ledger).link(connection, SPACE, one, pid, now)


def at_once(times: int, do: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(do, range(times)))


def test_one_identity_proved_by_many_phones_at_once_is_one_person(ledger: Ledger) -> None:
    linked = at_once(8, lambda number: link(ledger, number, "mark", f"p:{number}"))
    assert len({one.pid for one in linked}) == len(rows(ledger, persons)) == 1
    assert sorted(one.devices for one in linked) == list(range(1, 9))
    assert [one.is_new for one in linked].count(True) == 1


def test_a_phone_goes_to_the_person_whose_identity_it_proves(ledger: Ledger) -> None:
    link(ledger, 1, "ana", "p:ana")
    link(ledger, 2, "bob", "p:bob")
    assert link(ledger, 1, "work").pid == "p:ana"
    assert link(ledger, 1, "bob").pid == "p:bob"
    known = People(ledger).find(SPACE, "p:bob")
    assert known is not None
    assert ({one.kid for one in known.devices}, known.proofs) == (
        {key(1).kid, key(2).kid},
        (Proof("email", "email", 100),),
    )
    assert People(ledger).find("ailleurs", "p:bob") is None


def test_a_revoked_phone_stays_revoked(ledger: Ledger) -> None:
    link(ledger, 1, "ana", "p:ana")
    assert People(ledger).revoke(SPACE, "p:ana", key(1).kid, 200)
    assert not People(ledger).revoke(SPACE, "p:eve", key(1).kid, 200)
    with pytest.raises(Refused) as refused:
        link(ledger, 1, "ana")
    assert refused.value.code is Code.REVOKED


def test_the_first_person_keeps_a_ballot_key(ledger: Ledger) -> None:
    grants = Grants(ledger)
    link(ledger, 1, "ana", "p:ana")
    link(ledger, 2, "bob", "p:bob")

    def grant(number: int) -> dict[tuple[str, str], Granted]:
        pid, device = ("p:ana", key(1)) if number % 2 else ("p:bob", key(2))
        return grants.add(SPACE, [Granted(SLUG, "jkt", pid, device.kid, 5)])

    standing = at_once(8, grant)
    assert len({one[(SLUG, "jkt")].pid for one in standing}) == 1
    (person,) = grants.find_persons(SPACE, [(SLUG, "jkt"), (SLUG, "other")]).values()
    assert (person.pid, person.revoked, person.level) == (standing[0][(SLUG, "jkt")].pid, False, "email")


def test_a_hundred_keys_are_looked_up_in_three_queries(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    grants, asked = Grants(ledger), []
    link(ledger, 1, "ana", "p:ana")
    keys = [(SLUG, f"jkt{number}") for number in range(100)]
    grants.add(SPACE, [Granted(*one, "p:ana", key(1).kid, 5) for one in keys])
    for name in ("find_grants", "find_devices", "find_proofs"):
        lookup = getattr(ledger.statements, name)

        def find(cursor: Any, space: str, wanted: Any, find: Any = lookup.find, name: str = name) -> Any:
            asked.append((name, len(wanted)))
            return find(cursor, space, wanted)

        monkeypatch.setattr(lookup, "find", find)
    assert len(grants.find_persons(SPACE, keys)) == 100
    assert asked == [("find_grants", 100), ("find_devices", 1), ("find_proofs", 1)]


def enrolment(**changed: Any) -> Enrolment:
    return Enrolment("enrol", "kid", "x", "y", "hard", "email", b"state", 0, 0, "", 1_000)._replace(**changed)


def test_five_tries_are_five_however_many_come_at_once(ledger: Ledger) -> None:
    enrolments = Enrolments(ledger)
    with ledger.writing() as connection:
        enrolments.put(connection, SPACE, enrolment())
    assert at_once(12, lambda _: enrolments.take_try(SPACE, "enrol")).count(True) == MOST_TRIES
    assert enrolments.find(SPACE, "enrol", 500) is None
    enrolments.confirm(SPACE, "enrol")
    assert enrolments.find(SPACE, "enrol", 500) == enrolment(tries=MOST_TRIES, confirmed=1)
    assert enrolments.find(SPACE, "enrol", 1_001) is None
    enrolments.forget(1_001)
    assert not enrolments.take_try(SPACE, "enrol")


def test_a_nonce_serves_once(ledger: Ledger) -> None:
    enrolments = Enrolments(ledger)
    assert at_once(8, lambda _: enrolments.spend(SPACE, "nonce", 100)).count(True) == 1
    enrolments.forget(101)
    assert enrolments.spend(SPACE, "nonce", 100)


def test_a_letter_is_in_the_hands_of_one_worker(ledger: Ledger) -> None:
    mails = Mails(ledger)
    with ledger.writing() as connection:
        for number in range(10):
            mails.put(connection, Mail(SPACE, f"{number}", b"letter", 100, 1_000, 0))
        mails.put(connection, Mail(SPACE, "late", b"letter", 50, 60, 0))
    taken = [one for found in at_once(4, lambda _: mails.take(100, 60)) for one in found]
    assert sorted(one.id for one in taken) == [f"{number}" for number in range(10)]
    assert mails.take(100, 60) == ()
    mails.sent(taken[0])
    mails.failed(taken[1], 400)
    assert len(mails.take(161, 60)) == 8
    assert len(mails.take(400, 60)) == 9


def named(text: str, pid: str, rx: int = OPENS + 100) -> Offer:
    """An act as the gate gives it for a person."""
    found = offer(text, rx)
    return found._replace(act=found.act._replace(voter=pid))


@pytest.fixture
def lived(ledger: Ledger) -> Ledger:
    link(ledger, 1, "ana", "p:ana")
    link(ledger, 2, "bob", "p:bob")
    ledger.append(
        SPACE,
        [
            named(ANA.propose(5), "p:ana"), named(BOB.propose(6), "p:bob"), named(ANA.vote(5), "p:ana"),
            named(ANA.vote(5, "against", rev=2), "p:ana"), named(BOB.vote(5), "p:bob"), named(ANA.vote(6), "p:ana"),
            named(BOB.vote(6), "p:bob"), named(ANA.propose(7), "p:ana"), named(BOB.propose(8), "p:bob"),
        ],
    )  # fmt: skip
    return ledger


def figures(ledger: Ledger) -> tuple[Any, ...]:
    counted = [row[2:5] for row in rows(ledger, totals) if row[4]]
    return counted, rows(ledger, heads), rows(ledger, voters)


@pytest.mark.parametrize("undecided", [frozenset({SLUG}), frozenset[str]()], ids=["open", "decided"])
def test_erased_words_leave_records_and_figures_that_can_be_counted_again(
    lived: Ledger, undecided: frozenset[str]
) -> None:
    kept, before = rows(lived, records), figures(lived)
    one = Erasure("p:ana", "request", 500, undecided)
    assert [erase_person(lived, SPACE, one) for _ in range(2)] == [5, 0]
    assert rows(lived, records) == kept
    assert {row[2] for row in rows(lived, payloads)} == {"p:bob"}
    after = figures(lived)
    expected = [(jti(5), "for", 1), (jti(6), "for", 1)] if undecided else before[0]
    assert after[0] == expected
    with lived.reading() as now:
        assert now.participation(SPACE, SLUG) == ((2, 1, 0) if undecided else (4, 2, 0))
    assert rebuild_derived(lived, SPACE, rules_of(TOWN), MODULES) == 9
    assert figures(lived) == after


def test_an_erased_proposal_keeps_its_number_and_shows_nothing(lived: Ledger) -> None:
    erase_person(lived, SPACE, Erasure("p:ana", "request", 500, frozenset({SLUG})))
    fold = Fold(TOWN, ("fr", "en"), [TOWN.manifest], MODULES, moment_at(TOWN, OPENS + 600))
    with lived.reading() as now:
        fold.load(now.heads(SPACE, SLUG, fold.shown_kinds), {}, NO_MARK, now.participation(SPACE, SLUG))
        moved = now.changes_after(SPACE, 0, 100).heads
    shown = {one["number"]: (one["id"], one["title"], one["withdrawn"]) for one in fold.tables(())["proposals"]}
    title = "Un banc au soleil"
    assert shown == {
        1: (jti(5), "", True), 2: (jti(6), title, False), 3: (jti(7), "", True), 4: (jti(8), title, False),
    }  # fmt: skip
    assert [one.head.no for one in moved] == sorted(one.head.no for one in moved)
    assert {one.head.slot for one in moved if one.is_shown} == {f"proposal:{jti(number)}" for number in (5, 6, 7, 8)}


def test_the_acts_of_a_person_are_found_without_reading_those_of_others(lived: Ledger) -> None:
    if lived.engine.dialect.name != "sqlite":
        return
    said: list[tuple[str, Any]] = []
    sa.event.listen(lived.engine, "before_cursor_execute", lambda *event: said.append((event[2], event[3])))
    with lived.reading() as now:
        assert [one.no for one in now.records_of(SPACE, "p:bob")] == [2, 5, 7, 9]
        statement, values = said[-1]
        plan = [row[3] for row in now.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert any("payloads_person" in step and step.startswith("SEARCH") for step in plan), plan


def test_an_act_without_its_person_is_found(lived: Ledger) -> None:
    assert find_orphans(lived, SPACE) == []
    with lived.writing() as connection:
        connection.execute(persons.delete().where(persons.c.pid == "p:bob"))
    assert find_orphans(lived, SPACE) == ["p:bob"]


def test_rows_about_persons_are_moved_whole(lived: Ledger) -> None:
    Grants(lived).add(SPACE, [Granted(SLUG, "jkt", "p:ana", key(1).kid, 5)])
    with lived.writing() as connection:
        People(lived).keep_contact(connection, SPACE, "p:ana", b"sealed")
    with lived.reading() as now:
        lines = list(people_lines(now.connection, SPACE))
    assert len(lines) == 2 + 2 + 2 + 1 + 1
    for _ in range(2):
        restore_people(lived, "ailleurs", [dict(line) for line in lines])
    with lived.reading() as now:
        assert list(people_lines(now.connection, "ailleurs")) == lines
