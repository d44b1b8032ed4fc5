"""`GET /v1/health` for monitors, `GET /openapi.json` for programmers."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Blueprint, Response

from civic.refusals import Code
from sync_server.problems import Problem
from sync_server.routes import Access, declares, services

blueprint = Blueprint("health", __name__)
DOCUMENT = Path(__file__).parents[1] / "openapi.json"


@blueprint.get("/v1/health")
@declares(Access.ANYONE, 0)
def show_health() -> Response:
    """200 while acts can be taken; what is wrong with a town's files is listed, for its old rules still hold."""
    if services().writer.stopped:
        raise Problem(Code.UNAVAILABLE)
    services().ledger.positions()
    problems = services().catalogue.problems()
    text = json.dumps({"v": 1, "now": services().now(), "problems": problems})
    return Response(text, content_type="application/json")


@blueprint.get("/openapi.json")
@declares(Access.ANYONE, 0, is_for_sites=True)
def show_document() -> Response:
    """This interface as an OpenAPI 3.1 document."""
    return Response(DOCUMENT.read_bytes(), content_type="application/json")
