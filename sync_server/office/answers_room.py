"""*Réponses*: what citizens proposed, with where it stands, and what the town hall says of each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from flask import Blueprint, Response, redirect, request, url_for

from civic.canonical import b64u_encode
from civic.module import Module
from civic.official import MERGED, MOST_LETTERS, NOT_SAID, Answer, answer_bytes, check_answer
from civic.refusals import Code, Refused
from civic.text import normalise
from sync_server.office.moderation import LAST, Written, page_of, written
from sync_server.office.pages import draw, words
from sync_server.office.parts import Office, office
from sync_server.office.permits import Need, may, needs, scope
from sync_server.office.sessions import signed_in
from sync_server.office.status_words import read_labels, read_ready
from sync_server.storage.answering import Item, Page
from sync_server.storage.people import lock_space

blueprint = Blueprint("answers_room", __name__)
A_PAGE = 30
NONE = "none"  # in an address: without an answer
PATH = "/office/space/<space>/answers"
MOST_DIGITS = 9


class Row(NamedTuple):
    """An item as the list shows it; `label` is the word of its status, "" for none."""

    words: Written
    number: int
    label: str


class Filter(NamedTuple):
    """A status by which the list may be cut down; `module` is "" where it is any module's."""

    module: str
    status: str
    label: str


@blueprint.get(PATH)
@needs(Need.ANSWER)
def show_items(space: str) -> Response:
    """The items, newest first, a page at a time; those of one status where one is asked for."""
    desk, known = office(), office().answered(space)
    name, status = request.args.get("module", ""), request.args.get("status", "")
    asked = [module for module in known.values() if name in ("", module.name)]
    kinds = [kind for module in asked for kind in module.targets]
    page = Page(kinds, {NONE: "", "": None}.get(status, status), request.args.get("before", LAST, int), A_PAGE)
    found = desk.answering.newest(space, scope(signed_in().roles, space, Need.ANSWER), page)
    labels = {one.name: read_labels(one, words().lang) for one in known.values()}
    rows = [Row(written(desk, space, one.shown), one.number, _label(known, labels, one)) for one in found]
    older = found[-1].shown.first_no if len(found) == A_PAGE else 0
    return draw("answers", rows=rows, filters=_filters(labels), asked=(name, status), older=older)


@blueprint.get(f"{PATH}/<int:no>")
@needs(Need.ANSWER)
def show_one(space: str, no: int) -> Response:
    """One item, what was said of it, and the form of an answer."""
    item, module = _find(space, no)
    typed = {"name": office().answering.name_of(space, signed_in().clerk.id) or signed_in().clerk.name}
    asked = request.args.get("ready", "")
    ready = next((one for one in read_ready(module.name) if one.name == asked), None)
    if ready is not None:
        typed |= {"status": ready.status} | {f"words-{lang}": words for lang, words in ready.words.items()}
    return _page(space, item, module, typed, None)


@blueprint.post(f"{PATH}/<int:no>")
@needs(Need.ANSWER)
def answer(space: str, no: int) -> Response:
    """Publishes an answer; those before it stay, folded, below it."""
    (item, module), desk, clerk = _find(space, no), office(), signed_in().clerk
    try:
        said = check_answer(_typed(space, item), module.statuses, _languages(desk, space))
        with desk.services.ledger.writing() as connection:
            lock_space(desk.services.ledger, connection, space)
            if desk.answering.add(connection, space, item.shown.consultation, said, clerk.id):
                digest = b64u_encode(hashlib.sha256(answer_bytes(said)).digest())
                about = {"no": str(no), "consultation": item.shown.consultation, "status": said.status, "hash": digest}
                desk.write(connection, space, clerk, "answer", **about)
    except Refused as refused:
        return _page(space, item, module, request.form.to_dict(), refused)
    return redirect(url_for("answers_room.show_one", space=space, no=no, said=1), 303)  # type: ignore[return-value]


def _find(space: str, no: int) -> tuple[Item, Module]:
    item = office().answering.find(space, no)
    if item is None:
        raise Refused(Code.NOT_FOUND)
    if not may(signed_in().roles, space, Need.ANSWER, item.shown.consultation):
        raise Refused(Code.UNAUTHORISED)
    module = _module_of(office().answered(space), item)
    if module is None:
        raise Refused(Code.NOT_FOUND)
    return item, module


def _module_of(known: Mapping[str, Module], item: Item) -> Module | None:
    return next((one for one in known.values() if item.kind in one.targets), None)


def _typed(space: str, item: Item) -> Answer:
    """The answer as the form has it; Refused where it says nothing that could be one, or where nothing stands."""
    form, desk = request.form, office()
    if written(desk, space, item.shown).state != "shown":
        raise Refused(Code.BAD_PAYLOAD, "not_shown")
    said = {lang: normalise(form.get(f"words-{lang}", ""), lines=True) for lang in _languages(desk, space)}
    status = form.get("status", "")
    return Answer(
        about=item.id,
        status=status,
        words={lang: words for lang, words in said.items() if words},
        name=normalise(form.get("name", "")),
        at=desk.now(),
        into=_into(space, item, form.get("into", "").strip()) if status == MERGED else "",
        cost=normalise(form.get("cost", "")),
        done=_number(form.get("done", "").strip(), "done") if form.get("done", "").strip() else NOT_SAID,
        milestone=form.get("milestone", "").strip(),
    )


def _into(space: str, item: Item, typed: str) -> str:
    """The id of the item whose number was typed; Refused BAD_PAYLOAD where pages show none of it."""
    number = _number(typed, "into")
    other = office().answering.numbered(space, item.shown.consultation, item.kind, number) if number else None
    if other is None or written(office(), space, other.shown).state != "shown":
        raise Refused(Code.BAD_PAYLOAD, "into")
    return other.id


def _number(typed: str, field: str) -> int:
    if not typed.isascii() or not typed.isdigit() or len(typed) > MOST_DIGITS:
        raise Refused(Code.BAD_PAYLOAD, field)
    return int(typed)


def _page(space: str, item: Item, module: Module, typed: Mapping[str, str], no: Refused | None) -> Response:
    desk, slug = office(), item.shown.consultation
    return draw(
        "answer",
        no=no,
        one=written(desk, space, item.shown),
        number=item.number,
        labels=read_labels(module, words().lang),
        history=desk.answering.history(space, slug, item.id)[::-1],
        codes=_languages(desk, space),
        ready=read_ready(module.name),
        typed=typed,
        has_said=no is None and request.args.get("said", "") == "1",
        most=MOST_LETTERS,
        page=page_of(desk, space, slug),
    )


def _languages(desk: Office, space: str) -> tuple[str, ...]:
    town = desk.town(space)
    return () if town is None else town.content.space.languages


def _filters(labels: Mapping[str, Mapping[str, str]]) -> list[Filter]:
    t = words()
    return [
        Filter("", "", t("office.answers.any")),
        Filter("", NONE, t("office.answers.none")),
        *(Filter(name, status, label) for name, some in labels.items() for status, label in some.items()),
    ]


def _label(known: Mapping[str, Module], labels: Mapping[str, Mapping[str, str]], item: Item) -> str:
    module = _module_of(known, item)
    return "" if module is None else labels[module.name].get(item.status, "")
