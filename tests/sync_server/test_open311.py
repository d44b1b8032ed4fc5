"""Open311 GeoReport v2: another program's own client reads the reports and sends one, which the one gate takes."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import requests
from georeport import GeoReport
from werkzeug.serving import make_server

from sync_server.app import create_app
from sync_server.services import Services, open_services
from sync_server.settings import read_settings
from tests.modules.example_town import MODULES, SLUG, STATES, ExampleTown

SPACE = "valbrume"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Services]]:
    folder = tmp_path_factory.mktemp("open311")
    town = ExampleTown(folder / "example", MODULES["reports"], "open")
    chosen = replace(read_settings(folder / "var", {}), requests_per_minute=0)
    shutil.copytree(town.folder / "town", chosen.content / SPACE)
    shutil.copytree(town.folder / "snapshots", chosen.snapshots / SPACE)
    services = open_services(chosen, now=lambda: STATES["open"])
    http = make_server("127.0.0.1", 0, create_app(services), threaded=True)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}/v1/open311/{SPACE}/{SLUG}", services
    http.shutdown()
    services.close()


@pytest.mark.parametrize("written", ["json", "xml"])
def test_a_client_of_the_standard_reads_what_may_be_reported_and_what_was(
    server: tuple[str, Services], written: str
) -> None:
    client = GeoReport(server[0], output_format=written)
    services = client.get_service_list()
    assert [one["service_code"] for one in services] == ["lampadaire", "fils", "trou"]
    assert (services[1]["group"], services[1]["description"]) == ("Éclairage", "Danger immédiat : appelez le 112.")
    assert client.get_service_definition("trou")["service_code"] == "trou"
    found = client.get_service_requests(status="open")
    assert [one["service_code"] for one in found] == ["trou", "trou", "lampadaire"]  # newest first
    (lamp,) = [one for one in found if one["service_code"] == "lampadaire"]
    assert (float(lamp["lat"]), float(lamp["long"])) == (48.75123, -0.35678)
    assert (lamp["agency_responsible"], lamp["address"]) == ("Voirie", "Quai des Tisserands, devant le n° 18")
    assert "Claire" not in str(found)
    assert client.get_service_request(lamp["service_request_id"]) == lamp


def test_arguments_choose(server: tuple[str, Services]) -> None:
    client = GeoReport(server[0])
    assert len(client.get_service_requests(service_code="trou")) == 2
    assert client.get_service_requests(status="closed") == []
    assert client.get_service_requests(start_date="2026-03-01T00:00:00Z", end_date="2026-03-01T12:00:00Z") == []
    assert len(client.get_service_requests(start_date="2026-03-01T00:00:00Z")) == 3
    assert requests.get(f"{server[0]}/requests.json?start_date=hier", timeout=9).status_code == 400
    assert requests.get(f"{server[0]}/services/lune.json", timeout=9).status_code == 404
    assert requests.get(f"{server[0]}x/services.xml", timeout=9).status_code == 404


def test_what_was_read_is_not_read_again_and_any_site_may_ask(server: tuple[str, Services]) -> None:
    first = requests.get(f"{server[0]}/requests.json", timeout=9)
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    again = requests.get(f"{server[0]}/requests.json", headers={"If-None-Match": first.headers["ETag"]}, timeout=9)
    assert (again.status_code, again.content) == (304, b"")


def test_a_request_is_an_unsigned_act_like_that_of_the_plain_form(server: tuple[str, Services]) -> None:
    address, services = server
    asked = {
        "service_code": "trou",
        "description": "Un pavé manque.",
        "lat": "48.7512",
        "long": "-.35",
        "email": "a@b.c",
    }
    answer = requests.post(f"{address}/requests.xml", data=asked, timeout=9)
    assert answer.status_code == 201, answer.text
    identity = ElementTree.fromstring(answer.content).findtext("request/service_request_id")
    with services.ledger.reading() as now:
        (record,) = now.records_after(SPACE, 0, 9)
    assert (record.slot, record.kind) == (f"report:{identity}", "report")
    assert "a@b.c" not in str(record)
    for broken in ({"service_code": "lune"}, {"lat": ""}, {"description": "Trou"}, {"lat": "nord"}):
        refused = requests.post(f"{address}/requests.json", data={**asked, **broken}, timeout=9)
        assert (refused.status_code, set(refused.json()[0])) == (400, {"code", "description"})
    with services.ledger.reading() as now:
        assert now.last_no(SPACE) == 1
