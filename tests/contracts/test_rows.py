"""The ballots that are published: which records, in what order, and what of them stays out, on every database."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from civic.moderation import Hidden
from civic.receipt import commitment
from civic.rows import Line, Row, RulesLine, Withheld, parse_line, pseudonym
from sync_server.storage import Ledger, Manifest, Offer
from sync_server.storage.hiding import Hiding, Place
from sync_server.storage.log import PublicLog
from sync_server.storage.rows import logged_records
from sync_server.storage.tables import payloads
from sync_server.worker.rows import BallotFiles, rows_of
from tests.civic.town import OPENS, Citizen, act_of, always_open, jti

RULES = always_open()
SPACE, SLUG, SALT, SECRET = RULES.space, RULES.slug, b"s" * 32, b"p" * 32
ANA, BOB = Citizen(1, RULES), Citizen(2, RULES)
EVENING = (
    ANA.propose(1),
    BOB.vote(1, "for"),
    BOB.vote(1, "against", rev=2),
    ANA.propose(1, "Un banc à l’ombre", rev=2),
    ANA.comment(60, 1),
    ANA.withdraw(f"comment:{jti(60)}"),
)


@pytest.fixture
def stored(ledger: Ledger) -> Ledger:
    ledger.register_manifests(SPACE, [Manifest(SLUG, RULES.mh, RULES.revision, RULES.manifest)])
    offers = [Offer(act_of(text, RULES, OPENS + 9), SALT, commitment(SALT, text)) for text in EVENING]
    assert {one.status for one in ledger.append(SPACE, offers)} == {"accepted"}
    log_all(ledger)
    return ledger


def log_all(ledger: Ledger) -> None:
    while PublicLog(ledger).append_due(SPACE):
        pass


def lines_of(ledger: Ledger) -> list[Line]:
    with ledger.reading() as now:
        return list(rows_of(logged_records(now, SPACE, SLUG), [], RULES, SECRET))


def erase(stored: Ledger, no: int) -> None:
    log = PublicLog(stored)
    with stored.writing() as connection:
        log.note_erased(connection, SPACE, [no], "request")
        connection.execute(sa.delete(payloads).where(payloads.c.space == SPACE, payloads.c.no == no))


def test_each_record_has_its_entry_of_the_log(stored: Ledger) -> None:
    rules, *lines = lines_of(stored)
    assert rules == RulesLine(RULES.mh, RULES.manifest)
    assert [(line.i, line.no) for line in lines if isinstance(line, Row | Withheld)] == [(n, n) for n in range(1, 7)]
    assert [line.jws for line in lines if isinstance(line, Row)] == [EVENING[at] for at in (1, 2, 3, 5)]


def test_words_that_were_replaced_or_taken_back_stay_out(stored: Ledger) -> None:
    hidden = [line for line in lines_of(stored) if isinstance(line, Withheld)]
    assert [(line.no, line.slot) for line in hidden] == [(1, f"proposal:{jti(1)}"), (5, f"comment:{jti(60)}")]


def test_what_was_erased_or_is_not_logged_yet_is_no_row(stored: Ledger) -> None:
    erase(stored, 2)
    late = Citizen(3, RULES).vote(1)
    stored.append(SPACE, [Offer(act_of(late, RULES, OPENS + 9), SALT, commitment(SALT, late))])
    assert [line.no for line in lines_of(stored) if isinstance(line, Row | Withheld)] == [1, 3, 4, 5, 6]


def test_files_follow_the_log_and_are_left_alone_otherwise(stored: Ledger, tmp_path: Path) -> None:
    files = BallotFiles(tmp_path, stored, SECRET)
    assert files.write(SPACE, {SLUG: RULES}, {})
    file = tmp_path / f"{SLUG}.rows.jsonl"
    before = file.stat().st_mtime_ns
    assert [parse_line(line) for line in file.read_bytes().splitlines()] == lines_of(stored)
    assert not files.write(SPACE, {SLUG: RULES}, {})
    assert not BallotFiles(tmp_path, stored, SECRET).write(SPACE, {SLUG: RULES}, {})
    assert file.stat().st_mtime_ns == before
    erase(stored, 2)
    assert files.write(SPACE, {SLUG: RULES}, {})
    assert b'"no":2,' not in file.read_bytes()
    assert files.write(SPACE, {}, {})
    assert not file.exists()


def test_in_named_mode_a_person_has_a_name_that_holds_here_only(stored: Ledger) -> None:
    named = always_open()
    object.__setattr__(named, "mode", "named")
    with stored.reading() as now:
        rows = [one for one in rows_of(logged_records(now, SPACE, SLUG), [], named, SECRET) if isinstance(one, Row)]
    names = [row.person for row in rows]
    assert names[0] == names[1] != names[2]
    assert names[0] == pseudonym(SECRET, SLUG, act_of(EVENING[1], RULES).voter)
    assert len({pseudonym(SECRET, SLUG, "ana"), pseudonym(SECRET, "other", "ana"), pseudonym(SALT, SLUG, "ana")}) == 3


def test_what_the_town_hall_hides_stays_out_of_the_file_until_it_is_shown_again(stored: Ledger, tmp_path: Path) -> None:
    files, slot = BallotFiles(tmp_path, stored, SECRET), f"proposal:{jti(1)}"
    files.write(SPACE, {SLUG: RULES}, {})
    path = tmp_path / f"{SLUG}.rows.jsonl"
    before = path.read_bytes()
    with stored.writing() as connection:
        Hiding(stored).hide(connection, Place(SPACE, SLUG, slot), Hidden("attack", ""), OPENS + 10)
    assert files.write(SPACE, {SLUG: RULES}, {})
    lines = [parse_line(line) for line in path.read_bytes().splitlines()]
    withheld = [one for one in lines if isinstance(one, Withheld)]
    assert [(one.no, one.is_hidden) for one in withheld if one.slot == slot] == [(1, True), (4, True)]
    assert {one.no for one in lines if isinstance(one, Row)} >= {2, 3}
    with stored.writing() as connection:
        Hiding(stored).show(connection, Place(SPACE, SLUG, slot))
    assert files.write(SPACE, {SLUG: RULES}, {})
    assert path.read_bytes() == before
