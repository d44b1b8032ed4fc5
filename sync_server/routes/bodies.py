"""JSON bodies of a few named texts, read strictly, and JSON answers."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Response, request

from civic.canonical import parse_json
from civic.refusals import Code
from sync_server.catalogue import Town
from sync_server.problems import Problem
from sync_server.routes import read_body, services

_TYPES = frozenset({"text/plain", "application/json"})


def read_texts(asked: frozenset[str], optional: frozenset[str] = frozenset()) -> Mapping[str, str]:
    """The members of `{"v":1, …}`: those `asked`, perhaps some `optional`, no other, all texts; Problem otherwise."""
    if request.mimetype not in _TYPES:
        raise Problem(Code.UNSUPPORTED_TYPE)
    try:
        content = parse_json(read_body())
    except ValueError as error:
        raise Problem(Code.BAD_REQUEST) from error
    if type(content) is not dict or type(content.get("v")) is not int or content.pop("v") != 1:
        raise Problem(Code.BAD_REQUEST)
    if not asked <= content.keys() <= asked | optional or any(type(one) is not str for one in content.values()):
        raise Problem(Code.BAD_REQUEST)
    return content


def town_of(space: str) -> Town:
    """The town named in a request; Problem where there is none."""
    town = services().catalogue.town(space)
    if town is None:
        raise Problem(Code.NOT_FOUND)
    return town


def json_answer(value: Mapping[str, object], status: int = 200) -> Response:
    """`{"v":1, …}`."""
    return Response(json.dumps({"v": 1, **value}), status, content_type="application/json")
