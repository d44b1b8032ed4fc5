"""`POST /form` and `/form/confirm`: acts from phones without scripts, reviewed first, unsigned (docs/formats.md §3)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, current_app, request

from civic.admission import Act, check
from civic.canonical import b64u_encode
from civic.envelope import parse_envelope
from civic.module import module_of
from civic.refusals import Code, Refused
from sync_server.catalogue import Town
from sync_server.drafts import (
    MOST_FIELDS,
    Draft,
    body_of,
    draft_key,
    entered,
    envelope_of,
    module_for,
    open_draft,
    seal_draft,
)
from sync_server.form_pages import FormPages
from sync_server.problems import RETRY_SECONDS, STATUSES, Problem
from sync_server.routes import KIB, Access, declares, read_body, services
from sync_server.storage import LedgerUnavailable
from sync_server.storage.hidden import hidden_of

blueprint = Blueprint("forms", __name__)
LIMIT = 64 * KIB
MOST_LETTERS = 48 * KIB
PATH = "/form"
MENDABLE = (Code.BAD_PAYLOAD, Code.BAD_OPTION, Code.TOO_LARGE)  # by writing something else


@blueprint.post(PATH)
@declares(Access.ANYONE, LIMIT)
def review_act() -> Response:
    """Shows what would be published and asks; nothing is stored. A refusal is said at once where it is known."""
    fields = _fields()
    town = _town_of(fields)
    rules = town.rules.get(fields.get("consultation", ""))
    mh = "" if rules is None else rules.consultation.mh
    draft = Draft(town.content.space.id, fields, b64u_encode(services().random(16)), services().now(), mh)
    try:
        act = _checked(draft, town)
    except Refused as refused:
        return _refuse(draft, town, refused.code, refused.field)
    return _pages().draw(
        "review", 200, fields.get("lang", ""), _pages().back_to(town, fields.get("back", "")),
        about=_pages().about(draft, town, _answered(act)),
        entry=_pages().rows(draft, town, act.module, act.envelope.body), hidden=_pages().hidden(draft),
        draft=_seal(draft),
    )  # fmt: skip


@blueprint.post(f"{PATH}/confirm")
@declares(Access.ANYONE, LIMIT)
def confirm_act() -> Response:
    """Takes the act reviewed before; confirmed twice it is the same act, with the same number."""
    try:
        draft = open_draft(_fields().get("draft", ""), draft_key(services().keys.form))
    except Refused as refused:
        return _plain_refusal(refused.code, _asked_language())
    town = services().catalogue.town(draft.space)
    if town is None:
        return _plain_refusal(Code.WRONG_AUDIENCE, draft.fields.get("lang", ""))
    try:
        module = module_for(draft, town.rules, services().modules)
        body = entered(draft, module).body
        result = services().acceptance.accept(town, [envelope_of(draft, module, services().keys.form)]).results[0]
    except Refused as refused:
        return _refuse(draft, town, refused.code, refused.field)
    except LedgerUnavailable:
        return _refuse(draft, town, Code.UNAVAILABLE, "")
    if result.item is None:
        return _refuse(draft, town, result.code or Code.UNAVAILABLE, "")
    return _pages().draw(
        "received", 200, draft.fields.get("lang", ""), _pages().back_to(town, draft.fields.get("back", "")),
        entry=_pages().rows(draft, town, module, body), no=result.item.no, is_again=result.status == "duplicate",
    )  # fmt: skip


def problem_page(code: Code, status: int) -> Response:
    """What a person reads where a request as a whole can't be answered."""
    return _plain_refusal(code, _asked_language(), status)


def _pages() -> FormPages:
    found: FormPages = current_app.extensions["preau_forms"]
    return found


def _fields() -> dict[str, str]:
    if request.mimetype != "application/x-www-form-urlencoded":
        raise Problem(Code.UNSUPPORTED_TYPE)
    read_body()  # kept by the request, which reads the form out of it
    # A name has one value but for boxes ticked side by side, whose values hold no space.
    fields = {name: " ".join(values) for name, values in request.form.lists() if values}
    if len(fields) > MOST_FIELDS or any(len(one) > MOST_LETTERS for pair in fields.items() for one in pair):
        raise Problem(Code.TOO_LARGE)
    return fields


def _town_of(fields: Mapping[str, str]) -> Town:
    """The town of the form: by `space`, else the only one with such a consultation."""
    if "space" in fields:
        named = services().catalogue.town(fields["space"])
        if named is None:
            raise Problem(Code.BAD_REQUEST)
        return named
    towns = services().catalogue.towns().values()
    found = [town for town in towns if fields.get("consultation", "") in town.rules] or list(towns)
    if len(found) != 1:
        raise Problem(Code.BAD_REQUEST)
    return found[0]


def _checked(draft: Draft, town: Town) -> Act:
    """The act as it would be taken; Refused wherever the rules already say no."""
    form, now = services().keys.form, services().now()
    module = module_for(draft, town.rules, services().modules)
    envelope = parse_envelope(envelope_of(draft, module, form))
    return check(envelope, draft.space, town.rules, services().modules, now, form.kid)


def _answered(act: Act) -> str:
    """The title of what the act is about, "" where it is about nothing, or that is hidden or gone."""
    space, slug = act.envelope.aud, act.envelope.consultation
    with services().ledger.reading() as now:
        hidden = hidden_of(now, space, slug)
        wanted = [slot for slots in act.needs for slot in slots if slot not in hidden]
        found = [now.find_shown(space, slug, slot) for slot in wanted]
    bodies = [body_of(one) for one in found if one is not None]
    return next((str(body["title"]) for body in bodies if body.get("title")), "")


def _seal(draft: Draft) -> str:
    return seal_draft(draft, draft_key(services().keys.form))


def _refuse(draft: Draft, town: Town, code: Code, field: str) -> Response:
    """The reason in words; what was entered is kept, to be mended or sent again."""
    lang, known = draft.fields.get("lang", ""), town.rules.get(draft.slug)
    # Of a private consultation this door says nothing, not even what may be chosen in it.
    is_known = known is not None and not known.consultation.private
    module = module_of(services().modules, known.consultation, draft.kind) if known and is_known else None
    response = _pages().draw(
        "refused", STATUSES.get(code, 422), lang, _pages().back_to(town, draft.fields.get("back", "")),
        reason=_pages().reason(code, field, lang), is_temporary=code.is_temporary, is_mendable=code in MENDABLE,
        entry=_pages().rows(draft, town, module, {}), hidden=_pages().hidden(draft),
        draft=_seal(draft) if code.is_temporary else "",
    )  # fmt: skip
    if code is Code.UNAVAILABLE:
        response.headers["Retry-After"] = str(int(RETRY_SECONDS))
    return response


def _plain_refusal(code: Code, lang: str, status: int | None = None) -> Response:
    return _pages().draw(
        "refused", status or STATUSES.get(code, 422), lang, "", reason=_pages().reason(code, "", lang),
        is_temporary=code.is_temporary, is_mendable=False, entry=[], hidden=[], draft="",
    )  # fmt: skip


def _asked_language() -> str:
    """The first language asked for that the server speaks; "en-GB" asks for English."""
    asked = (one.partition("-")[0] for one in request.accept_languages.values())
    return next((one for one in asked if one in _pages().languages()), "")
