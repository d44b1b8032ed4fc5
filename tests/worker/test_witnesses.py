"""Two towns on loopback: one's log is signed by the other's server, unless it was rewritten; nothing waits for it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from werkzeug.serving import make_server

from civic.log.checkpoint import parse_note_unchecked
from civic.log.entries import Declared
from civic.log.note import open_note, parse_vkey
from civic.log.witness import WitnessRequest, format_request, has_signed
from sync_server.app import create_app
from sync_server.keys import LogKey, open_keys
from sync_server.processes import free_port
from sync_server.services import open_services
from sync_server.settings import SettingsError, read_settings
from sync_server.storage import PublicLog, open_ledger
from sync_server.witnessing import Witness, own_witness, parse_witnesses
from sync_server.worker.log import Place, TownLog
from sync_server.worker.witnesses import Witnesses, post_text

SPACE, ORIGIN = "autrebourg", "autrebourg.example/log"


class Server:
    """The sync server of the town that watches, on a port of its own that stays the same."""

    def __init__(self, var: Path, log: LogKey) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        given = {"PREAU_SYNC_URL": self.url, "PREAU_WITNESS_FOR": log.vkey(ORIGIN)}
        self.services = open_services(read_settings(var, given))
        self.witness = own_witness(self.url, self.services.keys.witness)

    def start(self) -> None:
        self._server = make_server("127.0.0.1", self.port, create_app(self.services), threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Watched:
    """The town that is watched: a log of its own, in a folder."""

    def __init__(self, var: Path, key: LogKey, witnesses: list[Witness]) -> None:
        self.folder, self.key, self.number = var / "log", key, 0
        self.ledger = open_ledger(f"sqlite:///{var}/preau.sqlite")
        self.stored, self.witnesses = PublicLog(self.ledger), witnesses
        self.log = self.hire()

    def hire(self) -> TownLog:
        place = Place(SPACE, self.folder, self.key.signer(ORIGIN))
        return TownLog(place, self.stored, 1, lambda: 0, list.reverse, Witnesses(self.witnesses, post_text))

    def publish(self, *names: str) -> str:
        """The published checkpoint once rules of these names are logged."""
        self.stored.append(SPACE, [(0, Declared(name, "A" * 43)) for name in names])
        self.log.publish({})
        note = (self.folder / "checkpoint").read_text("utf-8")
        open_note(note, [parse_vkey(self.key.vkey(ORIGIN))])
        return note


@pytest.fixture
def key(tmp_path: Path) -> LogKey:
    return open_keys(tmp_path / "keys", bytes).log


@pytest.fixture
def server(tmp_path: Path, key: LogKey) -> Iterator[Server]:
    one = Server(tmp_path / "watcher", key)
    one.start()
    yield one
    one.stop()
    one.services.close()


@pytest.fixture
def witness(server: Server) -> Witness:
    return parse_witnesses([server.witness])[0]


@pytest.fixture
def town(tmp_path: Path, key: LogKey, witness: Witness) -> Watched:
    return Watched(tmp_path / "watched", key, [witness])


def test_what_is_published_carries_the_signature_of_the_other_town(town: Watched, witness: Witness) -> None:
    for names in (("a",), ("b", "c"), (), tuple(f"d{n}" for n in range(300))):
        assert has_signed(town.publish(*names), witness.verifier)
    town.log = town.hire()  # another process, which does not know what was signed
    assert has_signed(town.publish("last"), witness.verifier)


def test_a_log_that_was_rewritten_gets_no_signature_and_is_published_without(
    town: Watched, witness: Witness, tmp_path: Path, key: LogKey, server: Server
) -> None:
    honest = town.publish("a", "b", "c")
    forked = Watched(tmp_path / "forked", key, [witness])
    for names in (("a", "b", "x"), ("y",)):
        assert not has_signed(forked.publish(*names), witness.verifier)
    kept = server.services.witnessing.stored.newest(ORIGIN)
    assert kept is not None
    assert parse_note_unchecked(kept) == parse_note_unchecked(honest)
    assert has_signed(town.publish("d"), witness.verifier)


def test_nothing_waits_for_a_witness_that_is_away_and_it_signs_when_it_is_back(
    town: Watched, witness: Witness, server: Server
) -> None:
    server.stop()
    assert not has_signed(town.publish("a"), witness.verifier)
    server.start()
    assert has_signed(town.publish(), witness.verifier)


def test_a_server_that_signs_with_another_key_is_not_listed(tmp_path: Path, key: LogKey, server: Server) -> None:
    other = own_witness(server.url, open_keys(tmp_path / "other", bytes).witness)
    town = Watched(tmp_path / "watched", key, parse_witnesses([other]))
    note = town.publish("a")
    assert note.count("— ") == 1


def test_the_statuses_are_those_of_the_specification(town: Watched, server: Server, tmp_path: Path) -> None:
    note = town.publish("a", "b", "c")

    def ask(request: WitnessRequest) -> requests.Response:
        return requests.post(f"{server.url}/add-checkpoint", format_request(request).encode(), timeout=10)

    stale = ask(WitnessRequest(0, (), note))
    assert (stale.status_code, stale.text, stale.headers["Content-Type"]) == (409, "3\n", "text/x.tlog.size")
    assert ask(WitnessRequest(3, (), note)).status_code == 200
    assert ask(WitnessRequest(3, (bytes(32),), note)).status_code == 422
    assert ask(WitnessRequest(4, (), note)).status_code == 400
    assert ask(WitnessRequest(3, (), note.replace("\n3\n", "\n5\n"))).status_code == 403
    assert ask(WitnessRequest(3, (), note.replace("autrebourg", "ailleurs"))).status_code == 404
    assert requests.post(f"{server.url}/add-checkpoint", b"\xff", timeout=10).status_code == 400


@pytest.mark.parametrize("written", ["https://a.example", "a#b", "#", "https://a.example#x+00000000+AAAA"])
def test_a_witness_that_is_none_stops_the_start(written: str) -> None:
    with pytest.raises(SettingsError, match="witnesses"):
        parse_witnesses([written])


def test_a_log_key_that_is_none_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="witness_for"):
        open_services(read_settings(tmp_path / "var", {"PREAU_WITNESS_FOR": "x"}))
