"""*Mon compte*: password, second factors, the sheet of codes, and where one is signed in."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for

from civic.refusals import Code, Refused
from sync_server.office.pages import draw
from sync_server.office.parts import Office, office
from sync_server.office.passwords import check_password
from sync_server.office.permits import Need, needs
from sync_server.office.secrets_said import check_again, code_marks, new_codes
from sync_server.office.sessions import FULL, begin, is_fresh, signed_in
from sync_server.office.sign_in import draw_setup, take_setup
from sync_server.office.writing import confirm, email_of, write_everywhere
from sync_server.problems import Problem

blueprint = Blueprint("account", __name__)


@blueprint.get("/office/account")
@needs(Need.ACCOUNT)
def show() -> Response:
    """Everything of one's own."""
    return _page(None)


@blueprint.post("/office/account/password")
@needs(Need.ACCOUNT)
def change_password() -> Response:
    """Another password; every other session ends."""
    desk, found = office(), signed_in()
    clerk, new = found.clerk, request.form.get("new", "")
    try:
        check_again(desk, clerk, request.form.get("password", ""))
        email = email_of(desk, clerk)
        check_password(new, [email, email.partition("@")[0], clerk.name])
        if new != request.form.get("again", ""):
            raise Refused(Code.BAD_PAYLOAD, "repeated")
    except (Refused, Problem) as no:
        return _page(no)
    hashed = desk.passwords.hash(new)
    with desk.services.ledger.writing() as connection:
        desk.clerks.change(connection, clerk.id, password=hashed)
        write_everywhere(desk, connection, found, "password")
    desk.sessions.end(clerk.id)
    begin(desk, clerk.id, FULL)
    return _page(None, done="password")


@blueprint.get("/office/account/application")
@needs(Need.ACCOUNT)
def show_application() -> Response:
    """Another secret for the application that gives codes."""
    return draw_setup(signed_in(), None, "account.change_application")


@blueprint.post("/office/account/application")
@needs(Need.ACCOUNT)
def change_application() -> Response:
    """Takes the new application, and shows a new sheet of codes."""
    desk, found = office(), signed_in()
    try:
        confirm(desk, found)
        codes = take_setup(desk, found)
    except Refused as no:
        return draw_setup(found, no, "account.change_application")
    return draw("codes", codes=codes)


@blueprint.post("/office/account/codes")
@needs(Need.ACCOUNT)
def change_codes() -> Response:
    """A new sheet of codes; the old one serves no more."""
    desk, found = office(), signed_in()
    try:
        confirm(desk, found)
    except (Refused, Problem) as no:
        return _page(no)
    codes = new_codes(desk)
    with desk.services.ledger.writing() as connection:
        desk.clerks.put_codes(connection, found.clerk.id, code_marks(desk, found.clerk.id, codes))
        write_everywhere(desk, connection, found, "codes")
    return draw("codes", codes=codes)


@blueprint.post("/office/account/sessions/end")
@needs(Need.ACCOUNT)
def end_sessions() -> Response:
    """Signs out everywhere, here too."""
    desk, found = office(), signed_in()
    desk.sessions.end(found.clerk.id)
    return redirect(url_for("sign_in.ask"), 303)  # type: ignore[return-value]


@blueprint.post("/office/account/passkeys/remove")
@needs(Need.ACCOUNT)
def remove_passkey() -> Response:
    """Takes a passkey away, unless it is the only second factor."""
    desk, found = office(), signed_in()
    try:
        confirm(desk, found)
        if not found.clerk.totp and len(desk.clerks.passkeys(found.clerk.id)) < 2:
            raise Refused(Code.BAD_PAYLOAD, "last_factor")
    except (Refused, Problem) as no:
        return _page(no)
    with desk.services.ledger.writing() as connection:
        if desk.clerks.drop_passkey(connection, found.clerk.id, request.form.get("credential", "")):
            write_everywhere(desk, connection, found, "factor-gone", kind="passkey")
    return _page(None, done="passkey")


def _page(no: Refused | Problem | None, done: str = "") -> Response:
    desk, found = office(), signed_in()
    return draw(
        "account", no=no, done=done, email=email_of(desk, found.clerk), sessions=_sessions(desk, found.clerk.id),
        passkeys=desk.clerks.passkeys(found.clerk.id), has_application=bool(found.clerk.totp), own=found,
        codes_left=desk.clerks.codes_left(found.clerk.id), is_fresh=is_fresh(found),
    )  # fmt: skip


def _sessions(desk: Office, clerk: str) -> list[tuple[str, int, bool]]:
    own = signed_in().session.mark
    return [(one.device, one.seen, one.mark == own) for one in desk.sessions.of(clerk)]
