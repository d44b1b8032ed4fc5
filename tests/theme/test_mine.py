"""What somebody did from a phone, on the page about them: read on the phone, whatever the network and the town."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.page_checks import check_accessibility, sideways
from tests.theme.conftest import BuildTown
from tests.theme.little_town import DAY, START


@pytest.mark.browser
def test_own_votes_and_contributions_are_listed_and_nothing_is_asked_for_it(
    build_town: BuildTown, serve: Callable[[Path], str], browser: Browser
) -> None:
    size = {"width": 360, "height": 800}
    context = browser.new_context(
        viewport=size, base_url=serve(build_town("collect")), service_workers="block"  # type: ignore[arg-type]
    )  # fmt: skip
    page = context.new_page()
    page.clock.set_fixed_time(START + 3 * DAY)
    page.goto("/filature/1/")
    page.get_by_label("Pour").first.check()
    page.get_by_role("button", name="Voter").click()
    page.get_by_text("Sur ce téléphone").first.wait_for()
    page.fill("#comment-text", "Près de la gare aussi.")
    page.get_by_role("button", name="Commenter").click()
    page.get_by_text("Votre commentaire est gardé").first.wait_for()
    page.goto("/moi/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_text("Ouvrir la liste").focus()
    page.keyboard.press("Enter")
    votes, words = page.locator("[data-votes]"), page.locator("[data-words]")
    expect(votes.locator("li")).to_have_count(1)
    expect(votes.locator("li a")).to_contain_text("Pour : ")
    expect(votes.locator("li a")).to_have_attribute("href", "/filature/1/")
    expect(words.locator("li .kind")).to_contain_text("Commentaire")
    expect(words.locator("li .st")).to_have_text("Sur ce téléphone")
    # What waits leaves by itself, as on any page; nothing else is asked.
    assert not [url for url in asked if "/a/" not in url and not url.endswith("/v1/sync")]
    verdict = check_accessibility(page)
    assert not verdict.wrong + verdict.unsure
    assert sideways(page) <= 0
    context.close()
