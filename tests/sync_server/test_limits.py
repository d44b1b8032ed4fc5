"""How much one address and one key may ask, whatever others do."""

import pytest

from sync_server.limits import MOST_KEYS, Windows, neighbourhood
from tests.sync_server.conftest import Clock, House, Opener


def test_as_much_as_allowed_is_taken_and_no_more() -> None:
    clock = Clock(0)
    windows = Windows(10, clock.monotonic)
    assert [windows.take("a") for _ in range(10)] == [0.0] * 10
    assert windows.take("a") > 0
    assert windows.take("b") == 0.0


def test_what_is_refused_does_not_count() -> None:
    windows = Windows(10, Clock(0).monotonic)
    assert windows.take("a", 8) == 0.0
    assert windows.take("a", 3) > 0
    assert windows.take("a", 2) == 0.0


def test_the_minute_slides() -> None:
    clock = Clock(0)
    windows = Windows(60, clock.monotonic)
    clock.at = 59
    assert windows.take("a", 60) == 0.0
    clock.at = 61  # another page, but the acts are two seconds old
    assert windows.take("a", 10) > 0
    clock.at = 90
    assert windows.take("a", 29) == 0.0
    clock.at = 400
    assert windows.take("a", 60) == 0.0


def test_the_wait_that_is_told_is_enough() -> None:
    clock = Clock(0)
    windows = Windows(5, clock.monotonic)
    windows.take("a", 5)
    clock.at = 60
    wait = windows.take("a", 5)
    clock.at += wait
    assert windows.take("a", 5) == 0.0


def test_more_at_once_than_the_limit_is_taken_when_nothing_came_before() -> None:
    windows = Windows(5, Clock(0).monotonic)
    assert windows.take("a", 25) == 0.0
    assert windows.take("a") > 0


def test_memory_is_bounded_however_many_keys_come() -> None:
    windows = Windows(5, Clock(0).monotonic)
    for number in range(MOST_KEYS + 3):
        windows.take(str(number))
    assert len(windows._counts) <= MOST_KEYS + 1


def test_zero_is_no_limit() -> None:
    windows = Windows(0, Clock(0).monotonic)
    assert all(windows.take("a", 1000) == 0.0 for _ in range(100))


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("nonsense", "nonsense"),
        ("", ""),
    ],
)
def test_addresses_are_counted_by_customer(address: str, counted: str) -> None:
    assert neighbourhood(address) == counted


def test_an_address_that_asks_too_often_is_told_when_to_come_back(open_house: Opener) -> None:
    house = open_house(requests_per_minute=3)
    for _ in range(3):
        assert house.client.get("/v1/health").status_code == 200
    for path in ("/v1/health", "/nothing"):
        answer = house.client.get(path)
        assert (answer.status_code, answer.json) == (429, {"code": "rate_limited", "retry": True})
        assert int(answer.headers["Retry-After"]) > 0
    house.clock.at += 130
    assert house.client.get("/v1/health").status_code == 200


def test_a_key_that_sends_too_much_keeps_its_acts_for_later_and_others_are_taken(open_house: Opener) -> None:
    house = open_house(envelopes_per_minute=3)
    ana, bob = house.citizen(1), house.citizen(2)
    assert house.statuses(*(ana.propose(number) for number in range(1, 4))) == ["accepted"] * 3
    results = house.results(ana.propose(4), bob.propose(5))
    assert [one.get("code", one["status"]) for one in results] == ["rate_limited", "accepted"]
    assert results[0]["retry"] is True
    house.clock.at += 130
    assert house.statuses(ana.propose(4)) == ["accepted"]


def test_an_envelope_whose_signature_fails_costs_its_supposed_author_nothing(open_house: Opener) -> None:
    house = open_house(envelopes_per_minute=1)
    text = house.citizen(1).propose(5)
    forged = text[:-4] + ("AAAA" if not text.endswith("AAAA") else "QQQQ")
    assert house.statuses(forged, forged) == ["bad_signature"] * 2 or "bad_format" in house.statuses(forged)
    assert house.statuses(text) == ["accepted"]


def ask(house: House, forwarded: str) -> int:
    return house.client.get("/v1/health", headers={"X-Forwarded-For": forwarded}).status_code


def test_behind_a_proxy_the_address_is_the_one_the_proxy_saw(open_house: Opener) -> None:
    house = open_house(requests_per_minute=1, trusted_proxies=1)
    assert ask(house, "203.0.113.1") == 200
    assert ask(house, "203.0.113.2") == 200
    assert ask(house, "198.51.100.9, 203.0.113.1") == 429  # what the asker wrote before is not believed
    assert ask(house, "203.0.113.1, 203.0.113.3") == 200


def test_without_a_proxy_nobody_says_where_they_come_from(open_house: Opener) -> None:
    house = open_house(requests_per_minute=1)
    assert ask(house, "203.0.113.1") == 200
    assert ask(house, "203.0.113.2") == 429
