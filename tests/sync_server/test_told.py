"""From the wish of a phone to what arrives: a letter in the post, a message at a push service, and their end."""

import json
import time
from collections.abc import Iterator

import pytest

from civic.happenings import ANSWER, STALE, Happening
from sync_server.following.opening import open_pusher
from sync_server.storage.follows import Follows
from sync_server.storage.happenings import Happenings
from sync_server.worker.opening import open_teller
from tests.sync_server.conftest import House, Opener
from tests.sync_server.phones import NAMED, Phone, clear_letters, letters
from tests.sync_server.push_service import Browser, PushService, push_service
from tests.sync_server.test_following import follow
from tests.sync_server.town_files import SLUG, SPACE

PRIVATE = f'private = "members"\n{NAMED}'


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with push_service() as one:
        yield one


@pytest.fixture
def town(open_house: Opener, service: PushService) -> House:
    more = {"sync_url": "https://sync.valbrume.example", "push_hosts": (service.host,)}
    return open_house(NAMED, smtp_url="mailbox:", enrolments_per_hour=0, **more)


def answered(house: House, n: int) -> int:
    """The town answers; how many are told."""
    now, facts = int(time.time()), {"number": "7", "status": "study"}
    one = Happening(f"answer:{SLUG}/item:{n}", ANSWER, f"{SLUG}/item", f"/{SLUG}/7/", now, now + STALE, facts)
    Happenings(house.services.ledger).note(SPACE, [one])
    teller = open_teller(house.services.settings, house.services.keys, house.services.ledger)
    return sum(teller.step() for _ in range(4))


def test_who_follows_gets_a_letter_and_a_message_and_ends_both(town: House, service: PushService) -> None:
    phone, browser = Phone(town), Browser()
    phone.enrol()
    clear_letters(town)
    about = f"{SLUG}/item"
    assert follow(phone, None, about=about, channel="mail").status_code == 200
    assert follow(phone, browser.subscription(service.address), about=about).status_code == 200
    assert answered(town, 1) == 2
    ((_, _, body),) = service.got
    message = {"v": 1, "code": "answer", "path": f"/{SLUG}/7/", "lang": "fr"}
    assert json.loads(browser.open(body)) == message
    (letter,) = letters(town)
    assert letter.to == "ana@valbrume.example"
    path = letter.stop.removeprefix(town.services.settings.sync_url)
    assert town.client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert [one.channel for one in Follows(town.services.ledger).of(SPACE, phone.kid)] == ["push"]
    service.answers["/one"] = 410
    assert answered(town, 2) == 0
    assert (len(letters(town)), len(service.got)) == (1, 2)
    assert Follows(town.services.ledger).of(SPACE, phone.kid) == []
    assert answered(town, 3) == 0
    assert len(service.got) == 2


def test_what_tells_phones_is_made_from_the_settings(town: House) -> None:
    known = town.services.catalogue.town(SPACE)
    assert known is not None
    pusher = open_pusher(town.services.settings, town.services.keys, town.services.ledger, known.content.space)
    assert (pusher.space, pusher.key.kid) == (SPACE, town.services.keys.push.kid)


def test_a_letter_about_what_is_private_says_nothing_of_it(open_house: Opener) -> None:
    town = open_house(PRIVATE, smtp_url="mailbox:", enrolments_per_hour=0, sync_url="https://sync.valbrume.example")
    phone = Phone(town)
    phone.enrol()
    clear_letters(town)
    assert follow(phone, None, about=f"{SLUG}/item", channel="mail").status_code == 200
    assert answered(town, 1) == 1
    (letter,) = letters(town)
    known = town.services.catalogue.town(SPACE)
    assert known is not None
    titles = {one.title for one in known.content.texts[SLUG].values()}
    said = "\n".join((letter.subject, *letter.lines))
    assert "Consultation privée" in letter.subject
    assert f"/{SLUG}/7/" in said
    assert not [word for word in (*titles, "étude") if word in said]
