"""`POST /v1/rebuild`: asks the worker to build a site again, whole."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, request

from civic.refusals import Code
from sync_server.problems import Problem
from sync_server.routes import Access, declares, services

blueprint = Blueprint("rebuild", __name__)


@blueprint.post("/v1/rebuild")
@declares(Access.ADMIN, 0)
def ask_for_rebuild() -> Response:
    """Notes the wish for `?space=`, for every town without it; the worker does it when it can."""
    check_admin(request.headers.get("Authorization", ""), services().keys.admin)
    known = services().catalogue.towns()
    space = request.args.get("space")
    if space is not None and space not in known:
        raise Problem(Code.NOT_FOUND)
    for one in known if space is None else [space]:
        services().ledger.request_rebuild(one)
    return Response('{"v":1}', 202, content_type="application/json")


def check_admin(authorization: str, token: str) -> None:
    """Problem unless the header carries the admin token; takes as long whatever is wrong with it."""
    if not hmac.compare_digest(authorization.encode("utf-8", "replace"), f"Bearer {token}".encode("ascii")):
        raise Problem(Code.UNAUTHORISED)
