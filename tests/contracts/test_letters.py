"""Private letters and the talks they make, on every database."""

import pytest

from civic.consultation import FOREVER
from civic.content import parse_content
from civic.phases import moment_at
from civic.receipt import commitment
from sync_server.letter_ending import MONTH, LetterEnding
from sync_server.storage import Ledger, Offer
from sync_server.storage.derived import rebuild_derived
from sync_server.storage.letter_tables import letter_answers, letter_keys, letter_talks
from sync_server.storage.letters import Answer, Key, Letters, Place, Talk, forget_talks
from sync_server.storage.log import PublicLog
from sync_server.storage.moving import people_lines, restore_people
from sync_server.storage.people import lock_space
from sync_server.storage.tables import payloads, tombstones
from tests.civic.test_sealed_letter import KNOWN, declared
from tests.civic.town import MODULES, OPENS, SPACE_TOML, TEXTS, Citizen, act_of, jti, rules_of
from tests.contracts.history import SPACE, derived, rows
from tests.office.writers import RULES as BOX
from tests.worker.test_fold import loaded

RULES = declared()
ANA, BOB = Citizen(1, RULES), Citizen(2, RULES)
KINDS = ("missive",)
HOME = f"consultations/{RULES.slug}"
TOML = {"space.toml": SPACE_TOML, f"{HOME}/consultation.toml": BOX.replace("POINT", KNOWN["town"]["point"])}
FILES = {path: text.encode() for path, text in TOML.items()} | {f"{HOME}/{one}.md": TEXTS[one] for one in TEXTS}
PLACE = Place(SPACE, RULES.slug, jti(5))
TALKS = (letter_keys, letter_talks, letter_answers)


def send(ledger: Ledger, who: Citizen, number: int, thread: int = 0, rx: int = OPENS + 100) -> None:
    body = KNOWN["letters"][0]["body"] | {"thread": jti(thread) if thread else None}
    text = who.seal(who.payload("missive", f"missive:{jti(number)}", body))
    (outcome,) = ledger.append(SPACE, [Offer(act_of(text, RULES, rx), b"s" * 32, commitment(b"s" * 32, text))])
    assert outcome.status == "accepted", outcome


def talks(ledger: Ledger) -> dict[str, Talk]:
    return {one.thread: one for one in Letters(ledger).talks(SPACE, RULES.slug, KINDS)}


def reply(ledger: Ledger, at: int) -> int:
    stored = Letters(ledger)
    with ledger.writing() as connection:
        lock_space(ledger, connection, SPACE)
        n = stored.next_number(connection, PLACE)
        stored.answer(connection, PLACE, Answer(n, b"sealed", b"copy", "lea", at))
    return n


def test_a_talk_is_new_until_it_is_seen_then_open_answered_closed_and_new_again(ledger: Ledger) -> None:
    stored = Letters(ledger)
    send(ledger, ANA, 5)
    send(ledger, BOB, 6)
    send(ledger, BOB, 7, thread=5)  # somebody else's talk: it is in none
    assert [(one, len(talk.letters)) for one, talk in talks(ledger).items()] == [(jti(5), 1), (jti(6), 1)]
    assert talks(ledger)[jti(5)].status == "new"
    with ledger.writing() as connection:
        stored.see(connection, PLACE, talks(ledger)[jti(5)].letters[-1].no, OPENS + 200)
    assert talks(ledger)[jti(5)].status == "open"
    assert [reply(ledger, OPENS + 300), reply(ledger, OPENS + 301)] == [1, 2]
    assert talks(ledger)[jti(5)].status == "answered"
    with ledger.writing() as connection:
        stored.close(connection, PLACE, 1, OPENS + 400)
    assert (talks(ledger)[jti(5)].status, talks(ledger)[jti(5)].moved_at) == ("closed", OPENS + 400)
    send(ledger, ANA, 8, thread=5, rx=OPENS + 500)
    assert talks(ledger)[jti(5)].status == "new"
    assert [talk.status for talk in talks(ledger).values()] == ["new", "new"]
    slots = [f"missive:{jti(one)}" for one in (5, 6, 99)]
    assert set(stored.owners(SPACE, RULES.slug, slots)) == set(slots[:2])
    assert stored.talks(SPACE, "ailleurs", KINDS) == stored.talks("ailleurs", RULES.slug, KINDS) == []


def test_letters_are_never_counted_and_are_made_again_from_the_records(ledger: Ledger) -> None:
    send(ledger, ANA, 5)
    send(ledger, ANA, 6, thread=5)
    before = derived(ledger)
    with ledger.reading() as now:
        assert now.participation(SPACE, RULES.slug).voters == 0
    rebuild_derived(ledger, SPACE, rules_of(RULES), MODULES)
    assert derived(ledger) == before


@pytest.mark.parametrize("at", [OPENS + 200, FOREVER + 1])
def test_a_snapshot_has_nothing_of_a_letter_now_nor_when_everything_is_over(ledger: Ledger, at: int) -> None:
    send(ledger, ANA, 5)
    fold, _ = loaded(ledger, RULES, moment_at(RULES, at))
    with ledger.reading() as now:
        tables = fold.tables(now.lines(SPACE, RULES.slug, fold.counted_kinds))
        moved = now.changes_after(SPACE, 0, 100).heads
    assert sorted(tables) == ["consultation", "rows"]
    assert tables["rows"] == []
    assert tables["consultation"][0]["seq"] == 0
    assert [one.kind for one in moved if one.kind in (*fold.shown_kinds, *fold.counted_kinds)] == []


def test_a_talk_in_which_nobody_moves_is_erased_after_the_term_and_no_sooner(ledger: Ledger) -> None:
    send(ledger, ANA, 5)
    send(ledger, ANA, 6, thread=5)
    send(ledger, BOB, 7, rx=OPENS + MONTH)
    reply(ledger, OPENS + 300)
    content = parse_content(FILES, MODULES)
    ending = LetterEnding(ledger, lambda: MODULES, 24)
    assert ending.step(content, OPENS + 299 + 24 * MONTH) == 0
    assert LetterEnding(ledger, lambda: MODULES, 0).step(content, OPENS + 99 * MONTH) == 0
    assert ending.step(content, OPENS + 300 + 24 * MONTH) == 2
    assert ending.step(content, OPENS + 300 + 24 * MONTH) == 0
    assert len(rows(ledger, payloads)) == 1
    assert rows(ledger, letter_answers) == []
    assert {row[8] for row in rows(ledger, tombstones)} == {"retention"}
    assert [b'"r":"retention"' in one for one in PublicLog(ledger).other_entries(SPACE)] == [True, True]


def test_keys_and_talks_move_to_another_house_and_are_forgotten_by_their_place(ledger: Ledger) -> None:
    Letters(ledger).put_key(SPACE, Key("kid", "point", b"sealed", OPENS))
    Letters(ledger).put_key(SPACE, Key("newer", "point", b"sealed", OPENS + 1))
    assert [one.kid for one in Letters(ledger).keys(SPACE)] == ["newer", "kid"]
    send(ledger, ANA, 5)
    reply(ledger, OPENS + 300)
    with ledger.writing() as connection:
        Letters(ledger).see(connection, PLACE, 1, OPENS + 200)
    before = {table.name: rows(ledger, table) for table in TALKS}
    with ledger.reading() as now:
        lines = list(people_lines(now.connection, SPACE))
    with ledger.writing() as connection:
        for table in TALKS:
            connection.execute(table.delete())
    restore_people(ledger, SPACE, lines)
    assert {table.name: rows(ledger, table) for table in TALKS} == before
    with ledger.writing() as connection:
        forget_talks(connection, SPACE, [(RULES.slug, f"missive:{jti(6)}")])
    assert len(rows(ledger, letter_answers)) == 1
    with ledger.writing() as connection:
        forget_talks(connection, SPACE, [(RULES.slug, f"missive:{jti(5)}")])
    assert rows(ledger, letter_answers) == rows(ledger, letter_talks) == []
