"""The browser, the server of files and the sync server that other tests use too."""

from tests.sync_server.conftest import open_house, settings
from tests.theme.conftest import browser, serve

__all__ = ["browser", "open_house", "serve", "settings"]
