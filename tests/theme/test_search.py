"""Search in a browser: with the keyboard alone, narrowed down, and what it says aloud."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.page_checks import check_accessibility
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


def test_nothing_found_says_what_to_try(page: Page) -> None:
    page.goto("/en/chercher/?q=submarine")
    expect(page.locator("[data-found]")).to_contain_text("Try a shorter word")
