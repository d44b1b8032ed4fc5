"""*Réponses libres*: words that people know may be published, read question by question, published or left out.

Nobody learns here who wrote, when, or what else they answered: words are in the order of the alphabet, and a verdict is
on the words.
"""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Response, redirect, request, url_for

from civic.consultation import Consultation
from civic.listing import LISTED, UNREAD, check_verdict
from civic.moderation import REASONS
from civic.module import Listable
from civic.phases import moment_at
from civic.refusals import Code, Refused
from sync_server.listing import Readable, listable_in, read_words
from sync_server.office.pages import draw, words
from sync_server.office.parts import office
from sync_server.office.permits import Need, may, needs, scope
from sync_server.office.sessions import signed_in
from sync_server.storage.hiding import ask_rebuild
from sync_server.storage.verdicts import Verdict, put_verdict

blueprint = Blueprint("listing_room", __name__)
PATH = "/office/space/<space>/listing"
A_PAGE = 20
FIELD = "verdict."
STATES = ("unread", "listed", "left")


class Heap(NamedTuple):
    """The words about one thing: how many texts are in each of STATES."""

    slug: str
    consultation: str
    about: str
    title: str
    unread: int
    listed: int
    left: int


@blueprint.get(PATH)
@needs(Need.MODERATE)
def show_heaps(space: str) -> Response:
    """What there is to read, consultation by consultation."""
    slugs = scope(signed_in().roles, space, Need.MODERATE)
    town = office().town(space)
    rules = () if town is None else town.content.consultations.values()
    return draw(
        "listing", heaps=[heap for one in rules if slugs is None or one.slug in slugs for heap in _heaps(space, one)]
    )


@blueprint.get(f"{PATH}/<slug>/<about>")
@needs(Need.MODERATE)
def show_words(space: str, slug: str, about: str) -> Response:
    """The words about one thing in one state, a page at a time."""
    return _page(space, *_find(space, slug, about), None)


@blueprint.post(f"{PATH}/<slug>/<about>")
@needs(Need.MODERATE)
def decide(space: str, slug: str, about: str) -> Response:
    """Keeps each verdict that is another than before; words that their author has changed meanwhile have none."""
    rules, asked = _find(space, slug, about)
    desk, clerk = office(), signed_in().clerk
    said = {name.removeprefix(FIELD): one for name, one in request.form.items() if name.startswith(FIELD) and one}
    try:
        for verdict in said.values():
            check_verdict(verdict)
    except Refused as refused:
        return _page(space, rules, asked, refused)
    standing = [one for one in _words(rules, asked) if said.get(one.mark, one.verdict) != one.verdict]
    with desk.services.ledger.writing() as connection:
        for one in standing:
            verdict = said[one.mark]
            row = Verdict(space, slug, one.mark, about, verdict, clerk.id, desk.now())
            put_verdict(desk.services.ledger, connection, row)
            reason = {} if verdict == LISTED else {"reason": verdict}
            do = "leave-out" if reason else "publish"
            desk.write(connection, space, clerk, do, consultation=slug, about=about, mark=one.mark, **reason)
        if standing and moment_at(rules, desk.now()).state == "results":
            ask_rebuild(connection, space)
    kept = {"state": _state(), "done": str(len(standing))}
    way = url_for("listing_room.show_words", space=space, slug=slug, about=about, **kept)  # type: ignore[arg-type]
    return redirect(way, 303)  # type: ignore[return-value]


def _find(space: str, slug: str, about: str) -> tuple[Consultation, Listable]:
    town = office().town(space)
    rules = None if town is None else town.content.consultations.get(slug)
    asked = () if rules is None else listable_in(office().services.modules, rules)
    found = next((one for one in asked if one.id == about), None)
    if rules is None or found is None:
        raise Refused(Code.NOT_FOUND)
    if not may(signed_in().roles, space, Need.MODERATE, slug):
        raise Refused(Code.UNAUTHORISED)
    return rules, found


def _heaps(space: str, rules: Consultation) -> list[Heap]:
    asked = listable_in(office().services.modules, rules)
    found = _read(rules) if asked else {}
    title = office().title_of(space, rules.slug, words().lang)
    return [Heap(rules.slug, title, one.id, _said(one), *_counts(found[one.id])) for one in asked]


def _read(rules: Consultation) -> dict[str, list[Readable]]:
    desk = office()
    is_over = moment_at(rules, desk.now()).state == "results"
    with desk.services.ledger.reading() as now:
        return read_words(now, desk.vault, desk.services.modules, rules, is_over=is_over)


def _words(rules: Consultation, asked: Listable) -> list[Readable]:
    return _read(rules)[asked.id]


def _counts(found: list[Readable]) -> tuple[int, ...]:
    return tuple(sum(_state_of(one) == state for one in found) for state in STATES)


def _state_of(one: Readable) -> str:
    return {UNREAD: "unread", LISTED: "listed"}.get(one.verdict, "left")


def _state() -> str:
    state = request.args.get("state", "")
    return state if state in STATES else STATES[0]


def _said(asked: Listable) -> str:
    return asked.title.get(words().lang) or next(iter(asked.title.values()))


def _page(space: str, rules: Consultation, asked: Listable, no: Refused | None) -> Response:
    found, state = _words(rules, asked), _state()
    start = max(0, request.args.get("from", 0, int))
    shown = [one for one in found if _state_of(one) == state]
    return draw(
        "listed", no=no, slug=rules.slug, about=asked.id, title=_said(asked),
        consultation=office().title_of(space, rules.slug, words().lang), state=state,
        counts=dict(zip(STATES, _counts(found), strict=True)), shown=shown[start : start + A_PAGE],
        older=start + A_PAGE if len(shown) > start + A_PAGE else 0, reasons=REASONS, listed=LISTED,
        done=request.args.get("done", 0, int) if no is None else 0,
    )  # fmt: skip
