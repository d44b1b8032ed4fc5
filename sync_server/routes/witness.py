"""`POST /add-checkpoint`: this server as a witness of other towns' logs (C2SP tlog-witness; docs/formats.md §13).

The answers are those of the specification, for its clients are not only ours.
"""

from __future__ import annotations

from flask import Blueprint, Response

from civic.log.checkpoint import parse_note_unchecked
from civic.log.note import signature_line
from civic.log.witness import Fault, WitnessRefused, check_growth, open_request, parse_request
from sync_server.problems import WITNESS_STATUSES
from sync_server.routes import KIB, Access, declares, read_body, services

blueprint = Blueprint("witness", __name__)
_TEXT = "text/plain; charset=utf-8"


@blueprint.post("/add-checkpoint")
@declares(Access.ANYONE, 64 * KIB)
def add_checkpoint() -> Response:
    """A cosignature of a log that goes on from what was signed last, which is durable before the answer."""
    try:
        return Response(_cosign(read_body()), content_type=_TEXT)
    except WitnessRefused as refused:
        if refused.fault is Fault.STALE:
            return Response(f"{refused.seen}\n", WITNESS_STATUSES[refused.fault], content_type="text/x.tlog.size")
        return Response(f"{refused.fault.value}\n", WITNESS_STATUSES[refused.fault], content_type=_TEXT)


def _cosign(body: bytes) -> str:
    service = services()
    try:
        request = parse_request(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise WitnessRefused(Fault.MALFORMED) from error
    checkpoint = open_request(request, service.witnessing.logs)

    def decide(newest: str | None) -> str:
        check_growth(request, checkpoint, None if newest is None else parse_note_unchecked(newest))
        return request.note

    note = service.witnessing.stored.advance(checkpoint.origin, decide)
    text = f"{note.rpartition(chr(10) * 2)[0]}\n"
    return signature_line(service.witnessing.signer(service.now()), text)
