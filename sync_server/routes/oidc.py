"""`GET /v1/oidc/…`: the way back from a provider of identity (docs/formats.md §14). No cookie."""

from __future__ import annotations

import json

from flask import Blueprint, Response, current_app, redirect, request

from civic.refusals import Code, Refused
from sync_server.form_pages import FormPages
from sync_server.identity.oidc.returning import Landing, Outcome, Reply
from sync_server.problems import Problem
from sync_server.routes import Access, declares, services

blueprint = Blueprint("oidc", __name__)
PAGES = ("/v1/oidc/callback/", "/v1/oidc/left/")  # read by people
STATUSES = {Outcome.FAILED: 400, Outcome.LATE: 410, Outcome.USED: 410}


@blueprint.get("/v1/oidc/callback/<provider>")
@declares(Access.ANYONE, 0)
def return_from_provider(provider: str) -> Response:
    """Takes the provider's answer and tells the person how to go on."""
    reply = Reply(*(_once(name) for name in ("state", "code", "error", "iss")))
    left = f"{services().settings.sync_url}/v1/oidc/left/{provider}"
    try:
        landing = services().identities.returning.take(provider, reply, left)
    except Refused as refused:
        landing = _lost(refused)
    return _page(provider, landing)


@blueprint.get("/v1/oidc/left/<provider>")
@declares(Access.ANYONE, 0)
def leave_provider(provider: str) -> Response:
    """The provider's session has ended; the person goes on to the site, where they began."""
    try:
        address = services().identities.returning.way_on(provider, _once("state") or "")
    except Refused as refused:
        return _page(provider, _lost(refused))
    return redirect(address, 303)  # type: ignore[return-value]  # Flask's redirect makes Werkzeug's own kind


@blueprint.get("/v1/oidc/jwks/<provider>")
@declares(Access.ANYONE, 0)
def show_keys(provider: str) -> Response:
    """Our public keys for a provider that seals its answers for us."""
    keys = services().identities.returning.method(provider).exchange.keys
    if keys is None:
        raise Problem(Code.NOT_FOUND)
    return Response(json.dumps(keys.public()), content_type="application/jwk-set+json")


def _once(name: str) -> str | None:
    """A parameter that was said once; what is said twice is said by nobody (RFC 6749 §3.1)."""
    said = request.args.getlist(name)
    return said[0] if len(said) == 1 else None


def _lost(refused: Refused) -> Landing:
    """Somebody who came back to no question of ours; anything else that is refused has a page of its own."""
    if refused.code is not Code.BAD_REQUEST:
        raise refused
    return Landing(Outcome.FAILED, "")


def _page(provider: str, landing: Landing) -> Response:
    pages: FormPages = current_app.extensions["preau_forms"]
    town = services().catalogue.town(landing.space)
    name = "" if town is None else town.content.space.name
    kind = services().identities.returning.method(provider).exchange.provider.kind
    lang = landing.lang or request.accept_languages.best_match(sorted(pages.languages())) or ""
    back = landing.back or pages.back_to(town, "/moi/")
    on = f"{back}#c={landing.code}"
    return pages.draw(
        "landing", STATUSES.get(landing.outcome, 200), lang, "" if landing.code else back,
        outcome=landing.outcome.value, provider=kind.label, town=name, on=on, leave=landing.leave,
        code=f"{landing.code[:4]} {landing.code[4:]}",
    )  # fmt: skip
