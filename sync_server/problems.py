"""Every "no" to a whole request: the only place that knows HTTP statuses (docs/formats.md §§4-5)."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from math import ceil

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from civic.log.witness import Fault
from civic.refusals import Code, Refused
from sync_server.storage import LedgerUnavailable

log = logging.getLogger(__name__)
RETRY_SECONDS = 5.0
STATUSES = {
    Code.BAD_REQUEST: 400,
    Code.UNAUTHORISED: 401,
    Code.NOT_FOUND: 404,
    Code.TOO_LARGE: 413,
    Code.UNSUPPORTED_TYPE: 415,
    Code.RATE_LIMITED: 429,
    Code.UNAVAILABLE: 503,
}
# As C2SP tlog-witness gives them: other programs than ours ask a witness.
WITNESS_STATUSES = {
    Fault.MALFORMED: 400,
    Fault.UNSIGNED: 403,
    Fault.UNKNOWN_LOG: 404,
    Fault.STALE: 409,
    Fault.INCONSISTENT: 422,
}
# Where a whole request stands or falls with what was signed or proved in it; 400 for any other fault.
PROOF_STATUSES = STATUSES | {
    Code.BAD_SIGNATURE: 401,
    Code.UNKNOWN_KEY: 401,
    Code.REVOKED: 401,
    Code.NOT_ELIGIBLE: 403,
    Code.TOO_YOUNG: 403,
    Code.OTHER_NEIGHBOURHOOD: 403,
    Code.GUARDIAN_NEEDED: 403,
    Code.TOKEN_ALREADY_ISSUED: 409,
    Code.EXPIRED: 410,
    Code.CLOSED: 410,
    Code.CODE_USED: 410,
    Code.ADDRESS_SHARED: 409,
    Code.NO_ADDRESS: 409,
    Code.WRONG_OFFSET: 409,
    Code.BAD_PHOTO: 415,
    Code.PHOTO_CHANGED: 422,
}
CHALLENGES = {Code.UNAUTHORISED: "Bearer"}  # every other 401 asks for a device's signature (RFC 9110 §11.6.1)
_CODES = {status: code for code, status in STATUSES.items()}


class Problem(Exception):
    """The request can't be answered; `wait` is how many seconds to wait before asking again."""

    def __init__(self, code: Code, wait: float = RETRY_SECONDS) -> None:
        super().__init__(code.value)
        self.code, self.wait = code, wait


Page = Callable[[Code, int], Response]  # what a person sees instead of JSON


def register_problems(app: Flask, page: Page, shows_pages: Callable[[], bool]) -> None:
    """Answers errors in one shape: JSON, or `page` where `shows_pages` says that a person asked."""

    def answer(code: Code, status: int, wait: float = RETRY_SECONDS) -> Response:
        response = page(code, status) if shows_pages() else problem_json(code, status)
        if status == STATUSES[Code.UNAUTHORISED]:
            response.headers["WWW-Authenticate"] = CHALLENGES.get(code, "Preau-Device")
        if status in (STATUSES[Code.RATE_LIMITED], STATUSES[Code.UNAVAILABLE]):
            response.headers["Retry-After"] = str(ceil(wait))
        return response

    def on_problem(problem: Problem) -> Response:
        return answer(problem.code, STATUSES[problem.code], problem.wait)

    def on_unavailable(error: LedgerUnavailable) -> Response:
        log.warning("ledger unavailable: %s", error)
        return answer(Code.UNAVAILABLE, STATUSES[Code.UNAVAILABLE])

    def on_http(error: HTTPException) -> Response:
        status = error.code or 500
        response = answer(_CODES.get(status, Code.BAD_REQUEST if status < 500 else Code.UNAVAILABLE), status)
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
        return response

    def on_anything(error: Exception) -> Response:
        # 500, not 503: whether an act was stored is not known, and the phone must ask again to learn it.
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        return answer(Code.UNAVAILABLE, 500)

    app.register_error_handler(Problem, on_problem)
    app.register_error_handler(Refused, lambda no: answer(no.code, PROOF_STATUSES.get(no.code, 400)))
    app.register_error_handler(LedgerUnavailable, on_unavailable)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(Exception, on_anything)


def problem_json(code: Code, status: int) -> Response:
    """`{"code","retry"}`."""
    text = json.dumps({"code": code.value, "retry": code.is_temporary})
    return Response(text, status, content_type="application/json")
