"""Private letters: sealed in the ledger, read and answered by clerks, fetched by the phone that wrote and no other."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from civic.canonical import b64u_decode, b64u_encode, parse_json
from civic.consultation import Consultation
from civic.journal import check_journal, line_hash, parse_journal_line
from sync_server.storage.letter_tables import letter_answers, letter_talks
from sync_server.storage.letters import Key
from sync_server.storage.tables import payloads, tombstones
from tests.civic.town import jti
from tests.contracts.history import rows
from tests.office.rooms import PASSWORD, Browser, arrive, desk_of
from tests.office.writers import RULES, SECRET, Writer, new_key
from tests.sync_server.conftest import House, Opener
from tests.sync_server.phones import Phone
from tests.sync_server.town_files import SLUG, write_town

ROOM = "/office/space/valbrume/letters"
ANSWER = "Nous passons vous voir jeudi."


class Box(NamedTuple):
    """A town that takes letters, and its key."""

    house: House
    key: Key

    def writer(self, number: int) -> Writer:
        return Writer(number, self.house.rules)


@pytest.fixture
def declare(open_house: Opener) -> Callable[..., Box]:
    """Opens a town whose letter box has a key; `more` goes before the first table of its rules."""

    def open_box(more: str = "") -> Box:
        house = open_house(smtp_url="mailbox:")
        key = new_key(house)
        rules = more + RULES.replace("POINT", key.point)
        consultation: Consultation = write_town(house.services.settings.content, rules).consultations[SLUG]
        house.rules = consultation
        house.clock.at += 2  # the server looks at the town's files once a second
        return Box(house, key)

    return open_box


@pytest.fixture
def box(declare: Callable[..., Box]) -> Box:
    return declare()


def json_body(envelope: str) -> dict[str, str]:
    return dict(parse_json(b64u_decode(envelope.split(".")[1]))["body"])


def answer(browser: Browser, number: int, text: str = ANSWER) -> int:
    browser.get(f"{ROOM}/{SLUG}/{jti(number)}")
    return browser.post(f"{ROOM}/{SLUG}/{jti(number)}/answer", {"text": text}).status_code


def test_a_letter_is_answered_to_the_phone_that_wrote_and_to_no_other(box: Box) -> None:
    ana, bob = box.writer(1), box.writer(2)
    assert box.house.statuses(ana.letter(5, box.key), bob.letter(6, box.key, "Autre chose, merci.")) == ["accepted"] * 2
    assert ana.ask(box.house, 5).json["threads"] == [{"thread": jti(5), "status": "new", "answers": []}]
    lea = arrive(box.house, role="clerk", name="Léa Martin")
    lea.get(ROOM)
    assert "Le voisin" in lea.page
    lea.get(f"{ROOM}/{SLUG}/{jti(5)}")
    assert SECRET in lea.page
    assert ana.ask(box.house, 5).json["threads"][0]["status"] == "open"
    assert answer(lea, 5) == 303
    (found,) = ana.ask(box.house, 5).json["threads"]
    assert (found["status"], [one["n"] for one in found["answers"]]) == ("answered", [1])
    said = ana.read(5, found["answers"][0])
    assert (said.text, said.name, said.lang) == (ANSWER, "Léa Martin", "fr")
    with pytest.raises(ValueError, match="does not open"):
        bob.read(5, found["answers"][0])
    assert bob.ask(box.house, 5).json["threads"] == []
    assert [one["thread"] for one in bob.ask(box.house, 5, 6).json["threads"]] == [jti(6)]
    lea.get(f"{ROOM}/{SLUG}/{jti(5)}")
    assert ANSWER in lea.page  # what was answered is read again from the clerks' own copy


def test_nothing_is_said_to_who_asks_wrongly(box: Box) -> None:
    ana = box.writer(1)
    assert box.house.statuses(ana.letter(5, box.key)) == ["accepted"]
    nonce = box.house.read("/v1/nonce/valbrume")["nonce"]
    jws = ana.asking(nonce, 5)
    body = {"v": 1, "space": "valbrume", "jws": jws}
    assert box.house.client.post("/v1/replies", json=body).status_code == 200
    again = box.house.client.post("/v1/replies", json=body)
    assert (again.status_code, (again.json or {})["code"]) == (410, "expired")
    for changed, code in (({"a": "ailleurs"}, "unknown_consultation"), ({"aud": "autre"}, "wrong_audience")):
        assert ana.ask(box.house, 5, **changed).json["code"] == code
    head = jws.rpartition(".")[0]
    forged = box.house.client.post("/v1/replies", json=body | {"jws": f"{head}.{'A' * 86}"})
    assert (forged.status_code, (forged.json or {})["code"]) == (401, "bad_signature")
    assert ana.ask(box.house, 77).json["threads"] == []


def test_the_gate_takes_letters_to_the_towns_keys_only_and_so_many(box: Box) -> None:
    ana, bob, house = box.writer(1), box.writer(2), box.house
    other = new_key(house, 1)
    assert house.statuses(ana.letter(4, other), ana.letter(5, box.key, text="clair")) == ["bad_option", "accepted"]
    assert house.statuses(ana.letter(6, box.key, thread=jti(5)), ana.letter(7, box.key, thread=jti(99))) == [
        "accepted",
        "unknown_target",
    ]
    assert house.statuses(ana.letter(8, box.key), ana.letter(9, box.key)) == ["accepted", "quota"]
    # Somebody who learned the id of a talk can write, but never into it.
    assert house.statuses(bob.letter(10, box.key, thread=jti(5))) == ["accepted"]
    lea = arrive(house, role="clerk")
    lea.get(f"{ROOM}/{SLUG}/{jti(5)}")
    assert lea.page.count("Une personne") == 2
    assert bob.ask(house, 5).json["threads"] == []


def test_a_talk_is_read_closed_opened_by_a_new_letter_and_the_journal_says_so(box: Box) -> None:
    ana, house = box.writer(1), box.house
    assert house.statuses(ana.letter(5, box.key)) == ["accepted"]
    lea = arrive(house, role="clerk")
    lea.get("/office/space/valbrume/")
    assert "Messages pas encore lus\u00a0: 1" in lea.page
    assert answer(lea, 5, " ") == 422
    assert "Écrivez une réponse" in lea.page
    lea.get(f"{ROOM}/{SLUG}/{jti(5)}?ready=passed")
    assert "Votre message est transmis au service" in lea.page
    assert answer(lea, 5) == 303
    assert lea.post(f"{ROOM}/{SLUG}/{jti(5)}/close").status_code == 303
    assert ana.ask(house, 5).json["threads"][0]["status"] == "closed"
    lea.get(ROOM)
    assert "Le voisin" not in lea.page
    lea.get(f"{ROOM}?status=closed")
    assert "Le voisin" in lea.page
    assert house.statuses(ana.letter(6, box.key, "Il est revenu hier.", jti(5))) == ["accepted"]
    assert ana.ask(house, 5).json["threads"][0]["status"] == "new"
    lines = desk_of(house).journal.lines("valbrume")
    assert check_journal("valbrume", lines, desk_of(house).key.kid) == []
    told = [parse_journal_line(one).said for one in lines]
    (kept,) = rows(house.services.ledger, letter_answers)
    assert [one.do for one in told][-2:] == ["reply", "close"]
    (found,) = ana.ask(house, 5).json["threads"]
    assert told[-2].about == {
        "consultation": SLUG, "thread": jti(5), "n": "1", "hash": line_hash(found["answers"][0]["sealed"]),
    }  # fmt: skip
    assert ANSWER.encode() not in repr(kept).encode()


def test_letters_are_for_who_writes_for_the_town_and_in_no_other_room(box: Box) -> None:
    assert box.house.statuses(box.writer(1).letter(5, box.key)) == ["accepted"]
    for number, role in enumerate(("moderator", "reader")):
        browser = arrive(box.house, f"x{number}@valbrume.example", role)
        assert browser.get(ROOM).status_code == 403
        assert browser.get(f"{ROOM}/{SLUG}/{jti(5)}").status_code == 403
        browser.get("/office/space/valbrume/moderation")
        assert "/letters" not in browser.page
        assert "moderation/1" not in browser.page
        assert browser.get("/office/space/valbrume/moderation/1").status_code == 404
    here = arrive(box.house, "la@valbrume.example", "clerk", SLUG)
    elsewhere = arrive(box.house, "ailleurs@valbrume.example", "clerk", "ailleurs")
    assert here.get(f"{ROOM}/{SLUG}/{jti(5)}").status_code == 200
    assert elsewhere.get(f"{ROOM}/{SLUG}/{jti(5)}").status_code == 403
    elsewhere.get(ROOM)
    assert "Le voisin" not in elsewhere.page


def test_a_letter_that_does_not_open_says_so_and_stops_nothing(box: Box) -> None:
    ana = box.writer(1)
    broken = ana.letter(5, box.key, sealed=b64u_encode(bytes(65 + 512 + 16)))
    moved = box.writer(2).letter(6, box.key, reply=json_body(ana.letter(7, box.key))["reply"])
    assert box.house.statuses(broken, moved, ana.letter(8, box.key)) == ["accepted"] * 3
    lea = arrive(box.house, role="owner")
    lea.get(ROOM)
    assert lea.page.count("Message qui ne s’ouvre pas") == 2
    assert "Le voisin" in lea.page
    lea.get(f"{ROOM}/{SLUG}/{jti(5)}")
    assert "Appelez qui tient l’informatique" in lea.page
    assert answer(lea, 5) == 303


def test_a_clerk_erases_a_talk_with_the_password_and_nothing_of_it_is_left(box: Box) -> None:
    ana, house = box.writer(1), box.house
    assert house.statuses(ana.letter(5, box.key), ana.letter(6, box.key, thread=jti(5))) == ["accepted"] * 2
    lea = arrive(house, role="clerk")
    assert answer(lea, 5) == 303
    house.clock.at += 3600
    lea.get(f"{ROOM}/{SLUG}/{jti(5)}")
    assert lea.post(f"{ROOM}/{SLUG}/{jti(5)}/erase").status_code == 422
    assert lea.post(f"{ROOM}/{SLUG}/{jti(5)}/erase", {"password": PASSWORD}).status_code == 303
    ledger = house.services.ledger
    assert rows(ledger, payloads) == rows(ledger, letter_answers) == rows(ledger, letter_talks) == []
    assert len(rows(ledger, tombstones)) == 2
    assert ana.ask(house, 5).json["threads"] == []
    assert lea.get(f"{ROOM}/{SLUG}/{jti(5)}").status_code == 404


def test_a_person_who_is_erased_takes_letters_and_answers_along(declare: Callable[..., Box]) -> None:
    box = declare('mode = "named"\nassurance = "email"\n')
    house, ana = box.house, box.writer(1)
    phone = Phone(house)
    phone.enrol()
    sent = phone.send([ana.letter(5, box.key)], [phone.grant(ana.citizen)])
    assert sent["results"][0]["status"] == "accepted", sent
    assert answer(arrive(house, role="clerk"), 5) == 303
    assert len(ana.ask(house, 5).json["threads"][0]["answers"]) == 1
    assert Writer(2, house.rules).ask(house, 5).json["threads"] == []
    assert phone.ask("erase").json["erased"] == 1
    ledger = house.services.ledger
    assert rows(ledger, payloads) == rows(ledger, letter_answers) == rows(ledger, letter_talks) == []
