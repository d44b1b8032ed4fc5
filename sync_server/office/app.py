"""The office as an application of its own, top to bottom: what is refused before a view, the rooms, the headers."""

from __future__ import annotations

import logging

from flask import Blueprint, Flask, Response, current_app, redirect, request, url_for
from werkzeug.exceptions import HTTPException

from civic.refusals import Code, Refused
from sync_server.headers import security_headers
from sync_server.limits import asker, neighbourhood
from sync_server.office import (
    account,
    answers_room,
    front_hall,
    invitation,
    journal_room,
    letters,
    listing_room,
    lists,
    moderation,
    passkey_doors,
    people,
    sign_in,
)
from sync_server.office.pages import LANGUAGE_COOKIE, draw, when
from sync_server.office.parts import LANGUAGES, office, open_office
from sync_server.office.permits import Need, scope
from sync_server.office.sessions import FACTOR, SETUP, check_form, here, need_of_stage, put_cookies
from sync_server.problems import STATUSES, Problem
from sync_server.services import Services
from sync_server.storage import LedgerUnavailable

log = logging.getLogger(__name__)
LIMIT = 64 * 1024
ROOMS: tuple[Blueprint, ...] = (
    sign_in.blueprint,
    passkey_doors.blueprint,
    invitation.blueprint,
    front_hall.blueprint,
    moderation.blueprint,
    answers_room.blueprint,
    listing_room.blueprint,
    letters.blueprint,
    lists.blueprint,
    people.blueprint,
    account.blueprint,
    journal_room.blueprint,
)


def create_office(service: Services) -> Flask:
    """The WSGI application over `service`, which the caller closes."""
    app = Flask("sync_server.office", static_folder=None)
    app.url_map.strict_slashes = True
    app.jinja_env.trim_blocks = True
    app.jinja_env.filters["when"] = when
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LIMIT
    app.extensions["preau_office"] = open_office(service)
    app.before_request(check_rate)
    app.before_request(check_need)
    app.before_request(check_post)
    for room in ROOMS:
        app.register_blueprint(room)
    app.add_url_rule("/office/language/<lang>", view_func=choose_language)
    always = security_headers(service.settings)
    app.after_request(put_cookies)
    app.after_request(lambda response: _with_headers(response, always))
    _register_refusals(app)
    check_needs(app)
    return app


def check_needs(app: Flask) -> None:
    """Raises ValueError at a view that does not say what it needs."""
    for rule in app.url_map.iter_rules():
        need = getattr(app.view_functions[rule.endpoint], "need", None)
        if not isinstance(need, Need):
            raise ValueError(f"{rule.rule} does not say what it needs")
        if need not in (Need.NOTHING, Need.PASSWORD, Need.ACCOUNT) and "<space>" not in rule.rule:
            raise ValueError(f"{rule.rule} needs '{need}' of no town")


def check_rate() -> None:
    """Problem where too many requests come from the asker's address."""
    desk = office()
    forwarded = request.headers.get("X-Forwarded-For", "")
    address = asker(forwarded, request.remote_addr or "", desk.services.settings.trusted_proxies)
    wait = desk.services.per_address.take(neighbourhood(address))
    if wait > 0:
        raise Problem(Code.RATE_LIMITED, wait)


def check_need() -> Response | None:
    """Sends a stranger to the door; Refused UNAUTHORISED where a clerk's roles do not give what the view needs."""
    view = current_app.view_functions.get(request.endpoint or "")
    need = getattr(view, "need", None)
    if need is None or need is Need.NOTHING:
        return None
    found = here()
    if found is None:
        return redirect(url_for("sign_in.ask"), 303)  # type: ignore[return-value]  # Flask's redirect is Werkzeug's
    has = need_of_stage(found.session.stage)
    if need is Need.PASSWORD:
        return None
    if has is not Need.ACCOUNT:
        step = {FACTOR: "sign_in.ask_factor", SETUP: "sign_in.set_up"}[found.session.stage]
        return redirect(url_for(step), 303)  # type: ignore[return-value]
    if need is not Need.ACCOUNT:
        space = (request.view_args or {}).get("space", "")
        if office().town(space) is None or scope(found.roles, space, need) == frozenset():
            raise Refused(Code.UNAUTHORISED)
    return None


def check_post() -> None:
    """Refused BAD_SIGNATURE for what changes something and does not come from a form of ours."""
    if request.method == "POST" and request.endpoint is not None:
        check_form()


def choose_language(lang: str) -> Response:
    """Remembers the language of the pages in this browser."""
    path = request.args.get("to", "")
    is_ours = path.startswith("/office/") and path.isprintable() and "\\" not in path
    answer = redirect(path if is_ours else url_for("front_hall.choose_town"), 303)
    if lang in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, lang, max_age=365 * 86400, path="/office", samesite="Strict", httponly=True)
    return answer  # type: ignore[return-value]


choose_language.need = Need.NOTHING  # type: ignore[attr-defined]


def _with_headers(response: Response, always: list[tuple[str, str]]) -> Response:
    present = {name.lower() for name, _ in response.headers}
    response.headers.extend([one for one in always if one[0].lower() not in present])
    return response


def _register_refusals(app: Flask) -> None:
    codes = {status: code for code, status in STATUSES.items()}

    def on_http(error: HTTPException) -> Response:
        status = error.code or 500
        answer = draw("refused", no=Refused(codes.get(status, Code.BAD_REQUEST)))
        answer.status_code = status
        return answer

    def on_unavailable(error: LedgerUnavailable) -> Response:
        log.warning("ledger unavailable: %s", error)
        return draw("refused", no=Problem(Code.UNAVAILABLE))

    def on_anything(error: Exception) -> Response:
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        answer = draw("refused", no=Problem(Code.UNAVAILABLE))
        answer.status_code = 500
        return answer

    app.register_error_handler(Refused, lambda no: draw("refused", no=no))
    app.register_error_handler(Problem, lambda no: draw("refused", no=no))
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(LedgerUnavailable, on_unavailable)
    app.register_error_handler(Exception, on_anything)
