"""*Modération*: what pages show, newest first; hidden with a reason of the charter, shown again, or erased for good."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, Response, redirect, request, url_for

from civic.canonical import b64u_decode, parse_json
from civic.moderation import REASONS, Hidden, check_hidden
from civic.refusals import Code, Refused
from sync_server.office.pages import draw, words
from sync_server.office.parts import Office, office
from sync_server.office.permits import Need, may, needs, scope
from sync_server.office.sessions import is_fresh, signed_in
from sync_server.office.writing import confirm
from sync_server.problems import Problem
from sync_server.storage.hiding import Place, Shown
from sync_server.storage.people import lock_space

blueprint = Blueprint("moderation", __name__)
A_PAGE = 30
LAST = 2**53
ITEM = "/office/space/<space>/moderation/<int:no>"


class Written(NamedTuple):
    """What somebody wrote, as a moderator reads it; everything is "" once it is erased."""

    no: int
    consultation: str
    about: str  # title of the consultation
    title: str
    text: str
    name: str
    lang: str
    rx: int
    state: str  # shown | hidden | withdrawn | erased
    why: Hidden | None
    place: str  # as it was written, else its position, else ""
    photos: int  # how many it names


@blueprint.get("/office/space/<space>/moderation")
@needs(Need.LOOK)
def show_newest(space: str) -> Response:
    """The newest words, a page at a time."""
    before = request.args.get("before", LAST, int)
    found = newest_words(office(), space, scope(signed_in().roles, space, Need.LOOK), A_PAGE, before)
    return draw("moderation", found=found, older=found[-1].no if len(found) == A_PAGE else 0)


@blueprint.get(ITEM)
@needs(Need.LOOK)
def show_one(space: str, no: int) -> Response:
    """One contribution, and what may be done about it."""
    return _page(space, _find(space, no, Need.LOOK), None)


@blueprint.post(f"{ITEM}/hide")
@needs(Need.MODERATE)
def hide(space: str, no: int) -> Response:
    """Hides it, with a reason that everybody reads in its place."""
    one, found, desk = _find(space, no, Need.MODERATE), signed_in(), office()
    try:
        why = check_hidden(request.form.get("reason", ""), request.form.get("words", ""))
    except Refused as no_reason:
        return _page(space, one, no_reason)
    with desk.services.ledger.writing() as connection:
        desk.hiding.hide(connection, Place(space, one.consultation, one.slot), why, desk.now())
        desk.write(connection, space, found.clerk, "hide", no=str(no), consultation=one.consultation, reason=why.reason)
    return _back(space, no)


@blueprint.post(f"{ITEM}/show")
@needs(Need.MODERATE)
def show_again(space: str, no: int) -> Response:
    """Shows it again."""
    one, found, desk = _find(space, no, Need.MODERATE), signed_in(), office()
    with desk.services.ledger.writing() as connection:
        if desk.hiding.show(connection, Place(space, one.consultation, one.slot)):
            desk.write(connection, space, found.clerk, "show", no=str(no), consultation=one.consultation)
    return _back(space, no)


@blueprint.post(f"{ITEM}/erase")
@needs(Need.MODERATE)
def erase(space: str, no: int) -> Response:
    """Erases the words of something that is hidden; nobody gets them back, so the password is asked."""
    one, found, desk = _find(space, no, Need.MODERATE), signed_in(), office()
    try:
        if one.hidden is None:
            raise Refused(Code.BAD_PAYLOAD, "not_hidden")
        confirm(desk, found)
    except (Refused, Problem) as refused:
        return _page(space, one, refused)
    desk.hiding.prepare_erasing(space)
    with desk.services.ledger.writing() as connection:
        lock_space(desk.services.ledger, connection, space)
        if desk.hiding.erase(connection, Place(space, one.consultation, one.slot), desk.now()):
            desk.write(connection, space, found.clerk, "erase", no=str(no), consultation=one.consultation)
    return _back(space, no)


def newest_words(
    desk: Office, space: str, slugs: frozenset[str] | None, limit: int, before: int = LAST
) -> list[Written]:
    """The newest words of the consultations `slugs`, of all for None."""
    private = frozenset[str]().union(*desk.letter_boxes(space).values())
    return [written(desk, space, one) for one in desk.hiding.newest(space, slugs, before, limit, private)]


def _find(space: str, no: int, need: Need) -> Shown:
    one = office().hiding.find(space, no)
    if one is None or one.slot.partition(":")[0] in office().letter_boxes(space).get(one.consultation, ()):
        raise Refused(Code.NOT_FOUND)
    if not may(signed_in().roles, space, need, one.consultation):
        raise Refused(Code.UNAUTHORISED)
    return one


def _page(space: str, one: Shown, no: Refused | Problem | None) -> Response:
    found, kind = signed_in(), one.slot.partition(":")[0]
    is_answered = any(kind in module.targets for module in office().answered(space).values())
    item = office().answering.find(space, one.first_no) if is_answered else None
    return draw(
        "words", no=no, one=written(office(), space, one), reasons=REASONS,
        page=f"{page_of(office(), space, one.consultation)}{item.number}/" if item else "", is_fresh=is_fresh(found),
        is_moderator=may(found.roles, space, Need.MODERATE, one.consultation), typed=request.form.get("words", ""),
        may_answer=is_answered and may(found.roles, space, Need.ANSWER, one.consultation),
        chosen=request.form.get("reason", ""),
    )  # fmt: skip


def written(desk: Office, space: str, one: Shown) -> Written:
    """The words as a clerk reads them."""
    body: dict[str, Any] = {}
    if one.envelope is not None and not one.withdrawn:
        body = parse_json(b64u_decode(one.envelope.split(".")[1]))["body"]
    title, text, name, lang = (str(body.get(member) or "") for member in ("title", "text", "name", "lang"))
    state = "erased" if one.envelope is None else "withdrawn" if one.withdrawn else "hidden" if one.hidden else "shown"
    about = desk.title_of(space, one.consultation, words().lang)
    place, photos = _place_of(body.get("place") or {}), len(body.get("photos") or ())
    return Written(
        one.first_no, one.consultation, about, title, text, name, lang, one.rx, state, one.hidden, place, photos
    )  # fmt: skip


def page_of(desk: Office, space: str, slug: str) -> str:
    """The address of a consultation on the town's site; "" for a town that is gone."""
    town = desk.town(space)
    return "" if town is None else f"{desk.services.settings.site_url or town.content.space.site_url}/{slug}/"


def _place_of(place: dict[str, Any]) -> str:
    return str(place.get("address") or ", ".join(str(place[part]) for part in ("lat", "lon") if place.get(part)))


def _back(space: str, no: int) -> Response:
    return redirect(url_for("moderation.show_one", space=space, no=no), 303)  # type: ignore[return-value]
