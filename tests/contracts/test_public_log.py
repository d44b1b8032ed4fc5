"""The public log's tables: complete, in order, each thing once, never changed — on every database."""

import threading

import pytest

from civic.log.entries import Closed, Committed, Declared, Erased, parse_entry
from sync_server.storage import Ledger, LedgerUnavailable, Manifest, PublicLog
from sync_server.storage import log as module
from sync_server.storage.tables import log_entries, records
from tests.contracts.history import ANA, BOB, SPACE, TOWN, full_history, offers, rows

RULES = Manifest(TOWN.slug, TOWN.mh, 1, TOWN.manifest)
OLDER = Manifest(TOWN.slug, "A" * 43, 0, b"{}")


@pytest.fixture
def public_log(ledger: Ledger) -> PublicLog:
    return PublicLog(ledger)


def logged(public_log: PublicLog) -> list[object]:
    return [parse_entry(one) for one in public_log.entries(SPACE, 0, 10_000)]


def test_rules_come_before_acts_and_acts_in_the_order_of_their_numbers(ledger: Ledger, public_log: PublicLog) -> None:
    ledger.append(SPACE, offers(*full_history()))
    ledger.register_manifests(SPACE, [RULES, OLDER])
    assert not public_log.append_due(SPACE)
    expected = [Committed("env", row[2], row[6]) for row in rows(ledger, records)]
    assert logged(public_log) == [Declared(TOWN.slug, "A" * 43), Declared(TOWN.slug, TOWN.mh), *expected]
    assert public_log.size(SPACE) == len(expected) + 2


def test_what_is_in_the_log_is_not_logged_again_and_never_moves(ledger: Ledger, public_log: PublicLog) -> None:
    history = full_history()
    before: list[tuple[object, ...]] = []
    for start in range(0, len(history), 4):
        ledger.append(SPACE, offers(*history[start : start + 4]))
        for _ in range(2):
            public_log.append_due(SPACE)
        now = rows(ledger, log_entries)
        assert now[: len(before)] == before
        before = now
    assert [row[2] for row in before] == list(range(1, len(history) + 1))
    assert [row[1] for row in before] == list(range(len(history)))


def test_a_long_backlog_is_logged_in_short_transactions(ledger: Ledger, public_log: PublicLog, monkeypatch) -> None:
    monkeypatch.setattr(module, "WINDOW", 5)
    ledger.append(SPACE, offers(*full_history()))
    rounds = 1
    while public_log.append_due(SPACE):
        rounds += 1
    assert (rounds, public_log.size(SPACE)) == (3, 14)


def test_a_result_or_an_erasure_is_logged_once(public_log: PublicLog) -> None:
    closed, erased = Closed(TOWN.slug, 3, 0, 0, "B" * 42 + "A"), Erased(2, "request")
    public_log.append(SPACE, [(0, closed), (0, erased), (0, closed)])
    public_log.append(SPACE, [(0, erased), (0, closed)])
    assert logged(public_log) == [closed, erased]


def test_an_erasure_is_logged_after_the_line_that_it_empties(ledger: Ledger, public_log: PublicLog) -> None:
    ledger.append(SPACE, offers(ANA.propose(5), BOB.propose(6), ANA.vote(5)))
    with ledger.writing() as connection:
        public_log.note_erased(connection, SPACE, [2], "request")
    entries = logged(public_log)
    assert [type(one) for one in entries] == [Committed, Committed, Committed, Erased]
    assert entries[3] == Erased(1, "request")


def test_several_workers_at_once_log_everything_once(ledger: Ledger, public_log: PublicLog) -> None:
    ledger.append(SPACE, offers(*full_history()))

    def work() -> None:
        for _ in range(5):
            try:
                public_log.append_due(SPACE)
            except LedgerUnavailable:  # somebody else was quicker
                continue

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [row[2] for row in rows(ledger, log_entries)] == list(range(1, 15))


def test_logs_of_two_towns_do_not_mix(ledger: Ledger, public_log: PublicLog) -> None:
    ledger.append(SPACE, offers(ANA.propose(5)))
    ledger.register_manifests("aubeterre", [RULES])
    for space in (SPACE, "aubeterre"):
        public_log.append_due(space)
    assert (public_log.size(SPACE), public_log.size("aubeterre")) == (1, 1)


def test_checkpoints_are_kept_in_the_order_of_their_sizes(public_log: PublicLog) -> None:
    for size in (5, 0, 12):
        public_log.keep_checkpoint(SPACE, size, f"at {size}")
    assert public_log.newest_checkpoint(SPACE) == "at 12"
    assert public_log.checkpoints_after(SPACE, -1) == [(0, "at 0"), (5, "at 5"), (12, "at 12")]
    assert public_log.checkpoints_after(SPACE, 5) == [(12, "at 12")]
    assert public_log.newest_checkpoint("nowhere") is None


def test_a_log_that_was_carried_away_is_put_back_as_it_was(ledger: Ledger, public_log: PublicLog) -> None:
    ledger.append(SPACE, offers(*full_history()))
    ledger.register_manifests(SPACE, [RULES])
    public_log.append_due(SPACE)
    lines = public_log.rows_after(SPACE, 0, 100)
    public_log.restore("aubeterre", lines[:6])
    public_log.restore("aubeterre", lines[4:])
    assert public_log.rows_after("aubeterre", 0, 100) == lines
    with pytest.raises(ValueError, match="missing"):
        public_log.restore("ailleurs", lines[1:])
