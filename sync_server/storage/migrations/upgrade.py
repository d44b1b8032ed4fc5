"""Alembic run on a connection: loaded only where tables are missing or old."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from sync_server.storage.migrations import HERE


def upgrade(connection: sa.Connection, version: str = "head") -> None:
    """Runs every migration that `connection`'s database lacks, up to `version`; the caller commits."""
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, version)
