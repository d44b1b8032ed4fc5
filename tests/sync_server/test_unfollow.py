"""The address in each letter: to look at it changes nothing, one press or click ends what brought it."""

import pytest

from civic.canonical import b64u_decode
from civic.following import Follow
from sync_server.following.unsubscribing import ALL, Stop, Stops
from sync_server.storage.follows import Follows
from sync_server.vault import Vault
from tests.sync_server.conftest import House, Opener
from tests.sync_server.phones import NAMED
from tests.sync_server.town_files import SLUG, SPACE

SYNC = "https://sync.valbrume.example"
ANA = "p:ana"


@pytest.fixture
def town(open_house: Opener) -> House:
    house = open_house(NAMED, smtp_url="mailbox:")
    follows = Follows(house.services.ledger)
    for about, channel in ((SLUG, "mail"), (f"{SLUG}/item", "mail"), ("berges", "digest"), ("halle", "push")):
        follows.put(Follow(SPACE, ANA, about, ("phase", "news"), channel, 1, "fr"), b"x" if channel == "push" else None)
    follows.put(Follow(SPACE, "p:bob", SLUG, ("phase",), "mail", 1, "fr"), None)
    return house


def path(house: House, about: str = SLUG, lang: str = "fr", space: str = SPACE) -> str:
    keys = house.services.keys
    stops = Stops(Vault(keys.vault, keys.pepper, house.services.random))
    return stops.address(SYNC, space, Stop(ANA, about, lang)).removeprefix(SYNC)


def followed(house: House, who: str = ANA) -> list[str]:
    return [one.about for one in Follows(house.services.ledger).of(SPACE, who)]


def test_a_program_that_opens_every_address_of_a_letter_ends_nothing(town: House) -> None:
    for method in ("GET", "HEAD", "GET"):
        assert town.client.open(path(town), method=method).status_code == 200
    page = town.client.get(path(town))
    assert '<form method="post"' in page.text
    assert page.text.count("<button") == 1
    assert "Ne plus recevoir" in page.text
    assert "Set-Cookie" not in page.headers
    assert SLUG in followed(town)


def test_one_press_ends_one_thing_and_a_second_press_changes_nothing(town: House) -> None:
    for _ in range(2):
        page = town.client.post(path(town))
        assert (page.status_code, "C’est fait" in page.text, "<form" in page.text) == (200, True, False)
        assert followed(town) == ["berges", f"{SLUG}/item", "halle"]
    assert followed(town, "p:bob") == [SLUG]


@pytest.mark.parametrize("mimetype", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_mail_program_ends_it_with_one_click_and_no_cookie(town: House, mimetype: str) -> None:
    """RFC 8058, both ways of posting."""
    answer = town.client.post(path(town), data={"List-Unsubscribe": "One-Click"}, content_type=mimetype)
    assert answer.status_code == 200
    assert SLUG not in followed(town)


def test_the_letter_of_the_day_ends_with_all_that_is_in_it_and_the_phone_is_still_told(town: House) -> None:
    assert town.client.post(path(town, ALL)).status_code == 200
    assert followed(town) == [SLUG, f"{SLUG}/item", "halle"]


def test_the_page_speaks_the_language_of_who_reads(town: House) -> None:
    assert "Stop these messages?" in town.client.get(path(town, lang="en")).text


def test_the_page_says_what_it_is_about_but_nothing_of_what_is_private(town: House, open_house: Opener) -> None:
    assert "La filature" in town.client.get(path(town)).text
    closed = open_house(f'private = "members"\n{NAMED}', smtp_url="mailbox:")
    page = closed.client.get(path(closed)).text
    assert ("Consultation privée" in page, "La filature" in page) == (True, False)


def test_an_address_that_is_changed_or_of_another_town_is_none(town: House) -> None:
    real = path(town)
    for one in (
        real[:-3] + "AAA",
        f"/unfollow/{SPACE}/x",
        f"/unfollow/{SPACE}/" + "A" * 80,
        path(town, space="ailleurs"),
    ):
        for method in ("GET", "POST"):
            answer = town.client.open(one.replace("ailleurs", SPACE), method=method)
            assert answer.status_code == 404
            assert answer.content_type.startswith("text/html")
    assert town.client.post(real.replace(f"/{SPACE}/", "/ailleurs/")).status_code == 404
    assert len(followed(town)) == 4
    assert ANA.encode() not in b64u_decode(real.rpartition("/")[2])
