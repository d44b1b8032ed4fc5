"""Who is here: the cookie, the session behind it, and the mark that every form of ours carries.

A session's number is random, kept as a keyed hash, and new at every step of signing in: one that somebody else has
planted in a browser never becomes a clerk's.
"""

from __future__ import annotations

import hmac
from typing import NamedTuple

from flask import Response, g, request

from civic.canonical import b64u_encode
from civic.refusals import Code, Refused
from sync_server.office.parts import Office, office
from sync_server.office.permits import Need
from sync_server.storage.clerks import Clerk, Role
from sync_server.storage.office_doors import Session

SECRET_BYTES = 32
IDLE, ABSOLUTE = 2 * 3600, 12 * 3600
STEP_SECONDS = 600  # to give the second factor
SETUP_SECONDS = 3600
FRESH_SECONDS = 600  # how long a secret that was said needs not be said again
NOTE_SECONDS = 60
FULL, FACTOR, SETUP = "full", "factor", "setup"
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac", "Linux")
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))


class Here(NamedTuple):
    """A clerk who is here, or about to be."""

    clerk: Clerk
    session: Session
    roles: list[Role]


def here() -> Here | None:
    """Who is here, None for a stranger; looked up once a request."""
    if "here" not in g:
        g.here = _find(office())
    found: Here | None = g.here
    return found


def signed_in() -> Here:
    """The clerk of a view that needs one."""
    found = here()
    if found is None:
        raise Refused(Code.UNAUTHORISED)
    return found


def _find(desk: Office) -> Here | None:
    cookie = request.cookies.get(_name(desk, "session"), "")
    session = desk.sessions.find(_mark(desk, cookie)) if cookie else None
    now = desk.now()
    if session is None or session.expires < now or session.seen < now - IDLE:
        return None
    clerk = desk.clerks.find(session.clerk)
    if clerk is None or clerk.mark == "":
        return None
    if now - session.seen >= NOTE_SECONDS:
        desk.sessions.note(session.mark, seen=now, proved=session.proved)
    return Here(clerk, session, desk.clerks.roles(clerk.id))


def begin(desk: Office, clerk: str, stage: str) -> None:
    """A session of a number that nobody had before; the one there was ends. The cookie goes with the answer."""
    old = here()
    if old is not None:
        desk.sessions.end(old.clerk.id, old.session.mark)
    now, secret = desk.now(), b64u_encode(desk.services.random(SECRET_BYTES))
    lasts = {FULL: ABSOLUTE, FACTOR: STEP_SECONDS, SETUP: SETUP_SECONDS}[stage]
    session = Session(_mark(desk, secret), clerk, stage, _device(), now, now, now, now + lasts)
    desk.sessions.forget(now, IDLE)
    desk.sessions.open(session)
    found = desk.clerks.find(clerk)
    g.here = None if found is None else Here(found, session, desk.clerks.roles(clerk))
    g.cookie = secret


def leave(desk: Office) -> None:
    """Ends the session that is here."""
    found = here()
    if found is not None:
        desk.sessions.end(found.clerk.id, found.session.mark)
    g.here, g.cookie = None, ""


def is_fresh(found: Here) -> bool:
    """Whether a secret was said lately: what is hard to undo asks for it again."""
    return office().now() - found.session.proved <= FRESH_SECONDS


def form_mark() -> str:
    """What a form must bring back: nobody makes it who has neither the cookie nor our pepper."""
    return office().vault.mark("office-form", _held_cookie())


def check_form() -> None:
    """Refused BAD_SIGNATURE for a form that is not one of ours, made for this browser."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Refused(Code.BAD_SIGNATURE)
    desk = office()
    held = request.cookies.get(_name(desk, "session")) or request.cookies.get(_name(desk, "visit"), "")
    brought = request.form.get("form", "").encode()  # as bytes: anything may come
    if not held or not hmac.compare_digest(desk.vault.mark("office-form", held).encode(), brought):
        raise Refused(Code.BAD_SIGNATURE)


def put_cookies(response: Response) -> Response:
    """Sets what this request has begun or ended."""
    desk = office()
    if "cookie" in g:
        if g.cookie:
            _put(desk, response, "session", g.cookie)
        else:
            _put(desk, response, "session", "", max_age=0)
    if "visit" in g:
        _put(desk, response, "visit", g.visit)
    return response


def need_of_stage(stage: str) -> Need:
    """What somebody at this step of signing in has shown."""
    return Need.ACCOUNT if stage == FULL else Need.PASSWORD


def _held_cookie() -> str:
    """The secret that this browser has, or has from this answer on."""
    desk = office()
    own = g.cookie if "cookie" in g else request.cookies.get(_name(desk, "session"), "")
    if own:
        return str(own)
    if "visit" not in g:
        kept = request.cookies.get(_name(desk, "visit"), "")
        if kept:
            return kept
        g.visit = b64u_encode(desk.services.random(SECRET_BYTES))
    return str(g.visit)


def _put(desk: Office, response: Response, name: str, value: str, max_age: int | None = None) -> None:
    path = "/" if desk.is_safe else "/office"
    response.set_cookie(
        _name(desk, name), value, max_age=max_age, path=path, secure=desk.is_safe, httponly=True, samesite="Strict"
    )


def _name(desk: Office, name: str) -> str:
    # "__Host-": a browser takes it by HTTPS alone, from this host alone, so no neighbour can plant one.
    return f"{'__Host-' if desk.is_safe else ''}preau-{name}"


def _mark(desk: Office, secret: str) -> str:
    return desk.vault.mark("office-session", secret)


def _device() -> str:
    agent = request.headers.get("User-Agent", "")
    system = next((one for one in _SYSTEMS if one in agent), "")
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    return ", ".join(one for one in (browser, system) if one)
