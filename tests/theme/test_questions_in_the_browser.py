"""Questions in Chromium: read by everybody in any light and size; a blank takes the other answers away."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.page_checks import check_accessibility, check_in_light_and_dark, sideways, wide_elements
from tests.theme.little_town import DAY, START
from tests.theme.question_town import SLUG
from tests.theme.test_question_pages import Asking, asking

__all__ = ["asking"]
pytestmark = pytest.mark.browser
LOOKS = [
    (("before",), ("",)),
    (("vote", "open"), ("", "1/", "2/", "bulletin/", "affiche/")),
    (("vote", "hidden"), ("", "3/")),
    (("results", "hidden", "clear"), ("", "2/", "resultat/")),
    (("results", "hidden", "tie"), ("resultat/",)),
]
BALLOT = 'form[data-act="ballot"]'
Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    contexts = []

    def open_one(width: int = 360, **options: Any) -> Page:
        contexts.append(
            browser.new_context(viewport={"width": width, "height": 800}, service_workers="block", **options)
        )
        return contexts[-1].new_page()

    yield open_one
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("look", "paths"), LOOKS, ids=["-".join(look) for look, _ in LOOKS])
def test_axe_finds_nothing_and_pages_fit(
    asking: Asking, serve: Callable[[Path], str], open_page: Open, look: tuple[str, ...], paths: tuple[str, ...]
) -> None:
    address, found = serve(asking(*look)), []
    page = open_page()
    for path in paths:
        page.goto(f"{address}/{SLUG}/{path}")
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        for width, check in ((1280, check_accessibility), (360, check_in_light_and_dark)):
            page.set_viewport_size({"width": width, "height": 800})
            verdict = check(page)
            found += [f"{path} {width}: {one}" for one in (*verdict.wrong, *verdict.unsure)]
            if sideways(page) > 0:
                found.append(f"{path} is wider than {width}: {wide_elements(page)}")
    assert not found, "\n".join(found)


@pytest.fixture
def list_page(asking: Asking, serve: Callable[[Path], str], open_page: Open) -> Page:
    """The three ballots, while they are taken."""
    page = open_page()
    page.clock.set_fixed_time(START + 3 * DAY)
    page.goto(f"{serve(asking('vote'))}/{SLUG}/")
    return page


def test_a_blank_takes_the_other_answers_away(list_page: Page) -> None:
    form = list_page.locator(BALLOT).nth(2)
    ticked = "els => els.filter((one) => one.checked).map((one) => one.value)"
    for value, left in (("quai", ["quai"]), ("gare", ["quai", "gare"]), ("blank", ["blank"]), ("place", ["place"])):
        form.locator(f"input[value={value}]").check()
        assert form.locator("input[type=checkbox]").evaluate_all(ticked) == left


def test_too_many_answers_and_none_are_said_at_the_ballot(list_page: Page) -> None:
    form = list_page.locator(BALLOT).nth(2)
    form.locator("button[type=submit]").click()
    expect(form).to_contain_text("Choisissez une réponse, ou blanc.")
    for value in ("place", "quai", "gare"):
        form.locator(f"input[value={value}]").check()
    form.locator("button[type=submit]").click()
    expect(form).to_contain_text("Choisissez 2 réponses au plus.")
    link = form.locator("[data-faults] a")
    link.click()
    assert form.locator("input[value=place]").evaluate("one => one === document.activeElement")


def test_an_answer_is_kept_shown_changed_and_shown_again_on_the_page_of_its_question(list_page: Page) -> None:
    form = list_page.locator(BALLOT).nth(1)
    form.locator("input[value=jeudi]").check()
    form.locator("button[type=submit]").click()
    list_page.wait_for_selector("text=Votre vote est gardé.")
    assert "Votre réponse : Le jeudi, après l’école" in form.inner_text().replace("\u00a0", " ")
    list_page.goto(list_page.url + "2/")
    own = list_page.locator("[data-my-slot]")
    own.locator("text=Le jeudi, après l’école").wait_for()
    assert list_page.locator(f"{BALLOT} input[value=jeudi]").is_checked()
    assert list_page.locator(f"{BALLOT} [data-withdraw]").is_visible()
