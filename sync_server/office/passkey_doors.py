"""Signing in with a passkey, and making one. The page brings a small script: a browser lends its keys to no form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, request, url_for

from civic.canonical import b64u_decode, b64u_encode
from civic.refusals import Code, Refused
from sync_server.office.opening import open_ceremonies
from sync_server.office.pages import draw
from sync_server.office.parts import HERE, Office, office
from sync_server.office.permits import Need, needs
from sync_server.office.secrets_said import code_marks, count_knock, new_codes
from sync_server.office.sessions import FACTOR, FULL, SETUP, Here, begin, form_mark, is_fresh, signed_in
from sync_server.office.writing import confirm, email_of, write_everywhere
from sync_server.problems import Problem
from sync_server.settings import origin_of
from sync_server.storage.clerks import Passkey
from sync_server.storage.enrolments import Enrolments
from sync_server.vault import VaultUnreadable

if TYPE_CHECKING:
    from sync_server.office.passkeys import Ceremonies

blueprint = Blueprint("passkey_doors", __name__)
CHALLENGE_BYTES, CHALLENGE_SECONDS = 32, 300
ANYWHERE = ""  # the space of a challenge, which is of no town
SCRIPT = (HERE / "passkey.mjs").read_bytes()


@blueprint.get("/office/passkey.mjs")
@needs(Need.NOTHING)
def script() -> Response:
    """What the page runs."""
    return Response(SCRIPT, content_type="text/javascript; charset=utf-8")


@blueprint.get("/office/passkey")
@needs(Need.NOTHING)
def begin_sign_in() -> Response:
    """Asks for any passkey of this office."""
    return _sign_in_page(None)


@blueprint.post("/office/passkey")
@needs(Need.NOTHING)
def finish_sign_in() -> Response:
    """Takes the answer: a passkey alone is enough, for it verifies its holder."""
    desk, answer = office(), request.form.get("credential", "")
    try:
        count_knock(desk)
        challenge = _challenge(desk, "known")
        one = desk.clerks.find_passkey(_credential(answer))
        if one is None:
            raise Refused(Code.BAD_PROOF)
        desk.clerks.note_signs(one.credential, _ceremonies(desk).check_known(challenge, answer, one))
    except (Refused, Problem) as no:
        return _sign_in_page(no)
    begin(desk, one.clerk, FULL)
    return redirect(url_for("front_hall.choose_town"), 303)  # type: ignore[return-value]


@blueprint.get("/office/passkey/new")
@needs(Need.PASSWORD)
def begin_adding() -> Response:
    """Asks for a new passkey."""
    return _new_page(_allowed(), None)


@blueprint.post("/office/passkey/new")
@needs(Need.PASSWORD)
def finish_adding() -> Response:
    """Keeps the passkey; where it is the first factor, the sheet of codes is shown."""
    desk, found = office(), _allowed()
    try:
        if found.session.stage == FULL:
            confirm(desk, found)
        made = _ceremonies(desk).check_new(_challenge(desk, "new"), request.form.get("credential", ""))
    except (Refused, Problem) as no:
        return _new_page(found, no)
    label, is_first = found.session.device, found.session.stage == SETUP
    codes = new_codes(desk) if is_first else []
    with desk.services.ledger.writing() as connection:
        desk.clerks.add_passkey(
            connection, Passkey(made.credential, found.clerk.id, made.public, made.signs, label, desk.now())
        )
        if is_first:
            desk.clerks.put_codes(connection, found.clerk.id, code_marks(desk, found.clerk.id, codes))
        write_everywhere(desk, connection, found, "factor", kind="passkey")
    if not is_first:
        return redirect(url_for("account.show"), 303)  # type: ignore[return-value]
    begin(desk, found.clerk.id, FULL)
    return draw("codes", codes=codes)


def _allowed() -> Here:
    """Whoever may make a passkey; not who has said a password only and has another factor to say."""
    found = signed_in()
    if found.session.stage == FACTOR:
        raise Refused(Code.UNAUTHORISED)
    return found


def _sign_in_page(no: Refused | Problem | None) -> Response:
    desk = office()
    challenge, sealed = _new_challenge(desk, "known")
    options = _ceremonies(desk).ask_known(challenge)
    return draw("passkey", no=no, mode="known", options=options, sealed=sealed, is_fresh=True)


def _new_page(found: Here, no: Refused | Problem | None) -> Response:
    desk = office()
    challenge, sealed = _new_challenge(desk, "new")
    clerk = found.clerk
    known = desk.clerks.passkeys(clerk.id)
    options = _ceremonies(desk).ask_new(challenge, clerk.id, email_of(desk, clerk), clerk.name, known)
    return draw("passkey", no=no, mode="new", options=options, sealed=sealed, is_fresh=is_fresh(found))


def _ceremonies(desk: Office) -> Ceremonies:
    if not desk.has_passkeys:
        raise Refused(Code.NOT_FOUND)
    return open_ceremonies(origin_of(desk.services.settings.sync_url), desk.host)


def _new_challenge(desk: Office, mode: str) -> tuple[bytes, str]:
    """A challenge, and the same sealed for this browser."""
    challenge = desk.services.random(CHALLENGE_BYTES)
    until = desk.now() + CHALLENGE_SECONDS
    sealed = desk.vault.seal([b64u_encode(challenge), until], "passkey", mode, form_mark())
    return challenge, sealed.hex()


def _challenge(desk: Office, mode: str) -> bytes:
    """The challenge that the form brings back, once; Refused EXPIRED."""
    try:
        sealed = bytes.fromhex(request.form.get("sealed", ""))
        challenge, until = desk.vault.open(sealed, "passkey", mode, form_mark())
    except (ValueError, VaultUnreadable) as error:
        raise Refused(Code.EXPIRED) from error
    if until < desk.now() or not Enrolments(desk.services.ledger).spend(ANYWHERE, challenge, until):
        raise Refused(Code.EXPIRED)
    return b64u_decode(challenge)


def _credential(answer: str) -> str:
    """The id of the passkey that an answer is said to be signed with, "" where it says none."""
    try:
        found = json.loads(answer)["id"]
    except (ValueError, KeyError, TypeError):
        return ""
    return found if isinstance(found, str) else ""
