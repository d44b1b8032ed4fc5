"""`GET /v1/receipts/<id>`: the town's word about one act, as often as asked."""

from __future__ import annotations

import json

from flask import Blueprint, Response

from civic.refusals import Code
from sync_server.problems import Problem
from sync_server.routes import Access, declares, services

blueprint = Blueprint("receipts", __name__)
ID_LENGTH = 43


@blueprint.get("/v1/receipts/<envelope_id>")
@declares(Access.ANYONE, 0, is_for_sites=True)
def show_receipt(envelope_id: str) -> Response:
    """The receipt of an envelope id that is in the ledger. Says nothing of who acted or how."""
    found = None
    if len(envelope_id) == ID_LENGTH and envelope_id.isascii():
        with services().ledger.reading() as now:
            found = now.find_record(envelope_id)
    if found is None:
        raise Problem(Code.NOT_FOUND)
    text = json.dumps({"receipt": services().acceptance.receipt_of(*found)})
    return Response(text, content_type="application/json")
