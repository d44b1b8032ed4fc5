"""Codes, and the letters that carry them: the only place where a name and a code stand side by side is the paper."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import segno
import typst

from civic.census_code import BITS, census_code, is_plain, on_paper
from civic.space import Space
from sync_server.census.list_file import Entry
from sync_server.words import Words

TEMPLATE = Path(__file__).with_name("letters.typ")
STEPS = ("open", "type", "done")
BEFORE, AFTER = ("lead", "own"), ("lost", "kept")


class Printed(NamedTuple):
    """Somebody of the list, and the code that was made for them."""

    entry: Entry
    code: str


class Paper(NamedTuple):
    """Whose paper it is: the town, its coat of arms (SVG, or ""), its words by language, the address of its site."""

    space: Space
    arms: str
    words: Mapping[str, Words]
    site: str


def new_codes(count: int, random: Callable[[int], bytes]) -> list[str]:
    """So many codes, all different; `random` gives so many bytes."""
    codes: dict[str, None] = {}
    while len(codes) < count:
        code = census_code(int.from_bytes(random(8), "big") >> 64 - BITS)
        if is_plain(code):
            codes[code] = None
    return [*codes]


def write_letters(file: Path, paper: Paper, people: Iterable[Printed]) -> None:
    """Writes a new PDF that its owner alone can read, one page a household; whole on the disk on return.

    FileExistsError where there is such a file: letters that were printed may be needed again.
    """
    pdf = render(paper, people)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(pdf)
        target.flush()
        os.fsync(target.fileno())


def render(paper: Paper, people: Iterable[Printed]) -> bytes:
    """The letters as a PDF."""
    inputs = {"data": json.dumps(letters_of(paper, people), ensure_ascii=False)}
    # Typst's own fonts: a letter looks the same wherever it is made, and nothing is fetched.
    return typst.compile(TEMPLATE.read_bytes(), format="pdf", sys_inputs=inputs, ignore_system_fonts=True)


def letters_of(paper: Paper, people: Iterable[Printed]) -> dict[str, Any]:
    """What the template prints, as JSON values."""
    langs = [lang for lang in paper.space.languages if lang in paper.words] or [next(iter(paper.words))]
    letters = [_letter(paper, paper.words[lang]) for lang in langs]
    ordered = sorted(people, key=lambda one: (one.entry.address, one.entry.household))
    return {
        "town": paper.space.name,
        "title": letters[0]["title"],
        "hall": paper.space.town_hall.address,
        "colour": paper.space.colour,
        "arms": paper.arms,
        "address": _shown(paper.site),
        "letters": letters,
        "households": [
            _household(paper.site, [*them]) for _, them in groupby(ordered, key=lambda one: one.entry.household)
        ],
    }


def _household(site: str, people: Sequence[Printed]) -> dict[str, Any]:
    names = [one.entry.name for one in people]
    rows = [{"name": one.entry.name, "code": on_paper(one.code), "qr": _qr(site, one.code)} for one in people]
    return {"address": [*names, *people[0].entry.address], "people": rows}


def _letter(paper: Paper, words: Words) -> dict[str, Any]:
    hall = paper.space.town_hall
    hours = hall.hours.get(words.lang, next(iter(hall.hours.values())))
    desk = ". ".join(part for part in (hall.address, hours.rstrip("."), hall.phone) if part)
    values = {"town": paper.space.name, "address": _shown(paper.site), "desk": desk}
    return {
        "lang": words.lang,
        "title": words("letter.title", **values),
        "code": words("letter.code"),
        "before": [words(f"letter.{line}", **values) for line in BEFORE],
        "steps": [words(f"letter.step.{line}", **values) for line in STEPS],
        "after": [words(f"letter.{line}", **values) for line in AFTER],
    }


def link_of(site: str, code: str) -> str:
    """Where the square leads: the code is in the fragment, which no server is ever sent."""
    return f"{site}/moi/#l={code}"


def _shown(site: str) -> str:
    return f"{site.partition('://')[2]}/moi/"


def _qr(site: str, code: str) -> str:
    drawn = io.BytesIO()
    segno.make(link_of(site, code), error="m", micro=False).save(drawn, kind="svg", border=0, svgns=True, xmldecl=False)
    return drawn.getvalue().decode("utf-8")
