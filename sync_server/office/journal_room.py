"""*Journal*: who did what in this town, checked line by line as it is read. Owners only."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Response, request

from civic.journal import OPERATOR, check_journal, line_hash, parse_journal_line
from civic.refusals import Refused
from sync_server.office.pages import draw
from sync_server.office.parts import office
from sync_server.office.permits import Need, needs

blueprint = Blueprint("journal_room", __name__)
A_PAGE = 50


class Entry(NamedTuple):
    """A line as it is read; `who` is "" for whoever runs the server."""

    n: int
    who: str
    do: str
    about: dict[str, str]
    at: int


@blueprint.get("/office/space/<space>/journal")
@needs(Need.PEOPLE)
def show(space: str) -> Response:
    """The newest lines first, and whether the whole journal holds."""
    desk = office()
    texts = desk.journal.lines(space)
    before = min(max(1, request.args.get("before", len(texts) + 1, int)), len(texts) + 1)
    names = desk.clerks.names()
    shown = [_entry(n, texts[n - 1], names) for n in range(before - 1, max(0, before - 1 - A_PAGE), -1)]
    return draw(
        "journal", entries=shown, faults=check_journal(space, texts, desk.key.kid), number=len(texts),
        head=line_hash(texts[-1]) if texts else "", older=shown[-1].n if shown and shown[-1].n > 1 else 0,
    )  # fmt: skip


def _entry(n: int, text: str, names: dict[str, str]) -> Entry:
    try:
        said = parse_journal_line(text).said
    except Refused:
        return Entry(n, "", "unreadable", {}, 0)
    about = {key: names.get(value, value) if key == "clerk" else value for key, value in said.about.items()}
    who = "" if said.by == OPERATOR else names.get(said.by, said.by)
    return Entry(n, who, said.do, about, said.at)
