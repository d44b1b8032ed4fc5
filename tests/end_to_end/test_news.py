"""An event in Chromium: registered for without network, sent later, and the page tells the place, which then moves."""

import pytest
from playwright.sync_api import Page

from civic.modules.news.articles import slot_id
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import kept_acts, plain, see
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import DAY, Plan, Step
from tests.end_to_end.waiting import until

SLUG, EVENT, NAME = "nouvelles", "atelier", "Jeanne Secrète"
PAGE, SLOT = f"/{SLUG}/{EVENT}/", slot_id(SLUG, EVENT)
FORM = 'form[data-act="registration"]'
TABLE = """
date = NOW-48
[event]
starts_at = NOW+48
ends_at = NOW+50
place = "Médiathèque"
seats = 3
seats_each = 2
"""
FILES = {f"news/{EVENT}/article.toml": TABLE} | {
    f"news/{EVENT}/{lang}.md": "title: Atelier\n\nVenez.\n" for lang in ("fr", "en")
}


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    step = Step("collect", -DAY, None, ("registration",))
    return open_town({SLUG: Plan((step,), grace_hours=1, unsigned=("registration",), limits={}, modules=("news",),
                                 publish_rows=False, files=FILES)})  # fmt: skip


def register(citizen: Citizen, seats: int) -> None:
    body = {"event": EVENT, "seats": seats, "name": NAME, "lang": "fr"}
    (result,) = citizen.town.send(citizen.envelope("registration", SLOT, body)[0])
    assert result["status"] == "accepted", result


def place_of(page: Page) -> str:
    """What a page that was just loaded says of the place of this phone, whose registration is received."""
    page.reload()
    line = page.locator("[data-line]")
    line.wait_for()
    return plain(line.inner_text())


def test_a_registration_made_without_network_gets_its_place(town: Town, open_phone: OpenPhone) -> None:
    others = [Citizen(town, SLUG) for _ in range(2)]
    for one in others:
        register(one, 1)
    town.wait_for_page(PAGE, "2 places prises sur 3")
    phone = open_phone(viewport={"width": 360, "height": 740})
    page = phone.open_kept(town.url + PAGE)
    phone.context.set_offline(True)
    page.reload()
    page.locator(f'{FORM} input[value="2"]').check()
    page.locator(f"{FORM} input[name=name]").fill(NAME)
    page.locator(f"{FORM} button[type=submit]").click()
    see(page, "Vous demandez : 2 places", "Sur ce téléphone", "Votre inscription est gardée")
    until(lambda: len(kept_acts(page)) == 1, "it to be on the phone")
    assert len(town.records(SLUG)) == 2
    phone.context.set_offline(False)
    until(lambda: [one["state"] for one in kept_acts(page)] == ["received"], "it to be received")
    until(lambda: "attente : rang 1" in place_of(page), "the page to tell the place")
    others[0].take_back(f"registration:{SLOT}")
    until(lambda: "Vous êtes inscrit : place 2" in place_of(page), "the line to move")
    own = page.locator(f"{FORM} input[name=name]")
    until(lambda: own.input_value() == NAME, "the name, which its own phone knows still")
    published = [file for folder in ("site", "snapshots") for file in (town.var / folder).rglob("*")
                 if file.is_file() and not file.name.startswith(".")]  # fmt: skip
    assert len(published) > 20
    assert not [file for file in published if NAME.encode() in file.read_bytes()]
