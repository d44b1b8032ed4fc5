"""The same pages written for each site builder: what differs is only how each wants its header."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench import prose


class Article(NamedTuple):
    """A page of about 1 kB with what a page of news has: a day, an area, three labels."""

    name: str
    title: str
    day: str
    area: str
    labels: tuple[str, ...]
    body: str


def articles(number: int) -> Iterator[Article]:
    """The first `number` pages of the measured town."""
    chance = random.Random(7)
    for place in range(number):
        title = f"Page {place:05d} {chance.choice(prose.WORDS)} {chance.choice(prose.WORDS)}"
        day = f"20{chance.randint(20, 25)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        labels = tuple(f"sujet{one:02d}" for one in sorted(chance.sample(range(50), 3)))
        yield Article(f"p{place:05d}", title, day, f"zone{place % 10}", labels, prose.markdown(chance))


def write_for_hugo(folder: Path, number: int) -> None:
    """Front matter in YAML."""
    folder.mkdir(parents=True)
    for one in articles(number):
        labels = ", ".join(one.labels)
        head = f'---\ntitle: "{one.title}"\ndate: {one.day}\ncategories: [{one.area}]\ntags: [{labels}]\n---\n'
        (folder / f"{one.name}.md").write_text(head + one.body, "utf-8")


def write_for_pelican(folder: Path, number: int) -> None:
    """Lines `Key: value`."""
    folder.mkdir(parents=True)
    for one in articles(number):
        labels = ", ".join(one.labels)
        head = f"Title: {one.title}\nDate: {one.day}\nCategory: {one.area}\nTags: {labels}\nSlug: {one.name}\n\n"
        (folder / f"{one.name}.md").write_text(head + one.body, "utf-8")


def write_for_preau(folder: Path, number: int, language: str) -> None:
    """docs/formats.md §1: what the others' templates add around the text is part of the text."""
    for one in articles(number):
        page = folder / one.name / f"{language}.md"
        page.parent.mkdir(parents=True)
        head = f"title: {one.title}\n\n{one.day} in {one.area}\n\n"
        page.write_text(head + one.body + "\n" + "".join(f"* {label}\n" for label in one.labels), "utf-8")
