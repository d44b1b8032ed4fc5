"""Keeping a consultation: pages never visited open without network; updates are few and never half done (Chromium)."""

import json
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenTown
from tests.end_to_end.gestures import see, vote
from tests.end_to_end.town import Town
from tests.end_to_end.waiting import until

MANIFESTS = "/filature/files.json"
# The service worker looks for news once a minute: this makes what it knows an hour old.
AGE_COPIES = """async () => {
    const cache = await caches.open('preau:/manifests');
    for (const request of await cache.keys()) {
        const copy = await cache.match(request);
        const headers = new Headers(copy.headers);
        headers.set('Preau-At', String(Date.now() - 3600000));
        await cache.put(request, new Response(await copy.text(), { headers }));
    }
}"""
KEPT_PACKS = """async () => (await (await caches.open('preau:/packs')).keys())
    .map((request) => new URL(request.url).pathname).sort()"""
KEPT_MANIFEST = """async (path) => {
    const copy = await (await caches.open('preau:/manifests')).match(path);
    return copy ? copy.text() : '';
}"""

SEEN = "async (path) => Boolean(await (await caches.open('preau:/seen')).match(path))"


@pytest.fixture(scope="module")
def filled_town(open_town: OpenTown) -> Town:
    town = open_town()
    citizen = Citizen(town, "filature")
    for number in range(1, 5):
        citizen.propose(f"Idée numéro {number}")
    until(lambda: "/filature/4/" in town.page(MANIFESTS), "the packs of the consultation", 30)
    return town


@pytest.fixture
def town(filled_town: Town) -> Iterator[Town]:
    """The town, on the network and in order again after the test whatever happened."""
    yield filled_town
    filled_town.host.cut, filled_town.host.slow = (lambda path: False), 0.0
    if not filled_town.serve.is_running:
        filled_town.restore_network()


def packed(town: Town) -> set[str]:
    return {f"/p/{pack['h']}.json" for pack in json.loads(town.page(MANIFESTS))["packs"]}


def keep(town: Town, phone: Phone) -> Page:
    """Opens the list and waits until the whole consultation is on the phone."""
    page = phone.open(f"{town.url}/filature/")
    wanted = town.page(MANIFESTS)
    until(lambda: page.evaluate(KEPT_MANIFEST, MANIFESTS) == wanted, "the consultation on the phone")
    return page


def test_a_form_that_a_poster_led_to_is_there_without_network(town: Town, phone: Phone) -> None:
    """The very first page of a phone: no worker had seen it come."""
    page = phone.open(f"{town.url}/filature/proposer/")
    until(lambda: page.evaluate(SEEN, "/filature/proposer/"), "the form on the phone")
    phone.context.set_offline(True)
    page.goto(f"{town.url}/filature/proposer/")
    assert page.locator("form[data-act=proposal] textarea").is_visible()
    phone.context.set_offline(False)


def change_page_2(town: Town) -> str:
    """Comments on the second proposal; the comment, once a new pack holds it."""
    before, remark = packed(town), f"Bien vu, à {time.time():.3f}."
    Citizen(town, "filature").comment(town.records(kind="proposal")[1]["slot"].partition(":")[2], remark)
    until(lambda: packed(town) - before, "the new pack")
    return remark


def age_and_ask(page: Page) -> None:
    """Makes the phone look for news, as it does at a visit an hour later."""
    page.evaluate(AGE_COPIES)
    page.evaluate(
        "path => navigator.serviceWorker.ready.then(({ active }) => active.postMessage({ keep: path }))", MANIFESTS
    )


def test_a_page_never_visited_opens_without_network(town: Town, phone: Phone) -> None:
    page = keep(town, phone)
    town.kill_network()
    phone.context.set_offline(True)
    page.goto(f"{town.url}/filature/3/")
    see(page, "Idée numéro 3", "Pas de réseau", "Vous lisez la copie du")
    vote(page, "for")
    see(page, "Sur ce téléphone")
    page.reload()
    # What is loaded only once there is something to show was kept too.
    see(page, "Vous avez voté pour", "Enregistrer ce choix")


def test_what_is_kept_is_searched_and_compared_without_network(town: Town, phone: Phone) -> None:
    page = keep(town, phone)
    town.kill_network()
    phone.context.set_offline(True)
    page.goto(f"{town.url}/chercher/?q=idees+3")
    see(page, "Sans réseau, seul ce que ce téléphone garde est cherché")
    page.fill("#q", "idees numero")
    page.locator("[data-found] a[href='/filature/3/']").click()
    see(page, "Idée numéro 3")
    page.goto(f"{town.url}/filature/proposer/")
    page.fill('form[data-act="proposal"] [name="title"]', "Des idées à numéro")
    see(page, "Ces idées ressemblent à la vôtre")
    assert page.locator("[data-similar] a").first.get_attribute("href") == "/filature/1/"


def test_a_page_that_is_not_kept_is_said_to_be_missing(town: Town, phone: Phone) -> None:
    page = keep(town, phone)
    town.kill_network()
    phone.context.set_offline(True)
    page.goto(f"{town.url}/filature/999/")
    see(page, "réseau")
    assert page.locator("h1").count() == 1


def test_an_update_of_one_page_takes_three_requests_at_most(town: Town, phone: Phone) -> None:
    page = keep(town, phone)
    before = packed(town)
    remark = change_page_2(town)
    town.host.asked.clear()
    age_and_ask(page)
    until(lambda: page.evaluate(KEPT_MANIFEST, MANIFESTS) == town.page(MANIFESTS), "the news on the phone")
    assert MANIFESTS in town.host.asked
    # The manifest, the page with its neighbours and their words, the list that counts its comments.
    assert len(town.host.asked) <= 3, town.host.asked
    until(
        lambda: (
            set(page.evaluate(KEPT_PACKS)) >= packed(town)
            and not set(page.evaluate(KEPT_PACKS)) & (before - packed(town))
        ),
        "the old pack gone",
    )
    town.kill_network()
    phone.context.set_offline(True)
    page.goto(f"{town.url}/filature/2/")
    see(page, remark)


def test_an_update_cut_in_the_middle_leaves_the_old_copy_whole_and_goes_on_later(town: Town, phone: Phone) -> None:
    page = keep(town, phone)
    old = town.page(MANIFESTS)
    before = packed(town)
    remark = change_page_2(town)
    (fresh, *_) = packed(town) - before
    town.host.cut = lambda path: path == fresh
    town.host.asked.clear()
    age_and_ask(page)
    until(lambda: fresh in town.host.asked, "the request that is cut")
    assert page.evaluate(KEPT_MANIFEST, MANIFESTS) == old
    assert before <= set(page.evaluate(KEPT_PACKS))
    town.kill_network()
    phone.context.set_offline(True)
    page.goto(f"{town.url}/filature/2/")
    see(page, "Idée numéro 2")
    assert remark not in page.content()

    phone.context.set_offline(False)
    town.host.cut = lambda path: False
    town.restore_network()
    page.goto(f"{town.url}/filature/1/")
    age_and_ask(page)
    until(lambda: page.evaluate(KEPT_MANIFEST, MANIFESTS) == town.page(MANIFESTS), "the news on the phone")


def test_a_pack_with_another_content_is_not_kept(town: Town, phone: Phone) -> None:
    page = keep(town, phone)
    before = packed(town)
    old = town.page(MANIFESTS)
    change_page_2(town)
    (fresh, *_) = packed(town) - before
    (town.site / fresh.lstrip("/")).write_text('{"/filature/2/":"<p>Autre chose</p>"}', "utf-8")
    town.host.asked.clear()
    age_and_ask(page)
    until(lambda: fresh in town.host.asked, "the request for it")
    page.wait_for_timeout(500)
    assert page.evaluate(KEPT_MANIFEST, MANIFESTS) == old
    assert fresh not in page.evaluate(KEPT_PACKS)
    change_page_2(town)
    age_and_ask(page)
    until(lambda: page.evaluate(KEPT_MANIFEST, MANIFESTS) == town.page(MANIFESTS), "the next, whole one on the phone")


def test_with_data_saving_nothing_is_kept_until_asked(town: Town, phone: Phone) -> None:
    phone.context.add_init_script("Object.defineProperty(navigator.connection, 'saveData', { get: () => true })")
    page = phone.open(f"{town.url}/filature/")
    button = page.locator(f'[data-keep="{MANIFESTS}"]')
    see(page, "Garder pour lire sans réseau")
    assert not page.evaluate(KEPT_MANIFEST, MANIFESTS)
    assert " ko" in button.inner_text().replace("\u00a0", " ").replace("\u202f", " ")
    button.click()
    see(page, "C’est gardé : vous pouvez lire sans réseau")
    assert page.evaluate(KEPT_MANIFEST, MANIFESTS) == town.page(MANIFESTS)


def test_a_page_that_has_changed_since_its_copy_offers_the_new_one(town: Town, phone: Phone) -> None:
    page = phone.open_kept(f"{town.url}/filature/2/")
    remark = change_page_2(town)
    town.host.slow = 2.0
    page.goto(f"{town.url}/filature/2/")
    see(page, "Cette page a changé")
    town.host.slow = 0.0
    page.get_by_role("link", name="Lire la nouvelle version").click()
    see(page, remark)
