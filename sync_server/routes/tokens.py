"""`POST /v1/tokens`: a recognised phone gets the right to a secret vote, signed unseen (docs/formats.md §15)."""

from __future__ import annotations

from flask import Blueprint, Response

from sync_server.routes import KIB, Access, declares, services
from sync_server.routes.bodies import json_answer, read_texts, town_of

blueprint = Blueprint("tokens", __name__)


@blueprint.post("/v1/tokens")
@declares(Access.ANYONE, 64 * KIB, is_for_sites=True)
def give_token() -> Response:
    """The blind signature; the same question gets the same answer."""
    members = read_texts(frozenset({"space", "jws"}))
    signature = services().identities.issuing.answer(town_of(members["space"]), members["jws"])
    return json_answer({"blind_sig": signature})
