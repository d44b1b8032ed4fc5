"""`POST /v1/enrol/…`: a phone is recognised (docs/formats.md §14). No cookie, and one answer for all."""

from __future__ import annotations

from flask import Blueprint, Response, request

from sync_server.identity.enrolling import Asked
from sync_server.limits import neighbourhood
from sync_server.routes import KIB, Access, asking_address, declares, services
from sync_server.routes.bodies import json_answer, read_texts, town_of

blueprint = Blueprint("enrolment", __name__)
LIMIT = 64 * KIB


@blueprint.post("/v1/enrol/start")
@declares(Access.ANYONE, LIMIT, is_for_sites=True)
def start_enrolment() -> Response:
    """Begins a proof: 202, the same for known, unknown and muted addresses."""
    members = read_texts(frozenset({"space", "jws"}), frozenset({"to", "lang"}))
    town = town_of(members["space"])
    space = town.content.space
    lang = members.get("lang") or request.accept_languages.best_match(space.languages) or space.languages[0]
    asked = Asked(members["jws"], members.get("to", ""), lang, neighbourhood(asking_address()))
    site = services().settings.site_url or space.site_url
    waiting = services().identities.enrolling.begin(space, site, asked)
    answer = {"enrol": waiting.enrol, "expires": waiting.expires}
    return json_answer(answer | ({"go": waiting.go} if waiting.go else {}), 202)


@blueprint.post("/v1/enrol/confirm")
@declares(Access.ANYONE, LIMIT, is_for_sites=True)
def confirm_enrolment() -> Response:
    """The button of a letter's link, pressed in whatever browser the letter was read."""
    members = read_texts(frozenset({"space", "enrol", "token"}))
    space = town_of(members["space"]).content.space.id
    services().identities.enrolling.confirm(space, members["enrol"], members["token"])
    return json_answer({})


@blueprint.post("/v1/enrol/finish")
@declares(Access.ANYONE, LIMIT, is_for_sites=True)
def finish_enrolment() -> Response:
    """The device is recognised: 200; 202 while its proof must be waited for."""
    members = read_texts(frozenset({"space", "enrol", "proof", "jws"}))
    space = town_of(members["space"]).content.space
    outcome = services().identities.enrolling.finish(space, members["enrol"], members["proof"], members["jws"])
    if outcome is None:
        return json_answer({"waiting": True}, 202)
    return json_answer(outcome._asdict())
