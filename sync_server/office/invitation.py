"""An invitation: a link that serves once, for three days. Opening it does nothing: the button does."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Response, redirect, request, url_for

from civic.journal import JOIN
from civic.refusals import Code, Refused
from civic.text import check_text, normalise
from sync_server.identity.addresses import parse_address
from sync_server.office.pages import draw
from sync_server.office.parts import Office, office
from sync_server.office.passwords import check_password
from sync_server.office.permits import Need, needs
from sync_server.office.secrets_said import clerk_mark, count_knock
from sync_server.office.sessions import FULL, SETUP, begin, here
from sync_server.office.writing import invited_email, token_mark
from sync_server.problems import Problem
from sync_server.storage.clerks import NOTHING, Clerk, Role
from sync_server.storage.office_doors import Invitation

blueprint = Blueprint("invitation", __name__)
PATH = "/office/invitation/<token>"


class Guest(NamedTuple):
    """Whom an invitation is for; `clerk` where they have an account."""

    invitation: Invitation
    email: str
    mark: str
    clerk: Clerk | None

    @property
    def must_sign_in(self) -> bool:
        """Whether an account is there already, which the link alone does not open."""
        return self.clerk is not None and (self.clerk.password != "" or self.invitation.renews != self.clerk.id)


@blueprint.get(PATH)
@needs(Need.NOTHING)
def show(token: str) -> Response:
    """Who invites to what, and what to choose."""
    return _page(token, _guest(office(), token), None)


@blueprint.post(PATH)
@needs(Need.NOTHING)
def accept(token: str) -> Response:
    """Takes the role: with a new account, or with the one of whoever is signed in."""
    desk = office()
    guest = _guest(desk, token)
    found = here()
    if guest.must_sign_in:
        is_own = found is not None and guest.clerk is not None and found.clerk.id == guest.clerk.id
        if not is_own or found is None or found.session.stage != FULL:
            return _page(token, guest, Refused(Code.UNKNOWN_KEY))
        _take(desk, guest, found.clerk, is_new=False)
        return _go("front_hall.choose_town")
    try:
        clerk = _new_clerk(desk, guest)
    except Refused as no:
        return _page(token, guest, no)
    _take(desk, guest, clerk, is_new=guest.clerk is None)
    begin(desk, clerk.id, SETUP)
    return _go("sign_in.set_up")


def _guest(desk: Office, token: str) -> Guest:
    """Whom the link is for; Refused EXPIRED for one that was used, is over, or never was."""
    count_knock(desk)
    found = desk.invitations.find(token_mark(desk, token), desk.now())
    if found is None or desk.town(found.space) is None:
        raise Refused(Code.EXPIRED)
    email = invited_email(desk, found)
    mark = clerk_mark(desk, parse_address(email).mailbox)
    return Guest(found, email, mark, desk.clerks.find_marked(mark))


def _new_clerk(desk: Office, guest: Guest) -> Clerk:
    """The account that the form makes; Refused where name or password do not serve."""
    password = request.form.get("password", "")
    name = guest.clerk.name if guest.clerk else check_text(normalise(request.form.get("name", "")), "clerk_name", 2, 80)
    town = desk.town(guest.invitation.space)
    check_password(
        password, [guest.email, guest.email.partition("@")[0], name, "" if town is None else town.content.space.name]
    )
    if password != request.form.get("again", ""):
        raise Refused(Code.BAD_PAYLOAD, "repeated")
    hashed = desk.passwords.hash(password)
    if guest.clerk is not None:
        return guest.clerk._replace(password=hashed)
    identity = desk.new_id()
    key, kid = desk.new_key(identity)
    email = desk.vault.seal(guest.email, "clerks", identity, "email")
    return Clerk(identity, guest.mark, email, name, hashed, NOTHING, 0, key, kid, desk.now())


def _take(desk: Office, guest: Guest, clerk: Clerk, *, is_new: bool) -> None:
    """Uses the invitation up, in the transaction that gives the role and says so in the journal."""
    one, now = guest.invitation, desk.now()
    with desk.services.ledger.writing() as connection:
        if not desk.invitations.use(connection, one.space, one.id):
            raise Refused(Code.EXPIRED)
        if is_new:
            desk.clerks.add(connection, clerk)
        else:
            desk.clerks.change(connection, clerk.id, password=clerk.password)
        desk.clerks.give(connection, Role(one.space, clerk.id, one.consultation, one.role, now))
        desk.write(connection, one.space, None, JOIN, clerk=clerk.id, kid=clerk.kid)
        about = {"invitation": one.id, "role": one.role, "consultation": one.consultation}
        desk.write(connection, one.space, clerk, "accept", **about)


def _page(token: str, guest: Guest, no: Refused | Problem | None) -> Response:
    desk, found = office(), here()
    town = desk.town(guest.invitation.space)
    is_here = found is not None and found.session.stage == FULL
    is_own = found is not None and guest.clerk is not None and found.clerk.id == guest.clerk.id
    return draw(
        "invitation", no=no, token=token, guest=guest, is_here=is_here and is_own,
        town_name="" if town is None else town.content.space.name, by=_name_of(desk, guest.invitation.by),
        name=request.form.get("name", ""), renews=guest.clerk is not None and not guest.must_sign_in,
    )  # fmt: skip


def _name_of(desk: Office, clerk: str) -> str:
    found = desk.clerks.find(clerk) if clerk else None
    return "" if found is None else found.name


def _go(endpoint: str) -> Response:
    return redirect(url_for(endpoint), 303)  # type: ignore[return-value]  # Flask's redirect makes Werkzeug's own kind
