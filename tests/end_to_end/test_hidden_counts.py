"""Hidden counts: in no file and no answer before their time, everywhere after it, by themselves."""

import csv
import io
import json
import re
import time
from pathlib import Path

import pytest

from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenTown
from tests.end_to_end.gestures import kept_acts, see, vote
from tests.end_to_end.page_checks import check_accessibility
from tests.end_to_end.town import Town
from tests.end_to_end.town_folder import closing_in
from tests.end_to_end.waiting import until

CLOSES_IN = 20
# Totals that nothing else on a site is likely to be.
PLANTED = {"for": 137, "against": 83, "blank": 67}
BALLOTS = sum(PLANTED.values())


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    town = open_town()
    town.declare("secret", closing_in(CLOSES_IN, counts="hidden"))
    citizen = Citizen(town, "secret")
    citizen.wait_until_known()
    proposal = citizen.propose("Une fontaine")
    Citizen(town, "secret").propose("Un abreuvoir")
    envelopes = [
        Citizen(town, "secret").envelope("vote", proposal, {"choice": choice})[0]
        for choice, count in PLANTED.items()
        for _ in range(count)
    ]
    for at in range(0, len(envelopes), 100):
        assert {result["status"] for result in town.send(*envelopes[at : at + 100])} == {"accepted"}
    town.wait_for_page("/secret/2/", "Un abreuvoir")
    return town


@pytest.fixture(scope="module")
def citizen_phone(town: Town, playwright, tmp_path_factory: pytest.TempPathFactory):
    """Somebody who voted for the second proposal while the vote was open."""
    phone = Phone(playwright, tmp_path_factory.mktemp("citizen")).start()
    page = phone.open(f"{town.url}/secret/2/")
    vote(page, "for")
    see(page, "Reçu, n° ")
    yield phone
    phone.close()


def closes_at(town: Town) -> int:
    return town.content.consultations["secret"].closes_at


def wait_for_results(town: Town) -> None:
    left = max(0, closes_at(town) - time.time())
    until(lambda: town.page("/secret/donnees/results.json"), "the results, by themselves", left + 20)
    town.wait_for_page("/secret/resultat/", str(PLANTED["for"]))


def numbers_in(text: str) -> set[str]:
    """The numbers of a text that stand alone (not in a hash, a date, an address, a drawing)."""
    visible = re.sub(r"<(style|script|svg)\b.*?</\1>|<[^>]+>|[\w-]{16,}", " ", text, flags=re.DOTALL)
    return set(re.findall(r"(?<![\w#.:/-])\d+(?![\w.:/-])", visible))


def told(town: Town) -> dict[str, str]:
    """Every published file and every answer that anybody can ask for, by address."""
    files = {str(path): path for path in sorted(town.site.rglob("*")) if path.is_file()}
    texts = {name: read(path) for name, path in files.items() if path.suffix not in (".br", ".gz")}
    for path in ("/v1/health", "/v1/snapshots/essai", "/v1/snapshots/essai/secret", "/v1/snapshots/essai/space"):
        texts[path] = town.get(path)[1].decode()
    return texts


def read(path: Path) -> str:
    return path.read_text("utf-8", "replace")


def test_before_the_results_no_file_and_no_answer_has_the_totals(town: Town, citizen_phone: Phone) -> None:
    time.sleep(3)  # what the worker leaves for later (snapshots, packs, open data) is written by now
    texts = told(town)
    assert time.time() < closes_at(town), "the town took too long to start"
    assert any("/v1/snapshots/essai/secret" in name and "Une fontaine" in text for name, text in texts.items())
    planted = {str(number) for number in (*PLANTED.values(), BALLOTS, BALLOTS + 1)}
    leaks = {}
    for name, text in texts.items():
        if name.endswith((".js", ".svg", ".png")) or "/log/" in name:
            continue  # the public log is hashes, and as many of them as there are acts of any kind
        if found := numbers_in(text) & planted:
            leaks[name] = found
    assert not leaks


def test_before_the_results_there_is_no_row_of_a_vote_and_no_result_file(town: Town, citizen_phone: Phone) -> None:
    assert time.time() < closes_at(town), "the town took too long to start"
    assert not town.page("/secret/donnees/results.json")
    assert not town.page("/secret/resultat/")
    rows = [json.loads(read(path)) for path in (town.site / "secret" / "donnees" / "lignes").glob("*.json")]
    assert not [row for one in rows for row in one.values() if row[0] == "vote"]
    snapshot = json.loads(town.get("/v1/snapshots/essai/secret")[1])
    assert [row["votes"] for row in snapshot["proposals"].values()] == [None, None]


def test_before_the_results_the_page_says_why_there_are_none(town: Town, citizen_phone: Phone) -> None:
    assert time.time() < closes_at(town), "the town took too long to start"
    page = citizen_phone.open(f"{town.url}/secret/1/")
    see(page, "Les résultats restent secrets jusqu’à la clôture")


def test_afterwards_the_worker_publishes_the_totals_by_itself(town: Town, citizen_phone: Phone) -> None:
    wait_for_results(town)
    results = json.loads(town.page("/secret/donnees/results.json"))
    assert {one["title"]: {name: one[name] for name in PLANTED} for one in results["items"]} == {
        "Une fontaine": PLANTED,
        "Un abreuvoir": {"for": 1, "against": 0, "blank": 0},
    }
    assert (results["ballots"], results["voters"]) == (BALLOTS + 1, BALLOTS + 1)
    table = list(csv.DictReader(io.StringIO(town.page("/secret/donnees/results.csv").removeprefix("\ufeff"))))
    assert [int(row["for"]) for row in table if row["title"] == "Une fontaine"] == [PLANTED["for"]]


def test_the_result_page_has_totals_participation_a_chart_its_table_and_its_date(
    town: Town, citizen_phone: Phone
) -> None:
    wait_for_results(town)
    page = citizen_phone.open(f"{town.url}/secret/resultat/")
    see(page, "Une fontaine", str(PLANTED["for"]), str(PLANTED["against"]), str(PLANTED["blank"]), str(BALLOTS + 1))
    row = page.get_by_role("row").filter(has_text="Une fontaine")
    cells = re.sub(r"\s+", " ", row.first.inner_text())
    assert all(str(count) in cells for count in PLANTED.values())
    assert page.locator("main svg").count() >= 1
    see(page, "Chiffres du ", "définitifs")
    for kind in ("json", "csv"):
        address = page.locator(f'a[href$="donnees/results.{kind}"]').first.get_attribute("href")
        assert page.request.get(f"{town.url}{address}").ok
    verdict = check_accessibility(page)
    assert not verdict.wrong, verdict.wrong


def test_the_outbox_finds_the_vote_in_the_published_list_and_says_counted(town: Town, citizen_phone: Phone) -> None:
    wait_for_results(town)
    page = citizen_phone.open(f"{town.url}/mes-envois/")
    see(page, "Compté", "Votre vote est dans le résultat")
    (act,) = kept_acts(page)
    assert act["state"] == "counted"
    rows = json.loads(town.page(f"/secret/donnees/lignes/{act['no'] // 512}.json"))
    assert rows[str(act["no"])] == ["vote", "2", "for"]


def test_a_vote_that_the_published_list_does_not_hold_is_said_to_be_missing(town: Town, citizen_phone: Phone) -> None:
    wait_for_results(town)
    page = citizen_phone.open(f"{town.url}/")
    (act,) = kept_acts(page)
    forged = dict(json.loads(town.page(f"/secret/donnees/lignes/{act['no'] // 512}.json")))
    del forged[str(act["no"])]
    page.evaluate(
        """(id) => new Promise((resolve) => {
            const opening = indexedDB.open('preau:/');
            opening.onsuccess = () => {
                const acts = opening.result.transaction('acts', 'readwrite').objectStore('acts');
                const asking = acts.get(id);
                asking.onsuccess = () => {
                    acts.put({ ...asking.result, state: 'received' }, id).onsuccess = () => resolve();
                };
            };
        })""",
        act["id"],
    )
    citizen_phone.context.route("**/donnees/lignes/*.json", lambda route: route.fulfill(json=forged))
    page.goto(f"{town.url}/mes-envois/")
    see(page, "n’est pas dans le résultat", "montrez ce reçu")
