"""What the worker reads: one state at a time, changes once each, figures from kept counters."""

from civic.slots import Counted
from sync_server.storage import Asked, Built, Ledger, Manifest, Position, Works
from tests.civic.town import act_of, jti
from tests.contracts.history import ANA, BOB, EVE, SPACE, TOWN, full_history, offer, offers, statuses


def test_changes_are_each_head_once_in_the_order_of_their_records(ledger: Ledger) -> None:
    statuses(ledger, *full_history())
    with ledger.reading() as now:
        whole = now.changes_after(SPACE, 0, 1000)
        parts, no = [], 0
        while no < whole.last_no:
            some = now.changes_after(SPACE, no, 3)
            parts += some.heads
            no = some.last_no
        assert now.changes_after(SPACE, no, 3).heads == []
    assert whole.heads == parts
    assert whole.last_no == len(full_history())
    numbers = [one.head.no for one in whole.heads]
    assert numbers == sorted(set(numbers))


def test_changes_say_how_far_they_go_and_when_that_was(ledger: Ledger) -> None:
    with ledger.reading() as now:
        assert now.changes_after(SPACE, 0, 10) == (0, 0, [])
    ledger.append(SPACE, [offer(ANA.propose(5), 1772323300), offer(BOB.vote(5), 1772323377)])
    with ledger.reading() as now:
        assert now.changes_after(SPACE, 0, 10)[:2] == (2, 1772323377)
        assert now.changes_after(SPACE, 2, 10)[:2] == (2, 1772323377)


def test_a_change_carries_its_envelope_only_where_a_page_shows_it(ledger: Ledger) -> None:
    text = ANA.propose(5)
    statuses(ledger, text, BOB.vote(5))
    with ledger.reading() as now:
        proposal, vote = now.changes_after(SPACE, 0, 10).heads
    assert (proposal.envelope, proposal.is_shown, proposal.kind) == (text, True, "proposal")
    assert (vote.envelope, vote.is_shown, vote.kind) == (None, False, "vote")


def test_heads_come_in_order_of_first_arrival_with_their_newest_words(ledger: Ledger) -> None:
    newest = ANA.propose(5, "Mieux dit", rev=2)
    statuses(ledger, ANA.propose(5), BOB.propose(6), newest, BOB.withdraw(f"proposal:{jti(6)}"), EVE.comment(9, 5))
    with ledger.reading() as now:
        one, two = now.heads(SPACE, TOWN.slug, ["proposal"])
        assert [each.kind for each in now.heads(SPACE, TOWN.slug, ["comment", "proposal"])] == [
            "proposal", "proposal", "comment",
        ]  # fmt: skip
    assert (one.envelope, one.head.first_no, one.head.no) == (newest, 1, 3)
    assert (two.head.first_no, two.head.withdrawn) == (2, True)


def test_lines_are_what_stands_in_order_of_number(ledger: Ledger) -> None:
    statuses(
        ledger, ANA.propose(5), BOB.vote(5), EVE.vote(5), BOB.vote(5, "blank", rev=2), EVE.withdraw(f"vote:{jti(5)}")
    )
    with ledger.reading() as now:
        assert [(one.no, one.kind) for one in now.lines(SPACE, TOWN.slug, ["proposal", "vote"])] == [
            (1, "proposal"),
            (4, "vote"),
        ]
        (line,) = now.lines(SPACE, TOWN.slug, ["vote"])
    assert (line.subject, line.counted) == (jti(5), (Counted(jti(5), "blank"),))


def test_totals_of_some_items(ledger: Ledger) -> None:
    statuses(ledger, ANA.propose(5), ANA.propose(6), BOB.vote(5), BOB.vote(6))
    with ledger.reading() as now:
        assert [one.item for one in now.totals(SPACE, TOWN.slug, [jti(6)])] == [jti(6)]
        assert now.totals(SPACE, TOWN.slug, []) == []


def test_a_reading_does_not_see_what_is_appended_meanwhile(ledger: Ledger) -> None:
    statuses(ledger, ANA.propose(5))
    with ledger.reading() as now:
        assert now.last_no(SPACE) == 1
        statuses(ledger, BOB.vote(5))
        assert now.last_no(SPACE) == 1
        assert now.totals(SPACE, TOWN.slug) == []


def test_a_record_is_found_by_the_id_of_its_envelope(ledger: Ledger) -> None:
    text = ANA.propose(5)
    (outcome,) = ledger.append(SPACE, offers(text))
    with ledger.reading() as now:
        envelope_id = act_of(text, TOWN).envelope.id
        assert now.find_record(envelope_id) == (SPACE, outcome.item)
        assert now.find_record("x" * 43) is None


def asked(text: str) -> Asked:
    act = act_of(text, TOWN)
    return Asked(act.envelope.id, TOWN.slug, act.voter, act.envelope.slot)


def test_acts_are_found_by_their_slot_whether_they_count_or_not(ledger: Ledger) -> None:
    texts = [ANA.propose(5), BOB.vote(5, rev=2), BOB.vote(5, "blank"), BOB.vote(5, "against", rev=3)]
    outcomes = ledger.append(SPACE, offers(*texts))
    unknown = [ANA.propose(6), BOB.vote(5, "against", rev=1), EVE.vote(5)]
    with ledger.reading() as now:
        found = now.find_stored(SPACE, [asked(text) for text in texts + unknown])
        assert now.find_stored(SPACE, []) == {}
    assert list(found.values()) == [one.item for one in outcomes] or set(found.values()) == {
        one.item for one in outcomes
    }


def test_the_index_of_ids_follows_and_nothing_depends_on_how_far_it_is(ledger: Ledger) -> None:
    texts = full_history()
    outcomes = ledger.append(SPACE, offers(*texts))
    ledger.append("elsewhere", offers(ANA.propose(5)))
    steps = 0
    while True:
        with ledger.reading() as now:
            for outcome in outcomes:
                assert outcome.item is not None
                assert now.find_record(outcome.item.id) is not None
        if not ledger.tidy(limit=4):
            break
        steps += 1
    assert steps == (len(texts) + 3) // 4 + 1
    again = ledger.append(SPACE, offers(*texts, BOB.vote(5, "blank", rev=9)))
    assert [one.status for one in again] == ["duplicate"] * len(texts) + ["accepted"]
    assert ledger.tidy()
    assert not ledger.tidy()


def test_manifests_are_kept_for_ever_and_once(ledger: Ledger) -> None:
    one, two = Manifest("filature", "a" * 43, 1, b"{}"), Manifest("filature", "b" * 43, 2, b"[]")
    ledger.register_manifests(SPACE, [one])
    ledger.register_manifests(SPACE, [one, two])
    ledger.register_manifests(SPACE, [two._replace(revision=9)])
    with ledger.reading() as now:
        assert now.manifests(SPACE) == [one, two]
        assert now.manifests("elsewhere") == []


def test_positions_move_with_records_and_with_rebuilds_asked_for(ledger: Ledger) -> None:
    assert ledger.positions() == {}
    statuses(ledger, ANA.propose(5))
    ledger.request_rebuild(SPACE)
    ledger.request_rebuild("elsewhere")
    assert ledger.positions() == {SPACE: Position(1, 1), "elsewhere": Position(0, 1)}


def test_a_space_is_in_one_workers_hands_at_a_time(ledger: Ledger) -> None:
    works = Works(ledger)
    assert works.take(SPACE, "one", now=100, until=110) == Built(0, 0)
    assert works.take(SPACE, "two", now=105, until=115) is None
    assert works.set_built(SPACE, "one", Built(7, 1))
    assert works.take(SPACE, "one", now=108, until=118) == Built(7, 1)
    assert works.take(SPACE, "two", now=119, until=129) == Built(7, 1)
    assert not works.set_built(SPACE, "one", Built(9, 1))
    works.release(SPACE, "two")
    assert works.take(SPACE, "one", now=120, until=130) == Built(7, 1)
    assert works.built(SPACE) == Built(7, 1)
    assert works.built("elsewhere") == Built(0, 0)
