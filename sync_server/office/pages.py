"""How a page of the office is drawn: in the language of who reads, with a policy that lets nothing in but its own."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import Response, render_template, request

from civic.refusals import Code, Refused
from sync_server.office.parts import HERE, LANGUAGES, office
from sync_server.office.permits import Need, may, scope
from sync_server.office.sessions import FULL, form_mark, here
from sync_server.problems import PROOF_STATUSES, Problem
from sync_server.storage.clerks import Role
from sync_server.words import DEFAULT, Words

LANGUAGE_COOKIE = "preau-lang"
STATUSES = PROOF_STATUSES | {Code.UNAUTHORISED: 403, Code.BAD_SIGNATURE: 403, Code.BAD_PAYLOAD: 422}
CSS = (HERE / "office.css").read_text("utf-8")
_DIGEST = base64.b64encode(hashlib.sha256(CSS.encode("utf-8")).digest()).decode("ascii")
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SCRIPTED = frozenset({"passkey"})


def words() -> Words:
    """The words in the language that was chosen, else that the browser asks for."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    lang = chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or DEFAULT
    return office().words[lang]


def draw(template: str, /, status: int = 200, no: Refused | Problem | None = None, **context: Any) -> Response:
    """The page `template`; with what was refused, `no`, first."""
    t, found = words(), here()
    space = (request.view_args or {}).get("space", "")
    town = office().town(space) if space else None
    html = render_template(
        f"{template}.html",
        t=t,
        css=CSS,
        form=form_mark(),
        languages=LANGUAGES,
        space=space,
        town="" if town is None else town.content.space.name,
        zone="UTC" if town is None else town.content.space.timezone,
        here=found if found is not None and found.session.stage == FULL else None,
        can=lambda need: found is not None and may(found.roles, space, Need(need)),
        enters=lambda need: found is not None and scope(found.roles, space, Need(need)) != frozenset(),
        fault="" if no is None else sentence(no),
        has_passkeys=office().has_passkeys,
        has_letters=found is not None and _may_read_letters(found.roles, space),
        lists_words=found is not None and office().lists_words(space),
        **context,
    )
    response = Response(html, status if no is None else status_of(no), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY + ("; script-src 'self'" if template in SCRIPTED else "")
    if isinstance(no, Problem) and no.code is Code.RATE_LIMITED:
        response.headers["Retry-After"] = str(ceil(no.wait))
    return response


def _may_read_letters(roles: Iterable[Role], space: str) -> bool:
    slugs = scope(roles, space, Need.WRITE)
    boxes = office().letter_boxes(space) if space and slugs != frozenset() else {}
    return any(slugs is None or slug in slugs for slug in boxes)


def sentence(no: Refused | Problem) -> str:
    """What was refused, in words that say what to do."""
    t = words()
    field = no.field if isinstance(no, Refused) else ""
    minutes = ceil(no.wait / 60) if isinstance(no, Problem) else 1
    found = t.find(f"office.fault.{field}", f"office.refusal.{no.code.value}") or t("office.refusal.bad_request")
    return found.format(minutes=minutes)


def status_of(no: Refused | Problem) -> int:
    """The HTTP status of a refusal."""
    return STATUSES.get(no.code, 400)


def when(instant: int, zone: str, lang: str) -> str:
    """An instant on the town's clock, as people write it."""
    local = datetime.fromtimestamp(instant, UTC).astimezone(ZoneInfo(str(zone)))
    return str(format_datetime(local, "short", locale=lang))
