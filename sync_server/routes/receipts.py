"""`GET /v1/receipts/<id>`: the town's word about one act, as often as asked."""

from __future__ import annotations

import json

from flask import Blueprint, Response

from civic.refusals import Code
from sync_server.problems import Problem
from sync_server.routes import Access, declares, services
from sync_server.storage.secret_log import vote_of

blueprint = Blueprint("receipts", __name__)
ID_LENGTH = 43


@blueprint.get("/v1/receipts/<envelope_id>")
@declares(Access.ANYONE, 0, is_for_sites=True)
def show_receipt(envelope_id: str) -> Response:
    """The receipt of an envelope id that is in the ledger. Says nothing of who acted or how."""
    if len(envelope_id) != ID_LENGTH or not envelope_id.isascii():
        raise Problem(Code.NOT_FOUND)
    with services().ledger.reading() as now:
        found = now.find_record(envelope_id)
        secret = None if found is None else vote_of(now, found[0], found[1].no)
    if found is None:
        raise Problem(Code.NOT_FOUND)
    waits_until = 0 if secret is None else _end_of(found[0], secret)
    text = json.dumps({"receipt": services().acceptance.receipt_of(*found, waits_until)})
    return Response(text, content_type="application/json")


def _end_of(space: str, consultation: str) -> int:
    """When a secret vote takes nothing more; Problem where its rules are gone, for then nothing can be promised."""
    town = services().catalogue.town(space)
    if town is None or consultation not in town.rules:
        raise Problem(Code.NOT_FOUND)
    return town.rules[consultation].consultation.accept_until
