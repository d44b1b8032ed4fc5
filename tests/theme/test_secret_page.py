"""A secret vote as a citizen sees it: every moment of it, in light and in dark, on a phone and by its keys."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize

from civic.issuer import blind_sign
from tests.civic.issuers import ISSUER, chance
from tests.end_to_end.page_checks import check_in_light_and_dark, sideways, wide_elements
from tests.theme.little_town import DAY, START
from tests.theme.question_town import SLUG
from tests.theme.test_question_pages import Asking, asking

__all__ = ["asking"]
pytestmark = pytest.mark.browser
SECRET = 'form[data-mode="secret"]'
PREPARE = "Préparer mon bulletin"
MAKE_KNOWN = """() => new Promise((resolve, reject) => {
    const opening = indexedDB.open('preau:/');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
        const state = opening.result.transaction('state', 'readwrite').objectStore('state');
        state.put({ level: 'email', methods: ['email'], since: 1780000000 }, 'person').onsuccess = () => {
            opening.result.close();
            resolve(true);
        };
    };
})"""

FORGET_KEYS = """() => new Promise((resolve) => {
    const opening = indexedDB.open('preau:/');
    opening.onsuccess = () => {
        const keys = opening.result.transaction('keys', 'readwrite').objectStore('keys');
        const names = keys.getAllKeys();
        names.onsuccess = () => {
            for (const name of names.result) if (!name.startsWith(':')) keys.delete(name);
            keys.transaction.oncomplete = () => { opening.result.close(); resolve(true); };
        };
    };
})"""


class Issuing:
    """The town's half: `answers` are what it says instead of giving rights, one a request; what came to the box."""

    def __init__(self, context: BrowserContext) -> None:
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.boxed: list[dict[str, Any]] = []
        context.route("https://sync.valbrume.example/v1/tokens", self._give)
        context.route("https://urne.valbrume.example/v1/ballots", self._take)

    def _give(self, route: Route) -> None:
        if self.answers:
            return _say(route, *self.answers.pop(0))
        payload = json.loads(route.request.post_data or "")["jws"].split(".")[1]
        asked = json.loads(base64.urlsafe_b64decode(payload + "==="))
        blinded = base64.urlsafe_b64decode(asked["blinded"] + "==")
        signed = base64.urlsafe_b64encode(blind_sign(ISSUER, blinded, chance("town"))).decode().rstrip("=")
        return _say(route, 200, {"v": 1, "blind_sig": signed})

    def _take(self, route: Route) -> None:
        self.boxed.append(json.loads(route.request.post_data or ""))
        _say(route, 503, {"code": "unavailable", "retry": True})


def _say(route: Route, status: int, answer: dict[str, Any]) -> None:
    headers = {"Access-Control-Allow-Origin": "*"}
    route.fulfill(status=status, body=json.dumps(answer), content_type="application/json", headers=headers)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    size: ViewportSize = {"width": 360, "height": 740}
    context = browser.new_context(viewport=size, locale="fr-FR", service_workers="block")
    yield context
    context.close()


@pytest.fixture
def issuing(context: BrowserContext) -> Issuing:
    return Issuing(context)


def open_known(context: BrowserContext, address: str, day: int) -> Page:
    """The page of the secret question on a phone that the town knows."""
    page = context.new_page()
    page.clock.install(time=START + day * DAY)
    page.goto(address)
    page.locator("[data-right=unknown]").wait_for()
    page.evaluate(MAKE_KNOWN)
    page.reload()
    page.get_by_role("button", name=PREPARE).wait_for()
    return page


def check(page: Page, moment: str) -> None:
    verdict = check_in_light_and_dark(page)
    assert not verdict.wrong + verdict.unsure, f"{moment}: {verdict.wrong + verdict.unsure}"
    assert sideways(page) <= 0, f"{moment}: {wide_elements(page)}"


def said(page: Page) -> str:
    return (page.locator("main [role=status]").text_content() or "").replace("\u00a0", " ").strip()


def test_a_ballot_is_prepared_filled_and_kept_for_its_hour(
    asking: Asking, serve: Callable[[Path], str], context: BrowserContext, issuing: Issuing
) -> None:
    address = f"{serve(asking('vote', 'secret'))}/{SLUG}/2/"
    page = open_known(context, address, 3)
    check(page, "before preparing")
    assert not page.locator(f"{SECRET} input[value=jeudi]").is_visible()
    page.get_by_role("button", name=PREPARE).focus()
    page.keyboard.press("Enter")
    page.locator(f"{SECRET} input[value=jeudi]").wait_for()
    assert page.evaluate("document.activeElement.dataset.right") == "ready"
    assert said(page).startswith("Bulletin prêt sur ce téléphone depuis le 4 juin à 9 h")
    check(page, "prepared")
    page.locator(f"{SECRET} input[value=jeudi]").check()
    page.locator(f"{SECRET} button[type=submit]").click()
    page.get_by_text("à une heure tirée au sort").first.wait_for()
    check(page, "kept for its hour")
    assert not issuing.boxed
    page.goto(address.replace(f"{SLUG}/2/", "mes-envois/"))
    page.get_by_role("button", name="Envoyer maintenant").wait_for()
    check(page, "among what waits")
    page.get_by_role("button", name="Essayer d’envoyer").click()
    page.get_by_text("attendent leur heure").wait_for()
    assert not issuing.boxed
    page.get_by_role("button", name="Envoyer maintenant").click()
    page.get_by_text("La mairie n’a pas pu être jointe").wait_for()
    assert len(issuing.boxed) == 1


def test_a_page_left_open_sends_the_ballot_at_its_hour(
    asking: Asking, serve: Callable[[Path], str], context: BrowserContext, issuing: Issuing
) -> None:
    page = open_known(context, f"{serve(asking('vote', 'secret'))}/{SLUG}/2/", 3)
    page.get_by_role("button", name=PREPARE).click()
    page.locator(f"{SECRET} input[value=mardi]").check()
    page.locator(f"{SECRET} button[type=submit]").click()
    page.get_by_text("à une heure tirée au sort").first.wait_for()
    page.evaluate("dispatchEvent(new Event('online'))")
    assert not issuing.boxed
    with page.expect_response("**/v1/ballots"):
        page.clock.fast_forward("06:00:00")
    assert len(issuing.boxed) == 1


def test_a_ballot_that_cannot_be_signed_any_more_is_told_and_nothing_is_posted(
    asking: Asking, serve: Callable[[Path], str], context: BrowserContext, issuing: Issuing
) -> None:
    page = open_known(context, f"{serve(asking('vote', 'secret'))}/{SLUG}/2/", 3)
    page.get_by_role("button", name=PREPARE).click()
    page.locator(f"{SECRET} input[value=mardi]").check()
    page.evaluate(FORGET_KEYS)
    posted: list[str] = []
    page.on("request", lambda one: posted.append(one.url) if one.method == "POST" else None)
    page.locator(f"{SECRET} button[type=submit]").click()
    page.locator("[data-faults]").wait_for()
    assert not posted
    page.reload()
    page.locator("[data-right=broken]").wait_for()


def test_it_is_prepared_before_the_vote_opens_and_each_refusal_says_what_to_do(
    asking: Asking, serve: Callable[[Path], str], context: BrowserContext, issuing: Issuing
) -> None:
    page = open_known(context, f"{serve(asking('before', 'secret'))}/{SLUG}/2/", -2)
    for status, code, words in (
        (403, "not_eligible", "La mairie ne vous connaît pas de la façon demandée ici."),
        (401, "unknown_key", "La mairie ne connaît plus ce téléphone."),
        (429, "rate_limited", "Recommencez dans quelques minutes."),
        (500, "anything", "Le bulletin n’a pas pu être préparé."),
    ):
        issuing.answers.append((status, {"code": code, "retry": False}))
        page.get_by_role("button", name=PREPARE).click()
        page.locator("[data-why]:visible").filter(has_text=words).wait_for()
        assert words in said(page)
        assert page.locator("[data-why]:visible").count() == 1
    check(page, "refused")
    page.get_by_role("button", name=PREPARE).click()
    page.locator("[data-right=ready]").filter(has_text="Il servira dès l’ouverture du vote").wait_for()
    assert not page.locator("[data-why]:visible").count()
    check(page, "prepared before the opening")


def test_a_ballot_prepared_elsewhere_is_told_and_stays_told(
    asking: Asking, serve: Callable[[Path], str], context: BrowserContext, issuing: Issuing
) -> None:
    page = open_known(context, f"{serve(asking('vote', 'secret'))}/{SLUG}/2/", 3)
    issuing.answers.append((409, {"code": "token_already_issued", "retry": False}))
    page.get_by_role("button", name=PREPARE).click()
    elsewhere = page.locator("[data-right=elsewhere]").filter(has_text="préparé sur un autre téléphone")
    elsewhere.wait_for()
    check(page, "prepared elsewhere")
    page.reload()
    elsewhere.wait_for()
    assert not page.get_by_role("button", name=PREPARE).is_visible()
    assert not page.locator(f"{SECRET} input[value=jeudi]").is_visible()


def test_a_browser_too_old_for_the_arithmetic_is_told_so(
    asking: Asking, serve: Callable[[Path], str], context: BrowserContext
) -> None:
    page = context.new_page()
    page.add_init_script("delete globalThis.BigInt")
    page.goto(f"{serve(asking('vote', 'secret'))}/{SLUG}/2/")
    page.get_by_text("Ce téléphone est trop ancien pour un vote secret").wait_for()


def test_without_scripts_the_paper_is_offered_and_no_form(
    asking: Asking, serve: Callable[[Path], str], browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{serve(asking('vote', 'secret'))}/{SLUG}/2/")
    assert "Votez sur papier" in page.locator("noscript").first.inner_text()
    assert not page.locator(SECRET).is_visible()
    context.close()
