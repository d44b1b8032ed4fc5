"""What every answer carries: nothing may be loaded, framed, sniffed or kept; the towns' own sites may read it."""

from __future__ import annotations

from flask import Flask, Response, request

from sync_server.routes import policy
from sync_server.services import Services
from sync_server.settings import Settings, origin_of

PREFLIGHT_SECONDS = "7200"


def security_headers(settings: Settings) -> list[tuple[str, str]]:
    """The headers of every answer; a page of ours replaces the content policy by its own, as strict."""
    headers = [
        ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
        ("Cache-Control", "no-store"),
    ]
    if settings.sync_url.startswith("https:"):
        headers.append(("Strict-Transport-Security", "max-age=31536000"))
    return headers


def site_headers(origin: str, service: Services) -> list[tuple[str, str]]:
    """What lets the script of a town's own site, and of no other, read an answer; never with credentials."""
    headers = [("Vary", "Origin")]
    own = (*service.settings.origins, origin_of(service.settings.site_url))
    if origin and (origin in own or origin in service.catalogue.origins()):
        headers.append(("Access-Control-Allow-Origin", origin))
        headers.append(("Access-Control-Expose-Headers", "ETag, Retry-After, Upload-Offset"))
    return headers


def register_headers(app: Flask, service: Services) -> None:
    """Adds the headers to every answer, errors included; CORS for the towns' sites only, never with credentials."""
    always = security_headers(service.settings)

    def add(response: Response) -> Response:
        headers = response.headers
        # Not setdefault: it costs ten times as much, for every answer.
        present = {name.lower() for name, _ in headers}
        headers.extend([one for one in always if one[0].lower() not in present])
        found = policy()
        if found is not None and found.is_for_sites:
            headers.extend(site_headers(request.headers.get("Origin", ""), service))
            if request.method == "OPTIONS" and "Access-Control-Allow-Origin" in headers:
                headers["Access-Control-Allow-Methods"] = headers.get("Allow", "")
                headers["Access-Control-Allow-Headers"] = "Content-Type, If-None-Match, Upload-Length, Upload-Offset"
                headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
        return response

    app.after_request(add)
