"""`/v1/open311/<space>/<slug>/…`: Open311 GeoReport v2 over what the site shows anyway (docs/formats.md §20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple

from flask import Blueprint, Response, current_app, request

from civic.canonical import b64u_encode
from civic.consultation import Consultation
from civic.georeport import GeoReports
from civic.refusals import Code, Refused
from sync_server.catalogue import Town
from sync_server.drafts import Draft, envelope_of, module_for
from sync_server.routes import KIB, Access, declares, read_body, services
from sync_server.routes.snapshots import etag_of

blueprint = Blueprint("open311", __name__, url_prefix="/v1/open311/<space>/<slug>")
LIMIT = 64 * KIB
TYPES = {"json": "application/json", "xml": "text/xml; charset=utf-8"}
REQUESTS, SERVICES, ERRORS = ("service_requests", "request"), ("services", "service"), ("errors", "error")


class Endpoint(NamedTuple):
    """A consultation that other programs may read so."""

    town: Town
    rules: Consultation
    module: GeoReports
    lang: str


class NotThere(Exception):
    """What is asked for is not there; answered as the standard wants it."""


@blueprint.get("/services.<fmt>")
@declares(Access.ANYONE, 0)
def list_services(space: str, slug: str, fmt: str) -> Response:
    """What may be reported."""
    at, pages = _endpoint(space, slug, fmt), _pages()
    return _answer(fmt, SERVICES, [pages.service_row(one) for one in at.module.geo_services(at.rules, at.lang)])


@blueprint.get("/services/<code>.<fmt>")
@declares(Access.ANYONE, 0)
def show_service(space: str, slug: str, code: str, fmt: str) -> Response:
    """What one of them asks for: nothing besides."""
    at = _endpoint(space, slug, fmt)
    if code not in {one.code for one in at.module.geo_services(at.rules, at.lang)}:
        raise NotThere
    return _dressed(_pages().definition(fmt, code), fmt)


@blueprint.route("/requests.<fmt>", methods=["GET", "POST"])
@declares(Access.ANYONE, LIMIT)
def ask_or_make(space: str, slug: str, fmt: str) -> Response:
    """The reports that the arguments ask for, or a new one."""
    return (_make_request if request.method == "POST" else _list_requests)(space, slug, fmt)


def _list_requests(space: str, slug: str, fmt: str) -> Response:
    """304 where the asker has them already."""
    at, pages = _endpoint(space, slug, fmt), _pages()
    try:
        found = pages.chosen(_requests(at), request.args, services().now())
    except ValueError:
        return _answer(fmt, ERRORS, [{"code": 400, "description": "a date is written as 2026-01-31T12:00:00Z"}], 400)
    return _conditional(at, _answer(fmt, REQUESTS, [pages.request_row(one) for one in found]))


@blueprint.get("/requests/<identity>.<fmt>")
@declares(Access.ANYONE, 0)
def show_request(space: str, slug: str, identity: str, fmt: str) -> Response:
    """One report, by its id or its number."""
    at, pages = _endpoint(space, slug, fmt), _pages()
    found = pages.chosen(_requests(at), {"service_request_id": identity}, services().now())
    if not found:
        raise NotThere
    return _conditional(at, _answer(fmt, REQUESTS, [pages.request_row(found[0])]))


def _make_request(space: str, slug: str, fmt: str) -> Response:
    """Takes a report as the plain form does: unsigned, where the town takes that, through the same gate."""
    at = _endpoint(space, slug, fmt)
    read_body()  # kept by the request, which reads the form out of it
    kind, fields = at.module.geo_entered(defaultdict(str, request.form.to_dict()))
    known, form = services(), services().keys.form
    addressed = {"consultation": slug, "kind": kind, "lang": at.lang, "target": ""}
    draft = Draft(space, {**fields, **addressed}, b64u_encode(known.random(16)), known.now(), at.rules.mh)
    try:
        text = envelope_of(draft, module_for(draft, at.town.rules, known.modules), form)
        result = known.acceptance.accept(at.town, [text]).results[0]
        refused = None if result.item is not None else Refused(result.code or Code.UNAVAILABLE)
    except Refused as error:
        refused = error
    if refused is not None:
        said = current_app.extensions["preau_forms"].reason(refused.code, refused.field, at.lang)
        return _answer(fmt, ERRORS, [{"code": 400, "description": said}], 400)
    row = {"service_request_id": draft.jti, "service_notice": "", "account_id": None}
    return _answer(fmt, REQUESTS, [row], 201)


@blueprint.errorhandler(NotThere)
def say_not_there(_: NotThere) -> Response:
    """404 in the shape of the standard."""
    fmt = "xml" if request.path.endswith(".xml") else "json"
    return _answer(fmt, ERRORS, [{"code": 404, "description": "not found"}], 404)


def _pages() -> Any:
    return import_module("sync_server.georeport")  # most towns are never asked


def _endpoint(space: str, slug: str, fmt: str) -> Endpoint:
    town = services().catalogue.town(space)
    known = None if town is None else town.rules.get(slug)
    if town is None or known is None or known.consultation.private or fmt not in TYPES:
        raise NotThere
    for name in known.consultation.modules:
        module = services().modules[name]
        if isinstance(module, GeoReports):
            return Endpoint(town, known.consultation, module, town.content.space.languages[0])
    raise NotThere


def _requests(at: Endpoint) -> Any:
    tables = _pages().read_snapshot(services().settings.snapshots / at.rules.space / f"{at.rules.slug}.json")
    return at.module.geo_requests(at.rules, at.lang, tables)


def _answer(fmt: str, names: tuple[str, str], rows: Sequence[Any], status: int = 200) -> Response:
    return _dressed(_pages().written(fmt, names, rows), fmt, status)


def _dressed(data: bytes, fmt: str, status: int = 200) -> Response:
    response = Response(data, status, content_type=TYPES[fmt])
    response.headers["Access-Control-Allow-Origin"] = "*"  # public data, and no answer depends on who asks
    response.headers["Cache-Control"] = "no-cache"
    return response


def _conditional(at: Endpoint, response: Response) -> Response:
    path = services().settings.snapshots / at.rules.space / f"{at.rules.slug}.json"
    if path.is_file():
        response.set_etag(f"{etag_of(path)}-{at.rules.mh[:12]}")
        response.make_conditional(request)  # in place
    return response
