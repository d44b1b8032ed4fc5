"""`POST /v1/me`: my data, my phones, my consents, erase me (docs/formats.md §14). Each request is signed anew."""

from __future__ import annotations

from flask import Blueprint, Response

from sync_server.routes import KIB, Access, declares, services
from sync_server.routes.bodies import json_answer, read_texts, town_of

blueprint = Blueprint("mine", __name__)


@blueprint.get("/v1/nonce/<space>")
@declares(Access.ANYONE, 0, is_for_sites=True)
def show_nonce(space: str) -> Response:
    """A nonce for one request of a device, good for five minutes."""
    town = town_of(space)
    return json_answer({"nonce": services().identities.mine.nonces.issue(town.content.space.id)})


@blueprint.post("/v1/me")
@declares(Access.ANYONE, 64 * KIB, is_for_sites=True)
def answer_device() -> Response:
    """What a recognised device asks about its own person."""
    members = read_texts(frozenset({"space", "jws"}))
    return json_answer(services().identities.mine.answer(town_of(members["space"]), members["jws"]))
