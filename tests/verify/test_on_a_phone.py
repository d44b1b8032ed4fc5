"""The page on which anybody recounts a result, in a real browser, on a real town's published files."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.end_to_end.page_checks import check_accessibility
from tests.sync_server.town_files import SLUG
from tests.verify.conftest import Quiet

pytestmark = pytest.mark.browser
PATIENCE = 20_000  # milliseconds


@pytest.fixture(scope="module")
def page(playwright: Playwright) -> Iterator[Page]:
    chromium = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
    )
    context = chromium.new_context(viewport={"width": 360, "height": 800}, service_workers="block")
    yield context.new_page()
    chromium.close()


def test_a_phone_recounts_the_published_result(page: Page, address: str) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{address}/recompter/")
    page.click("[data-recount-list] a")
    expect(page.locator("main [role=status]")).to_have_text(
        "C’est juste : les bulletins donnent exactement le résultat publié.", timeout=PATIENCE
    )
    rows = page.locator("tbody tr").all_inner_texts()
    assert rows[:3] == ["Voix\t11\t11", "Personnes\t11\t11", "Voix sans signature\t0\t0"]
    assert rows[3] == "Idée n°\N{NO-BREAK SPACE}1, pour\t2\t2"
    assert page.locator(":focus").evaluate("one => one.tagName") == "H2"
    verdict = check_accessibility(page)
    assert not verdict.wrong + verdict.unsure
    assert not faults


def test_what_was_kept_is_recounted_without_network(page: Page, address: str) -> None:
    page.click("text=Garder pour recompter sans réseau")
    expect(page.locator("main [role=status]")).to_contain_text("C’est gardé", timeout=PATIENCE)
    page.context.set_offline(True)
    page.evaluate("location.hash = ''")
    page.evaluate(f"location.hash = '#{SLUG}'")
    expect(page.locator("main [role=status]")).to_contain_text("C’est juste", timeout=PATIENCE)
    page.context.set_offline(False)


@pytest.fixture
def lying(published: Path, tmp_path: Path) -> Iterator[str]:
    """The same site on a host that changed one ballot."""
    shutil.copytree(published, tmp_path / "site")
    rows = tmp_path / "site" / SLUG / "donnees" / "rows.jsonl"
    *before, last = rows.read_text().splitlines()
    rows.write_text("\n".join([*before, last.replace('"rx":1', '"rx":2').replace('"salt":"', '"salt":"AAAA')]) + "\n")
    handler = functools.partial(Quiet, directory=str(tmp_path / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_ballot_that_was_changed_is_said_in_words(page: Page, lying: str) -> None:
    page.goto(f"{lying}/en/recompter/#{SLUG}")
    expect(page.locator("main [role=status]")).to_contain_text(
        "Some ballots are not those of the log. Tell the town hall and keep a copy.", timeout=PATIENCE
    )
    assert page.locator(".note.bad").count() == 1
