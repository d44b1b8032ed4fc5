"""Questions in the snapshot: there from the beginning, counted at once or with the results, never before."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from civic.consultation import Consultation
from civic.phases import Moment
from civic.receipt import commitment
from sync_server.storage import Ledger, Offer, open_ledger
from sync_server.worker.fold import Fold
from sync_server.worker.parts import Tables, tallies_of
from tests.civic.asked import asking, ballot, slot
from tests.civic.town import OPENS, Citizen, act_of, jti
from tests.worker.test_fold import SALT, SPACE, loaded

OPEN, RESULTS = Moment("open", "vote", OPENS), Moment("results", "", OPENS)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'preau.sqlite'}")
    yield ledger
    ledger.close()


def append(ledger: Ledger, rules: Consultation, *texts: str) -> None:
    offers = [Offer(act_of(text, rules), SALT, commitment(SALT, text)) for text in texts]
    assert [one.status for one in ledger.append(SPACE, offers)] == ["accepted"] * len(texts)


def cast(ledger: Ledger, rules: Consultation) -> None:
    one, other = Citizen(1, rules), Citizen(2, rules)
    talk = {"target": slot("soir"), "reply_to": None, "text": "Tôt, merci.", "name": "", "lang": "fr"}
    append(
        ledger, rules, ballot(one, "soir", "mardi"), ballot(other, "soir"),
        ballot(one, "lieux", "gare", "quai", number=2), one.seal(one.payload("comment", f"comment:{jti(9)}", talk)),
    )  # fmt: skip


def tables(fold: Fold, ledger: Ledger, *, is_final: bool) -> Tables:
    with ledger.reading() as now:
        return fold.tables(now.lines(SPACE, "filature", fold.counted_kinds) if is_final else ())


def test_hidden_counts_are_in_no_document(ledger: Ledger) -> None:
    rules = asking("hidden")
    cast(ledger, rules)
    fold, _ = loaded(ledger, rules, OPEN)
    found = tables(fold, ledger, is_final=False)
    assert [(one["number"], one["votes"], one["ballots"], one["as_of"]) for one in found["questions"]] == [
        (1, None, None, 0), (2, None, None, 0), (3, None, None, 0),
    ]  # fmt: skip
    assert [(one["kind"], one["number"]) for one in found["rows"]] == [("comment", 2)]


def test_the_results_and_the_lines_hold_every_answer(ledger: Ledger) -> None:
    rules = asking("hidden")
    cast(ledger, rules)
    fold, _ = loaded(ledger, rules, RESULTS)
    found = tables(fold, ledger, is_final=True)
    assert [(one["votes"], one["ballots"]) for one in found["questions"]] == [
        ({}, 0), ({"mardi": 1, "blank": 1}, 2), ({"gare": 1, "quai": 1}, 1),
    ]  # fmt: skip
    lines = [(one["kind"], one["number"], one["choice"]) for one in found["rows"]]
    assert lines == [("ballot", 2, "mardi"), ("ballot", 2, "blank"), ("ballot", 3, "gare quai"), ("comment", 2, "")]
    assert found["consultation"][0]["results"]["ballots"] == 3
    assert found["consultation"][0]["results"]["voters"] == 2


def test_where_counts_are_open_a_ballot_touches_its_question_alone(ledger: Ledger) -> None:
    rules = asking("open")
    fold, position = loaded(ledger, rules, OPEN)
    cast(ledger, rules)
    with ledger.reading() as now:
        moved = now.changes_after(SPACE, position, 1000).heads
        changed = fold.apply(moved, tallies_of(now.totals(SPACE, "filature", fold.items(moved))))
    assert sorted((one["number"], one["ballots"]) for one in changed["questions"]) == [(2, 2), (3, 1)]
    full, _ = loaded(ledger, rules, OPEN)
    after = {one["id"]: one for one in tables(full, ledger, is_final=False)["questions"]}
    assert all(after[one["id"]] == one for one in changed["questions"])
