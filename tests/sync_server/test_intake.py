"""POST /v1/sync: one result per envelope, a receipt for what is stored, nothing else."""

import json

import pytest
import sqlalchemy as sa

from civic.canonical import b64u_decode
from civic.receipt import commitment, open_receipt
from sync_server.storage.tables import payloads, records
from tests.civic.town import jti
from tests.contracts.history import rows
from tests.sync_server.conftest import NOW, House, Opener


def test_an_act_gets_a_number_and_a_receipt_that_checks(house: House) -> None:
    text = house.citizen(1).propose(5)
    answer = house.send(text).json
    (result,) = answer["results"]
    assert result == {
        "id": result["id"], "status": "accepted", "no": 1, "rx": NOW, "head": {"rev": 1, "id": result["id"]},
    }  # fmt: skip
    assert (answer["v"], answer["now"]) == (1, NOW)
    key = house.services.keys.receipt
    (item,) = open_receipt(answer["receipt"], "valbrume", key.x, key.y).items
    assert (item.id, item.no, item.rx) == (result["id"], 1, NOW)


def test_the_commitment_opens_with_the_salt_that_is_kept_and_that_the_receipt_tells(house: House) -> None:
    text = house.citizen(1).propose(5)
    key, answer = house.services.keys.receipt, house.send(text).json
    for receipt in (answer["receipt"], house.send(text).json["receipt"]):  # a duplicate is told the same
        (item,) = open_receipt(receipt, "valbrume", key.x, key.y).items
        assert item.salt is not None
        assert item.c == commitment(b64u_decode(item.salt), text)
    (record,), (payload,) = rows(house.services.ledger, records), rows(house.services.ledger, payloads)
    assert record[6] == commitment(payload[5], payload[4])
    assert len(payload[5]) == 32


def test_one_receipt_covers_everything_that_is_stored_and_nothing_else(house: House) -> None:
    ana, bob = house.citizen(1), house.citizen(2)
    house.send(ana.propose(5))
    answer = house.send(ana.propose(5), bob.vote(5, rev=2), bob.vote(5, "blank"), bob.vote(404), "junk").json
    assert [one["status"] for one in answer["results"]] == ["duplicate", "accepted", "superseded", "refused", "refused"]
    key = house.services.keys.receipt
    items = open_receipt(answer["receipt"], "valbrume", key.x, key.y).items
    assert [one.id for one in items] == [one["id"] for one in answer["results"][:3]]
    assert [one.no for one in items] == [1, 2, 3]


def test_a_receipt_promises_by_when_the_public_log_holds_the_act(house: House) -> None:
    key, answer = house.services.keys.receipt, house.send(house.citizen(1).propose(5)).json
    receipt = open_receipt(answer["receipt"], "valbrume", key.x, key.y)
    assert receipt.by == NOW + 2 * house.services.settings.log_seconds + 60


def test_a_receipt_says_so_where_the_salt_was_erased(house: House) -> None:
    (result,) = house.results(house.citizen(1).propose(5))
    with house.services.ledger.writing() as connection:
        connection.execute(sa.delete(payloads))
    answer = house.client.get(f"/v1/receipts/{result['id']}")
    key = house.services.keys.receipt
    (item,) = open_receipt((answer.json or {})["receipt"], "valbrume", key.x, key.y).items
    assert (item.no, item.salt) == (1, None)


def test_there_is_no_receipt_where_nothing_is_stored(house: House) -> None:
    answer = house.send("junk", house.citizen(1).vote(404)).json
    assert answer["receipt"] is None
    assert [(one["id"] is None, one["code"], one["retry"]) for one in answer["results"]] == [
        (True, "bad_format", False),
        (False, "unknown_target", True),
    ]


def test_a_receipt_can_be_asked_for_again(house: House) -> None:
    (result,) = house.results(house.citizen(1).propose(5))
    answer = house.client.get(f"/v1/receipts/{result['id']}")
    key = house.services.keys.receipt
    (item,) = open_receipt((answer.json or {})["receipt"], "valbrume", key.x, key.y).items
    assert (item.id, item.no) == (result["id"], 1)
    for unknown in ("x" * 43, "x", "é" * 43):
        assert house.client.get(f"/v1/receipts/{unknown}").json == {"code": "not_found", "retry": False}


def test_an_act_taken_in_time_is_a_duplicate_for_ever(open_house: Opener) -> None:
    house = open_house()
    text = house.citizen(1).propose(5)
    (first,) = house.results(text)
    house.clock.at = 4_100_000_000  # long after closing
    (again,) = house.results(text)
    assert (again["status"], again["no"], again["rx"]) == ("duplicate", 1, first["rx"])
    assert house.statuses(house.citizen(2).vote(5)) == ["closed"]


def test_old_records_are_a_prefix_of_the_new_after_every_request(house: House) -> None:
    ana, bob = house.citizen(1), house.citizen(2)
    requests = [[ana.propose(5)], [bob.vote(5), bob.vote(5)], ["junk"], [bob.vote(5, "blank", rev=3)], [ana.vote(9)],
                [bob.comment(9, 5), bob.withdraw(f"vote:{jti(5)}", rev=9)]]  # fmt: skip
    before: list = []
    for envelopes in requests:
        house.send(*envelopes)
        after = rows(house.services.ledger, records)
        assert after[: len(before)] == before
        before = after


@pytest.mark.parametrize("mimetype", ["text/plain", "text/plain;charset=UTF-8", "application/json"])
def test_the_types_that_are_taken(house: House, mimetype: str) -> None:
    body = json.dumps({"v": 1, "space": "valbrume", "envelopes": [house.citizen(1).propose(5)]})
    assert house.client.post("/v1/sync", data=body, content_type=mimetype).status_code == 200


def test_other_types_are_not_taken(house: House) -> None:
    answer = house.client.post("/v1/sync", data="{}", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json) == (415, {"code": "unsupported_type", "retry": False})


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"\xff", b'{"v":1,"space":"valbrume","envelopes":[]}',
        b'{"v":1,"space":"valbrume","envelopes":["x"],"more":1}', b'{"v":1,"space":"valbrume"}',
        b'{"v":2,"space":"valbrume","envelopes":["x"]}', b'{"v":true,"space":"valbrume","envelopes":["x"]}',
        b'{"v":1,"v":1,"space":"valbrume","envelopes":["x"]}', b'{"v":1,"space":1,"envelopes":["x"]}',
        b'{"v":1,"space":"valbrume","envelopes":[1]}', b'{"v":1,"space":"valbrume","envelopes":"x"}',
        b'{"v":1.0,"space":"valbrume","envelopes":["x"]}', b'{"v":1,"space":"valbrume","envelopes":["\\ud800"]}',
        json.dumps({"v": 1, "space": "valbrume", "envelopes": ["x"] * 101}).encode(),
        b"[" * 100_000,
    ],
    ids=range(18),
)  # fmt: skip
def test_a_body_that_is_not_exactly_right_is_refused_as_a_whole(house: House, body: bytes) -> None:
    answer = house.client.post("/v1/sync", data=body, content_type="text/plain")
    assert (answer.status_code, answer.json) == (400, {"code": "bad_request", "retry": False})


def test_an_unknown_town_is_not_found(house: House) -> None:
    answer = house.send("x", space="elsewhere")
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
