"""Signing in: an address and a password, then a second factor; the first time, making that factor."""

from __future__ import annotations

import segno
from flask import Blueprint, Response, redirect, request, url_for

from civic.refusals import Code, Refused
from sync_server.office.pages import draw
from sync_server.office.parts import Office, office
from sync_server.office.permits import Need, needs
from sync_server.office.secrets_said import (
    check_factor,
    check_sign_in,
    code_marks,
    new_codes,
    new_setup,
    step_of_setup,
)
from sync_server.office.sessions import FACTOR, FULL, SETUP, Here, begin, is_fresh, leave, signed_in
from sync_server.office.writing import email_of, write_everywhere
from sync_server.problems import Problem
from sync_server.storage.clerks import Clerk
from sync_server.vault import VaultUnreadable

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/office/sign-in")
@needs(Need.NOTHING)
def ask() -> Response:
    """The door."""
    return draw("sign_in", email="", next_passkey=url_for("passkey_doors.begin_sign_in"))


@blueprint.post("/office/sign-in")
@needs(Need.NOTHING)
def enter() -> Response:
    """Takes address and password; what is wrong about them is not said."""
    desk, email = office(), request.form.get("email", "")
    try:
        clerk = check_sign_in(desk, email, request.form.get("password", ""))
    except (Refused, Problem) as no:
        return draw("sign_in", no=no, email=email, next_passkey=url_for("passkey_doors.begin_sign_in"))
    has_factor = bool(clerk.totp or desk.clerks.passkeys(clerk.id))
    begin(desk, clerk.id, FACTOR if has_factor else SETUP)
    return _go("sign_in.ask_factor" if has_factor else "sign_in.set_up")


@blueprint.get("/office/factor")
@needs(Need.PASSWORD)
def ask_factor() -> Response:
    """The second factor."""
    found = signed_in()
    return _go("front_hall.choose_town") if found.session.stage == FULL else _factor(found, None)


@blueprint.post("/office/factor")
@needs(Need.PASSWORD)
def give_factor() -> Response:
    """Takes a code; a new session begins with it."""
    found = _at(FACTOR)
    try:
        check_factor(office(), found.clerk, request.form.get("code", ""))
    except (Refused, Problem) as no:
        return _factor(found, no)
    begin(office(), found.clerk.id, FULL)
    return _go("front_hall.choose_town")


@blueprint.get("/office/set-up")
@needs(Need.PASSWORD)
def set_up() -> Response:
    """The first second factor: without one nobody goes on."""
    return draw_setup(_at(SETUP), None)


@blueprint.post("/office/set-up")
@needs(Need.PASSWORD)
def finish_setup() -> Response:
    """Takes the code that shows that the application has the secret, and shows the sheet of codes, once."""
    found = _at(SETUP)
    try:
        codes = take_setup(office(), found)
    except Refused as no:
        return draw_setup(found, no)
    begin(office(), found.clerk.id, FULL)
    return draw("codes", codes=codes)


@blueprint.post("/office/sign-out")
@needs(Need.PASSWORD)
def sign_out() -> Response:
    """Ends this session."""
    leave(office())
    return _go("sign_in.ask")


def draw_setup(found: Here, no: Refused | None, action: str = "sign_in.finish_setup") -> Response:
    """The picture that an application reads, and where its code is typed; the same secret again after a wrong code."""
    desk = office()
    sealed = request.form.get("sealed", "")
    try:
        secret = _opened(desk, found.clerk, sealed) if sealed else ""
    except Refused:
        secret = ""
    setup = new_setup(desk, email_of(desk, found.clerk), desk.host, secret)
    kept = desk.vault.seal(setup.secret, "totp-setup", found.clerk.id).hex()
    return draw(
        "set_up", no=no, picture=picture_of(setup.address), secret=setup.secret, sealed=kept, action=url_for(action),
        passkey=url_for("passkey_doors.begin_adding"), is_fresh=is_fresh(found),
    )  # fmt: skip


def take_setup(desk: Office, found: Here) -> list[str]:
    """Keeps the factor that a form brings; the new codes for the sheet. Refused BAD_PROOF for a wrong code."""
    secret = _opened(desk, found.clerk, request.form.get("sealed", ""))
    step = step_of_setup(desk, secret, request.form.get("code", ""))
    sealed, codes = desk.vault.seal(secret, "clerks", found.clerk.id, "totp"), new_codes(desk)
    with desk.services.ledger.writing() as connection:
        desk.clerks.change(connection, found.clerk.id, totp=sealed, totp_step=step)
        desk.clerks.put_codes(connection, found.clerk.id, code_marks(desk, found.clerk.id, codes))
        write_everywhere(desk, connection, found, "factor", kind="application")
    return codes


def picture_of(address: str) -> str:
    """The address as a QR code, in SVG."""
    drawing = segno.make(address, error="m")
    return str(drawing.svg_inline(border=4, dark="#000", light="#fff", omitsize=True))


def _opened(desk: Office, clerk: Clerk, sealed: str) -> str:
    try:
        return str(desk.vault.open(bytes.fromhex(sealed), "totp-setup", clerk.id))
    except (ValueError, VaultUnreadable) as error:
        raise Refused(Code.BAD_REQUEST) from error


def _factor(found: Here, no: Refused | Problem | None) -> Response:
    has_application = bool(found.clerk.totp)
    return draw(
        "factor", no=no, has_application=has_application, next_passkey=url_for("passkey_doors.begin_sign_in"),
        has_passkey=bool(office().clerks.passkeys(found.clerk.id)),
    )  # fmt: skip


def _at(stage: str) -> Here:
    found = signed_in()
    if found.session.stage != stage:
        raise Refused(Code.BAD_REQUEST)
    return found


def _go(endpoint: str) -> Response:
    return redirect(url_for(endpoint), 303)  # type: ignore[return-value]  # Flask's redirect makes Werkzeug's own kind
