"""`/unfollow/<space>/<token>`: the address in each letter that ends what brought it (docs/formats.md §32)."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from civic.refusals import Code, Refused
from sync_server.catalogue import Town
from sync_server.following.unsubscribing import ALL, PATH, Stop, Stops, end
from sync_server.form_pages import FormPages
from sync_server.problems import Problem
from sync_server.routes import KIB, Access, declares, services
from sync_server.storage.follows import Follows
from sync_server.vault import Vault

blueprint = Blueprint("unfollow", __name__)


@blueprint.get(f"{PATH}/<space>/<token>")
@declares(Access.ANYONE, 0)
def ask_to_stop(space: str, token: str) -> Response:
    """Asks once: programs that look at letters open every address, and press nothing."""
    town, stop = _read(space, token)
    return _page(town, stop, is_done=False)


@blueprint.post(f"{PATH}/<space>/<token>")
@declares(Access.ANYONE, 4 * KIB)
def stop_at_once(space: str, token: str) -> Response:
    """Stops: the button of the page, and RFC 8058's one click from a mail program. Whatever is posted is not read."""
    town, stop = _read(space, token)
    end(Follows(services().ledger), space, stop)
    return _page(town, stop, is_done=True)


def _read(space: str, token: str) -> tuple[Town, Stop]:
    town, keys = services().catalogue.town(space), services().keys
    if town is None:
        raise Problem(Code.NOT_FOUND)
    try:
        return town, Stops(Vault(keys.vault, keys.pepper, services().random)).read(space, token)
    except Refused as refused:
        raise Problem(Code.NOT_FOUND) from refused


def _page(town: Town, stop: Stop, *, is_done: bool) -> Response:
    pages: FormPages = current_app.extensions["preau_forms"]
    return pages.draw(
        "unfollow", 200, stop.lang, pages.back_to(town, "/"), title=_title(pages, town, stop),
        is_all=stop.about == ALL, is_done=is_done, action=request.path,
    )  # fmt: skip


def _title(pages: FormPages, town: Town, stop: Stop) -> str:
    """As letters say it: whoever knows the address of what is private can follow it, and reads no title here."""
    slug, space = stop.about.partition("/")[0], town.content.space
    rules = town.content.consultations.get(slug)
    if rules is None:
        return space.name
    texts = town.content.texts[slug]
    return (
        pages.words(stop.lang)("told.private")
        if rules.private
        else texts.get(stop.lang, texts[space.languages[0]]).title
    )
