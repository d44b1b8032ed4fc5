"""Following on a real phone: asked for with a tap, told by a push that Chromium delivers, stopped with a tap."""

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sync_server.following.post import GuardedPost
from sync_server.following.push import Outcome, Pusher
from sync_server.keys import open_keys
from sync_server.storage import Ledger, open_engine
from sync_server.storage.follows import Follows
from sync_server.vault import Vault
from tests.end_to_end.chromium import Phone
from tests.end_to_end.conftest import OpenTown
from tests.end_to_end.gestures import see
from tests.end_to_end.test_who_is_voting import make_known
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import DAY, Plan, Step
from tests.end_to_end.waiting import until
from tests.sync_server.push_service import Browser, PushService, push_service

# A browser without its maker's network reaches no push service: the address is a stand-in, all else is real.
STAND_IN = """({ endpoint, p256dh, auth }) => {
  let kept = null;
  const subscription = {
    endpoint, toJSON: () => ({ endpoint, keys: { p256dh, auth } }), unsubscribe: async () => Boolean(kept),
  };
  PushManager.prototype.getSubscription = async () => kept;
  PushManager.prototype.subscribe = async function ({ userVisibleOnly, applicationServerKey }) {
    window.asked = [userVisibleOnly, applicationServerKey.length, await this.permissionState({ userVisibleOnly })];
    kept = subscription;
    return kept;
  };
}"""
FOUND = "navigator.serviceWorker.getRegistration('/suivre/push/')"
SHOWN = f"""async () => (await (await {FOUND}).getNotifications()).map(
  ({{ title, body, tag, lang, data }}) => ({{ title, body, tag, lang, path: data.path }}))"""
WAITING_ACT = """() => new Promise((done) => { indexedDB.open('preau:/').onsuccess = ({ target }) => {
  const writing = target.result.transaction('acts', 'readwrite');
  writing.objectStore('acts').put({ id: 'x', consultation: 'filature', state: 'waiting', next: 9e9 }, 'x');
  writing.oncomplete = () => done(); }; })"""
NOTED = """() => new Promise((done) => { indexedDB.open('preau:/').onsuccess = ({ target }) => {
  const asked = target.result.transaction('state').objectStore('state').get('unfinished');
  asked.onsuccess = () => done(asked.result || null); }; })"""
RENEWED = """async (given) => {
  const event = new ExtendableEvent('pushsubscriptionchange');
  const done = new Promise((resolve, reject) => { event.waitUntil = (work) => work.then(resolve, reject); });
  event.newSubscription = { options: {}, toJSON: () => ({ endpoint: given.endpoint, keys: given }) };
  self.dispatchEvent(event);
  await done;
}"""
BROWSER = Browser()


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with push_service() as one:
        yield one


@pytest.fixture(scope="module")
def town(open_town: OpenTown, service: PushService) -> Town:
    step = Step("vote", -DAY, 10 * DAY, ("proposal", "vote", "comment"))
    hosts = {"PREAU_SMTP_URL": "mailbox:", "PREAU_PUSH_HOSTS": service.host}
    return open_town({"filature": Plan((step,))}, settings=hosts)


@pytest.fixture
def able(phone: Phone, town: Town, service: PushService) -> Phone:
    """A phone that reaches the push service and may show notifications."""
    phone.context.grant_permissions(["notifications"], origin=town.url)
    given = BROWSER.subscription(service.address)._asdict()
    phone.context.add_init_script(f"({STAND_IN})({json.dumps(given)})")
    return phone


def rows(town: Town) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{town.var / 'preau.sqlite'}?mode=ro", uri=True)) as database:
        return database.execute("SELECT about, purpose, channel, lang FROM follows ORDER BY about, purpose").fetchall()


def tell(town: Town, service: PushService, code: str, path: str, lang: str = "fr") -> str:
    """What the town's message to the one phone says, as its browser reads it."""
    keys, engine = open_keys(town.var / "keys", os.urandom), open_engine(f"sqlite:///{town.var}/preau.sqlite")
    ledger = Ledger(engine)
    vault, sender = Vault(keys.vault, keys.pepper, os.urandom), GuardedPost((service.host,))
    pusher = Pusher("essai", keys.push, vault, Follows(ledger), sender, "mailto:mairie@essai.example")
    follower = [*Follows(ledger).following("essai", "filature", "result")]
    assert pusher.tell(follower, code, path, lang, int(time.time())) == [Outcome.SENT]
    ledger.close()
    return BROWSER.open(service.got[-1][2]).decode("utf-8")


def deliver(page: Page, town: Town, data: str, body: str) -> dict[str, Any]:
    """The notification that says `body` once the worker of push was given `data`; the only one of its tag."""
    session, found = page.context.new_cdp_session(page), list[str]()
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(
        one["registrationId"] for one in event["registrations"] if "/suivre/push/" in one["scopeURL"]
    ))  # fmt: skip
    session.send("ServiceWorker.enable")
    page.wait_for_function(f"() => {FOUND}.then((one) => one?.active?.state === 'activated')")
    assert found
    message = {"origin": town.url, "registrationId": found[0], "data": data}
    session.send("ServiceWorker.deliverPushMessage", message)
    said = json.loads(data)
    tag = f"{said['code']} {said['path']}"
    until(lambda: [one for one in page.evaluate(SHOWN) if (one["tag"], one["body"]) == (tag, body)], body)
    (only,) = [one for one in page.evaluate(SHOWN) if one["tag"] == tag]
    return dict(only)


def test_a_phone_follows_is_told_and_stops(town: Town, able: Phone, service: PushService) -> None:
    page = able.open(f"{town.url}/filature/")
    page.get_by_role("link", name="Suivre et rester au courant").click()
    see(page, "Vous ne suivez rien pour le moment.", "Une étape s’ouvre")
    page.get_by_label("Une étape s’ouvre").uncheck()
    page.get_by_role("button", name="Me prévenir").click()
    see(page, "C’est noté. La mairie vous préviendra.")
    assert rows(town) == [("filature", "closing", "push", "fr"), ("filature", "result", "push", "fr")]
    assert page.evaluate("window.asked") == [True, 65, "granted"]
    message = tell(town, service, "result", "/filature/")
    for _ in range(2):  # told twice, seen once
        told = deliver(page, town, message, "Le résultat est publié.")
        assert (told["path"], told["lang"]) == ("/filature/", "fr")
    deliver(page, town, tell(town, service, "phase", "/en/filature/", "en"), "A stage has opened. You can take part.")
    (worker,) = [one for one in able.context.service_workers if one.url.endswith("/suivre.js")]
    worker.evaluate(RENEWED, BROWSER.subscription(f"{service.address}/new")._asdict())
    tell(town, service, "result", "/filature/")
    assert [path for path, _, _ in service.got] == ["/one", "/one", "/new/one"]
    page.reload()
    page.get_by_role("button", name="Ne plus suivre").click()
    see(page, "C’est fini : la mairie ne vous préviendra plus de cela.", "Vous ne suivez rien pour le moment.")
    assert rows(town) == []
    assert not page.evaluate(f"{FOUND}.then((one) => one?.scope.endsWith('push/'))")
    assert able.complaints == []


def test_who_has_something_unsent_is_told_so_before_the_end(town: Town, able: Phone) -> None:
    page = able.open(f"{town.url}/suivre/#filature")
    page.get_by_role("button", name="Me prévenir").click()
    see(page, "C’est noté. La mairie vous préviendra.")
    message = json.dumps({"v": 1, "code": "closing", "path": "/filature/", "lang": "fr"})
    deliver(page, town, message, "Il reste moins d’un jour pour prendre part.")
    page.evaluate(WAITING_ACT)
    unsent = "Il reste moins d’un jour, et un envoi attend encore sur ce téléphone. Ouvrez le site avec le réseau."
    deliver(page, town, message, unsent)


def test_what_is_begun_is_told_before_the_end_found_again_and_said_when_it_is_over(town: Town, able: Phone) -> None:
    page = able.open(f"{town.url}/suivre/#filature")
    page.get_by_role("button", name="Me prévenir").click()
    see(page, "C’est noté. La mairie vous préviendra.")
    page.goto(f"{town.url}/filature/proposer/")
    page.get_by_label("Titre").fill("Une halte")
    see(page, "Brouillon gardé sur ce téléphone.")
    until(lambda: page.evaluate(NOTED), "the note of what is begun")
    assert "halte" not in str(page.evaluate(NOTED))  # a note of where, without a word of what
    message = json.dumps({"v": 1, "code": "closing", "path": "/filature/", "lang": "fr"})
    told = deliver(page, town, message, "Il reste moins d’un jour, et votre idée n’est pas envoyée.")
    assert told["path"] == "/filature/proposer/"
    page.goto(f"{town.url}/moi/")
    see(page, "Commencé, pas envoyé", "Idée jusqu’au", within="[data-begun]")
    page.get_by_role("button", name="Effacer Proposer une idée").click()
    assert page.evaluate("localStorage.length") == 0
    deliver(page, town, message, "Il reste moins d’un jour pour prendre part.")
    page.get_by_role("button", name="Remettre").click()
    page.locator("[data-begun] a").click()
    expect(page.get_by_label("Titre")).to_have_value("Une halte")
    page.clock.set_fixed_time(time.time() + 11 * DAY)
    page.goto(f"{town.url}/filature/")
    see(page, "commencé sur ce téléphone, jamais envoyé. C’est fermé depuis le")
    page.get_by_role("button", name="Effacer Proposer une idée").click()
    see(page, "Effacé de ce téléphone.")
    assert page.evaluate(NOTED) == {}
    assert able.complaints == []


def test_by_mail_one_makes_oneself_known_first(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/suivre/#filature")
    see(page, "Pour un courriel, faites-vous d’abord reconnaître par courriel")
    assert page.get_by_label("Par courriel, aussitôt").is_disabled()
    make_known(town, page, "ana@exemple.fr")
    page.goto(f"{town.url}/suivre/#filature")
    page.get_by_label("Par courriel, une fois par jour au plus").check()
    page.get_by_role("button", name="Me prévenir").click()
    see(page, "C’est noté. La mairie vous préviendra.", "Par courriel, une fois par jour au plus")
    assert "digest" in {row[2] for row in rows(town)}
