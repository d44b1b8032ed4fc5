"""A phone that cannot keep things, or loses them: the citizen is told, and nothing pretends (Chromium)."""

import pytest

from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenTown
from tests.end_to_end.gestures import kept_acts, see, spoken, standing, vote
from tests.end_to_end.town import Town
from tests.end_to_end.waiting import until

DISK_FULL = """IDBObjectStore.prototype.put = function () {
    throw new DOMException('The disk is full', 'QuotaExceededError');
};"""
# What some iPhones do: keys can't be cloned into the store, everything else can.
NO_KEYS = """{
    const put = IDBObjectStore.prototype.put;
    const holdsKey = (value) => value instanceof CryptoKey
        || (value !== null && typeof value === 'object' && Object.values(value).some(holdsKey));
    IDBObjectStore.prototype.put = function (value, ...rest) {
        if (holdsKey(value)) throw new DOMException('A key is refused', 'DataCloneError');
        return put.call(this, value, ...rest);
    };
}"""
NO_KEYS_AT_ALL = """{
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, ...rest) {
        if (this.name === 'keys') throw new DOMException('A key is refused', 'DataCloneError');
        return put.call(this, value, ...rest);
    };
}"""
UNKEPT = "Ce téléphone ne peut pas garder votre vote : envoyez-le maintenant."


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    town = open_town()
    Citizen(town, "filature").propose("Une table d’échecs")
    town.wait_for_page("/filature/1/", "Une table d’échecs")
    return town


@pytest.mark.parametrize("fault", [DISK_FULL, NO_KEYS_AT_ALL], ids=["disk-full", "no-keys"])
def test_a_vote_that_can_not_be_kept_is_not_said_to_be_kept(town: Town, phone: Phone, fault: str) -> None:
    phone.context.add_init_script(fault)
    page = phone.open(f"{town.url}/filature/1/")
    town.serve.kill()
    vote(page, "for")
    see(page, UNKEPT)
    assert UNKEPT.replace("’", "'") in spoken(page).replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")
    shown = standing(page).inner_text()
    for pretence in ("Sur ce téléphone", "est gardé", "partira tout seul", "fermer cette page"):
        assert pretence not in shown
    town.start_server()


@pytest.mark.parametrize("fault", [DISK_FULL, NO_KEYS_AT_ALL], ids=["disk-full", "no-keys"])
def test_a_vote_that_can_not_be_kept_can_still_be_sent_at_once(town: Town, phone: Phone, fault: str) -> None:
    phone.context.add_init_script(fault)
    page = phone.open(f"{town.url}/filature/1/")
    town.serve.kill()
    before = len(town.records())
    vote(page, "for")
    see(page, UNKEPT)
    town.start_server()
    page.get_by_role("button", name="Envoyer maintenant").click()
    see(page, "Reçu, n° ")
    assert len(town.records()) == before + 1


def test_with_network_a_full_disk_does_not_stop_a_vote(town: Town, phone: Phone) -> None:
    phone.context.add_init_script(DISK_FULL)
    page = phone.open(f"{town.url}/filature/1/")
    before = len(town.records())
    vote(page, "for")
    see(page, "Reçu, n° ")
    assert len(town.records()) == before + 1


def test_where_a_key_can_not_be_stored_as_such_the_voter_stays_the_same_person(town: Town, phone: Phone) -> None:
    phone.context.add_init_script(NO_KEYS)
    page = phone.open(f"{town.url}/filature/1/")
    before = len(town.records())
    vote(page, "for")
    see(page, "Reçu, n° ")
    page.reload()
    vote(page, "against")
    until(lambda: len(town.records()) == before + 2, "the second vote")
    first, second = town.records()[before:]
    assert first["voter"] == second["voter"]
    assert first["slot"] == second["slot"]


def test_a_page_that_showed_a_waiting_vote_says_that_the_phone_has_erased_it(town: Town, phone: Phone) -> None:
    page = phone.open_kept(f"{town.url}/filature/1/")
    town.serve.kill()
    vote(page, "for")
    see(page, "Sur ce téléphone")
    until(lambda: len(kept_acts(page)) == 1, "the vote on the phone")
    browser = phone.context.new_cdp_session(page)
    browser.send("Storage.clearDataForOrigin", {"origin": town.url, "storageTypes": "all"})
    page.evaluate("dispatchEvent(new Event('online'))")
    see(page, "Ce téléphone a effacé")
    assert "Sur ce téléphone" not in standing(page).inner_text()
    town.start_server()
