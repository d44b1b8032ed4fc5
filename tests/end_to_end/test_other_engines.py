"""Firefox and WebKitGTK have no Background Sync: what waits leaves on `online` or when a page opens, once."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenTown
from tests.end_to_end.gestures import READ_ACTS, VOTE
from tests.end_to_end.other_engines import firefox, webkit
from tests.end_to_end.town import Town
from tests.end_to_end.waiting import stays, until

READY = """const done = arguments[0];
    navigator.serviceWorker.ready.then(() => done(true), () => done(false));"""


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    town = open_town()
    Citizen(town, "filature").propose("Une table d’échecs")
    town.wait_for_page("/filature/1/", "Une table d’échecs")
    return town


@pytest.fixture
def network(town: Town) -> Iterator[Town]:
    """The town, back on the network after the test whatever happened."""
    yield town
    if not town.serve.is_running:
        town.restore_network()


def open_kept(driver: Any, url: str) -> None:
    driver.get(url)
    assert driver.execute_async_script(READY)
    driver.get(url)  # not refresh(): that goes around the service worker
    assert driver.execute_script("return !!navigator.serviceWorker.controller")


def kept(driver: Any) -> list[dict[str, Any]]:
    script = f"const done = arguments[0]; ({READ_ACTS})().then(done, () => done([]));"
    acts: list[dict[str, Any]] = driver.execute_async_script(script)
    return acts


def vote(driver: Any, choice: str) -> None:
    driver.find_element(By.CSS_SELECTOR, f'{VOTE} input[name="choice"][value="{choice}"]').click()
    driver.find_element(By.CSS_SELECTOR, f'{VOTE} button:not([type="button"])').click()


def words(driver: Any) -> str:
    text: str = driver.find_element(By.TAG_NAME, "main").text
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def states(driver: Any) -> list[str]:
    return [act["state"] for act in kept(driver)]


def test_firefox_sends_what_waits_when_the_network_returns(network: Town, tmp_path: Path) -> None:
    before = len(network.records())
    with firefox(tmp_path / "firefox") as driver:
        open_kept(driver, f"{network.url}/filature/1/")
        window = driver.current_window_handle
        driver.emulation.set_network_conditions(offline=True, contexts=[window])
        driver.get(f"{network.url}/filature/1/")
        assert not driver.execute_script("return navigator.onLine")
        vote(driver, "for")
        until(lambda: states(driver) == ["waiting"], "the vote on the phone")
        until(lambda: "Sur ce téléphone" in words(driver), "the words for that")
        assert len(network.records()) == before
        driver.emulation.set_network_conditions(offline=False, contexts=[window])
        until(lambda: states(driver) == ["received"], "the receipt")
        until(lambda: "Reçu, n° " in words(driver), "the words for that")
    assert len(network.records()) == before + 1


def test_firefox_killed_offline_keeps_key_and_vote_and_sends_once_when_a_page_opens(
    network: Town, tmp_path: Path
) -> None:
    before = len(network.records())
    with firefox(tmp_path / "firefox") as driver:
        open_kept(driver, f"{network.url}/filature/1/")
        network.kill_network()
        driver.get(f"{network.url}/filature/1/")
        vote(driver, "for")
        until(lambda: states(driver) == ["waiting"], "the vote on the phone")
        voter = kept(driver)[0]["jws"].split(".")[0]
        os.kill(driver.capabilities["moz:processID"], signal.SIGKILL)
    network.restore_network()
    with firefox(tmp_path / "firefox") as driver:
        stays(lambda: len(network.records()) == before, "something left with no page open")
        driver.get(f"{network.url}/mes-envois/")
        until(lambda: states(driver) == ["received"], "the receipt")
        until(lambda: "Reçu, n° " in words(driver), "the words for that")
        driver.get(f"{network.url}/filature/1/")
        vote(driver, "blank")
        until(lambda: len(network.records()) == before + 2, "the changed vote")
    assert {row["envelope"].split(".")[0] for row in network.records()[before:]} == {voter}


def test_webkit_sends_what_waits_when_a_page_opens(network: Town, tmp_path: Path) -> None:
    before = len(network.records())
    with webkit(tmp_path) as driver:
        open_kept(driver, f"{network.url}/filature/1/")
        network.kill_network()
        driver.get(f"{network.url}/filature/1/")
        vote(driver, "against")
        until(lambda: states(driver) == ["waiting"], "the vote on the phone")
        until(lambda: "Sur ce téléphone" in words(driver), "the words for that")
        network.restore_network()
        driver.get(f"{network.url}/mes-envois/")
        until(lambda: states(driver) == ["received"], "the receipt")
        until(lambda: "Reçu, n° " in words(driver), "the words for that")
        stays(lambda: len(network.records()) == before + 1, "the vote was stored twice")
