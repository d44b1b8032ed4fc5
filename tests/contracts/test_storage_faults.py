"""Each storage failure twice: failed and not stored, failed but stored. What is said must be true in both."""

import pytest

from sync_server.storage import Ledger, LedgerUnavailable, LedgerUnknown
from sync_server.storage.many_rows import Writer
from tests.contracts.history import ANA, BOB, SPACE, everything, offers, statuses


class Fault(Exception):
    """Nobody expects it."""


def fail_commits(ledger: Ledger, monkeypatch: pytest.MonkeyPatch, *, is_stored: bool) -> None:
    dialect = ledger.engine.dialect
    commit = dialect.do_commit

    def do_commit(connection) -> None:
        if is_stored:
            commit(connection)
        raise ledger._driver_error("the line went dead")

    monkeypatch.setattr(dialect, "do_commit", do_commit)


@pytest.mark.parametrize("is_stored", [False, True])
def test_a_commit_that_fails_is_unknown_and_sending_again_finds_out(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, is_stored: bool
) -> None:
    statuses(ledger, ANA.propose(5))
    before = everything(ledger)
    with monkeypatch.context() as patch:
        fail_commits(ledger, patch, is_stored=is_stored)
        with pytest.raises(LedgerUnknown):
            ledger.append(SPACE, offers(BOB.vote(5)))
    assert (everything(ledger) != before) is is_stored
    assert statuses(ledger, BOB.vote(5)) == ["duplicate" if is_stored else "accepted"]
    with ledger.reading() as now:
        assert [one.n for one in now.totals(SPACE, "filature")] == [1]
        assert now.last_no(SPACE) == 2


@pytest.mark.parametrize("table", ["records", "payloads", "heads", "voters", "totals", "participation"])
@pytest.mark.parametrize("is_done", [False, True])
def test_a_write_that_fails_stores_nothing_at_all(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, table: str, is_done: bool
) -> None:
    statuses(ledger, ANA.propose(5))
    before = everything(ledger)
    writer: Writer = getattr(ledger.statements, table)
    write = Writer.write

    def failing(self, cursor, rows) -> None:
        if is_done or self is not writer:
            write(self, cursor, rows)
        if self is writer:
            raise ledger._driver_error("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "write", failing)
        with pytest.raises(LedgerUnavailable):
            ledger.append(SPACE, offers(BOB.vote(5), BOB.comment(9, 5)))
    assert everything(ledger) == before
    assert statuses(ledger, BOB.vote(5), BOB.comment(9, 5)) == ["accepted", "accepted"]


def test_a_fault_of_ours_stores_nothing_either(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(ledger)

    def failing(self, cursor, rows) -> None:
        raise Fault

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "write", failing)
        with pytest.raises(Fault):
            ledger.append(SPACE, offers(ANA.propose(5)))
    assert everything(ledger) == before
    assert statuses(ledger, ANA.propose(5)) == ["accepted"]
