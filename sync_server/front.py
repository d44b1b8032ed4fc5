"""The short way in: an ordinary `POST /v1/sync` is answered before Flask, whose share of one act would be a third.

Only what phones send all day goes this way. Everything else, and every "no", is Flask's: what was found here is
raised there again, so that refusals keep their one shape (sync_server/problems.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import request

from civic.refusals import Code
from sync_server.headers import security_headers, site_headers
from sync_server.limits import asker, neighbourhood
from sync_server.problems import Problem
from sync_server.routes.intake import LIMIT, PATH, answer_text, parse_batch
from sync_server.services import Services

_FOUND = "preau.found"


class Front:
    """A WSGI application before `application`, which answers whatever is not ordinary."""

    def __init__(self, application: WSGIApplication, service: Services) -> None:
        self._application, self._service = application, service
        self._always = [("Content-Type", "application/json"), *security_headers(service.settings)]

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """The answer to one request (PEP 3333)."""
        if not _is_ordinary(environ):
            return self._application(environ, start)
        try:
            body = self._take(environ).encode("ascii")
        except Exception as error:  # noqa: BLE001 - raised again in Flask, which answers and logs it
            environ[_FOUND] = error
            return self._application(environ, start)
        own = site_headers(environ.get("HTTP_ORIGIN", ""), self._service)
        start("200 OK", [*self._always, *own, ("Content-Length", str(len(body)))])
        return (body,)

    def _take(self, environ: WSGIEnvironment) -> str:
        """The text of the answer; Problem or LedgerUnavailable as the route raises them."""
        service = self._service
        trusted = service.settings.trusted_proxies
        address = asker(environ.get("HTTP_X_FORWARDED_FOR", ""), environ.get("REMOTE_ADDR", ""), trusted)
        wait = service.per_address.take(neighbourhood(address))
        if wait > 0:
            raise Problem(Code.RATE_LIMITED, wait)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        return answer_text(service, *parse_batch("text/plain", body))


def raise_found() -> None:
    """Raises in Flask what the short way has found."""
    found = request.environ.get(_FOUND)
    if found is not None:
        raise found


def _is_ordinary(environ: WSGIEnvironment) -> bool:
    """Whether it is a batch as a phone sends it, with a length that is told and taken."""
    length = environ.get("CONTENT_LENGTH") or ""
    return (
        environ["PATH_INFO"] == PATH
        and environ["REQUEST_METHOD"] == "POST"
        and environ.get("CONTENT_TYPE", "").lower() in ("text/plain", "text/plain;charset=utf-8")
        and len(length) <= len(str(LIMIT))
        and length.isdecimal()
        and int(length) <= LIMIT
    )
