"""How pages behave in a browser: read by everybody, in any light, size, direction and on paper."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.end_to_end.page_checks import check_accessibility, check_in_light_and_dark, sideways, wide_elements
from tests.theme.conftest import BuildTown

pytestmark = pytest.mark.browser
CORE = ("/", "/decide/", "/mes-envois/", "/moi/", "/confirmer/", "/sans-reseau/", "/donnees/", "/mairie/",
        "/404.html", "/en/", "/en/moi/")  # fmt: skip
IDEAS = ("/filature/", "/filature/1/", "/filature/2/", "/filature/proposer/", "/filature/soutiens/",
         "/filature/theme/culture/", "/filature/bulletin/", "/filature/affiche/", "/halle/", "/halle/1/",
         "/halle/proposer/")  # fmt: skip
LOOKS = [
    ("before", ("/", "/filature/", "/halle/", "/halle/proposer/")),
    ("collect", CORE + IDEAS),
    ("vote", ("/halle/", "/halle/1/", "/halle/bulletin/", "/filature/1/")),
    ("grace", ("/", "/halle/", "/halle/1/")),
    ("results", ("/", "/decide/", "/recompter/", "/halle/", "/halle/1/", "/halle/resultat/", "/filature/resultat/")),
]
Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    contexts = []

    def open_one(width: int = 360, **options: object) -> Page:
        contexts.append(browser.new_context(viewport={"width": width, "height": 800}, **options))  # type: ignore[arg-type]
        return contexts[-1].new_page()

    yield open_one
    for context in contexts:
        context.close()


def unfold(page: Page) -> None:
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


@pytest.mark.parametrize(("state", "paths"), LOOKS, ids=[state for state, _ in LOOKS])
def test_axe_finds_nothing_and_is_sure_of_it(
    build_town: BuildTown, serve: Callable[[Path], str], open_page: Open, state: str, paths: tuple[str, ...]
) -> None:
    address = serve(build_town(state))
    found = []
    page = open_page(service_workers="block")
    for path in paths:
        page.set_viewport_size({"width": 360, "height": 800})
        page.goto(address + path)
        unfold(page)
        phone = check_in_light_and_dark(page)
        page.set_viewport_size({"width": 1280, "height": 800})
        wide = check_accessibility(page)
        found += [f"{path}: {one}" for one in phone.wrong + phone.unsure]
        found += [f"{path} 1280: {one}" for one in wide.wrong + wide.unsure]
    assert not found


@pytest.mark.parametrize(("state", "paths"), LOOKS, ids=[state for state, _ in LOOKS])
def test_nothing_has_to_be_scrolled_sideways(
    build_town: BuildTown, serve: Callable[[Path], str], open_page: Open, state: str, paths: tuple[str, ...]
) -> None:
    address = serve(build_town(state))
    found = []
    narrow, large = open_page(320, service_workers="block"), open_page(360, service_workers="block")
    for path in paths:
        narrow.goto(address + path)
        unfold(narrow)
        if sideways(narrow):
            found.append(f"{path} at 320 pixels: {wide_elements(narrow)}")
        narrow.evaluate("document.documentElement.dir = 'rtl'")
        if sideways(narrow):
            found.append(f"{path} from right to left: {wide_elements(narrow)}")
        large.goto(address + path)
        large.evaluate("document.documentElement.style.fontSize = '200%'")
        unfold(large)
        if sideways(large):
            found.append(f"{path} with large letters: {wide_elements(large)}")
    assert not found


def test_a_vote_is_cast_with_the_keyboard_alone(
    build_town: BuildTown, serve: Callable[[Path], str], open_page: Open
) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{serve(build_town('vote'))}/filature/1/")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.get_attribute("href") == "#main"
    skip.press("Enter")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.locator(":focus").get_attribute("name") == "choice":
            break
    page.keyboard.press("ArrowRight")
    assert page.locator('input[name="choice"][value="against"]').is_checked()
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Voter"


def test_what_is_touched_is_large_enough(build_town: BuildTown, serve: Callable[[Path], str], open_page: Open) -> None:
    page = open_page(service_workers="block")
    address = serve(build_town("vote"))
    for path in ("/", "/filature/1/", "/filature/"):
        page.goto(address + path)
        small = page.evaluate(
            """() => [...document.querySelectorAll('.btn, .pick a, .roof a, .sky a, summary, .ballots label')]
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
            .map((one) => one.outerHTML.slice(0, 80))"""
        )
        assert not small


def test_without_script_what_needs_one_is_not_offered(
    build_town: BuildTown, serve: Callable[[Path], str], open_page: Open
) -> None:
    page = open_page(java_script_enabled=False)
    address = serve(build_town("vote"))
    page.goto(f"{address}/halle/1/")
    assert not page.locator('form[data-act="vote"]').is_visible()
    assert "papier" in page.locator("main").inner_text()
    page.goto(f"{address}/filature/1/")
    assert page.locator('form[data-act="vote"]').is_visible()
    page.goto(f"{address}/mes-envois/")
    assert not page.locator("[data-outbox]").is_visible()
    assert "JavaScript" in page.locator("main").inner_text()


def test_paper_shows_the_ballot_and_nothing_of_the_screen(
    build_town: BuildTown, serve: Callable[[Path], str], open_page: Open
) -> None:
    page = open_page(800, color_scheme="dark", service_workers="block")
    page.goto(f"{serve(build_town('vote'))}/halle/bulletin/")
    page.emulate_media(media="print")
    for selector in (".sky", ".floor", ".screen", ".roof nav"):
        assert not page.locator(selector).first.is_visible()
    box = page.evaluate("getComputedStyle(document.querySelector('.boxes span'), '::before').width")
    assert float(box.removesuffix("px")) == pytest.approx(8 / 25.4 * 96, abs=0.1)
    ink = page.evaluate("getComputedStyle(document.querySelector('.slips h2')).color")
    assert ink == "rgb(26, 36, 31)"
    page.emulate_media(media="screen")
    assert page.locator(".screen").first.is_visible()


def test_a_vote_that_ended_since_the_build_is_offered_nowhere(
    build_town: BuildTown, serve: Callable[[Path], str], open_page: Open
) -> None:
    address = serve(build_town("vote"))
    page = open_page(service_workers="block")
    for path in ("/", "/filature/", "/halle/"):
        page.clock.set_fixed_time("2040-01-01T00:00:00Z")
        page.goto(address + path)
        shown = page.inner_text("main")
        assert "Lire les idées" in shown, path
        assert "Lire et voter" not in shown, path
