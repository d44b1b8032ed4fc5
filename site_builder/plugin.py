"""The Pelican plugin: a generator that reads a town's content and snapshot, then writes its site."""

from __future__ import annotations

from typing import Any

import jinja2
from pelican import signals
from pelican.generators import Generator

from site_builder.theme import template_folders

SITE = "PREAU_SITE"  # the setting that holds the site_builder.site.Site to build


class TownGenerator(Generator):  # type: ignore[misc]
    """Hands Pelican's template environment to the site, then has it written."""

    def generate_context(self) -> None:
        """Reads everything."""
        site = self.settings[SITE]
        # Pelican's own loader falls back on its "simple" theme: a template that is missing here must be missed.
        self.env.loader = jinja2.FileSystemLoader(template_folders(site.folders.theme, site.modules))
        site.read(self.env)

    def generate_output(self, writer: Any) -> None:
        """Writes everything; Pelican's writer is not used, for it rewrites what has not changed."""
        self.settings[SITE].write()


def _generators(pelican: Any) -> type[TownGenerator] | None:
    # Signals are global to the process: another site of it may have nothing to do with us.
    return TownGenerator if SITE in pelican.settings else None


def register() -> None:
    """Called by Pelican."""
    signals.get_generators.connect(_generators)
