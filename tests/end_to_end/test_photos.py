"""A photo with an idea: made small without network, sent in pieces over a bad link, published without what it tells."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.end_to_end.chromium import Phone
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import kept_acts, propose, see
from tests.end_to_end.lossy_link import LossyLink
from tests.end_to_end.page_checks import check_accessibility
from tests.end_to_end.town import Town
from tests.end_to_end.waiting import until
from tests.sync_server.photographs import MAKER, photograph

TITLE, ALT = "Une table au lavoir", "Le lavoir, vu du pont"
MOST = 150_000
KEPT = """() => new Promise((resolve, reject) => {
    const opening = indexedDB.open('preau:/');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
        const asked = opening.result.transaction('state').objectStore('state').get('photos');
        asked.onsuccess = () => {
            opening.result.close();
            resolve(Object.values(asked.result || {}).map((one) => one.bytes.byteLength));
        };
    };
})"""
IS_SHOWN = "[...document.querySelectorAll('.photos img')].map((one) => (one.loading = 'eager', one.naturalWidth))"


@pytest.fixture(scope="module")
def link() -> Iterator[LossyLink]:
    link = LossyLink()
    yield link
    link.kill()


@pytest.fixture(scope="module")
def town(link: LossyLink, open_town: OpenTown) -> Town:
    town = open_town(sync_port=link.port)
    link.town_port = town.port
    link.start()
    return town


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve million pixels as a phone takes them: lying on its side, with place and maker, hard to make small."""
    noise = Image.frombytes("RGB", (80, 60), os.urandom(80 * 60 * 3)).resize((4000, 3000))
    exif = Image.open(io.BytesIO(photograph(turned=6))).getexif()
    file = tmp_path_factory.mktemp("camera") / "IMG_0031.jpg"
    noise.save(file, "JPEG", quality=90, exif=exif)
    assert MAKER in file.read_bytes()
    return file


def choose(page: Page, *files: Path) -> None:
    page.set_input_files("#photos", list(files))


def test_a_photo_follows_its_idea_over_a_bad_link_and_tells_nothing_of_its_place(
    town: Town, link: LossyLink, picture: Path, open_phone: OpenPhone
) -> None:
    phone = open_phone("citizen")
    page = phone.open_kept(f"{town.url}/filature/proposer/")
    town.kill_network()
    phone.context.set_offline(True)
    page.goto(f"{town.url}/filature/proposer/")
    choose(page, picture)
    see(page, "Photos prêtes : 1 sur 3.")
    page.get_by_label("Décrivez-la pour qui ne la voit pas").fill(ALT)
    propose(page, TITLE)
    see(page, "Sur ce téléphone")
    (size,) = page.evaluate(KEPT)
    assert 10_000 < size <= MOST
    phone.kill()

    town.restore_network()
    page = phone.start().open(f"{town.url}/mes-envois/")
    see(page, "Reçu, n°", seconds=30)
    see(page, "Photos : 1 sur 1 envoyées.", seconds=30)
    until(lambda: page.evaluate(KEPT) == [], "the end of the copy on the phone")
    pieces = [one for one in link.passed if one.startswith("PATCH") and one.endswith((" 204", " 201"))]
    assert len(pieces) >= 2
    assert any("/v1/photos/" in one for one in link.lost)

    town.wait_for_page("/filature/1/", ALT, "/photos/", seconds=30)
    page.goto(f"{town.url}/filature/1/")
    until(lambda: page.evaluate(IS_SHOWN) == [360], "the photo on the page")
    large = page.locator(".photos a").get_attribute("href")
    data = (town.site / str(large).lstrip("/")).read_bytes()
    shown = Image.open(io.BytesIO(data))
    assert (shown.size, dict(shown.getexif())) == ((900, 1200), {})
    assert MAKER not in data
    check = check_accessibility(page)
    assert not check.wrong


def test_the_field_takes_three_photos_says_what_it_cannot_read_and_takes_one_away(
    town: Town, phone: Phone, tmp_path: Path
) -> None:
    files = []
    for number in range(4):
        file = tmp_path / f"{number}.jpg"
        file.write_bytes(photograph((300 + number, 200)))
        files.append(file)
    other = tmp_path / "lettre.pdf"
    other.write_bytes(b"%PDF-1.7")
    page = phone.open(f"{town.url}/filature/proposer/")
    choose(page, other)
    see(page, "« lettre.pdf » n’est pas une photo")
    choose(page, *files)
    see(page, "Trois photos au plus.")
    until(lambda: page.locator(".shot").count() == 3, "three photos")
    check = check_accessibility(page)
    assert not check.wrong
    page.get_by_role("button", name="Retirer cette photo").nth(1).click()
    see(page, "La photo est retirée.")
    assert page.evaluate("document.activeElement.id") == "photos"
    page.get_by_label("Décrivez-la pour qui ne la voit pas").first.fill("  Un  banc ")
    propose(page, "Un banc et deux photos")
    until(lambda: [act["state"] for act in kept_acts(page)] == ["received"], "the receipt", 30)
    photos = kept_acts(page)[-1]["body"]["photos"]
    assert [one["alt"] for one in photos] == ["Un  banc", ""]
    until(lambda: page.locator(".shot").count() == 0, "an empty field")
