"""My data: what is held about me, my phones, my consents, and being erased."""

from collections import Counter
from pathlib import Path

import pytest

from civic import modules
from sync_server.storage import rebuild_derived
from sync_server.storage.people_tables import contacts, devices, grants, identities, persons
from sync_server.storage.tables import heads, participation, payloads, records, tombstones, totals, voters
from tests.civic.town import jti
from tests.contracts.history import rows
from tests.sync_server.conftest import NOW, House, Opener
from tests.sync_server.phones import NAMED, Phone
from tests.sync_server.town_files import SLUG, SPACE


@pytest.fixture
def town(open_house: Opener) -> House:
    return open_house(NAMED, smtp_url="mailbox:", enrolments_per_hour=0)


def standing(house: House) -> dict[str, int]:
    found: Counter[str] = Counter()
    for _, _, _, choice, number, _ in rows(house.services.ledger, totals):
        found[choice] += number
    return dict(+found)


def derived(house: House) -> list[list[tuple]]:
    """What a rebuild must give again, but for counters at zero and dates of counters."""
    ledger = house.services.ledger
    counters = [row[:5] for row in rows(ledger, totals) if row[4]]
    took_part = [row for row in rows(ledger, participation) if any(row[2:])]
    return [rows(ledger, heads), rows(ledger, voters), counters, took_part]


def test_what_is_held_about_me(town: House) -> None:
    phone, other, ana = Phone(town), Phone(town), town.citizen(1)
    phone.enrol("Ana+x@valbrume.example")
    phone.send([ana.propose(5), ana.vote(5)], [phone.grant(ana)])
    town.clock.at += 60
    other.enrol("ana@valbrume.example")
    mine = phone.ask("me").json
    assert mine == {
        "v": 1,
        "person": {"level": "email", "since": NOW},
        "identities": [{"method": "email", "since": NOW}],
        "devices": [
            {"kid": phone.kid, "ks": "hard", "since": NOW, "revoked": None, "this": True},
            {"kid": other.kid, "ks": "hard", "since": NOW + 60, "revoked": None, "this": False},
        ],
        "acts": [
            {"no": 1, "consultation": SLUG, "kind": "proposal", "rx": NOW},
            {"no": 2, "consultation": SLUG, "kind": "vote", "rx": NOW},
        ],
        "rights": [],
        "consents": {"contact": True, "profile": False},
        "contact": "a…@v…",
        "profile": None,
        "resident": None,
        "minors": [],
    }
    (grant,) = other.ask("grants").json["grants"]
    assert (grant["consultation"], grant["this"]) == (SLUG, False)


def test_only_a_recognised_phone_asks_and_each_nonce_serves_once(town: House) -> None:
    phone, stranger = Phone(town), Phone(town)
    phone.enrol()
    nonce = town.read(f"/v1/nonce/{SPACE}")["nonce"]
    assert phone.ask("me", nonce=nonce).status_code == 200
    again = phone.ask("me", nonce=nonce)
    assert (again.status_code, again.json["code"]) == (410, "expired")
    assert phone.ask("me", nonce="A" * 22).status_code == 410
    old = town.read(f"/v1/nonce/{SPACE}")["nonce"]
    town.clock.at += 301
    assert phone.ask("me", nonce=old).status_code == 410
    unknown = stranger.ask("me")
    assert (unknown.status_code, unknown.json) == (401, {"code": "unknown_key", "retry": True})
    assert phone.ask("me", aud="ailleurs").status_code == 400
    assert phone.ask("sing").json["code"] == "bad_payload"
    assert town.client.get("/v1/nonce/ailleurs").status_code == 404


def test_a_stolen_phone_is_revoked_from_another_and_its_earlier_acts_stay(town: House) -> None:
    lost, kept, ana = Phone(town), Phone(town), town.citizen(1)
    lost.enrol()
    kept.enrol()
    vote = ana.vote(5)
    lost.send([ana.propose(5), vote], [lost.grant(ana)])
    assert kept.ask("revoke", {"kid": lost.kid}).status_code == 200
    assert lost.statuses([ana.vote(5, "against", rev=2)], [])[0] == ["revoked"]
    assert lost.statuses([vote], [lost.grant(ana)]) == (["duplicate"], ["revoked"])
    answer = lost.ask("me")
    assert (answer.status_code, answer.json["code"]) == (401, "revoked")
    assert standing(town) == {"for": 1}
    mine = town.citizen(2)
    assert kept.statuses([mine.vote(5, "against", rev=2)], [kept.grant(mine)])[0] == ["accepted"]
    assert standing(town) == {"against": 1}
    enrol, code, _ = lost.begin()
    assert lost.finish(enrol, code).json["code"] == "revoked"  # found again, it makes another key
    assert kept.ask("revoke", {"kid": "A" * 43}).status_code == 404


def test_without_consent_no_address_is_kept(town: House) -> None:
    phone = Phone(town)
    phone.enrol()
    assert len(rows(town.services.ledger, contacts)) == 1
    assert phone.ask("consent", {"purpose": "contact", "on": False}).status_code == 200
    phone.enrol()
    assert rows(town.services.ledger, contacts) == []
    mine = phone.ask("me").json
    assert (mine["consents"], mine["contact"]) == ({"contact": False, "profile": False}, None)
    assert phone.ask("consent", {"purpose": "adverts", "on": True}).json["code"] == "bad_payload"


def lived(town: House) -> tuple[Phone, Phone]:
    """Ana with two phones and all kinds of acts, Bob who answers her."""
    one, two, bob = Phone(town), Phone(town), Phone(town)
    one.enrol("ana@valbrume.example")
    two.enrol("ana@valbrume.example")
    bob.enrol("bob@valbrume.example")
    here, there, his = town.citizen(1), town.citizen(2), town.citizen(3)
    one.send(
        [here.propose(5), here.vote(5), here.comment(20, 5), here.propose(5, "Mieux dit", rev=2)], [one.grant(here)]
    )
    two.send([there.vote(5, "against", rev=2), there.propose(7)], [two.grant(there)])
    bob.send([his.propose(6), his.vote(5), his.vote(6), his.comment(21, 5, reply_to=20)], [bob.grant(his)])
    one.send([here.vote(6), here.withdraw(f"vote:{jti(6)}")], [])
    return one, bob


def test_erased_before_the_result_everything_of_mine_is_withdrawn_and_nothing_says_who_i_was(town: House) -> None:
    phone, bob = lived(town)
    ledger = town.services.ledger
    kept = rows(ledger, records)
    assert standing(town) == {"for": 2, "against": 1}
    before = ledger.positions()[SPACE].rebuilds
    assert phone.ask("erase").json == {"v": 1, "erased": 8}
    assert standing(town) == {"for": 2}
    assert rows(ledger, records) == kept
    assert ledger.positions()[SPACE].rebuilds == before + 1
    words = repr([rows(ledger, table) for table in (payloads, tombstones, heads)])
    assert "against" not in words
    assert len(rows(ledger, payloads)) == 4
    assert [len(rows(ledger, table)) for table in (persons, identities, devices, contacts)] == [1] * 4
    assert [row[4] == "" for row in rows(ledger, grants)].count(
        True
    ) == 2  # her keys, and not whose phones they were on
    with ledger.reading() as now:
        shown = now.heads(SPACE, SLUG, ["proposal", "comment"])
        changed = now.changes_after(SPACE, 0, 100)
    assert [(one.head.slot[-1:], one.head.withdrawn, one.envelope is None) for one in shown] == [
        (jti(5)[-1:], True, True), (jti(20)[-1:], True, True), (jti(7)[-1:], True, True),
        (jti(6)[-1:], False, False), (jti(21)[-1:], False, False),
    ]  # fmt: skip
    assert {one.head.slot for one in changed.heads} >= {one.head.slot for one in shown}
    his = town.citizen(3)
    assert bob.statuses([his.vote(5, "blank", rev=2)], [])[0] == ["withdrawn_target"]
    assert phone.ask("me").status_code == 401


def test_what_was_erased_can_be_counted_again_from_the_records(town: House) -> None:
    phone, _ = lived(town)
    assert phone.ask("erase").status_code == 200
    expected = derived(town)
    rules = town.services.catalogue.towns()[SPACE].rules
    assert rebuild_derived(town.services.ledger, SPACE, rules, modules.load()) == 12
    assert derived(town) == expected


def test_erased_after_the_result_the_figures_stand_and_the_words_go(town: House) -> None:
    phone, _ = lived(town)
    expected = standing(town)
    town.clock.at = town.rules.accept_until + 1
    phone.ask("erase")
    assert standing(town) == expected
    assert len(rows(town.services.ledger, payloads)) == 4
    after = derived(town)
    rules = town.services.catalogue.towns()[SPACE].rules
    rebuild_derived(town.services.ledger, SPACE, rules, modules.load())
    assert derived(town) == after


def test_an_erased_mailbox_begins_again_as_somebody_new(town: House) -> None:
    phone, _ = lived(town)
    phone.ask("erase")
    old = town.citizen(1)
    again, ana = Phone(town), town.citizen(4)
    assert again.enrol("ana@valbrume.example")["is_new"]
    # What was sent by a key of before is known, and counts for nobody a second time.
    assert again.statuses([old.propose(5), old.vote(6)], [again.grant(old)]) == (["duplicate"] * 2, ["revoked"])
    assert again.statuses([old.vote(6, "against", rev=9)], [])[0] == ["revoked"]
    assert again.statuses([ana.vote(6)], [again.grant(ana)])[0] == ["accepted"]
    assert standing(town) == {"for": 3}


def test_the_file_of_the_database_keeps_no_word_of_an_erased_person(town: House) -> None:
    """Not even in pages that are free: SQLite would leave the bytes there."""
    phone, ana = Phone(town), town.citizen(1)
    phone.enrol()
    text = ana.propose(5)
    phone.send([text], [phone.grant(ana)])
    file = Path(town.services.settings.database.removeprefix("sqlite:///"))

    def is_there() -> bool:
        with town.services.ledger.writing() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        return text[300:400].encode() in file.read_bytes()

    assert is_there()
    phone.ask("erase")
    assert not is_there()
