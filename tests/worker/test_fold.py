"""Folding record by record gives what loading the heads gives: incremental = full, for documents (invariant 9)."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civic.consultation import Consultation
from civic.listing import Listed
from civic.moderation import Hidden
from civic.module import Document
from civic.official import Answer
from civic.phases import Moment
from civic.receipt import commitment
from civic.refusals import Refused
from sync_server.storage import Ledger, Offer, open_ledger
from sync_server.storage.answering import Answering
from sync_server.storage.answers import answers_of
from sync_server.storage.hidden import hidden_of
from sync_server.storage.hiding import Hiding, Place
from sync_server.worker.fold import Fold
from sync_server.worker.parts import NO_MARK, Decided, Mark, Tables, tallies_of
from tests.civic.town import MODULES, OPENS, RULES_TOML, Citizen, act_of, always_open, consultation, jti

SPACE = "valbrume"
AllListed = Mapping[str, Mapping[str, Listed]]
NONE_LISTED: AllListed = {}
SALT = b"s" * 32


def offer(text: str, rules: Consultation, rx: int) -> Offer:
    return Offer(act_of(text, rules, rx), SALT, commitment(SALT, text))


def loaded(ledger: Ledger, rules: Consultation, moment: Moment, listed: AllListed = NONE_LISTED) -> tuple[Fold, int]:
    fold = Fold(rules, ("fr", "en"), [], MODULES, moment)
    with ledger.reading() as now:
        kinds = fold.shown_kinds + (fold.counted_kinds if fold.is_public else ())
        newest = now.newest(SPACE, rules.slug, kinds)
        tallies = tallies_of(now.totals(SPACE, rules.slug)) if fold.is_public else {}
        mark = NO_MARK if newest is None else Mark(*newest)
        figures = now.participation(SPACE, rules.slug)
        queued = now.lines(SPACE, rules.slug, fold.queued_kinds)
        decided = Decided(hidden_of(now, SPACE, rules.slug), answers_of(now, SPACE, rules.slug), listed)
        fold.load(now.heads(SPACE, rules.slug, fold.shown_kinds), tallies, mark, figures, decided, queued)
        return fold, now.last_no(SPACE)


class Site:
    """What a builder would hold after some changes."""

    def __init__(self, tables: Tables) -> None:
        self.tables: dict[str, dict[str, Document]] = {}
        self.put(tables)

    def put(self, tables: Tables) -> None:
        for table, documents in tables.items():
            kept = self.tables.setdefault(table, {})
            for document in documents:
                if table == "rows" and document["kind"] == "":
                    kept.pop(document["id"], None)
                else:
                    kept[str(document.get("id", document.get("slug")))] = document

    def sorted(self) -> dict[str, list[tuple[str, Document]]]:
        return {table: sorted(documents.items()) for table, documents in self.tables.items()}


steps = st.lists(
    st.one_of(
        st.tuples(st.just("propose"), st.integers(1, 6), st.integers(1, 3)),
        st.tuples(st.just("vote"), st.integers(1, 6), st.integers(1, 3), st.sampled_from(["for", "against", "blank"])),
        st.tuples(st.just("comment"), st.integers(1, 6), st.integers(1, 5)),
        st.tuples(st.just("withdraw"), st.sampled_from(["proposal", "vote", "comment"]), st.integers(1, 6)),
        st.tuples(st.just("fold")),
    ),
    max_size=25,
)


def envelopes(step: tuple[Any, ...], rules: Consultation, place: int) -> Iterable[str]:
    """The envelope of a step; who acts is drawn from what it is about, so that slots meet again."""
    if step[0] == "propose":
        yield Citizen(step[1], rules).propose(step[1], title=f"Idée {place}", rev=step[2])
    elif step[0] == "vote":
        yield Citizen(10 + place % 3, rules).vote(step[1], choice=step[3], rev=step[2])
    elif step[0] == "comment":
        yield Citizen(20 + step[2], rules).comment(100 + step[2], step[1])
    elif step[0] == "withdraw":
        kind, number = step[1], step[2]
        own = {"proposal": (number, number), "vote": (10 + place % 3, number), "comment": (20 + number, 100 + number)}
        person, slot_number = own[kind]
        slot = f"{kind}:{jti(slot_number)}"
        yield Citizen(person, rules).withdraw(slot, rev=4)


@pytest.mark.parametrize(("counts", "state"), [("open", "open"), ("hidden", "open"), ("hidden", "results")])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_what_is_folded_step_by_step_is_what_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, counts: str, state: str, steps: list[tuple[Any, ...]]
) -> None:
    rules = always_open(counts)
    ledger = open_ledger(f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'preau.sqlite'}")
    moment = Moment("open" if counts == "open" else state, "vote", OPENS)
    fold, position = loaded(ledger, rules, moment)
    site = Site(fold.tables([]))

    def catch_up() -> None:
        nonlocal position
        with ledger.reading() as now:
            changes = now.changes_after(SPACE, position, 1000)
            items = fold.items(changes.heads)
            tallies = tallies_of(now.totals(SPACE, rules.slug, items)) if items else {}
            site.put(fold.apply(changes.heads, tallies))
            position = changes.last_no

    for place, step in enumerate(steps):
        if step[0] == "fold":
            catch_up()
        for text in envelopes(step, rules, place):
            try:
                ledger.append(SPACE, [offer(text, rules, OPENS + 100 + place)])
            except Refused:  # who acts before there is a proposal
                continue
    catch_up()
    fresh, last = loaded(ledger, rules, moment)
    assert last == position
    tables = fresh.tables([])
    if moment.state == "results":  # participation is read when results are drawn; the worker loads again then
        for one in (site.tables["consultation"][rules.slug], tables["consultation"][0]):
            one["results"] = None
    assert site.sorted() == Site(tables).sorted()
    assert fold.tables([])["proposals"] == tables["proposals"]
    ledger.close()


def test_a_vote_touches_nothing_while_counts_are_hidden(tmp_path: Path) -> None:
    rules = always_open("hidden")
    ledger = open_ledger(f"sqlite:///{tmp_path / 'preau.sqlite'}")
    ledger.append(SPACE, [offer(Citizen(1, rules).propose(1), rules, OPENS + 5)])
    fold, position = loaded(ledger, rules, Moment("open", "vote", OPENS))
    ledger.append(SPACE, [offer(Citizen(2, rules).vote(1), rules, OPENS + 6)])
    with ledger.reading() as now:
        changes = now.changes_after(SPACE, position, 1000)
        assert len(changes.heads) == 1
        assert fold.items(changes.heads) == []
        assert fold.apply(changes.heads, {}) == {}
    shown = fold.tables([])
    assert shown["proposals"][0]["votes"] is None
    assert shown["consultation"][0]["as_of"] == OPENS + 5
    ledger.close()


def test_what_was_admitted_under_earlier_rules_still_shows(tmp_path: Path) -> None:
    rules = always_open("open")
    ledger = open_ledger(f"sqlite:///{tmp_path / 'preau.sqlite'}")
    ledger.append(SPACE, [offer(Citizen(1, rules).propose(1), rules, OPENS + 5)])
    later = consultation(RULES_TOML)
    fold = Fold(later, ("en",), [rules.manifest], MODULES, Moment("open", "vote", OPENS))
    with ledger.reading() as now:
        fold.load(now.heads(SPACE, rules.slug, fold.shown_kinds), {}, Mark(1, OPENS + 5), now.participation(SPACE, ""))
    assert fold.tables([])["proposals"][0]["title"] == "Un banc au soleil"
    ledger.close()


def test_hidden_words_keep_their_place_whatever_their_author_makes_of_them(tmp_path: Path) -> None:
    rules = always_open("open")
    ledger = open_ledger(f"sqlite:///{tmp_path / 'preau.sqlite'}")
    ana = Citizen(1, rules)
    ledger.append(SPACE, [offer(one, rules, OPENS + 5) for one in (ana.propose(1), ana.vote(1), ana.comment(9, 1))])
    place, why = Place(SPACE, rules.slug, f"proposal:{jti(1)}"), Hidden("offtopic", "Voir la charte.")
    with ledger.writing() as connection:
        Hiding(ledger).hide(connection, place, why, OPENS + 6)
    fold, position = loaded(ledger, rules, Moment("open", "vote", OPENS))
    (shown,), (comment,) = fold.tables([])["proposals"], fold.tables([])["comments"]
    assert (shown["title"], shown["text"], shown["withdrawn"]) == ("", "", True)
    assert shown["hidden"] == {"reason": "offtopic", "words": "Voir la charte."}
    assert shown["votes"]["for"] == 1
    assert "hidden" not in comment
    said = {row["kind"]: row["choice"] for row in fold.tables([])["rows"]}
    assert said == {"proposal": "hidden", "comment": ""}
    ledger.append(SPACE, [offer(ana.propose(1, "Autrement dit", rev=2), rules, OPENS + 7)])
    with ledger.reading() as now:
        changed = fold.apply(now.changes_after(SPACE, position, 1000).heads, {})["proposals"]
    assert changed == loaded(ledger, rules, Moment("open", "vote", OPENS))[0].tables([])["proposals"]
    assert "Autrement dit" not in repr(changed)
    with ledger.writing() as connection:
        assert Hiding(ledger).show(connection, place)
    assert (
        loaded(ledger, rules, Moment("open", "vote", OPENS))[0].tables([])["proposals"][0]["title"] == "Autrement dit"
    )
    ledger.close()


def test_answers_are_in_the_tables_in_order_and_stay_when_their_idea_is_withdrawn(tmp_path: Path) -> None:
    rules = always_open("open")
    ledger = open_ledger(f"sqlite:///{tmp_path / 'preau.sqlite'}")
    ana = Citizen(1, rules)
    ledger.append(SPACE, [offer(one, rules, OPENS + 5) for one in (ana.propose(1), ana.propose(2))])
    fold, _ = loaded(ledger, rules, Moment("open", "vote", OPENS))
    assert "answers" not in fold.tables([])
    with ledger.writing() as connection:
        for about, status, into in ((2, "study", 0), (2, "merged", 1), (1, "accepted", 0)):
            said = Answer(jti(about), status, {}, "Claire", OPENS + 6, jti(into) if into else "")
            Answering(ledger).add(connection, SPACE, rules.slug, said, "claire")
    fold, position = loaded(ledger, rules, Moment("open", "vote", OPENS))
    first, second = fold.tables([])["answers"]
    assert (first["id"], first["number"], [one["status"] for one in first["answers"]]) == (jti(1), 1, ["accepted"])
    assert [(one["status"], one.get("into_number")) for one in second["answers"]] == [("study", None), ("merged", 1)]
    ledger.append(SPACE, [offer(ana.withdraw(f"proposal:{jti(2)}", 2), rules, OPENS + 7)])
    with ledger.reading() as now:
        fold.apply(now.changes_after(SPACE, position, 1000).heads, {})
    assert fold.tables([])["answers"] == loaded(ledger, rules, Moment("open", "vote", OPENS))[0].tables([])["answers"]
    ledger.close()
