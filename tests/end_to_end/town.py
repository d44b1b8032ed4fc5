"""A whole town for a test: its folder, its ledger, sync server and worker as real processes, a static host beside."""

import json
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from civic.content import Content
from tests.end_to_end.processes import Program, free_port, is_listening
from tests.end_to_end.static_host import StaticHost
from tests.end_to_end.town_folder import STANDARD, Plan, write_town
from tests.end_to_end.waiting import until

PREAU = Path(sys.executable).with_name("preau")


class Town:
    """`serve` answers phones, `work` builds, `host` is the free static host. `sync_url` may name a link in between,
    `box_host` another name of this machine for secret ballots."""

    def __init__(
        self,
        var: Path,
        plans: dict[str, Plan] | None = None,
        sync_port: int = 0,
        settings: dict[str, str] | None = None,
        box_host: str = "",
    ) -> None:
        var.mkdir(parents=True, exist_ok=True)
        self.var, self.plans, self.settings = var, dict(STANDARD if plans is None else plans), dict(settings or {})
        self.port = free_port()
        self.site = var / "site"
        self.host = StaticHost(self.site)
        self.sync_url = f"http://127.0.0.1:{sync_port or self.port}"
        self.box_url = f"http://{box_host}:{self.port}" if box_host else ""
        self.began_at = int(time.time())
        self.content: Content = write_town(var / "content" / "essai", self.began_at, self.plans, self.host.url)
        self.serve = self._program("serve", "--port", str(self.port))
        self.work = self._program("work")

    @property
    def url(self) -> str:
        return self.host.url

    def start(self) -> None:
        """Everything runs and the site is published, on return."""
        keys = self._program("keys")
        keys.start()
        until(lambda: not keys.is_running, "the town's keys")
        self.start_server()
        self.start_worker()
        self.host.start()

    def start_server(self) -> None:
        self.serve.start()
        until(lambda: is_listening(self.port) or self._died(self.serve), "the sync server to listen", 20)

    def start_worker(self) -> None:
        self.work.start()
        until(lambda: (self.site / "index.html").is_file() or self._died(self.work), "the first build", 45)

    def declare(self, slug: str, plan: Plan) -> int:
        """Adds a consultation whose dates count from now; when it closes, once the site shows it."""
        self.content = write_town(self.var / "content" / "essai", int(time.time()), {slug: plan}, self.host.url)
        self.wait_for_page(f"/{slug}/", slug)
        return self.content.consultations[slug].closes_at

    def stop(self) -> None:
        """Nothing of the town runs any more, on return, whatever goes wrong with one part."""
        with ExitStack() as parts:
            for part in (self.host, self.work, self.serve):
                parts.callback(part.kill)

    def kill_network(self) -> None:
        """Neither the site nor the server answers."""
        self.serve.kill()
        self.host.kill()

    def restore_network(self) -> None:
        self.start_server()
        self.host.start()

    def post(self, path: str, body: bytes, kind: str = "text/plain;charset=UTF-8") -> tuple[int, bytes]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", body, {"Content-Type": kind, "Origin": self.url}
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def send(self, *envelopes: str) -> list[dict[str, Any]]:
        """What the town answers to each envelope."""
        body = json.dumps({"v": 1, "space": "essai", "envelopes": envelopes}).encode()
        status, answer = self.post("/v1/sync", body)
        assert status == 200, answer
        results: list[dict[str, Any]] = json.loads(answer)["results"]
        return results

    def records(self, consultation: str = "", kind: str = "") -> list[dict[str, Any]]:
        """The ledger's records, oldest first, each with its envelope's payload as `act`."""
        database = f"file:{self.var / 'preau.sqlite'}?mode=ro"
        with closing(sqlite3.connect(database, uri=True)) as ledger:
            ledger.row_factory = sqlite3.Row
            rows = [dict(row) for row in ledger.execute(_RECORDS)]
        return [row for row in rows if consultation in ("", row["consultation"]) and kind in ("", row["kind"])]

    def page(self, path: str) -> str:
        """A published page as it lies in the folder, empty while it is not there."""
        file = self.host.file_of(path)
        return "" if file is None else file.read_text("utf-8")

    def wait_for_page(self, path: str, *words: str, seconds: float = 20) -> str:
        """The published page once it has all the words."""
        return until(
            lambda: page if all(word in (page := self.page(path)) for word in words) else "",
            f"{words} on the published {path}",
            seconds,
        )

    def _program(self, *arguments: str) -> Program:
        name = arguments[0]
        addresses = {"PREAU_SYNC_URL": self.sync_url, "PREAU_SITE_URL": self.url}
        addresses |= {"PREAU_BOX_URL": self.box_url} if self.box_url else {}
        environment = addresses | {"PREAU_LOG_SECONDS": "2"} | self.settings
        return Program([str(PREAU), *arguments, "--var", str(self.var)], self.var / f"{name}.log", environment)

    def _died(self, program: Program) -> bool:
        assert program.is_running, f"{program.command[1]} ended: {program.said()[-3000:]}"
        return False


_RECORDS = """
    SELECT records.no, records.consultation, records.kind, records.id, records.rx, payloads.voter, payloads.slot,
           payloads.envelope
    FROM records JOIN payloads USING (space, no) ORDER BY no
"""
