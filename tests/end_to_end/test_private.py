"""A private consultation: a member reads and votes, without network too; a stranger sees that it is private."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from sync_server.reading_keys import ReadingKeys, on_paper
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import propose, see, vote
from tests.end_to_end.test_who_is_voting import make_known
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import CATEGORIES, DAY, Plan, Step
from tests.end_to_end.waiting import until
from tests.sync_server.photographs import photograph
from tests.verify.town import checked, codes

IDEA = "Un abri pour les vélos"
TAKES = Step("vote", -DAY, 10 * DAY, ("proposal", "vote", "comment"))
PHOTO = "[...document.querySelectorAll('.photos img')].map((one) => one.naturalWidth).some((width) => width > 0)"
RESIDENTS = '[actions.read]\nassurance = "census"'


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    """Private ones: a mailbox opens "cercle", "conseil" asks for more, "atelier" has a code."""
    members = Plan((TAKES,), assurance="email", private="members", categories=CATEGORIES)
    residents = Plan((TAKES,), assurance="email", private="members", questions=RESIDENTS)
    plans = {"atelier": Plan((TAKES,), private="code"), "cercle": members, "conseil": residents}
    return open_town(plans, settings={"PREAU_SMTP_URL": "mailbox:"})


def taken_home(page: Page) -> str:
    """The file that the page's link gives."""
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").first.click()
    return Path(download.value.path()).read_text("utf-8-sig")


def test_a_member_reads_writes_and_votes_and_reads_again_without_network(
    town: Town, open_phone: OpenPhone, tmp_path: Path
) -> None:
    phone = open_phone("member")
    page = phone.open(f"{town.url}/")
    asked: set[str] = set()
    phone.context.on("request", lambda request: asked.add(request.url))
    page.click('main a[href="/cercle/"]')
    see(page, "Seuls les membres lisent cette page", "La mairie ne sait pas qui utilise ce téléphone")
    make_known(town, page, "anne@exemple.fr")
    page.goto(f"{town.url}/cercle/proposer/")
    page.locator("form[data-act=proposal][data-grant]").wait_for()
    photo = tmp_path / "abri.jpg"
    photo.write_bytes(photograph())
    page.set_input_files("#photos", [photo])
    see(page, "Photos prêtes : 1 sur 3.")
    propose(page, IDEA)
    see(page, "Reçu, n° ")
    until(lambda: town.host.file_of("/cercle/1/"), "the page of the idea")
    page.goto(f"{town.url}/cercle/1/")
    see(page, IDEA)
    assert IDEA in page.title()
    page.locator("form[data-act=vote][data-grant]").wait_for()
    vote(page, "for")
    see(page, "Vous avez voté pour", "Reçu, n° ")
    until(lambda: len([*town.site.glob("cercle/photos/*.sealed")]) == 2, "the photo of the idea", 40)
    until(lambda: page.reload() and page.evaluate(PHOTO), "the photo on the page", 30)
    page.goto(f"{town.url}/cercle/")
    see(page, "Dites ce que vous en pensez")
    until(lambda: IDEA in taken_home(page), "the idea in the open data")
    # Of what asks for more than a mailbox, this phone has no key.
    page.goto(f"{town.url}/conseil/")
    see(page, "Cette page reste fermée")
    until(lambda: page.evaluate("caches.match('/cercle/files.json').then((one) => !!one)"), "the pages to be kept")
    town.kill_network()
    page.goto(f"{town.url}/cercle/1/")
    see(page, IDEA, "Vous avez voté pour")
    page.goto(f"{town.url}/moi/")
    page.locator("details[data-mine] summary").click()
    see(page, IDEA, "Vote", "Idée")
    town.restore_network()
    expected = ("ERR_", "Failed to fetch", "403 (Forbidden)")  # no network, and "conseil"
    assert not [one for one in phone.complaints if not any(words in one for words in expected)]
    assert {urlsplit(url).hostname for url in asked if url.startswith("http")} == {"127.0.0.1"}, "no stranger was asked"


def test_who_has_the_code_reads_and_without_network_too(town: Town, open_phone: OpenPhone) -> None:
    code = on_paper(ReadingKeys(town.var / "keys" / "private", bytes).code("essai", "atelier"))
    phone = open_phone("workshop")
    page = phone.open_kept(f"{town.url}/atelier/")
    see(page, "Cette page s’ouvre avec un code")
    page.get_by_label("Le code").fill("7K3Q-P9T4-MZ2R-7K3Q")
    page.get_by_role("button", name="Ouvrir la page").click()
    see(page, "Ce code n’ouvre pas cette page")
    page.get_by_label("Le code").fill(code.lower().replace("0", "o"))
    page.get_by_role("button", name="Ouvrir la page").click()
    see(page, "Dites ce que vous en pensez")
    town.host.kill()
    page.reload()
    see(page, "Dites ce que vous en pensez")
    town.host.start()


def test_a_stranger_and_the_host_learn_nothing_of_it(town: Town, open_phone: OpenPhone) -> None:
    until(lambda: town.host.file_of("/cercle/1/"), "the page of the idea")
    phone = open_phone("stranger")
    page = phone.open(f"{town.url}/cercle/1/")
    see(page, "Consultation privée", "La mairie ne sait pas qui utilise ce téléphone")
    assert IDEA not in page.content()
    assert not phone.complaints
    report = checked(town.site)
    assert (report.status, "note private" in codes(report)) == (0, True)
    published = [file for file in town.site.rglob("*") if file.is_file()]
    assert not [file for file in published if IDEA.encode() in file.read_bytes()]
    assert not [file for file in published if file.suffix == ".webp" or file.read_bytes().startswith(b"RIFF")]
    status, listed = town.get("/v1/snapshots/essai")
    assert (status, b"cercle" in listed) == (200, False)
    assert town.get("/v1/snapshots/essai/cercle")[0] == 404
    assert town.get("/v1/snapshots/essai/private%2Fcercle")[0] == 404
    assert town.get("/v1/snapshots/essai/private/cercle.key")[0] == 404
