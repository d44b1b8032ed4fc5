"""Hugo and stock Pelican: the same pages, one minimal template, one index that lists all of them."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.pages import write_for_hugo, write_for_pelican
from bench.peers.install import program
from bench.programs import free_port, running, wait_until
from bench.timing import wall_seconds

TOP = (
    '<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>"
)
MIDDLE = (
    '</title><link rel="stylesheet" href="/a.css"></head><body><header><a href="/">Valbrume</a><nav>'
    '<a href="/mairie/">Mairie</a> <a href="/regles/">Règles</a></nav></header><main>'
)
END = "</main><footer>Valbrume</footer></body></html>"

PELICAN_SETTINGS = """
SITENAME = "Valbrume"; SITEURL = ""; TIMEZONE = "UTC"; DEFAULT_LANG = "fr"; AUTHOR = "x"
PATH = "content"; OUTPUT_PATH = "out"; THEME = "theme"; PLUGINS = []; DELETE_OUTPUT_DIRECTORY = False
ARTICLE_URL = "{slug}/"; ARTICLE_SAVE_AS = "{slug}/index.html"
DIRECT_TEMPLATES = ["index"]; TAG_SAVE_AS = CATEGORY_SAVE_AS = AUTHOR_SAVE_AS = ""; DEFAULT_PAGINATION = False
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
"""
PELICAN_ARTICLE = (
    '{% extends "base.html" %}{% block content %}<h1>{{ article.title }}</h1>'
    '<p>{{ article.date.strftime("%Y-%m-%d") }} in {{ article.category }}</p>{{ article.content }}'
    "<ul>{% for t in article.tags %}<li>{{ t }}</li>{% endfor %}</ul>{% endblock %}"
)
PELICAN_INDEX = (
    '{% extends "base.html" %}{% block content %}<ul>{% for a in articles %}'
    '<li><a href="/{{ a.url }}">{{ a.title }}</a></li>{% endfor %}</ul>{% endblock %}'
)
HUGO_SETTINGS = """
baseURL = "http://example.org/"
title = "Valbrume"
disableKinds = ["taxonomy", "term", "RSS", "sitemap", "section", "404"]
"""
HUGO_SINGLE = (
    '{{ define "main" }}<h1>{{ .Title }}</h1><p>{{ .Date.Format "2006-01-02" }} in {{ index .Params.categories 0 }}</p>'
    "{{ .Content }}<ul>{{ range .Params.tags }}<li>{{ . }}</li>{{ end }}</ul>{{ end }}"
)
HUGO_LIST = (
    '{{ define "main" }}<ul>{{ range .Site.RegularPages }}'
    '<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}'
)


def make_pelican_site(folder: Path, number: int) -> None:
    """A Pelican site as its users have it: its own readers, writers and generators."""
    write_for_pelican(folder / "content", number)
    templates = folder / "theme" / "templates"
    templates.mkdir(parents=True)
    (folder / "theme" / "static").mkdir()
    (folder / "conf.py").write_text(PELICAN_SETTINGS, "utf-8")
    title = "{% if article %}{{ article.title }}{% else %}{{ SITENAME }}{% endif %}"
    base = f"{TOP}{title}{MIDDLE}{{% block content %}}{{% endblock %}}{END}"
    (templates / "base.html").write_text(base, "utf-8")
    (templates / "article.html").write_text(PELICAN_ARTICLE, "utf-8")
    names = ("index", "page", "tag", "category", "author", "archives", "tags", "categories", "authors")
    for name in (*names, "period_archives"):
        (templates / f"{name}.html").write_text(PELICAN_INDEX, "utf-8")


def make_hugo_site(folder: Path, number: int) -> None:
    """The same for Hugo."""
    write_for_hugo(folder / "content", number)
    layouts = folder / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (folder / "hugo.toml").write_text(HUGO_SETTINGS, "utf-8")
    base = f'{TOP}{{{{ .Title }}}}{MIDDLE}{{{{ block "main" . }}}}{{{{ end }}}}{END}'
    (layouts / "baseof.html").write_text(base, "utf-8")
    (layouts / "single.html").write_text(HUGO_SINGLE, "utf-8")
    (layouts / "list.html").write_text(HUGO_LIST, "utf-8")


def build_with_pelican(folder: Path) -> float:
    """Seconds of one whole `pelican` process."""
    return wall_seconds([program("pelican"), "-q", "-s", "conf.py"], folder)


def build_with_hugo(folder: Path) -> float:
    """Seconds of one whole `hugo` process."""
    return wall_seconds([program("hugo"), "--quiet"], folder)


@contextmanager
def hugo_server(folder: Path) -> Iterator[Callable[[int], float]]:
    """`hugo server` that writes to the disk; the answer changes page `number` and gives its own "Total in" seconds."""
    log = folder / "server.log"
    options = ["--renderToMemory=false", "--bind", "127.0.0.1", "--port", str(free_port()), "--watch"]
    with running([program("hugo"), "server", *options], log, folder=folder):
        wait_until(lambda: "Web Server is available" in log.read_text("utf-8"), 120, "hugo server")

        def change(number: int) -> float:
            seen = len(_totals(log))
            page = folder / "content" / f"p{number:05d}.md"
            page.write_text(page.read_text("utf-8") + f"\nVote {time.monotonic_ns()}.\n", "utf-8")
            os.utime(page)
            wait_until(lambda: len(_totals(log)) > seen, 60, "hugo server's rebuild", pause=0.02)
            time.sleep(0.3)  # its watcher gathers events: the next change must not fall into this one
            return _totals(log)[-1]

        yield change


def _totals(log: Path) -> list[float]:
    found = re.findall(r"Total in (\d+) ms", log.read_text("utf-8"))
    return [int(one) / 1000 for one in found]
