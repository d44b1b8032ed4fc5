"""The short way in answers as Flask does, to the letter, whatever is sent."""

from collections.abc import Callable

import pytest

from civic.refusals import Code
from sync_server.routes.intake import answer_text
from sync_server.storage import LedgerUnavailable
from tests.sync_server.conftest import House, Opener

JSON = "application/json"
Sending = Callable[[House, str], object]
SENDINGS: dict[str, Sending] = {
    "nothing that counts": lambda house, mimetype: house.send("junk", mimetype=mimetype),
    "an act known already": lambda house, mimetype: house.send(house.citizen(1).propose(5), mimetype=mimetype),
    "another space": lambda house, mimetype: house.send("junk", space="ailleurs", mimetype=mimetype),
    "no envelope": lambda house, mimetype: house.send(mimetype=mimetype),
    "too many": lambda house, mimetype: house.send(*["junk"] * 101, mimetype=mimetype),
    "not JSON": lambda house, mimetype: house.client.post("/v1/sync", data=b"{", content_type=mimetype),
    "nothing": lambda house, mimetype: house.client.post("/v1/sync", content_type=mimetype),
    "too long": lambda house, mimetype: house.client.post("/v1/sync", data=b"x" * 600_000, content_type=mimetype),
}


def said(response) -> tuple[int, list[tuple[str, str]], bytes]:
    return response.status_code, sorted(response.headers), response.data


@pytest.mark.parametrize("send", SENDINGS.values(), ids=SENDINGS)
def test_both_ways_say_the_same(house: House, send: Sending) -> None:
    house.send(house.citizen(1).propose(5))
    short, long = said(send(house, "text/plain")), said(send(house, JSON))
    assert short[:2] == long[:2]
    # A receipt's signature is drawn anew each time; all before it is the same.
    assert short[2].split(b'"receipt"')[0] == long[2].split(b'"receipt"')[0]
    assert short[2].split(b'"results"')[1:] == long[2].split(b'"results"')[1:]


def test_a_phones_batch_goes_the_short_way(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []

    def noted(service, space: str, envelopes: list[str], grants: list[str] | None) -> str:
        taken.extend(envelopes)
        return answer_text(service, space, envelopes, grants)

    monkeypatch.setattr("sync_server.front.answer_text", noted)
    house.send("a")
    house.send("b", mimetype="text/plain;charset=UTF-8")  # as browsers write it
    house.send("c", mimetype=JSON)
    house.client.post(
        "/v1/sync", data=b'{"v":1,"space":"valbrume","envelopes":["d"],"grants":["e"]}', content_type="text/plain"
    )
    assert taken == ["a", "b", "d"]


def test_the_address_limit_stands_on_the_short_way(open_house: Opener) -> None:
    house = open_house(requests_per_minute=2)
    assert [house.send("junk").status_code for _ in range(3)] == [200, 200, 429]
    response = house.send("junk")
    assert (response.json, int(response.headers["Retry-After"]) > 0) == (
        {"code": Code.RATE_LIMITED.value, "retry": True},
        True,
    )


def test_a_ledger_that_cannot_write_is_told_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(space: str, offers: object) -> None:
        asked.append(space)
        raise LedgerUnavailable("the disk is full")

    monkeypatch.setattr(house.services.writer, "append", refuse)
    response = house.send(house.citizen(1).propose(5))
    assert (response.status_code, response.json) == (503, {"code": "unavailable", "retry": True})
    assert asked == ["valbrume"]
