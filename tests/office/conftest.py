"""The sync server without a network, as tests/sync_server has it."""

from tests.sync_server.conftest import house, open_house, settings

__all__ = ["house", "open_house", "settings"]
