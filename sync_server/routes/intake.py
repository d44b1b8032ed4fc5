"""`POST /v1/sync`: acts come in, numbers and a receipt go out (docs/formats.md §4)."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, request

from civic.canonical import parse_json
from civic.refusals import Code
from sync_server.acceptance import Result
from sync_server.identity.granting import GrantResult
from sync_server.problems import Problem
from sync_server.routes import KIB, Access, declares, read_body, services
from sync_server.services import Services

blueprint = Blueprint("intake", __name__)
PATH = "/v1/sync"
MOST_ENVELOPES = 100
LIMIT = 512 * KIB
_TYPES = frozenset({"text/plain", "application/json"})
_MEMBERS = frozenset({"v", "space", "envelopes"})
_WITH_GRANTS = _MEMBERS | {"grants"}


@blueprint.post(PATH)
@declares(Access.ANYONE, LIMIT, is_for_sites=True)
def take_envelopes() -> Response:
    """One result per envelope, in order, and one receipt for all that is stored."""
    text = answer_text(services(), *parse_batch(request.mimetype, read_body()))
    return Response(text, content_type="application/json")


def answer_text(
    service: Services, space: str, envelopes: Sequence[str], grants: Sequence[str] | None, *, is_box: bool = False
) -> str:
    """The JSON answer, ASCII, once all that it acknowledges is durable; Problem or LedgerUnavailable otherwise."""
    town = service.catalogue.town(space)
    if town is None:
        raise Problem(Code.NOT_FOUND)
    answer = service.acceptance.accept(town, envelopes, grants or (), is_box=is_box)
    receipt = "null" if answer.receipt is None else f'"{answer.receipt}"'
    results = ",".join(map(_result_json, answer.results))
    granted = "" if grants is None else f',"grants":[{",".join(map(_grant_json, answer.grants))}]'
    return f'{{"v":1,"now":{answer.now},"receipt":{receipt},"results":[{results}]{granted}}}'


def parse_batch(mimetype: str, body: bytes) -> tuple[str, list[str], list[str] | None]:
    """The space, envelopes and grants (None without) of `{"v":1,"space","envelopes":[…],"grants"?:[…]}`.

    Problem otherwise.
    """
    if mimetype not in _TYPES:
        raise Problem(Code.UNSUPPORTED_TYPE)
    try:
        content = parse_json(body)
    except ValueError as error:
        raise Problem(Code.BAD_REQUEST) from error
    if type(content) is not dict or content.keys() not in (_MEMBERS, _WITH_GRANTS):
        raise Problem(Code.BAD_REQUEST)
    space, envelopes, grants = content["space"], content["envelopes"], content.get("grants")
    if type(content["v"]) is not int or content["v"] != 1 or type(space) is not str or not _is_list(envelopes, 1):
        raise Problem(Code.BAD_REQUEST)
    if "grants" in content and not _is_list(grants, 0):
        raise Problem(Code.BAD_REQUEST)
    return space, envelopes, grants


def _is_list(value: object, low: int) -> bool:
    """Whether it is a list of `low` to MOST_ENVELOPES texts."""
    return type(value) is list and low <= len(value) <= MOST_ENVELOPES and all(type(one) is str for one in value)


def _grant_json(grant: GrantResult) -> str:
    jkt = "null" if grant.jkt is None else f'"{grant.jkt}"'
    if grant.code is None:
        return f'{{"jkt":{jkt},"status":"granted"}}'
    retry = "true" if grant.code.is_temporary else "false"
    return f'{{"jkt":{jkt},"status":"refused","code":"{grant.code.value}","retry":{retry}}}'


def _result_json(result: Result) -> str:
    """Written out, for an answer has up to a hundred: ids, codes and statuses need no escaping."""
    identity = "null" if result.id is None else f'"{result.id}"'
    start = f'{{"id":{identity},"status":"{result.status}"'
    if result.code is not None:
        return f'{start},"code":"{result.code.value}","retry":{"true" if result.code.is_temporary else "false"}}}'
    number = "" if result.item is None else f',"no":{result.item.no},"rx":{result.item.rx}'
    head = "" if result.head is None else f',"head":{{"rev":{result.head[0]},"id":"{result.head[1]}"}}'
    return f"{start}{number}{head}}}"
