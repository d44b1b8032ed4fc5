"""The published folder on any host, the sync server dead: everything reads, acts wait (Chromium)."""

import sys
from collections.abc import Iterator

import pytest

from tests.end_to_end.chromium import Phone
from tests.end_to_end.citizen import Citizen
from tests.end_to_end.conftest import OpenTown
from tests.end_to_end.gestures import comment, kept_acts, propose, see, vote
from tests.end_to_end.processes import Program, free_port, is_listening
from tests.end_to_end.town import Town
from tests.end_to_end.waiting import until


@pytest.fixture(scope="module")
def town(open_town: OpenTown) -> Town:
    """A town of which nothing runs any more; its folder is left."""
    town = open_town()
    citizen = Citizen(town, "filature")
    proposal = citizen.propose("Une table d’échecs")
    citizen.comment(proposal, "Avec des bancs autour.")
    citizen.vote(proposal, "for")
    town.wait_for_page("/filature/1/", "Avec des bancs autour.", "100")
    until(lambda: "/filature/1/" in town.page("/filature/files.json"), "the packs")
    town.stop()
    return town


@pytest.fixture(scope="module")
def address(town: Town) -> Iterator[str]:
    port = free_port()
    folder = str(town.site)
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", folder]
    server = Program(command, town.var / "http.log")
    server.start()
    until(lambda: is_listening(port), "python -m http.server")
    yield f"http://127.0.0.1:{port}"
    server.kill()


def test_every_link_of_the_site_leads_to_a_page_that_reads(address: str, phone: Phone) -> None:
    page = phone.open(f"{address}/")
    waiting, seen = [f"{address}/"], set()
    while waiting:
        url = waiting.pop()
        seen.add(url)
        answer = page.request.get(url)
        assert answer.ok, f"{url}: {answer.status}"
        if "html" not in answer.headers["content-type"]:
            continue
        page.goto(url)
        links = page.evaluate("() => [...document.links].map((link) => link.href.split('#')[0])")
        waiting += [link for link in dict.fromkeys(links) if link.startswith(address) and link not in {*seen, *waiting}]
    assert {f"{address}/filature/1/", f"{address}/en/filature/", f"{address}/mes-envois/"} <= seen
    assert not [one for one in phone.complaints if "ERR_CONNECTION_REFUSED" not in one]


def test_acts_wait_and_say_so(address: str, phone: Phone) -> None:
    page = phone.open(f"{address}/filature/1/")
    see(page, "Une table d’échecs", "Avec des bancs autour.")
    vote(page, "for")
    see(page, "Sur ce téléphone", "Votre vote est gardé")
    comment(page, "Même sans personne au bout.")
    page.goto(f"{address}/filature/proposer/")
    propose(page, "Un banc")
    until(lambda: [act["state"] for act in kept_acts(page)] == ["waiting"] * 3, "three waiting acts")
    page.goto(f"{address}/mes-envois/")
    page.get_by_role("button", name="Essayer d’envoyer").click()
    see(page, "La mairie n’a pas pu être jointe. Rien n’est perdu")
