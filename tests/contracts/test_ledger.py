"""What every database must keep to: append only, no gaps, no act twice, heads and counters as the rules say."""

import dataclasses
import random

import pytest

from civic.receipt import commitment
from civic.refusals import Code
from civic.replay import replay
from civic.slots import BEHIND
from site_builder.verify.standing import Recount
from sync_server.storage import Ledger, Offer, Outcome, Participation, open_ledger, rebuild_derived
from sync_server.storage.tables import records
from tests.civic.town import MODULES, OPENS, Citizen, act_of, consultation, jti, rules_of
from tests.contracts.history import (
    ANA,
    BOB,
    EVE,
    SPACE,
    TOWN,
    derived,
    everything,
    full_history,
    offer,
    offers,
    rows,
    statuses,
    stored,
)

COSIGNED = """
modules = ["ideas"]
counts = "open"
[[phase]]
id = "vote"
starts_at = 2026-03-01T00:00:00Z
ends_at = 2026-03-31T00:00:00Z
open = ["proposal", "vote", "cosign"]
"""


def test_numbers_begin_at_one_and_have_no_gaps(ledger: Ledger) -> None:
    statuses(ledger, ANA.propose(5), BOB.vote(5))
    statuses(ledger, EVE.vote(404), EVE.vote(5))  # the first is refused and takes no number
    assert [row[1] for row in rows(ledger, records)] == [1, 2, 3]
    assert ledger.positions()[SPACE].last_no == 3


def test_each_space_has_its_own_numbers(ledger: Ledger) -> None:
    for space in ("valbrume", "elsewhere", "valbrume"):
        ledger.append(space, [offer(ANA.propose(5 + len(rows(ledger, records))))])
    assert [row[:2] for row in rows(ledger, records)] == [("elsewhere", 1), ("valbrume", 1), ("valbrume", 2)]


def test_old_records_are_a_prefix_of_the_new(ledger: Ledger) -> None:
    before = stored(ledger)
    for text in full_history():
        ledger.append(SPACE, [offer(text)])
        after = stored(ledger)
        for name, old in before.items():
            assert after[name][: len(old)] == old
        before = after


def test_an_act_sent_again_is_a_duplicate_with_its_first_number(ledger: Ledger) -> None:
    first = ledger.append(SPACE, offers(*full_history()))
    before = everything(ledger)
    again = ledger.append(SPACE, offers(*full_history()))
    assert {one.status for one in again} == {"duplicate"}
    assert [one.item for one in again] == [one.item for one in first]
    assert everything(ledger) == before


def test_an_act_twice_in_one_request_is_stored_once(ledger: Ledger) -> None:
    text = ANA.propose(5)
    one, two = ledger.append(SPACE, offers(text, text))
    assert (one.status, two.status) == ("accepted", "duplicate")
    assert one.item == two.item
    assert len(rows(ledger, records)) == 1


def test_an_act_may_come_after_what_it_needs_in_the_same_request_but_not_before(ledger: Ledger) -> None:
    assert statuses(ledger, BOB.vote(5), ANA.propose(5), EVE.vote(5)) == ["unknown_target", "accepted", "accepted"]


def test_the_greatest_revision_counts_whatever_the_order_of_arrival(ledger: Ledger) -> None:
    found = statuses(ledger, ANA.propose(5), BOB.vote(5, "for", rev=2), BOB.vote(5, "against", rev=1))
    assert found == ["accepted", "accepted", "superseded"]
    with ledger.reading() as now:
        assert {(one.choice, one.n) for one in now.totals(SPACE, TOWN.slug)} == {("for", 1)}


def test_an_outcome_names_the_head_of_the_slot(ledger: Ledger) -> None:
    newer, older = BOB.vote(5, rev=2), BOB.vote(5, "against")
    _, first, second = ledger.append(SPACE, offers(ANA.propose(5), newer, older))
    assert first.head == second.head == (2, act_of(newer, TOWN).envelope.id)


@pytest.mark.parametrize(
    ("before", "text", "code"),
    [
        ([], BOB.vote(5), Code.UNKNOWN_TARGET),
        ([], BOB.withdraw(f"proposal:{jti(5)}"), Code.UNKNOWN_TARGET),
        ([ANA.propose(5), ANA.withdraw(f"proposal:{jti(5)}")], BOB.vote(5), Code.WITHDRAWN_TARGET),
        ([ANA.propose(5)], BOB.propose(5, rev=2), Code.NOT_AUTHOR),
    ],
)
def test_what_the_ledger_refuses_is_not_stored(ledger: Ledger, before: list[str], text: str, code: Code) -> None:
    statuses(ledger, *before)
    state = stored(ledger)
    assert ledger.append(SPACE, [offer(text)]) == [Outcome("refused", None, None, code)]
    assert stored(ledger) == state


def test_the_limit_per_person_counts_inside_a_request_and_withdrawn_slots(ledger: Ledger) -> None:
    limited = consultation()  # three proposals a person

    def propose(number: int) -> str:
        author = dataclasses.replace(ANA, consultation=limited)
        act = act_of(author.propose(number, category="sport"), limited, OPENS + 5)
        return ledger.append(SPACE, [offer(ANA.propose(99))._replace(act=act)])[0].status

    assert [propose(number) for number in (1, 2, 3, 4)] == ["accepted"] * 3 + ["refused"]


def test_heads_and_totals_are_those_of_a_replay(ledger: Ledger) -> None:
    ledger.append(SPACE, offers(*full_history()))
    with ledger.reading() as now:
        numbered = [(one.no, act_of(one.envelope or "", TOWN, one.rx)) for one in now.records_after(SPACE, 0, 100)]
        kept = {(TOWN.slug, one.head.slot, one.head.voter): one.head for one in now.changes_after(SPACE, 0, 100).heads}
        counted = {(TOWN.slug, (one.item, one.choice)): one.n for one in now.totals(SPACE, TOWN.slug)}
    standing = replay(numbered)
    assert kept == standing.heads
    assert counted == dict(standing.totals)


def test_participation_counts_ballots_and_the_persons_behind_them(ledger: Ledger) -> None:
    statuses(ledger, ANA.propose(5), ANA.propose(6), ANA.vote(5), ANA.vote(6), BOB.vote(5))
    with ledger.reading() as now:
        assert now.participation(SPACE, TOWN.slug) == Participation(3, 2, 0)
    statuses(ledger, ANA.withdraw(f"vote:{jti(5)}"), ANA.vote(6, "against", rev=2), BOB.withdraw(f"vote:{jti(5)}"))
    with ledger.reading() as now:
        assert now.participation(SPACE, TOWN.slug) == Participation(1, 1, 0)


def test_a_co_signature_is_counted_and_is_nobodys_ballot(ledger: Ledger) -> None:
    town = consultation(COSIGNED)
    ana, bob = Citizen(1, town), Citizen(2, town)
    slot, body = f"cosign:{jti(5)}", {"choice": BEHIND}
    said = [
        ana.propose(5),
        ana.vote(5),
        bob.seal(bob.payload("cosign", slot, body, jti=jti(77))),
        ana.seal(ana.payload("cosign", slot, body, jti=jti(78))),
        ana.withdraw(slot),
    ]
    acts = [act_of(text, town) for text in said]
    ledger.append(
        SPACE, [Offer(act, b"s" * 32, commitment(b"s" * 32, text)) for act, text in zip(acts, said, strict=True)]
    )
    kept = derived(ledger)
    with ledger.reading() as now:
        counters = [(one.choice, one.n) for one in now.totals(SPACE, town.slug) if one.n]
        assert (counters, now.participation(SPACE, town.slug)) == ([(BEHIND, 1), ("for", 1)], Participation(1, 1, 0))
    rebuild_derived(ledger, SPACE, rules_of(town), MODULES)
    assert derived(ledger) == kept
    recount = Recount(town, MODULES, is_patient=False)
    for no, act in enumerate(acts, 1):
        recount.take(act, no)
    assert {name: recount.results()[name] for name in ("ballots", "voters")} == {"ballots": 1, "voters": 1}
    assert [one["cosigners"] for one in recount.documents()["proposals"]] == [1]


def test_unsigned_ballots_are_counted_apart(ledger: Ledger) -> None:
    ledger.append(SPACE, offers(ANA.propose(5), BOB.vote(5)))
    form = act_of(EVE.vote(5), TOWN).envelope.voter
    ledger.append(SPACE, [offer(EVE.vote(5), form_key=form)])
    with ledger.reading() as now:
        assert now.participation(SPACE, TOWN.slug) == Participation(2, 2, 1)


@pytest.mark.parametrize("seed", range(3))
def test_derived_tables_made_again_are_the_same_to_the_last_row(ledger: Ledger, seed: int) -> None:
    texts = [*full_history(), EVE.propose(7), EVE.vote(7), ANA.vote(7, "blank")]
    random.Random(seed).shuffle(texts)
    for start in range(0, len(texts), 4):
        ledger.append(SPACE, [offer(text, OPENS + 100 - start) for text in texts[start : start + 4]])
    before = derived(ledger)
    assert rebuild_derived(ledger, SPACE, rules_of(TOWN), MODULES) == len(rows(ledger, records))
    assert derived(ledger) == before


def test_a_limit_lowered_since_does_not_hinder_a_replay(ledger: Ledger) -> None:
    statuses(ledger, *(ANA.propose(number) for number in range(5)))
    before = derived(ledger)
    rebuild_derived(ledger, SPACE, rules_of(dataclasses.replace(TOWN, limits={"proposal": 1})), MODULES)
    assert derived(ledger) == before


def test_what_is_appended_is_there_after_closing_and_opening_again(ledger: Ledger, database_url: str) -> None:
    ledger.append(SPACE, offers(*full_history()))
    again = open_ledger(database_url)
    assert everything(again) == everything(ledger)
    again.close()
