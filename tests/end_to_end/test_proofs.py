"""Receipts become proofs: found in the public log, kept, checked with nothing running (Chromium, Firefox)."""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from playwright.sync_api import Page
from selenium.webdriver.common.by import By

from civic.canonical import b64u_decode
from civic.log.checkpoint import Checkpoint, checkpoint_text, parse_checkpoint
from civic.log.entries import Committed, entry_bytes
from civic.log.note import ed25519_signer, open_note, parse_vkey, sign_note
from civic.log.proof import check_inclusion, parse_proof
from civic.log.tree import leaf_hash
from civic.receipt import commitment, open_receipt
from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenPhone, OpenTown
from tests.end_to_end.gestures import kept_acts, plain, see, vote
from tests.end_to_end.other_engines import firefox
from tests.end_to_end.page_checks import check_accessibility, sideways
from tests.end_to_end.qr_reader import read_qr
from tests.end_to_end.test_outbox import PIXELS
from tests.end_to_end.town import Town
from tests.end_to_end.waiting import until

NO_ED25519 = """() => {
    const own = crypto.subtle.importKey;
    crypto.subtle.importKey = function (format, key, kind, ...rest) {
        if (kind && kind.name === 'Ed25519') return Promise.reject(new DOMException('no', 'NotSupportedError'));
        return own.call(this, format, key, kind, ...rest);
    };
}"""
ALTER = """([id, news]) => new Promise((resolve, reject) => {
    const opening = indexedDB.open('preau:/');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
        const change = opening.result.transaction('acts', 'readwrite');
        const acts = change.objectStore('acts');
        acts.get(id).onsuccess = (event) => acts.put({ ...event.target.result, ...news }, id);
        change.oncomplete = () => { opening.result.close(); resolve(); };
    };
})"""


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    town = open_town()
    Citizen(town, "filature").propose("Une table d’échecs")
    town.wait_for_page("/filature/1/", "Une table d’échecs")
    return town


@pytest.fixture(autouse=True)
def network_is_back(town: Town) -> Iterator[None]:
    yield
    if not town.serve.is_running:
        town.restore_network()


def prove(town: Town, phone: Phone, choice: str = "for") -> tuple[Page, dict[str, Any]]:
    """The outbox of a phone that has voted, once it has kept the proof of that."""
    page = phone.open_kept(f"{town.url}/filature/1/")
    vote(page, choice)
    see(page, "Reçu, n° ")

    def proved() -> dict[str, Any]:
        page.goto(f"{town.url}/mes-envois/")
        see(page, "registre public")
        (act,) = kept_acts(page)
        return act if act.get("proof") else {}

    act = until(proved, "the proof", 90)
    see(page, f"Dans le registre public, ligne n° {act['line']}.")
    return page, act


def check(page: Page) -> str:
    page.get_by_role("button", name="Vérifier").click()
    outcome = page.locator("[data-proof-outcome]")
    until(lambda: outcome.inner_text().strip(), "an outcome")
    return plain(outcome.inner_text())


@contextmanager
def published(town: Town, path: str, data: bytes) -> Iterator[None]:
    """The host serves other bytes for a while."""
    file = town.site / path
    before = file.read_bytes()
    file.write_bytes(data)
    try:
        yield
    finally:
        file.write_bytes(before)


def forged(town: Town, checkpoint: Checkpoint) -> bytes:
    """What a town would sign that rewrites its log."""
    private = load_pem_private_key((town.var / "keys" / "log.pem").read_bytes(), None)
    public = private.public_key().public_bytes_raw()  # type: ignore[union-attr]
    signer = ed25519_signer(checkpoint.origin, public, private.sign)  # type: ignore[union-attr, arg-type]
    return sign_note(checkpoint_text(checkpoint), signer).encode()


def head(town: Town) -> Checkpoint:
    note = (town.site / "log" / "checkpoint").read_text("utf-8")
    return parse_checkpoint(open_note(note, [parse_vkey(vkey(town))]).text)


def vkey(town: Town) -> str:
    return (town.site / "log" / "vkey").read_text("ascii").strip()


def test_a_vote_is_proved_with_nothing_running(town: Town, phone: Phone) -> None:
    page, _ = prove(town, phone)
    assert sideways(page) == 0
    town.kill_network()
    page.goto(f"{town.url}/mes-envois/")
    see(page, "Dans le registre public")
    assert check(page).startswith("C'est vérifié. Votre envoi est à la ligne n° ")
    verdict = check_accessibility(page)
    assert not verdict.wrong
    assert sideways(page) == 0


def test_the_proof_as_a_file_convinces_an_auditor(town: Town, phone: Phone) -> None:
    page, act = prove(town, phone)
    with page.expect_download() as download:
        page.get_by_role("button", name="Garder la preuve").press("Enter")
    assert download.value.suggested_filename == f"preuve-{act['no']}.txt"
    proof = parse_proof(Path(download.value.path()).read_text("utf-8"))
    checkpoint = parse_checkpoint(open_note(proof.checkpoint, [parse_vkey(vkey(town))]).text)
    site = json.loads(page.get_attribute("meta[name=preau-site]", "content") or "{}")
    assert site["log"] == vkey(town)
    x, y = (b64u_decode(site["receipt"][name]) for name in "xy")
    assert proof.extra is not None
    (item,) = open_receipt(proof.extra.decode(), site["space"], x, y).items
    assert item.salt is not None
    assert commitment(b64u_decode(item.salt), act["jws"]) == item.c
    leaf = leaf_hash(entry_bytes(Committed("env", "filature", item.c)))
    check_inclusion(leaf, proof.index, checkpoint.size, checkpoint.root, proof.hashes)


def test_a_kept_vote_that_was_altered_no_longer_checks(town: Town, phone: Phone) -> None:
    page, act = prove(town, phone)
    header, payload, signature = act["jws"].split(".")
    bent = json.loads(b64u_decode(payload)) | {"body": {"choice": "against"}}
    other = base64.urlsafe_b64encode(json.dumps(bent).encode()).decode().rstrip("=")
    page.evaluate(ALTER, [act["id"], {"jws": f"{header}.{other}.{signature}"}])
    assert check(page).startswith("Cette preuve ne vaut plus rien")
    page.evaluate(ALTER, [act["id"], {"jws": act["jws"]}])
    assert check(page).startswith("C'est vérifié.")


def test_a_log_that_was_rewritten_is_told_until_the_citizen_has_seen_it(town: Town, phone: Phone) -> None:
    page, _ = prove(town, phone)
    known = head(town)
    with published(town, "log/checkpoint", forged(town, known._replace(root=bytes(32)))):
        page.reload()
        see(page, "Le registre public a été réécrit.")
    page.reload()
    see(page, "Le registre public a été réécrit.")
    assert not check_accessibility(page).wrong
    assert sideways(page) == 0
    with page.expect_download() as download:
        page.locator("[data-log-alarm]").get_by_role("button", name="Garder la preuve").click()
    evidence = Path(download.value.path()).read_text("utf-8")
    assert evidence.count(f"\n{known.size}\n") == 2
    assert check(page).startswith("C'est vérifié.")
    page.get_by_role("button", name="J’ai compris, effacer").click()
    page.locator("[data-log-alarm]").wait_for(state="detached")


def test_a_phone_whose_browser_knows_no_ed25519_checks_too_without_network(town: Town, open_phone: OpenPhone) -> None:
    phone = open_phone("old")
    phone.context.add_init_script(f"({NO_ED25519})()")
    page, _ = prove(town, phone)
    town.kill_network()
    page.goto(f"{town.url}/mes-envois/")
    see(page, "Dans le registre public")
    assert check(page).startswith("C'est vérifié.")


def test_the_page_of_the_register_says_what_is_signed_and_whether_a_sheet_still_holds(town: Town, phone: Phone) -> None:
    page = phone.open(f"{town.url}/registre/")
    see(page, "La mairie a signé ce registre. Ce téléphone l’a vérifié.")
    checkpoint = head(town)
    number = page.locator('[data-put="number"]').inner_text()
    assert bytes.fromhex(number) == checkpoint.root
    assert page.locator('[data-put="size"]').inner_text() == str(checkpoint.size)
    page.get_by_role("button", name="Montrer le code à afficher").click()
    code = page.get_by_role("img", name="Code de cette feuille")
    code.wait_for()
    assert not check_accessibility(page).wrong
    assert sideways(page) == 0
    page.set_viewport_size({"width": 900, "height": 1200})
    png = base64.b64encode(code.screenshot()).decode()
    sheet = read_qr(phone.context.new_page().evaluate(PIXELS, png))
    assert sheet.startswith(f"{town.url}/registre/#vu={checkpoint.size}.")
    Citizen(town, "filature").propose("Un four à pain")
    until(lambda: head(town).size > checkpoint.size, "the log to grow", 30)
    scanned = phone.open(sheet)
    see(scanned, "Cette feuille dit vrai.")
    other = base64.b64encode(bytes(32)).decode()
    scanned.goto("about:blank")
    scanned.goto(re.sub(r"\.[^.]*$", f".{other}", sheet))
    see(scanned, "Le registre ne dit plus ce que dit cette feuille.")


def test_firefox_proves_a_vote_too(town: Town, tmp_path: Path) -> None:
    with firefox(tmp_path / "firefox") as driver:
        driver.get(f"{town.url}/filature/1/")
        for selector in ('input[value="for"]', 'button:not([type="button"])'):
            driver.find_element(By.CSS_SELECTOR, f'form[data-act="vote"] {selector}').click()
        until(lambda: "Reçu, n°" in driver.find_element(By.TAG_NAME, "main").text, "the receipt")

        def proved() -> Any:
            driver.get(f"{town.url}/mes-envois/")
            until(lambda: "registre public" in driver.find_element(By.TAG_NAME, "main").text, "words of the register")
            return driver.find_elements(By.CSS_SELECTOR, "[data-proof-outcome]")

        (outcome,) = until(proved, "the proof", 90)
        driver.find_element(By.XPATH, "//button[.='Vérifier']").click()
        until(lambda: bool(outcome.text.strip()), "an outcome")
        assert plain(outcome.text).startswith("C'est vérifié.")
