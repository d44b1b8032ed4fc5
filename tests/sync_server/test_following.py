"""Following: a phone asks, signed; it is told by push, encrypted for it alone, and by nobody but this town."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from civic.canonical import b64u_encode
from civic.following import TYPE, Subscription
from civic.jws import jwk_header, seal_jws
from sync_server.following.post import GuardedPost, Unreachable, is_public
from sync_server.following.push import Outcome, Pusher
from sync_server.storage.follows import Follows
from sync_server.vault import Vault
from tests.sync_server.conftest import NOW, House, Opener
from tests.sync_server.phones import NAMED, Phone
from tests.sync_server.push_service import Browser, PushService, check_vapid, point_of, push_service
from tests.sync_server.town_files import SLUG, SPACE

CONTACT = "mailto:mairie@valbrume.example"


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with push_service() as one:
        yield one


@pytest.fixture
def town(open_house: Opener, service: PushService) -> House:
    service.got.clear()
    service.answers.clear()
    return open_house(NAMED, smtp_url="mailbox:", enrolments_per_hour=0, push_hosts=(service.host,))


def ask(phone: Phone, do: str, body: dict[str, Any], **changed: Any):
    nonce = phone.house.read(f"/v1/nonce/{SPACE}")["nonce"]
    payload = {"v": 1, "aud": SPACE, "do": do, "nonce": nonce, "iat": NOW, "body": body} | changed
    return phone.post("/v1/follows", {"jws": seal_jws(jwk_header(TYPE, *phone.point), payload, phone.sign)})


def follow(phone: Phone, to: Subscription | None, about: str = SLUG, channel: str = "push", **changed: Any):
    body: dict[str, Any] = {"about": about, "purposes": ["phase", "answer"], "channel": channel, "lang": "fr"} | changed
    return ask(phone, "follow", body | ({} if to is None else {"subscription": to._asdict()}))


def followed(phone: Phone) -> list[dict[str, Any]]:
    return list(ask(phone, "followed", {}).json["follows"])


def pusher(house: House, service: PushService) -> Pusher:
    keys = house.services.keys
    vault, sender = Vault(keys.vault, keys.pepper, bytes), GuardedPost((service.host,))
    return Pusher(SPACE, keys.push, vault, Follows(house.services.ledger), sender, CONTACT)


def tell(house: House, service: PushService, code: str = "phase") -> list[Outcome]:
    rows = [*Follows(house.services.ledger).following(SPACE, SLUG, code)]
    return pusher(house, service).tell(rows, code, f"/{SLUG}/", "fr", int(time.time()))


def test_a_phone_that_nobody_knows_follows_by_push_and_stops_in_one_step(town: House, service: PushService) -> None:
    phone = Phone(town)
    assert follow(phone, Browser().subscription(service.address)).json == {"v": 1}
    assert followed(phone) == [{"about": SLUG, "channel": "push", "purposes": ["phase", "answer"], "since": NOW}]
    assert followed(Phone(town)) == []
    assert follow(phone, None, purposes=[]).status_code == 200
    assert followed(phone) == []


def test_by_mail_one_is_known_by_mail_first(town: House) -> None:
    phone, other = Phone(town), Phone(town)
    answer = follow(phone, None, channel="mail")
    assert (answer.status_code, answer.json["code"]) == (409, "no_address")
    phone.enrol()
    assert follow(phone, None, channel="digest").status_code == 200
    other.enrol()
    assert [one["channel"] for one in followed(other)] == ["digest"]  # the person follows, whatever their phone
    phone.ask("consent", {"purpose": "contact", "on": False})
    assert followed(other) == []
    assert follow(phone, None, channel="mail").json["code"] == "no_address"


def test_what_can_not_be_followed_is_refused(town: House, service: PushService) -> None:
    phone, to = Phone(town), Browser().subscription(service.address)
    refused = [
        follow(phone, to, about="ailleurs"),
        follow(phone, to, lang="xx"),
        follow(phone, to._replace(endpoint="http://127.0.0.1:9/one")),
        follow(phone, None),
        ask(phone, "followed", {}, aud="ailleurs"),
        ask(phone, "followed", {}, nonce="A" * 22),
    ]
    assert [one.json["code"] for one in refused] == [
        "unknown_consultation", "bad_option", "bad_payload", "bad_payload", "wrong_audience", "expired",
    ]  # fmt: skip


def test_a_revoked_phone_follows_nothing_any_more(town: House, service: PushService) -> None:
    phone = Phone(town)
    phone.enrol()
    follow(phone, Browser().subscription(service.address))
    phone.ask("revoke", {"kid": phone.kid})
    assert tell(town, service) == []
    assert follow(phone, Browser().subscription(service.address)).json["code"] == "revoked"


def test_wishes_from_one_network_are_counted(open_house: Opener, service: PushService) -> None:
    town = open_house(NAMED, enrolments_per_hour=1, push_hosts=(service.host,))
    phone, to = Phone(town), Browser().subscription(service.address)
    codes = [follow(phone, to).status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]
    assert follow(phone, None, purposes=[]).status_code == 200  # whoever wants to stop can


def test_a_message_says_a_code_and_a_path_to_one_phone_alone(town: House, service: PushService) -> None:
    browser = Browser()
    follow(Phone(town), browser.subscription(service.address))
    assert tell(town, service) == [Outcome.SENT]
    ((path, headers, body),) = service.got
    assert path == "/one"
    assert json.loads(browser.open(body)) == {"v": 1, "code": "phase", "path": f"/{SLUG}/", "lang": "fr"}
    own = b"\x04" + town.services.keys.push.x + town.services.keys.push.y
    claims = check_vapid(headers["authorization"], service.address, int(time.time()), own)
    assert claims["sub"] == CONTACT
    assert (headers["ttl"], headers["urgency"], len(headers["topic"])) == ("259200", "normal", 32)
    with pytest.raises(InvalidTag):
        Browser("other").open(body)


def test_a_reminder_is_urgent_and_soon_stale_and_its_topic_is_always_the_same(
    town: House, service: PushService
) -> None:
    follow(Phone(town), Browser().subscription(service.address), purposes=["closing", "answer"])
    for code in ("closing", "closing", "answer"):
        tell(town, service, code)
    one, two, other = (headers for _, headers, _ in service.got)
    assert (one["ttl"], one["urgency"]) == ("43200", "high")
    assert one["topic"] == two["topic"] != other["topic"]


@pytest.mark.parametrize(
    ("status", "outcome", "left"),
    [(404, "gone", 0), (410, "gone", 0), (429, "later", 1), (503, "later", 1), (403, "later", 1), (307, "later", 1)],
)
def test_a_phone_that_is_gone_is_forgotten_and_any_other_no_is_tried_again(
    town: House, service: PushService, status: int, outcome: str, left: int
) -> None:
    follow(Phone(town), Browser().subscription(service.address))
    service.answers["/one"] = status
    assert tell(town, service) == [outcome]
    assert len([*Follows(town.services.ledger).following(SPACE, SLUG, "phase")]) == left
    assert [path for path, _, _ in service.got] == ["/one"]  # redirections lead nowhere


def test_a_service_that_is_away_is_told_later_and_the_others_now(open_house: Opener, service: PushService) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        gone = f"127.0.0.1:{taken.getsockname()[1]}"
    town = open_house(NAMED, enrolments_per_hour=0, push_hosts=(service.host, gone))
    service.got.clear()
    service.answers.clear()
    for address in (f"http://{gone}", service.address):
        assert follow(Phone(town), Browser().subscription(address)).status_code == 200
    rows = [*Follows(town.services.ledger).following(SPACE, SLUG, "phase")]
    both = pusher(town, service)._replace(sender=GuardedPost((service.host, gone)))
    assert sorted(both.tell(rows, "phase", f"/{SLUG}/", "fr", int(time.time()))) == [Outcome.LATER, Outcome.SENT]
    assert len(service.got) == 1


def test_a_town_without_an_address_that_push_services_like_is_told_all_the_same(
    town: House, service: PushService
) -> None:
    follow(Phone(town), Browser().subscription(service.address))
    rows = [*Follows(town.services.ledger).following(SPACE, SLUG, "phase")]
    odd = pusher(town, service)._replace(contact="http://[::1]/participer/")
    assert odd.tell(rows, "phase", f"/{SLUG}/", "fr", int(time.time())) == [Outcome.SENT]


@contextmanager
def dripping() -> Iterator[str]:
    """The host of a service that never comes to the end of its answer."""
    is_over = threading.Event()

    def answer() -> None:
        opened, _ = listening.accept()
        with opened, suppress(OSError):
            opened.sendall(b"HTTP/1.1 201 Created\r\nX-Slow: ")
            while not is_over.wait(0.02):
                opened.sendall(b"X")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        is_over.set()
        thread.join()


def test_who_answers_a_byte_at_a_time_holds_nobody_up_for_long() -> None:
    with dripping() as host:
        began = time.monotonic()
        with suppress(Unreachable):
            GuardedPost((host,)).post(f"http://{host}/x", b"x", {}, 0.2)
        assert time.monotonic() - began < 10  # the longest header that is read would take 1,300


def test_who_keeps_us_waiting_is_not_asked_again_at_once_but_who_says_no_is() -> None:
    later = [0.0]
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.create_server(("127.0.0.1", 0)) as taken:
        waiting, gone = (f"127.0.0.1:{one.getsockname()[1]}" for one in (silent, taken))
        taken.close()
        post = GuardedPost((waiting, gone), monotonic=lambda: time.monotonic() + later[0])

        def said(host: str, timeout: float) -> str:
            with pytest.raises(Unreachable) as raised:
                post.post(f"http://{host}/x", b"x", {}, timeout)
            return str(raised.value)

        assert ["refused" in said(gone, 9.0) for _ in range(2)] == [True, True]
        assert ["a moment ago" in said(waiting, 0.2) for _ in range(2)] == [False, True]
        later[0] = 61.0
        assert "a moment ago" not in said(waiting, 0.2)


def test_no_message_ever_goes_into_a_private_network() -> None:
    def inside(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", port))]

    with pytest.raises(Unreachable, match="not on the public internet"):
        GuardedPost((), inside).post("https://push.example/x", b"x", {}, 1.0)
    for address in ("http://push.example/x", "https://127.0.0.1/x", "https://push.example:22/x", "https://db/x"):
        with pytest.raises(Unreachable, match="not an address"):
            GuardedPost((), inside).post(address, b"x", {}, 1.0)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1",
     "fe80::1%2", "fd00::1", "fec0::1", "ff0e::1", "::ffff:127.0.0.1", "::10.0.0.7", "2002:7f00:1::",
     "64:ff9b::10.0.0.7"],
)  # fmt: skip
def test_these_are_not_public(address: str) -> None:
    assert not is_public(address)
    assert is_public("9.9.9.9")
    assert is_public("2620:fe::fe")
    assert is_public("64:ff9b::9.9.9.9")  # a network without IPv4 of its own


def test_the_public_half_of_the_key_is_a_point(town: House, tmp_path: Path) -> None:
    key = town.services.keys.push
    assert len(b64u_encode(point_of(key.private.public_key()))) == 87
