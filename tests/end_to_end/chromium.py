"""Chromium with a profile on the disk: closed, killed and started again as a phone's browser is."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Playwright, ViewportSize

from tests.end_to_end.waiting import until

EXECUTABLE = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: ViewportSize = {"width": 360, "height": 740}
# Whether what the page names is kept, and what its scripts load when somebody reaches for it.
KEPT_ASSETS = """async () => {
    const names = [...(document.documentElement.outerHTML.match(/\\/a\\/[\\w.-]+\\.js/g) || [])];
    const known = new Set(names);
    for (const name of known) {
        const kept = await caches.match(name);
        if (!kept) return false;
        for (const inner of (await kept.text()).match(/\\/a\\/[\\w.-]+\\.js/g) || []) known.add(inner);
    }
    return true;
}"""


class Phone:
    """One browser profile. `context` is what runs of it now; `complaints` what its console said."""

    def __init__(self, playwright: Playwright, profile: Path, **options: Any) -> None:
        self.playwright, self.profile = playwright, profile
        self.options = {"viewport": PHONE, "locale": "fr-FR", "timezone_id": "Europe/Paris", **options}
        self.complaints: list[str] = []
        self._context: BrowserContext | None = None

    @property
    def context(self) -> BrowserContext:
        assert self._context is not None, "the browser is not running"
        return self._context

    def start(self) -> "Phone":
        """The browser runs on return, with an empty page and none of the town's."""
        self._context = self.playwright.chromium.launch_persistent_context(
            str(self.profile), executable_path=EXECUTABLE, headless=True, args=FLAGS, **self.options
        )
        self._context.set_default_timeout(15_000)
        self._context.on("console", self._hear)
        self._context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        return self

    def kill(self) -> None:
        """SIGKILL, as when a phone's battery falls out; on return the process is gone."""
        pid = self._main_pid()
        assert pid is not None, "the browser is not running"
        os.kill(pid, signal.SIGKILL)
        until(lambda: self._main_pid() is None, "the end of the browser")
        with suppress(Error):  # Playwright may have heard of the end before we ask it to let go
            self.close()

    def close(self) -> None:
        context, self._context = self._context, None
        if context is not None:
            context.close()

    def open(self, url: str) -> Page:
        page = self.context.new_page()
        page.goto(url)
        return page

    def open_kept(self, url: str) -> Page:
        """The page once its service worker is in charge of it and has kept what it keeps by itself."""
        page = self.open(url)
        page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        page.reload()
        assert page.evaluate("!!navigator.serviceWorker.controller")
        until(lambda: page.evaluate(KEPT_ASSETS), "what the page names to be kept")
        return page

    def _main_pid(self) -> int | None:
        wanted = f"--user-data-dir={self.profile}".encode()
        return find_pid(lambda words: wanted in words and not any(word.startswith(b"--type=") for word in words))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url')})")


def find_pid(matches: Callable[[list[bytes]], bool]) -> int | None:
    """The process whose command line matches."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if matches(words):
                return int(entry.name)
    return None
