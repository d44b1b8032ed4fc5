"""A phone is recognised by a code or a link; nothing it is told says who else is known."""

from typing import Any

import pytest
import sqlalchemy as sa

from sync_server.storage.people_tables import contacts, devices, enrolments, identities, mails, persons
from tests.contracts.history import rows
from tests.sync_server.conftest import NOW, House, Opener
from tests.sync_server.phones import NAMED, Phone, letters


@pytest.fixture
def town(open_house: Opener) -> House:
    return open_house(NAMED, smtp_url="mailbox:", enrolments_per_hour=0)


def counts(house: House) -> dict[str, int]:
    ledger = house.services.ledger
    return {table.name: len(rows(ledger, table)) for table in (persons, identities, devices)}


def test_a_code_makes_a_person(town: House) -> None:
    phone = Phone(town)
    answer = phone.start()
    assert (answer.status_code, answer.json["expires"]) == (202, NOW + 1800)
    (letter,) = letters(town)
    assert (letter.to, letter.sender) == ("ana@valbrume.example", town.services.settings.mail_from or letter.sender)
    enrol, code, _ = phone.begin()
    answer = phone.finish(enrol, code)
    assert (answer.status_code, answer.json) == (200, {"v": 1, "level": "email", "devices": 1, "is_new": True})
    assert counts(town) == {"persons": 1, "identities": 1, "devices": 1}


def test_a_lost_answer_is_given_again_to_the_same_phone_only(town: House) -> None:
    phone, thief = Phone(town), Phone(town)
    enrol, code, _ = phone.begin()
    first = phone.finish(enrol, code)
    assert phone.finish(enrol, "").json == first.json
    assert thief.finish(enrol, code).json == {"code": "bad_proof", "retry": False}
    assert counts(town)["devices"] == 1


def test_the_button_of_the_link_recognises_the_phone_that_began(town: House) -> None:
    phone, elsewhere = Phone(town), Phone(town)
    enrol, _, token = phone.begin()
    assert (phone.finish(enrol, "").status_code, phone.finish(enrol, "").json) == (202, {"v": 1, "waiting": True})
    wrong = elsewhere.post("/v1/enrol/confirm", {"enrol": enrol, "token": "A" * 22})
    assert (wrong.status_code, wrong.json["code"]) == (400, "bad_proof")
    for _ in range(8):  # pressed again, and opened by whatever reads mail before people do
        assert elsewhere.post("/v1/enrol/confirm", {"enrol": enrol, "token": token}).status_code == 200
    assert phone.finish(enrol, "").status_code == 200


def test_five_tries_and_half_an_hour(town: House) -> None:
    phone = Phone(town)
    enrol, code, _ = phone.begin()
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    assert [phone.finish(enrol, wrong).status_code for _ in range(6)] == [400] * 5 + [410]
    assert phone.finish(enrol, code).json == {"code": "expired", "retry": False}
    enrol, code, _ = phone.begin()
    town.clock.at += 1801
    assert phone.finish(enrol, code).status_code == 410


def test_polling_costs_no_try(town: House) -> None:
    phone = Phone(town)
    enrol, code, _ = phone.begin()
    assert {phone.finish(enrol, "").status_code for _ in range(20)} == {202}
    assert phone.finish(enrol, code).status_code == 200


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("ana@valbrume.example", "Ana+vote@Valbrume.example"),
        ("ana.b@gmail.com", "anab+2@googlemail.com"),
        ("ana@xn--caf-dma.example", "ana@café.example"),
    ],
)
def test_one_mailbox_is_one_person_however_it_is_written(town: House, one: str, two: str) -> None:
    Phone(town).enrol(one)
    assert Phone(town).enrol(two) == {"v": 1, "level": "email", "devices": 2, "is_new": False}
    assert counts(town) == {"persons": 1, "identities": 1, "devices": 2}


def test_dots_matter_where_the_provider_says_so(town: House) -> None:
    Phone(town).enrol("a.na@valbrume.example")
    assert Phone(town).enrol("ana@valbrume.example")["is_new"]


def test_a_second_mailbox_on_a_known_phone_joins_its_person(town: House) -> None:
    phone, other = Phone(town), Phone(town)
    phone.enrol("ana@valbrume.example")
    assert not phone.enrol("ana@travail.example")["is_new"]
    assert not other.enrol("ana@travail.example")["is_new"]
    assert counts(town) == {"persons": 1, "identities": 2, "devices": 2}


def test_a_mailbox_known_elsewhere_takes_the_phone_to_its_person(town: House) -> None:
    ana, bob = Phone(town), Phone(town)
    ana.enrol("ana@valbrume.example")
    bob.enrol("bob@valbrume.example")
    assert ana.enrol("bob@valbrume.example") == {"v": 1, "level": "email", "devices": 2, "is_new": False}
    assert counts(town) == {"persons": 2, "identities": 2, "devices": 2}


def test_the_eleventh_phone_takes_the_place_of_the_first(town: House) -> None:
    for number in range(12):
        town.clock.at += 3600
        assert Phone(town).enrol()["devices"] == min(number + 1, 10)
    live = [row for row in rows(town.services.ledger, devices) if row[-1] == 0]
    assert len(live) == 10


def test_the_others_are_told_of_a_new_phone(town: House) -> None:
    Phone(town).enrol()
    enrol, code, _ = Phone(town).begin()
    phone = Phone(town)
    enrol, code, _ = phone.begin()
    assert phone.finish(enrol, code).status_code == 200
    assert [one.subject for one in letters(town)][1:] == ["Un nouveau téléphone agit pour vous à Valbrume"]


def test_letters_speak_the_language_of_the_page(town: House) -> None:
    Phone(town).start(lang="en")
    (letter,) = letters(town)
    assert (letter.lang, "/en/confirmer/#e=" in letter.link, "your code" in letter.subject) == ("en", True, True)


def test_a_thrown_away_address_gets_a_letter_without_a_code(town: House) -> None:
    phone = Phone(town)
    enrol, code, token = phone.begin("ana@sub.mailinator.com")
    assert phone.finish(enrol, code).status_code in (400, 410)
    assert token == ""


def test_an_operator_adds_to_the_thrown_away_and_takes_from_them(open_house: Opener, settings: Any) -> None:
    settings.var.mkdir(parents=True)
    (settings.var / "throwaway-domains.txt").write_text("# ours\nboites.example\n!mailinator.com\n", "utf-8")
    town = open_house(NAMED, smtp_url="mailbox:")
    Phone(town).start("ana@boites.example")
    Phone(town).start("ana@mailinator.com")
    assert sorted(bool(one.link) for one in letters(town)) == [False, True]


class Queries:
    """Counts what the database is asked, in words without their values."""

    def __init__(self, house: House) -> None:
        self.said: list[str] = []
        sa.event.listen(house.services.ledger.engine, "before_cursor_execute", self._note)

    def _note(self, *event: Any) -> None:
        self.said.append(event[2])

    def take(self) -> list[str]:
        said, self.said = self.said, []
        return said


def test_nothing_tells_a_known_mailbox_from_an_unknown_or_a_muted_one(open_house: Opener) -> None:
    town = open_house(NAMED, smtp_url="mailbox:", enrolments_per_hour=0)
    Phone(town).enrol("ana@valbrume.example")
    queries = Queries(town)

    def shape(to: str) -> tuple[Any, ...]:
        answer = Phone(town).start(to)
        body = answer.json
        headers = sorted((name, value) for name, value in answer.headers if name != "Date")
        return answer.status_code, [*body], len(answer.data), body["expires"], headers, queries.take()

    known, unknown = shape("ana@valbrume.example"), shape("eve@valbrume.example")
    assert known == unknown == shape("eve@mailinator.com")
    for _ in range(12):
        assert shape("zoe@valbrume.example") == known  # far more than a mailbox is sent
    assert len([one for one in letters(town) if one.to == "zoe@valbrume.example"]) == 5


def test_limits_by_network_mute_but_do_not_tell(open_house: Opener) -> None:
    town = open_house(NAMED, smtp_url="mailbox:", enrolments_per_hour=3)
    answers = [Phone(town).start(f"p{number}@orange.fr").status_code for number in range(5)]
    assert (answers, len(letters(town))) == ([202] * 5, 3)


@pytest.mark.parametrize(
    "to", ["", "ana", "ana@", "@valbrume.example", "a b@valbrume.example", "ana@valbrume", "a\n@b.fr"]
)
def test_what_is_no_address_is_refused(town: House, to: str) -> None:
    assert Phone(town).start(to).json == {"code": "bad_payload", "retry": False}


def test_what_is_signed_must_hold(town: House) -> None:
    phone = Phone(town)
    good = phone.enrol_jws("A" * 22)
    for jws, status, code in (
        ("junk", 400, "bad_format"),
        (good[:-8] + "AAAAAAAA", 401, "bad_signature"),
        (phone.enrol_jws("A" * 22, aud="ailleurs"), 400, "wrong_audience"),
        (phone.enrol_jws("A" * 22, method="fax"), 400, "bad_payload"),
        (phone.enrol_jws("A" * 22, method="census"), 404, "not_found"),
        (phone.enrol_jws("A" * 22, more=1), 400, "bad_payload"),
    ):
        answer = phone.post("/v1/enrol/start", {"jws": jws, "to": "ana@valbrume.example"})
        assert (answer.status_code, answer.json["code"]) == (status, code)


def test_without_a_mail_server_nothing_is_offered(open_house: Opener) -> None:
    assert Phone(open_house(NAMED)).start().status_code == 404


def test_the_database_alone_names_nobody(town: House) -> None:
    """A stolen database, without the files of keys: no address, no code, no identity can be read in it."""
    phone = Phone(town)
    phone.enrol("ana.martin@valbrume.example")
    enrol, code, token = Phone(town).begin("ana.martin@valbrume.example")
    tables = (persons, identities, devices, enrolments, contacts, mails)
    stored = repr([rows(town.services.ledger, table) for table in tables]).lower()
    assert enrol.lower() in stored
    for secret in ("martin", "valbrume.example", code, token.lower()):
        assert secret not in stored
