"""A named consultation: one person, one vote, whatever phones and mailboxes; grants may come before or after."""

import itertools

import pytest

from sync_server.storage.tables import heads, payloads, totals
from tests.contracts.history import rows
from tests.sync_server.conftest import House, Opener
from tests.sync_server.phones import NAMED, Phone, ballot_key
from tests.sync_server.town_files import SLUG, write_town


@pytest.fixture
def town(open_house: Opener) -> House:
    return open_house(NAMED, smtp_url="mailbox:", enrolments_per_hour=0)


def standing(house: House) -> dict[str, int]:
    return {row[3]: row[4] for row in rows(house.services.ledger, totals) if row[4]}


def test_a_granted_key_votes_for_its_person(town: House) -> None:
    phone, ana = Phone(town), town.citizen(1)
    phone.enrol()
    assert phone.statuses([ana.propose(5), ana.vote(5)], [phone.grant(ana)]) == (["accepted"] * 2, ["granted"])
    voters = {row[2] for row in rows(town.services.ledger, payloads)}
    assert len(voters) == 1
    assert voters.pop().startswith("p:")


def test_two_phones_of_one_person_share_one_vote(town: House) -> None:
    one, two = Phone(town), Phone(town)
    here, there = town.citizen(1), town.citizen(2)
    one.enrol()
    two.enrol()
    one.send([here.propose(5), here.vote(5, "for")], [one.grant(here)])
    assert standing(town) == {"for": 1}
    assert two.statuses([there.vote(5, "against", rev=2)], [two.grant(there)])[0] == ["accepted"]
    assert standing(town) == {"against": 1}
    assert one.statuses([here.vote(5, "blank", rev=3)], [])[0] == ["accepted"]
    assert standing(town) == {"blank": 1}


def test_two_mailboxes_on_one_phone_are_one_vote_and_on_two_phones_two(town: House) -> None:
    """What `unique_by = "email"` cannot know: it is said on the page, and counted apart."""
    one, two = Phone(town), Phone(town)
    one.enrol("ana@valbrume.example")
    one.enrol("ana@travail.example")
    two.enrol("zoe@valbrume.example")
    for phone, number in ((one, 1), (one, 2), (two, 3)):
        citizen = town.citizen(number)
        texts = [citizen.propose(5)] if number == 1 else []
        phone.send([*texts, citizen.vote(5, rev=number)], [phone.grant(citizen)])
    assert standing(town) == {"for": 2}


@pytest.mark.parametrize("order", list(itertools.permutations(("enrol", "grant", "vote"))), ids="-".join)
def test_in_any_order_everything_arrives_in_the_end(town: House, order: tuple[str, ...]) -> None:
    phone, ana, host = Phone(town), town.citizen(1), Phone(town)
    host.enrol("host@valbrume.example")
    host.send([town.citizen(9).propose(5)], [host.grant(town.citizen(9))])
    waiting = {"grant": [phone.grant(ana)], "vote": [ana.vote(5)]}
    for step in (*order, *order):
        if step == "enrol":
            if "enrol" not in waiting:
                phone.enrol("ana@valbrume.example")
                waiting["enrol"] = []
        elif step == "grant":
            _, granted = phone.statuses(["junk"], waiting["grant"])
            assert granted in (["granted"], ["unknown_key"])
        else:
            taken, _ = phone.statuses(waiting["vote"], [])
            assert taken[0] in ("accepted", "duplicate", "not_granted")
    assert phone.statuses(waiting["vote"], waiting["grant"]) in (
        (["duplicate"], ["granted"]),
        (["accepted"], ["granted"]),
    )
    assert standing(town) == {"for": 1}


def test_without_a_grant_it_waits(town: House) -> None:
    result = town.results(town.citizen(1).propose(5))[0]
    assert (result["code"], result["retry"]) == ("not_granted", True)


def test_what_a_grant_must_be(town: House) -> None:
    phone, stranger, ana = Phone(town), Phone(town), town.citizen(1)
    phone.enrol()
    good = phone.grant(ana)
    signed_by_another = good.rpartition(".")[0] + "." + stranger.grant(ana).rpartition(".")[2]
    grants = [
        "junk", phone.grant(ana, aud="ailleurs"), phone.grant(ana, a="nulle-part"), phone.grant(ana, more=1),
        stranger.grant(ana), signed_by_another, good, good,
    ]  # fmt: skip
    answer = phone.send(["junk"], grants)["grants"]
    assert [one.get("code", one["status"]) for one in answer] == [
        "bad_format", "wrong_audience", "not_taken", "bad_payload", "unknown_key", "bad_signature",
        "granted", "granted",
    ]  # fmt: skip
    assert [one["jkt"] for one in answer] == [None, *[ballot_key(ana)] * 2, None, *[ballot_key(ana)] * 4]
    assert [one["retry"] for one in answer if "retry" in one] == [False, False, False, False, True, False]


def test_an_act_never_counts_for_another_person_of_the_same_phone(town: House) -> None:
    """The phone goes to Bob; Ana's signed vote, sent once more, must not become a vote of his."""
    phone, bobs, ana = Phone(town), Phone(town), town.citizen(1)
    phone.enrol("ana@valbrume.example")
    bobs.enrol("bob@valbrume.example")
    vote = ana.vote(5)
    phone.send([ana.propose(5), vote], [phone.grant(ana)])
    phone.enrol("bob@valbrume.example")
    assert phone.statuses([vote], [phone.grant(ana)]) == (["duplicate"], ["revoked"])
    assert phone.statuses([ana.vote(5, "against", rev=2)], [])[0] == ["revoked"]
    fresh = town.citizen(2)  # a new ballot key, as the phone makes after it was recognised again
    assert phone.statuses([fresh.vote(5, "against")], [phone.grant(fresh)]) == (["accepted"], ["granted"])
    assert standing(town) == {"for": 1, "against": 1}


def test_nobody_takes_anothers_key_or_stops_it(town: House) -> None:
    """Bob grants Ana's ballot key, which he may have seen: he gets nothing, and she goes on voting."""
    hers, his, ana = Phone(town), Phone(town), town.citizen(1)
    hers.enrol("ana@valbrume.example")
    his.enrol("bob@valbrume.example")
    hers.send([ana.propose(5)], [hers.grant(ana)])
    assert his.statuses(["junk"], [his.grant(ana)])[1] == ["revoked"]
    assert hers.statuses([ana.vote(5)], [])[0] == ["accepted"]


def test_a_level_that_was_not_proved_is_not_enough(open_house: Opener) -> None:
    rules = NAMED.replace('assurance = "email"\nunique_by = "email"', 'assurance = "census"')
    town = open_house(rules, smtp_url="mailbox:")
    phone, ana = Phone(town), town.citizen(1)
    phone.enrol()
    assert phone.statuses([ana.propose(5)], [phone.grant(ana)]) == (["not_eligible"], ["granted"])


def test_who_is_recognised_after_the_vote_has_closed_cannot_join_in_its_grace(open_house: Opener) -> None:
    town = open_house(NAMED, smtp_url="mailbox:")
    late, early = Phone(town), Phone(town)
    ana, bob = town.citizen(1), town.citizen(2)
    early.enrol("ana@valbrume.example")
    early.send([ana.propose(5)], [early.grant(ana)])
    town.clock.at = town.rules.closes_at + 60
    late.enrol("bob@valbrume.example")
    assert late.statuses([bob.vote(5)], [late.grant(bob)])[0] == ["not_eligible"]
    assert early.statuses([ana.vote(5)], [])[0] == ["accepted"]


def test_an_open_consultation_asks_nothing_about_persons(house: House) -> None:
    phone, ana = Phone(house), house.citizen(1)
    assert phone.statuses([ana.propose(5)], [phone.grant(ana)]) == (["accepted"], ["not_taken"])
    assert "grants" not in house.send(ana.vote(5)).json


def test_nothing_of_a_person_can_be_seen_in_what_is_public(town: House) -> None:
    phone, ana = Phone(town), town.citizen(1)
    phone.enrol()
    phone.send([ana.propose(5)], [phone.grant(ana)])
    (pid,) = {row[2] for row in rows(town.services.ledger, heads)}
    with town.services.ledger.reading() as now:
        shown = now.heads("valbrume", "filature", ["proposal"])
    assert all(pid not in (one.envelope or "") and phone.kid not in (one.envelope or "") for one in shown)


def test_grants_go_the_short_way_too(town: House) -> None:
    phone, ana = Phone(town), town.citizen(1)
    phone.enrol()
    body = {"v": 1, "space": "valbrume", "envelopes": [ana.propose(5)], "grants": [phone.grant(ana)]}
    short = town.client.post("/v1/sync", json=body, content_type="text/plain;charset=UTF-8").json or {}
    long = town.client.post("/v1/sync", json=body).json or {}
    assert short["grants"] == long["grants"] == [{"jkt": ballot_key(ana), "status": "granted"}]
    assert [one["results"][0]["status"] for one in (short, long)] == ["accepted", "duplicate"]


def test_an_act_made_before_the_town_asked_for_persons_is_not_taken_for_one(open_house: Opener) -> None:
    town = open_house(smtp_url="mailbox:")
    phone, ana = Phone(town), town.citizen(1)
    kept = ana.propose(5)
    town.rules = write_town(town.services.settings.content, NAMED).consultations[SLUG]
    town.clock.at += 2
    phone.enrol()
    assert phone.statuses([kept], [phone.grant(ana)]) == (["wrong_manifest"], ["granted"])


def test_a_town_asks_for_persons_before_anybody_has_acted_or_not_at_all(open_house: Opener) -> None:
    town = open_house(smtp_url="mailbox:")
    ana = town.citizen(1)
    assert town.statuses(ana.propose(5), ana.vote(5)) == ["accepted"] * 2
    notice = '[[notice]]\nrevision = 2\nat = 2026-01-02T00:00:00Z\ntext = {fr = "Autrement.", en = "Otherwise."}\n'
    write_town(town.services.settings.content, f"revision = 2\n{NAMED}{notice}")
    town.clock.at += 2
    assert town.statuses(ana.vote(5, "against", rev=2)) == ["accepted"]
    problems = (town.client.get("/v1/health").json or {})["problems"]
    assert "'mode' must stay" in problems["valbrume"]
