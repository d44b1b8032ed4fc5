"""The tables of the clerks' office keep their promises on every database."""

import threading

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from civic.journal import OPERATOR, Said, check_journal
from civic.moderation import Hidden
from civic.official import Answer
from civic.refusals import Refused
from sync_server.keys import signing_key
from sync_server.storage import Ledger
from sync_server.storage.answering import Answering, Page
from sync_server.storage.clerks import NOTHING, Clerk, Clerks, Passkey, Role
from sync_server.storage.derived import rebuild_derived
from sync_server.storage.hiding import Hiding, Place
from sync_server.storage.journal import Journal
from sync_server.storage.office_doors import (
    FORGIVEN_AFTER,
    LONGEST_WAIT,
    Invitation,
    Invitations,
    Session,
    Sessions,
    Tries,
)
from sync_server.storage.people import lock_space
from sync_server.storage.tables import payloads, tombstones
from tests.civic.town import MODULES, jti, rules_of
from tests.contracts.history import SPACE, TOWN, derived, full_history, offers, rows

NOW = 1_790_000_000
OFFICE = signing_key(ec.derive_private_key(5, ec.SECP256R1()))


def clerk(name: str, mark: str = "") -> Clerk:
    return Clerk(name, mark or name, b"e", name, "hash", NOTHING, 0, b"k", "kid", NOW)


def test_the_wait_doubles_up_to_a_quarter_of_an_hour_and_one_right_secret_ends_it(ledger: Ledger) -> None:
    tries, now, waits = Tries(ledger), NOW, []
    assert [tries.take("m", now) for _ in range(5)] == [0] * 5
    for _ in range(9):
        waits.append(tries.take("m", now))
        now += waits[-1]
        assert tries.take("m", now) == 0
    assert waits[:4] == [15, 30, 60, 120]
    assert waits[-1] == LONGEST_WAIT
    assert tries.take("other", now) == 0
    tries.forgive("m")
    assert tries.take("m", now) == 0


def test_of_many_tries_at_once_no_more_than_five_are_looked_at(ledger: Ledger) -> None:
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(Tries(ledger).take("m", NOW))) for _ in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(answers) == [0] * 5 + [15] * 7


def test_an_invitation_a_code_and_a_step_serve_once(ledger: Ledger) -> None:
    clerks, invitations = Clerks(ledger), Invitations(ledger)
    with ledger.writing() as connection:
        invitations.put(connection, Invitation(SPACE, "i", "mark", "", "owner", b"e", "", "", NOW, NOW + 10))
        clerks.add(connection, clerk("ana"))
        clerks.put_codes(connection, "ana", ["one", "two"])
    assert invitations.find("mark", NOW + 11) is None
    assert invitations.find("mark", NOW + 10) is not None
    with ledger.writing() as connection:
        assert [invitations.use(connection, SPACE, "i") for _ in range(2)] == [True, False]
    assert [clerks.use_code("ana", "one") for _ in range(2)] == [True, False]
    assert [clerks.take_step("ana", step) for step in (7, 7, 6, 8)] == [True, False, False, True]


def test_one_mailbox_is_one_clerk_and_who_has_left_makes_room(ledger: Ledger) -> None:
    clerks = Clerks(ledger)
    with ledger.writing() as connection:
        clerks.add(connection, clerk("ana", "mailbox"))
        clerks.give(connection, Role(SPACE, "ana", "", "owner", NOW))
    with pytest.raises(Exception, match=r"(?i)unique"), ledger.writing() as connection:
        clerks.add(connection, clerk("other", "mailbox"))
    with ledger.writing() as connection:
        assert clerks.take(connection, SPACE, "ana")
        clerks.add(connection, clerk("again", "mailbox"))
    gone = clerks.find("ana")
    assert gone is not None
    assert (gone.name, gone.mark, gone.password, gone.key) == ("ana", "", "", NOTHING)


def test_a_clerk_keeps_what_they_sign_in_with_while_one_town_is_left(ledger: Ledger) -> None:
    clerks, sessions = Clerks(ledger), Sessions(ledger)
    with ledger.writing() as connection:
        clerks.add(connection, clerk("ana"))
        for space in (SPACE, "ailleurs"):
            clerks.give(connection, Role(space, "ana", "", "owner", NOW))
        clerks.add_passkey(connection, Passkey("c", "ana", b"p", 0, "Firefox", NOW))
    sessions.open(Session("s", "ana", "full", "", NOW, NOW, NOW, NOW + 99))
    with ledger.writing() as connection:
        clerks.take(connection, SPACE, "ana")
    assert sessions.find("s") is not None
    assert len(clerks.passkeys("ana")) == 1
    with ledger.writing() as connection:
        clerks.take(connection, "ailleurs", "ana")
    assert sessions.find("s") is None
    assert clerks.passkeys("ana") == []


def test_what_is_over_is_forgotten(ledger: Ledger) -> None:
    sessions = Sessions(ledger)
    for mark, seen, expires in (("late", NOW, NOW - 1), ("idle", NOW - 100, NOW + 9), ("here", NOW, NOW + 9)):
        sessions.open(Session(mark, "ana", "full", "", NOW, seen, NOW, expires))
    Tries(ledger).take("m", NOW - FORGIVEN_AFTER - 1)
    sessions.forget(NOW, 50)
    assert [one.mark for one in sessions.of("ana")] == ["here"]
    assert [Tries(ledger).take("m", NOW) for _ in range(5)] == [0] * 5


def test_lines_that_are_written_at_once_are_one_journal(ledger: Ledger) -> None:
    journal = Journal(ledger)

    def write() -> None:
        with ledger.writing() as connection:
            journal.write(connection, SPACE, Said(OPERATOR, "invite", {}, NOW), OFFICE)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(journal.lines(SPACE)) == 6
    assert check_journal(SPACE, journal.lines(SPACE), OFFICE.kid) == []


def test_a_line_and_what_it_says_are_there_together_or_not_at_all(ledger: Ledger) -> None:
    journal = Journal(ledger)

    def fail() -> None:
        with ledger.writing() as connection:
            journal.write(connection, SPACE, Said(OPERATOR, "invite", {}, NOW), OFFICE)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert journal.lines(SPACE) == []


def test_erasing_one_slot_leaves_every_other_word_and_replays(ledger: Ledger) -> None:
    hiding = Hiding(ledger)
    ledger.append(SPACE, offers(*full_history()))
    before = derived(ledger)
    place = Place(SPACE, TOWN.slug, f"proposal:{jti(5)}")
    hiding.prepare_erasing(SPACE)
    with ledger.writing() as connection:
        lock_space(ledger, connection, SPACE)
        hiding.hide(connection, place, Hidden("attack", ""), NOW)
        assert hiding.erase(connection, place, NOW) == 2
    assert [row[1] for row in rows(ledger, tombstones)] == [1, 10]
    assert len(rows(ledger, payloads)) == len(full_history()) - 2
    after = derived(ledger)
    assert after["totals"] == before["totals"]
    assert after["participation"] == before["participation"]
    shown = {one.slot: one for one in hiding.newest(SPACE, None, 2**40, 99)}
    assert (shown[place.slot].envelope, shown[place.slot].withdrawn) == (None, True)
    rebuild_derived(ledger, SPACE, rules_of(TOWN), MODULES)
    assert derived(ledger) == after
    with ledger.writing() as connection:
        assert hiding.erase(connection, place, NOW) == 0


def test_the_newest_words_come_page_by_page_and_only_of_what_one_may_see(ledger: Ledger) -> None:
    hiding = Hiding(ledger)
    ledger.append(SPACE, offers(*full_history()))
    numbers = [one.first_no for one in hiding.newest(SPACE, None, 2**40, 99)]
    assert numbers == sorted(numbers, reverse=True)
    first = hiding.newest(SPACE, frozenset({TOWN.slug}), 2**40, 2)
    rest = hiding.newest(SPACE, frozenset({TOWN.slug}), first[-1].first_no, 99)
    assert [one.first_no for one in (*first, *rest)] == numbers
    assert hiding.newest(SPACE, frozenset({"ailleurs"}), 2**40, 99) == []
    assert hiding.newest(SPACE, frozenset(), 2**40, 99) == []


def test_answers_stay_in_order_and_items_are_found_by_number_and_status(ledger: Ledger) -> None:
    answering = Answering(ledger)
    ledger.append(SPACE, offers(*full_history()))
    everything = answering.newest(SPACE, None, Page(["proposal"], None, 2**40, 99))
    numbers = {one.number: one for one in everything}
    assert sorted(numbers) == list(range(1, len(everything) + 1))
    assert all(answering.numbered(SPACE, TOWN.slug, "proposal", n) == one for n, one in numbers.items())
    assert answering.numbered(SPACE, TOWN.slug, "proposal", len(numbers) + 1) is None
    first = numbers[1]
    said = Answer(first.id, "study", {"fr": "Merci."}, "Claire Morel", NOW)
    rebuilds = ledger.positions()[SPACE].rebuilds
    with ledger.writing() as connection:
        lock_space(ledger, connection, SPACE)
        assert answering.add(connection, SPACE, TOWN.slug, said, "claire")
        assert not answering.add(connection, SPACE, TOWN.slug, said._replace(at=NOW + 5), "claire")
        assert answering.add(connection, SPACE, TOWN.slug, said._replace(status="done", at=NOW + 9), "claire")
        with pytest.raises(Refused):
            answering.add(connection, SPACE, TOWN.slug, said._replace(status="merged", into=first.id), "claire")
    assert [one.status for one in answering.history(SPACE, TOWN.slug, first.id)] == ["study", "done"]
    assert ledger.positions()[SPACE].rebuilds == rebuilds + 2
    assert answering.find(SPACE, first.shown.first_no) == first._replace(status="done")
    for status in ("done", "", "study"):
        found = answering.newest(SPACE, None, Page(["proposal"], status, 2**40, 99))
        assert [one.number for one in found] == {
            "done": [1],
            "": sorted(numbers, reverse=True)[:-1],
            "study": [],
        }[status]
    assert answering.newest(SPACE, frozenset({"ailleurs"}), Page(["proposal"], None, 2**40, 99)) == []
    assert answering.name_of(SPACE, "claire") == "Claire Morel"
    assert answering.name_of(SPACE, "paul") == ""
