"""Pelican run for one town: its settings, and nothing of it let pass in silence."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jinja2
from pelican import Pelican
from pelican.log import console
from pelican.settings import read_settings

from site_builder import plugin
from site_builder.failure import BuildFailure
from site_builder.site import Site

JINJA: dict[str, Any] = {
    "autoescape": True,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "undefined": jinja2.StrictUndefined,
    "auto_reload": False,
    "cache_size": -1,
    "extensions": [],
}
# Stock reading and writing stays out of the way: no folder of articles, pages or pictures, no feed, no listing.
_NONE_OF_THESE = (
    "FEED_ALL_ATOM", "FEED_ALL_RSS", "CATEGORY_FEED_ATOM", "CATEGORY_FEED_RSS", "AUTHOR_FEED_ATOM", "AUTHOR_FEED_RSS",
    "TAG_FEED_ATOM", "TAG_FEED_RSS", "TRANSLATION_FEED_ATOM", "TRANSLATION_FEED_RSS", "FEED_ATOM", "FEED_RSS",
)  # fmt: skip
_EMPTY = (
    "ARTICLE_PATHS", "PAGE_PATHS", "STATIC_PATHS", "DIRECT_TEMPLATES", "THEME_STATIC_PATHS", "EXTRA_PATH_METADATA",
)  # fmt: skip
_NOT_SAVED = ("TAG_SAVE_AS", "TAGS_SAVE_AS", "CATEGORY_SAVE_AS", "CATEGORIES_SAVE_AS", "AUTHOR_SAVE_AS",
              "AUTHORS_SAVE_AS", "ARCHIVES_SAVE_AS", "YEAR_ARCHIVE_SAVE_AS", "MONTH_ARCHIVE_SAVE_AS",
              "DAY_ARCHIVE_SAVE_AS")  # fmt: skip


def pelican_settings(site: Site) -> dict[str, Any]:
    """The settings of the run that builds `site`; nothing is taken from the environment, the locale above all."""
    folders = site.folders
    settings: dict[str, Any] = dict.fromkeys(_NONE_OF_THESE)
    settings |= {name: [] for name in _EMPTY} | dict.fromkeys(_NOT_SAVED, "")
    settings |= {
        "PATH": str(folders.content), "OUTPUT_PATH": str(folders.output), "THEME": str(folders.theme),
        "PLUGINS": [plugin], plugin.SITE: site, "JINJA_ENVIRONMENT": JINJA, "TIMEZONE": "UTC",
        "LOCALE": ["C.UTF-8", "C"],  # UTF-8: the locale is the whole process's, and says how its other files are read
        "SITEURL": "", "SITENAME": "", "EXTRA_PATH_METADATA": {}, "CACHE_CONTENT": False, "LOAD_CONTENT_CACHE": False,
    }  # fmt: skip
    return settings


def build_site(site: Site) -> list[str]:
    """Reads and writes the whole of `site` through Pelican; the files that differ from before."""
    with _strictly():
        run = Pelican(read_settings(override=pelican_settings(site)))
        if run.plugins != [plugin]:
            raise BuildFailure("Pelican did not take our plugin")
        run.run()
    return site.output.take_changed()


class _Fatal(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        raise BuildFailure(f"Pelican: {record.getMessage()}")


@contextmanager
def _strictly() -> Iterator[None]:
    """Makes every warning, Pelican's or Python's, an error; Pelican itself would print it and go on."""
    logger, handler, was_quiet = logging.getLogger("pelican"), _Fatal(logging.WARNING), console.quiet
    logger.addHandler(handler)
    console.quiet = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
    finally:
        console.quiet = was_quiet
        logger.removeHandler(handler)
