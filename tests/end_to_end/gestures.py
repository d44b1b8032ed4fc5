"""What a citizen does on a page and sees of it, in Chromium."""

import re
import time
from typing import Any

from playwright.sync_api import Error, Locator, Page

from tests.end_to_end.waiting import until

VOTE, PROPOSAL, COMMENT = ('form[data-act="vote"]', 'form[data-act="proposal"]', 'form[data-act="comment"]')
READ_ACTS = """() => new Promise((resolve, reject) => {
    const opening = indexedDB.open('preau:/');
    opening.onerror = () => reject(opening.error);
    opening.onupgradeneeded = () => opening.transaction.abort();
    opening.onsuccess = () => {
        const all = opening.result.transaction('acts').objectStore('acts').getAll();
        all.onsuccess = () => { opening.result.close(); resolve(all.result); };
    };
})"""


def vote(page: Page, choice: str) -> None:
    page.check(f'{VOTE} input[name="choice"][value="{choice}"]')
    submit(page, VOTE)


def propose(page: Page, title: str, text: str = "Devant l’école, pour attendre au soleil.") -> None:
    page.fill(f'{PROPOSAL} [name="title"]', title)
    page.fill(f'{PROPOSAL} [name="text"]', text)
    choose_category(page, "sport")
    submit(page, PROPOSAL)


def choose_category(page: Page, name: str) -> None:
    field = page.locator(f'{PROPOSAL} [name="category"]').first
    if field.count() and field.evaluate("one => one.tagName") == "SELECT":
        field.select_option(name)
    elif field.count():
        page.check(f'{PROPOSAL} [name="category"][value="{name}"]')


def comment(page: Page, text: str) -> None:
    """The form is empty again, so the comment is kept, on return."""
    field = page.locator(f'{COMMENT} [name="text"]')
    field.fill(text)
    submit(page, COMMENT)
    until(lambda: field.input_value() == "", "the comment to be kept")


def submit(page: Page, form: str) -> None:
    page.click(f'{form} button:not([type="button"])')


def kept_acts(page: Page) -> list[dict[str, Any]]:
    """The acts as this phone keeps them, oldest first."""
    acts: list[dict[str, Any]] = page.evaluate(READ_ACTS)
    return sorted(acts, key=lambda act: (act["made"], act["rev"]))


def standing(page: Page) -> Locator:
    """What the page says of the act just made."""
    return page.locator("[data-form-status]").filter(has_text=re.compile(r"\S"))


def spoken(page: Page) -> str:
    """What a screen reader was told last."""
    return page.locator("main [role=status]").first.inner_text().strip()


def see(page: Page, *texts: str, within: str = "body", seconds: float = 15) -> None:
    """Until the page shows all the texts; no-break spaces are read as spaces."""
    deadline = time.monotonic() + seconds
    while True:
        shown = plain(visible_text(page, within))
        missing = [text for text in texts if plain(text) not in shown]
        if not missing:
            return
        assert time.monotonic() < deadline, f"{missing} not shown on {page.url}:\n{shown}"
        time.sleep(0.05)


def visible_text(page: Page, within: str = "body") -> str:
    try:
        return page.inner_text(within)
    except Error:  # the page is just being replaced by another
        return ""


def plain(text: str) -> str:
    """With single ordinary spaces and straight apostrophes."""
    return re.sub(r"\s+", " ", text).replace("’", "'").strip()
