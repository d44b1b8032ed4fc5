"""What a witness has signed is durable, and two answers about one log never cross — on every database."""

import threading

import pytest

from sync_server.storage import Ledger, WitnessedLogs


def test_the_newest_stays_and_each_log_has_its_own(ledger: Ledger) -> None:
    stored = WitnessedLogs(ledger)
    assert stored.newest("a") is None
    assert stored.advance("a", lambda old: f"{old} one") == "None one"
    assert stored.advance("a", lambda old: f"{old} two") == "None one two"
    assert (WitnessedLogs(ledger).newest("a"), stored.newest("b")) == ("None one two", None)


def test_a_refusal_changes_nothing(ledger: Ledger) -> None:
    stored = WitnessedLogs(ledger)
    stored.advance("a", lambda _: "one")

    def refuse(_: str | None) -> str:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        stored.advance("a", refuse)
    assert stored.newest("a") == "one"


def test_nobody_puts_anything_in_between(ledger: Ledger) -> None:
    stored = WitnessedLogs(ledger)
    threads = [
        threading.Thread(target=stored.advance, args=("a", lambda old: str(int(old or 0) + 1))) for _ in range(12)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert stored.newest("a") == "12"
