"""The little town, built on every day of its consultations."""

import functools
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from site_builder.settings import build_site
from site_builder.site import Folders, Site
from tests.theme.little_town import IDEAS, write_town

REPOSITORY = Path(__file__).resolve().parents[2]
THEME = REPOSITORY / "themes" / "town"
BuildTown = Callable[..., Path]


@pytest.fixture(scope="session")
def build_town(tmp_path_factory: pytest.TempPathFactory) -> BuildTown:
    """Builds the town on the day of a state; the folder of its site."""

    @functools.cache
    def build(state: str, ideas: int = IDEAS, is_tied: bool = False, mode: str = "open") -> Path:
        folder = tmp_path_factory.mktemp(state)
        town, snapshots = write_town(folder, state, ideas, is_tied=is_tied, mode=mode)
        site = Site(Folders(town, snapshots, THEME, folder / "site"))
        build_site(site)
        while site.output.waiting:
            site.output.shrink()
        return folder / "site"

    return build


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: tests print what matters."""


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serves a folder on this machine; its address."""
    servers: list[ThreadingHTTPServer] = []

    @functools.cache
    def start(folder: Path) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for all looks at pages."""
    chromium = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
    )
    yield chromium
    chromium.close()
