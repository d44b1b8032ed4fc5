"""`POST /v1/sync`: acts come in, numbers and a receipt go out (docs/formats.md §4)."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, request

from civic.canonical import parse_json
from civic.refusals import Code
from sync_server.acceptance import Result
from sync_server.problems import Problem
from sync_server.routes import KIB, Access, declares, read_body, services
from sync_server.services import Services

blueprint = Blueprint("intake", __name__)
PATH = "/v1/sync"
MOST_ENVELOPES = 100
LIMIT = 512 * KIB
_TYPES = frozenset({"text/plain", "application/json"})
_MEMBERS = frozenset({"v", "space", "envelopes"})


@blueprint.post(PATH)
@declares(Access.ANYONE, LIMIT, is_for_sites=True)
def take_envelopes() -> Response:
    """One result per envelope, in order, and one receipt for all that is stored."""
    text = answer_text(services(), *parse_batch(request.mimetype, read_body()))
    return Response(text, content_type="application/json")


def answer_text(service: Services, space: str, envelopes: Sequence[str]) -> str:
    """The JSON answer, ASCII, once all that it acknowledges is durable; Problem or LedgerUnavailable otherwise."""
    town = service.catalogue.town(space)
    if town is None:
        raise Problem(Code.NOT_FOUND)
    answer = service.acceptance.accept(town, envelopes)
    receipt = "null" if answer.receipt is None else f'"{answer.receipt}"'
    results = ",".join(map(_result_json, answer.results))
    return f'{{"v":1,"now":{answer.now},"receipt":{receipt},"results":[{results}]}}'


def parse_batch(mimetype: str, body: bytes) -> tuple[str, list[str]]:
    """The space and the envelopes of `{"v":1,"space","envelopes":[…]}`; Problem otherwise."""
    if mimetype not in _TYPES:
        raise Problem(Code.UNSUPPORTED_TYPE)
    try:
        content = parse_json(body)
    except ValueError as error:
        raise Problem(Code.BAD_REQUEST) from error
    if type(content) is not dict or content.keys() != _MEMBERS or type(content["v"]) is not int or content["v"] != 1:
        raise Problem(Code.BAD_REQUEST)
    space, envelopes = content["space"], content["envelopes"]
    if type(space) is not str or type(envelopes) is not list or not 1 <= len(envelopes) <= MOST_ENVELOPES:
        raise Problem(Code.BAD_REQUEST)
    if not all(type(one) is str for one in envelopes):
        raise Problem(Code.BAD_REQUEST)
    return space, envelopes


def _result_json(result: Result) -> str:
    """Written out, for an answer has up to a hundred: ids, codes and statuses need no escaping."""
    identity = "null" if result.id is None else f'"{result.id}"'
    start = f'{{"id":{identity},"status":"{result.status}"'
    if result.code is not None:
        return f'{start},"code":"{result.code.value}","retry":{"true" if result.code.is_temporary else "false"}}}'
    number = "" if result.item is None else f',"no":{result.item.no},"rx":{result.item.rx}'
    head = "" if result.head is None else f',"head":{{"rev":{result.head[0]},"id":"{result.head[1]}"}}'
    return f"{start}{number}{head}}}"
