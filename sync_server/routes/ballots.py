"""`POST /v1/ballots`: the box, on an origin of its own (docs/formats.md §15). Secret ballots in, a receipt out."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from civic.canonical import parse_json
from civic.refusals import Code
from sync_server.problems import Problem
from sync_server.routes import KIB, Access, declares, read_body, services
from sync_server.routes.intake import answer_text

blueprint = Blueprint("ballots", __name__)
MOST_BALLOTS = 10
LIMIT = 64 * KIB
_TYPES = frozenset({"text/plain", "application/json"})
_MEMBERS = frozenset({"v", "space", "ballots", "pad"})
_PADDING = re.compile(r"[ A-Za-z]*")  # what makes all bodies equally long says nothing


@blueprint.post("/v1/ballots")
@declares(Access.ANYONE, LIMIT, is_for_sites=True)
def take_ballots() -> Response:
    """One result per ballot, in order, and one receipt; nothing here asks or notes who sent them."""
    box = services().settings.box
    if request.host != urlsplit(box).netloc and services().settings.box_url:
        raise Problem(Code.NOT_FOUND)
    space, ballots = _parse_ballots(request.mimetype, read_body())
    text = answer_text(services(), space, ballots, None, is_box=True)
    return Response(text, content_type="application/json")


def _parse_ballots(mimetype: str, body: bytes) -> tuple[str, list[str]]:
    """The space and ballots of `{"v":1,"space","ballots":[…],"pad"}`; Problem otherwise."""
    if mimetype not in _TYPES:
        raise Problem(Code.UNSUPPORTED_TYPE)
    try:
        content = parse_json(body)
    except ValueError as error:
        raise Problem(Code.BAD_REQUEST) from error
    if type(content) is not dict or content.keys() != _MEMBERS:
        raise Problem(Code.BAD_REQUEST)
    space, ballots, pad = content["space"], content["ballots"], content["pad"]
    is_whole = type(content["v"]) is int and content["v"] == 1 and type(space) is str and type(pad) is str
    is_list = type(ballots) is list and 1 <= len(ballots) <= MOST_BALLOTS and all(type(one) is str for one in ballots)
    if not is_whole or not is_list or not _PADDING.fullmatch(pad):
        raise Problem(Code.BAD_REQUEST)
    return space, ballots
