"""What holds for every page of the demo's town: form, accessibility, weight, reading without scripts, no stranger."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, Playwright

from sync_server.reading_keys import ReadingKeys, on_paper
from tests.end_to_end.chromium import PHONE, Phone
from tests.end_to_end.conftest import OpenPhone
from tests.end_to_end.demo_town import DemoTown
from tests.end_to_end.page_checks import check_html, check_in_light_and_dark, sideways, wide_elements
from tests.end_to_end.site_pages import SitePages

MOST_UNSURE = 0  # texts on a page that axe can't judge, such as those above a drawing
HARD = {"html": 14_000, "scripts": 16_000, "first_view": 40_000}
SECRET = 4_000  # bytes of scripts more, for the arithmetic of a secret vote, where one is asked for
GOAL = {"html": 8_000, "scripts": 10_000, "first_view": 20_000}
WINDOWS = [(320, "100%"), (360, "200%")]  # width in pixels, size of letters
# What scripts write, or show only where they run.
LIVE = (
    "[role=status], [data-banner], [data-form-status], [data-my-slot], [data-outbox], [data-keep], [data-answer], "
    ".scripted, noscript"
)
VISIBLE_LINES = """(live) => {
    const lines = [];
    const walk = (one) => {
        if (one.nodeType === Node.TEXT_NODE) {
            const text = one.data.replace(/\\s+/g, ' ').trim();
            if (text && one.parentElement.checkVisibility()) lines.push(text);
        } else if (one.nodeType === Node.ELEMENT_NODE && !one.matches(live)) one.childNodes.forEach(walk);
    };
    walk(document.querySelector('main'));
    return lines;
}"""


@pytest.fixture(scope="module")
def pages(demo: DemoTown) -> SitePages:
    pages = SitePages(demo.site)
    assert len(pages.paths) > 40
    return pages


def test_every_kind_of_page_is_valid_html(pages: SitePages) -> None:
    faults = check_html([pages.file(path) for path in pages.one_of_each])
    assert not faults, "\n".join(faults[:20])


class Seen(NamedTuple):
    """A page in a browser of 360 pixels: what its console said, its lines, and what was too wide in which window."""

    complaints: list[str]
    lines: list[str]
    wide: dict[str, list[str]]


class Visit(NamedTuple):
    """One walk through the site, with scripts: every page by its address, and all addresses that were asked for."""

    pages: dict[str, Seen]
    asked: set[str]


@pytest.fixture(scope="module")
def visit(
    demo: DemoTown, pages: SitePages, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visit]:
    """Each page is opened once for all that is looked for: loading is what takes time."""
    phone = Phone(playwright, tmp_path_factory.mktemp("visit")).start()
    visit = Visit({}, set())
    phone.context.on("request", lambda request: visit.asked.add(request.url))
    page = phone.open(demo.url)
    for path in pages.one_of_each:
        phone.complaints.clear()
        page.goto(f"{demo.url}{path}")
        complaints, lines = list(phone.complaints), page.evaluate(VISIBLE_LINES, LIVE)
        wide = {f"{width} px, {text}": _too_wide(page, width, text) for width, text in WINDOWS}
        visit.pages[path] = Seen(complaints, lines, {window: found for window, found in wide.items() if found})
        page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    # A short address leads on at once: of it only what it asks for is looked at.
    page.goto(f"{demo.url}{next(path for path in pages.paths if path.startswith('/q/'))}")
    yield visit
    phone.close()


def _too_wide(page: Page, width: int, text: str) -> list[str]:
    page.set_viewport_size({"width": width, "height": 700})
    page.evaluate("size => { document.documentElement.style.fontSize = size; }", text)
    return [f"by {sideways(page)} px", *wide_elements(page)] if sideways(page) > 0 else []


@pytest.mark.slow
def test_every_shape_of_page_is_accessible_in_light_and_in_dark(demo: DemoTown, pages: SitePages, phone: Phone) -> None:
    page = phone.open(demo.url)
    wrong: list[str] = []
    unsure: dict[str, int] = {}
    for path in pages.all_shapes:
        page.goto(f"{demo.url}{path}")
        verdict = check_in_light_and_dark(page)
        wrong += [f"{path} {one}" for one in verdict.wrong]
        unsure[path] = len(verdict.unsure)
    print(f"axe: {len(unsure)} of {len(pages.paths)} pages, at most {max(unsure.values())} texts undecided on a page")
    assert not wrong, "\n".join(wrong[:20])
    assert max(unsure.values()) <= MOST_UNSURE, max(unsure, key=lambda path: unsure[path])


def test_every_kind_of_page_keeps_to_its_budget_of_bytes(pages: SitePages) -> None:
    weights = {path: pages.weigh(path)._asdict() for path in pages.one_of_each}
    for path, weight in weights.items():
        weight["scripts"] -= SECRET if b"data-secret" in pages.file(path).read_bytes() else 0
    for name, hard in HARD.items():
        path = max(weights, key=lambda one: weights[one][name])
        print(f"{name}: at most {weights[path][name]} B brotli ({path}), goal {GOAL[name]}, limit {hard}")
    over = {path: weight for path, weight in weights.items() if any(weight[name] > HARD[name] for name in HARD)}
    assert not over


def test_private_pages_keep_to_all_of_it_once_they_are_open(demo: DemoTown, pages: SitePages, phone: Phone) -> None:
    code = on_paper(ReadingKeys(demo.site.parent / "keys" / "private", bytes).code("valbrume", "atelier"))
    page = phone.open(f"{demo.url}/atelier/")
    page.get_by_label("Le code").fill(code)
    page.get_by_role("button", name="Ouvrir la page").click()
    page.locator("main .rows").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H1"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(demo.url)))
    shells = [path for path in pages.private if pages.language(path) == ""]
    assert len(shells) > 8
    wrong: list[str] = []
    for path in shells:
        asked.clear()
        page.set_viewport_size({"width": 360, "height": 740})
        page.goto(f"{demo.url}{path}")
        page.locator("main:not(:has([data-sealed]))").wait_for()
        page.wait_for_load_state("networkidle")
        verdict = check_in_light_and_dark(page)
        wrong += [f"{path} {one}" for one in (*verdict.wrong, *verdict.unsure)]
        page.set_viewport_size({"width": 320, "height": 700})
        wrong += [f"{path} is wide: {one}" for one in (wide_elements(page) if sideways(page) > 0 else ())]
        scripts = {url for url in asked if url.endswith(".js") and url != "/sw.js"}
        assert scripts <= pages.scripts(path), "what comes without a gesture is weighed"
    assert not wrong, "\n".join(wrong[:20])
    assert not phone.complaints


def test_no_page_complains_or_asks_a_stranger_for_anything(demo: DemoTown, visit: Visit) -> None:
    for kind in ("/suivre/", "/affiche/", "/affiche/a3/", "/affiche/cartes/", "/q/", "/projets/", "/ordre/"):
        assert any(kind in url for url in visit.asked), kind
    # The address of the page that says "no such page" is not found: that is its point.
    assert not {path: seen.complaints for path, seen in visit.pages.items() if seen.complaints}
    own = (f"{demo.url}/", f"{demo.sync_url}/", "data:", "blob:")
    assert not {url for url in visit.asked if not url.startswith(own)}


@pytest.mark.slow
def test_every_page_reads_complete_without_javascript(demo: DemoTown, visit: Visit, open_phone: OpenPhone) -> None:
    plain = open_phone("plain", java_script_enabled=False).open(demo.url)
    for path, seen in visit.pages.items():
        plain.goto(f"{demo.url}{path}", wait_until="domcontentloaded")
        assert plain.locator("h1").is_visible(), path
        without = plain.evaluate(VISIBLE_LINES, LIVE)
        assert not [line for line in seen.lines if line not in without], path


def test_no_page_scrolls_sideways(visit: Visit) -> None:
    assert not {path: seen.wide for path, seen in visit.pages.items() if seen.wide}


def test_every_page_says_its_language_and_names_its_others(pages: SitePages) -> None:
    for path in pages.paths:
        text = pages.file(path).read_text("utf-8")
        assert f'<html lang="{pages.language(path) or "fr"}"' in text, path
        if path != "/404.html":
            assert {"fr", "nl", "de", "en"} <= set(re.findall(r'hreflang="(\w\w)"', text)), path
