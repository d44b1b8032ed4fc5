"""`POST /v1/census/check`: is the code of my letter good? Asked before the vote, it uses nothing up (§14.1)."""

from __future__ import annotations

from flask import Blueprint, Response

from sync_server.limits import neighbourhood
from sync_server.routes import KIB, Access, asking_address, declares, services
from sync_server.routes.bodies import json_answer, read_texts, town_of

blueprint = Blueprint("census", __name__)


@blueprint.post("/v1/census/check")
@declares(Access.ANYONE, 64 * KIB, is_for_sites=True)
def check_code() -> Response:
    """The same answer in the same time for every code that no letter has."""
    members = read_texts(frozenset({"space", "code"}))
    space = town_of(members["space"]).content.space.id
    standing = services().identities.census.check(space, members["code"], neighbourhood(asking_address()))
    return json_answer({"standing": standing})
