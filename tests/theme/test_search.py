"""Search in a browser: with the keyboard alone, narrowed down, and what it says aloud."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from pypdfium2 import PdfDocument

from civic.short_address import short_of
from tests.end_to_end.page_checks import check_accessibility
from tests.end_to_end.qr_reader import read_qr
from tests.theme.conftest import BuildTown

pytestmark = pytest.mark.browser


@pytest.fixture
def page(build_town: BuildTown, serve: Callable[[Path], str], browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, base_url=serve(build_town("collect")), service_workers="block"
    )
    yield context.new_page()
    context.close()


def test_words_are_looked_for_and_no_word_leaves_the_phone(page: Page) -> None:
    asked: list[str] = []
    page.goto("/chercher/")
    page.on("request", lambda request: asked.append(request.url))
    page.focus("#q")
    page.keyboard.type("PARAGRAPHE sept titres")
    page.keyboard.press("Enter")
    status = page.locator("main [role=status]").first
    expect(status).to_contain_text("résultats")
    expect(page.locator("[data-found] li")).to_have_count(25)
    assert page.locator("[data-found] mark").first.inner_text() in ("titre", "Paragraphe")
    page.get_by_role("button", name="Montrer la suite").click()
    expect(page.locator("[data-found] li").nth(25).locator("a")).to_be_focused()
    assert not check_accessibility(page).wrong
    assert asked
    assert not [url for url in asked if "titre" in url.lower() or not url.endswith((".json", ".svg"))]


def test_a_search_is_narrowed_down_and_keeps_its_address(page: Page) -> None:
    page.goto("/chercher/?q=numéro+12&dans=halle")
    expect(page.locator("[data-found] li a").first).to_have_attribute("href", "/halle/12/")
    expect(page.locator("[data-found] li a[href^='/filature/']")).to_have_count(0)
    page.select_option("#dans", "")
    expect(page.locator("[data-found] li a[href^='/filature/']").first).to_be_visible()
    page.fill("#q", "du texte")
    page.select_option("#quoi", "Page de la mairie")
    expect(page.locator("[data-found] .facts", has_text="Consultation")).to_have_count(0)
    expect(page.locator("[data-found] .facts").first).to_contain_text("Page de la mairie")
    page.reload()
    assert page.input_value("#q") == "du texte"
    expect(page.locator("[data-found] .facts", has_text="Consultation")).to_have_count(0)
    expect(page.locator("#quoi")).to_have_value("Page de la mairie")


def test_nothing_found_says_what_to_try(page: Page) -> None:
    page.goto("/en/chercher/?q=submarine")
    expect(page.locator("[data-found]")).to_contain_text("Try a shorter word")


def test_a_list_goes_on_in_its_order_on_the_phone(page: Page) -> None:
    page.goto("/filature/soutiens/")
    expect(page.locator("ol > li")).to_have_count(25)
    summary = page.get_by_text("Les idées suivantes")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details ol > li")).to_have_count(4)
    supports = page.locator("ol > li .facts strong", has_text="soutien").all_inner_texts()
    votes = [int(text.split()[0]) for text in supports]
    assert len(votes) == 29, "all but the one that was withdrawn"
    assert votes == sorted(votes, reverse=True)
    numbers = page.locator("main ol > li").evaluate_all("rows => rows.map((row) => row.value)")
    assert len(set(numbers)) == 29
    assert not check_accessibility(page).wrong
    link = page.locator("details ol > li a").last
    title = link.inner_text()
    link.click()
    expect(page.locator("h1")).to_contain_text(title)


def read_code(drawn: Locator) -> str:
    drawn.scroll_into_view_if_needed()
    picture = Image.open(io.BytesIO(drawn.screenshot())).convert("L")
    width, height = picture.size
    return read_qr([[picture.getpixel((x, y)) < 128 for x in range(width)] for y in range(height)])  # type: ignore[operator]


def test_the_code_of_a_poster_holds_the_short_address_which_leads_to_the_consultation(page: Page) -> None:
    short = f"/q/{short_of('filature')}/"
    for size, sheet in {"": (210, 297), "a3/": (297, 420), "cartes/": (210, 297)}.items():
        page.goto(f"/filature/affiche/{size}")
        assert read_code(page.locator(".poster .qr svg").first) == f"https://participer.valbrume.example{short}"
        assert page.locator(".poster .address").first.inner_text() == f"participer.valbrume.example{short}".rstrip("/")
        printed = PdfDocument(page.pdf(prefer_css_page_size=True))
        assert [tuple(round(points / 72 * 25.4) for points in one.get_size()) for one in printed] == [sheet], size
    page.goto(short)
    page.wait_for_url("**/filature/")


def test_the_code_of_a_page_is_asked_for_when_somebody_wants_to_show_it(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/filature/")
    share = page.locator("details[data-share]")
    share.scroll_into_view_if_needed()
    assert not [url for url in asked if url.endswith("code.svg")]
    with page.expect_response("**/filature/code.svg"):
        share.locator("summary").click()
    expect(share.locator("img")).to_have_js_property("complete", True)
    assert read_code(share.locator("img")) == f"https://participer.valbrume.example/q/{short_of('filature')}/"


def test_ways_to_sort_are_one_line_on_a_phone_and_open_where_there_is_room(page: Page) -> None:
    page.goto("/filature/")
    by_lot = page.get_by_role("link", name="Au hasard")
    expect(by_lot).to_be_hidden()
    page.get_by_text("Trier et filtrer").press("Enter")
    by_lot.click()
    page.wait_for_url("**/ordre/au-hasard/")
    expect(page.get_by_text("Trier et filtrer · 1")).to_be_visible()
    expect(by_lot).to_have_attribute("aria-current", "true")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/filature/")
    expect(by_lot).to_be_visible()
    expect(page.get_by_text("Trier et filtrer")).to_be_hidden()
