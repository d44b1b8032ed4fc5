"""`preau demo`: a town, its server, its worker and its site on this machine, and the end of them all."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.panel import Panel
from rich.progress import Progress

from civic.content import ISSUERS
from sync_server.demo import TOWN, copy_town, shift_to, today_in
from sync_server.demo_seeding import seed
from sync_server.issuer_making import make_issuer_keys
from sync_server.office.inviting import invite_first
from sync_server.processes import Child, free_port
from sync_server.reading_keys import ReadingKeys, on_paper
from sync_server.settings import Settings, read_settings
from sync_server.town_key import make_town_key, read_town_key, sign_town

LOOK_SECONDS = 0.5
MAILBOX = "mailbox:"  # no mail leaves this machine: letters are files, and their codes are shown
FOLDER = "valbrume"  # and the id of its space
PRIVATE = "atelier"  # a consultation that a code opens
OWNER = "mairie@valbrume.example"
TOWN_KEY = "town.pem"  # of a real town it is never here
SEEDED = ".seeded"  # beside the ledger: written when the last act of the past is in it


class Demo:
    """Everything that runs. Use as a context: what it has started ends with it, whatever happens."""

    def __init__(self, settings: Settings, port: int, site_port: int, code: str) -> None:
        self.settings, self.port, self.site_port, self.code = settings, port, site_port, code
        self.opens = on_paper(ReadingKeys(settings.reading_keys, os.urandom).code(FOLDER, PRIVATE))
        self.site_url, self.sync_url = f"http://127.0.0.1:{site_port}", f"http://127.0.0.1:{port}"
        self.invitation = ""  # what makes whoever opens it the town's first owner
        self._children: list[Child] = []

    def start(self, progress: Progress) -> None:
        """Starts server, worker and site; returns once the site can be read."""
        task = progress.add_task("Starting", total=3)
        var, logs = ["--var", str(self.settings.var)], self.settings.var / "logs"
        # By another name it is another origin for a browser, and the same server: so is a real box.
        addresses = {"PREAU_SYNC_URL": self.sync_url, "PREAU_BOX_URL": f"http://localhost:{self.port}"}
        environment = os.environ | addresses | {"PREAU_SITE_URL": self.site_url}
        environment.setdefault("PREAU_LOG_SECONDS", "5")
        environment["PREAU_SMTP_URL"] = self.settings.smtp_url or MAILBOX
        serving = self._child(["serve", *var, "--port", str(self.port)], logs / "serve.log", environment)
        self._child(["work", *var], logs / "work.log", environment)
        site = ["serve-site", str(self.settings.site), "--port", str(self.site_port)]
        hosting = self._child(site, logs / "site.log", environment)
        serving.wait_for(f"{self.sync_url}/v1/health", time.sleep)
        progress.advance(task)
        hosting.wait_for(self.site_url, time.sleep)
        progress.advance(task)
        while not (self.settings.site / "index.html").is_file():
            self.check()
            time.sleep(LOOK_SECONDS / 10)
        self.invitation = invite_first(replace(self.settings, sync_url=self.sync_url), FOLDER, OWNER)
        progress.advance(task)

    def check(self) -> None:
        """Raises ProcessFailed if something has ended by itself."""
        for child in self._children:
            child.check()

    def wait(self, show: Callable[[str], object]) -> None:
        """Returns at Ctrl-C; ProcessFailed if something ends by itself. What letters arrive is shown."""
        known = set(self.settings.mailbox.glob("*.eml"))
        try:
            while True:
                self.check()
                for file in sorted(set(self.settings.mailbox.glob("*.eml")) - known):
                    known.add(file)
                    show(subject_of(file))
                time.sleep(LOOK_SECONDS)
        except KeyboardInterrupt:
            return

    def welcome(self) -> Panel:
        """What to open, and how to stop."""
        lines = (
            f"The town       [link={self.site_url}]{self.site_url}[/link]",
            f"Also in        {self.site_url}/nl/ /de/ /en/",
            f"Sync server    {self.sync_url}/v1/health",
            f"Town hall      {self.sync_url}/office/",
            *(("Become its first owner, once, at", f"  {self.invitation}") if self.invitation else ()),
            f"Letters        {self.settings.mailbox} (codes are shown here)",
            f"Code on paper  {self.code}, for {self.site_url}/moi/",
            f"Private page   {self.site_url}/{PRIVATE}/ opens with {self.opens}",
            f"Everything is in {self.settings.var}",
            "The rules are signed with keys/town.pem: a real town keeps that key off the server.",
            "",
            "Ctrl-C stops it; nothing is lost.",
        )
        return Panel("\n".join(lines), title="Valbrume-sur-Orne", expand=False)

    def __enter__(self) -> Demo:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Ends everything that was started, the last one first."""
        while self._children:
            self._children.pop().end()

    def _child(self, arguments: list[str], log: Path, environment: dict[str, str]) -> Child:
        child = Child(arguments, log, environment)
        self._children.append(child)
        return child


def run_demo(var: Path, port: int, site_port: int, progress: Progress) -> Demo:
    """A running demo in folder `var`: its town is made and peopled at the first start, and found again later."""
    for one in (signal.SIGTERM, signal.SIGINT):  # SIGINT too: a shell script's background job starts with it ignored
        signal.signal(one, _interrupt)
    settings = read_settings(var, os.environ)
    make_town(settings, int(time.time()), progress)
    port, site_port = free_port(port), free_port(site_port)
    code = import_module("sync_server.demo_census").give_code(settings)
    demo = Demo(settings, port, free_port() if site_port == port else site_port, code)
    try:
        demo.start(progress)
    except BaseException:
        demo.end()
        raise
    return demo


def make_town(settings: Settings, now: int, progress: Progress) -> None:
    """Writes the town's files and puts its people's acts into the ledger, where that has not been done.

    A start that was cut off is gone on with: the same acts are made again and the ledger knows them.
    """
    folder = settings.content / FOLDER
    if not (folder / "space.toml").is_file():
        copy_town(shift_to(today_in(TOWN, now)), folder)
    if not (settings.keys / TOWN_KEY).is_file():
        _make_issuers(settings, folder, now)
        import_module("sync_server.demo_letters").write_letter_key(settings, folder, FOLDER, now)
        _sign_rules(settings.keys / TOWN_KEY, folder)
    marker = settings.var / SEEDED
    if marker.is_file():
        return
    seed(settings, folder, progress)
    marker.touch()


def _make_issuers(settings: Settings, folder: Path, now: int) -> None:
    """Keys of this demo's own for its secret questions: of those it was copied with everybody has the other half."""
    for public in sorted(folder.glob(f"consultations/*/{ISSUERS}")):
        public.unlink()
        make_issuer_keys(folder, public.parent.name, settings.issuers, now)


def _sign_rules(key: Path, folder: Path) -> None:
    key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_town_key(key, folder, is_replaced=True)  # one that was cut off here before may have left its public half
    sign_town(folder, read_town_key(key))


def subject_of(file: Path) -> str:
    """The line of a letter that the demo shows: to whom, and what about."""
    letter = message_from_bytes(file.read_bytes(), policy=default)
    return f"Letter to {letter['To']}: {letter['Subject']}"


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt
