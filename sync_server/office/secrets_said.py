"""What a clerk says to be believed: a password, a code of their application, one of the codes on their sheet.

Every try is counted before it is looked at, by account and by network; the wait grows and ends by itself.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from typing import NamedTuple

import pyotp
from flask import request

from civic.refusals import Code, Refused
from sync_server.identity.addresses import parse_address
from sync_server.limits import asker, neighbourhood
from sync_server.office.parts import Office
from sync_server.problems import Problem
from sync_server.storage.clerks import Clerk

STEP = 30  # seconds (RFC 6238)
LATE_STEPS = 1  # either side: a clock that is a little wrong
SECRET_BYTES = 20
CODES, CODE_BYTES = 8, 5
_NOT_TYPED = str.maketrans("", "", " -")


class Setup(NamedTuple):
    """A second factor on its way: the secret, and the address that an application reads it from."""

    secret: str
    address: str


def mailbox_of(text: str) -> str:
    """The mailbox that an address means, or the text itself where it is no address: both are looked up alike."""
    try:
        return parse_address(text).mailbox
    except Refused:
        return text.strip().lower()[:254]


def check_sign_in(desk: Office, email: str, password: str) -> Clerk:
    """The clerk whose address and password these are; Refused BAD_PROOF, or Problem with the seconds to wait."""
    mailbox = mailbox_of(email)
    tried = desk.vault.mark("office-tries", "password", mailbox)
    _count(desk, tried)
    clerk = desk.clerks.find_marked(clerk_mark(desk, mailbox))
    if not desk.passwords.is_right("" if clerk is None else clerk.password, password) or clerk is None:
        raise Refused(Code.BAD_PROOF)
    desk.tries.forgive(tried)
    return clerk


def check_again(desk: Office, clerk: Clerk, password: str) -> None:
    """The password once more, before what is hard to undo; Refused BAD_PROOF, or Problem."""
    tried = desk.vault.mark("office-tries", "again", clerk.id)
    _count(desk, tried)
    if not desk.passwords.is_right(clerk.password, password):
        raise Refused(Code.BAD_PROOF)
    desk.tries.forgive(tried)


def check_factor(desk: Office, clerk: Clerk, said: str) -> None:
    """A code of the application, or one of the sheet, each of which serves once; Refused BAD_PROOF, or Problem."""
    tried = desk.vault.mark("office-tries", "factor", clerk.id)
    _count(desk, tried)
    typed = said.translate(_NOT_TYPED).upper()
    if len(typed) == 6 and typed.isdecimal():
        step = _step_of(desk, secret_of(desk, clerk), typed) if clerk.totp else None
        is_right = step is not None and desk.clerks.take_step(clerk.id, step)
    else:
        is_right = desk.clerks.use_code(clerk.id, code_mark(desk, clerk.id, typed))
    if not is_right:
        raise Refused(Code.BAD_PROOF)
    desk.tries.forgive(tried)


def clerk_mark(desk: Office, mailbox: str) -> str:
    """The keyed hash by which a clerk is found."""
    return desk.vault.mark("clerk", mailbox)


def secret_of(desk: Office, clerk: Clerk) -> str:
    """The secret that the clerk's application has."""
    return str(desk.vault.open(clerk.totp, "clerks", clerk.id, "totp"))


def code_mark(desk: Office, clerk: str, code: str) -> str:
    """The keyed hash of a code of the sheet."""
    return desk.vault.mark("office-code", clerk, code)


def new_codes(desk: Office) -> list[str]:
    """Codes for a sheet of paper: eight letters and figures each (40 bits, and few tries)."""
    drawn = [b32encode(desk.services.random(CODE_BYTES)).decode("ascii") for _ in range(CODES)]
    return [f"{one[:4]}-{one[4:]}" for one in drawn]


def code_marks(desk: Office, clerk: str, codes: list[str]) -> list[str]:
    """What is kept of them."""
    return [code_mark(desk, clerk, one.translate(_NOT_TYPED)) for one in codes]


def new_setup(desk: Office, email: str, issuer: str, secret: str = "") -> Setup:
    """A new secret for an application (RFC 6238), or the same `secret` shown once more."""
    chosen = secret or b32encode(desk.services.random(SECRET_BYTES)).decode("ascii")
    return Setup(chosen, pyotp.TOTP(chosen).provisioning_uri(name=email, issuer_name=issuer))


def step_of_setup(desk: Office, secret: str, said: str) -> int:
    """The step of the code that shows that the application has the secret; Refused BAD_PROOF."""
    step = _step_of(desk, secret, said.translate(_NOT_TYPED))
    if step is None:
        raise Refused(Code.BAD_PROOF)
    return step


def count_knock(desk: Office) -> None:
    """Counts a try of this network; Problem where it has had enough."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    address = asker(forwarded, request.remote_addr or "", desk.services.settings.trusted_proxies)
    wait = desk.network.take(neighbourhood(address))
    if wait > 0:
        raise Problem(Code.RATE_LIMITED, wait)


def _count(desk: Office, tried: str) -> None:
    count_knock(desk)
    wait = desk.tries.take(tried, desk.now())
    if wait > 0:
        raise Problem(Code.RATE_LIMITED, wait)


def _step_of(desk: Office, secret: str, typed: str) -> int | None:
    now, totp = desk.now() // STEP, pyotp.TOTP(secret)
    for step in range(now - LATE_STEPS, now + LATE_STEPS + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):  # as bytes: anything may be typed
            return step
    return None
