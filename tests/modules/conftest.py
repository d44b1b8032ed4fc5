"""The browser and the server of files that looks at a theme use too."""

from tests.theme.conftest import browser, serve

__all__ = ["browser", "serve"]
