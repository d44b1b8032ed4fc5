"""`POST /v1/follows`: what a phone wants to be told of (docs/formats.md §31)."""

from __future__ import annotations

from flask import Blueprint, Response

from sync_server.following.requests import Asked
from sync_server.limits import neighbourhood
from sync_server.routes import KIB, Access, asking_address, declares, services
from sync_server.routes.bodies import json_answer, read_texts, town_of

blueprint = Blueprint("follows", __name__)


@blueprint.post("/v1/follows")
@declares(Access.ANYONE, 64 * KIB, is_for_sites=True)
def answer_follower() -> Response:
    """Keeps or ends what a phone follows, or says what it does."""
    members = read_texts(frozenset({"space", "jws"}))
    asked = Asked(town_of(members["space"]), members["jws"], neighbourhood(asking_address()))
    return json_answer(services().identities.following.answer(asked))
