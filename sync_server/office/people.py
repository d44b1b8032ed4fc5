"""*Personnes et rôles*: who works here, who is invited, who may what. Owners only."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Response, redirect, request, url_for

from civic.refusals import Code, Refused
from sync_server.catalogue import Town
from sync_server.identity.addresses import parse_address
from sync_server.office.pages import draw
from sync_server.office.parts import Office, office
from sync_server.office.permits import ROLES, WHOLE_TOWN, Need, needs
from sync_server.office.sessions import is_fresh, signed_in
from sync_server.office.writing import Invited, confirm, email_of, invite, invited_email
from sync_server.problems import Problem
from sync_server.storage.clerks import NOTHING, Clerk, Role

blueprint = Blueprint("people", __name__)
PATH = "/office/space/<space>/people"


class Waiting(NamedTuple):
    """An invitation that nobody has taken yet."""

    id: str
    email: str
    role: str
    consultation: str
    until: int


class Person(NamedTuple):
    """A clerk as the list shows them."""

    id: str
    name: str
    email: str
    roles: list[Role]
    is_self: bool


@blueprint.get(PATH)
@needs(Need.PEOPLE)
def show(space: str) -> Response:
    """Everybody, and the form that invites one more."""
    return _page(space, None)


@blueprint.post(f"{PATH}/invite")
@needs(Need.PEOPLE)
def invite_one(space: str) -> Response:
    """Invites somebody; where no letters are sent, the owner hands the link over."""
    desk, found = office(), signed_in()
    town = _town(desk, space)
    try:
        confirm(desk, found)
        role, consultation = _chosen(town)
        email = parse_address(request.form.get("email", "")).written
    except (Refused, Problem) as no:
        return _page(space, no)
    with desk.services.ledger.writing() as connection:
        link = invite(desk, connection, town, Invited(email, role, consultation), found.clerk)
    return _page(space, None, invited=email, link="" if desk.has_post else link)


@blueprint.post(f"{PATH}/<clerk>/role")
@needs(Need.PEOPLE)
def give_role(space: str, clerk: str) -> Response:
    """Gives another role, which takes the place of the one for the same consultation."""
    desk, found = office(), signed_in()
    try:
        confirm(desk, found)
        role, consultation = _chosen(_town(desk, space))
        _colleague(desk, space, clerk)
        if role != "owner" and consultation == "" and desk.clerks.is_last_owner(space, clerk):
            raise Refused(Code.BAD_PAYLOAD, "owner")
    except (Refused, Problem) as no:
        return _page(space, no)
    with desk.services.ledger.writing() as connection:
        desk.clerks.give(connection, Role(space, clerk, consultation, role, desk.now()))
        desk.write(connection, space, found.clerk, "role", clerk=clerk, role=role, consultation=consultation)
    return _back(space)


@blueprint.post(f"{PATH}/<clerk>/remove")
@needs(Need.PEOPLE)
def remove(space: str, clerk: str) -> Response:
    """Takes every role in this town, at once and everywhere they are signed in."""
    desk, found = office(), signed_in()
    try:
        confirm(desk, found)
        _colleague(desk, space, clerk)
        if desk.clerks.is_last_owner(space, clerk):
            raise Refused(Code.BAD_PAYLOAD, "owner")
    except (Refused, Problem) as no:
        return _page(space, no)
    with desk.services.ledger.writing() as connection:
        desk.write(connection, space, found.clerk, "remove", clerk=clerk)
        desk.clerks.take(connection, space, clerk)
    return _back(space)


@blueprint.post(f"{PATH}/<clerk>/renew")
@needs(Need.PEOPLE)
def renew(space: str, clerk: str) -> Response:
    """For who has lost everything they sign in with: all of it ends, and a new link goes to their address."""
    desk, found = office(), signed_in()
    town = _town(desk, space)
    try:
        confirm(desk, found)
        other, roles = _colleague(desk, space, clerk)
        own = {one.space for one in found.roles if one.role == "owner"}
        if not {one.space for one in desk.clerks.roles(clerk)} <= own or clerk == found.clerk.id:
            raise Refused(Code.UNAUTHORISED)  # else the owner of one town could become a clerk of another
    except (Refused, Problem) as no:
        return _page(space, no)
    email = email_of(desk, other)
    with desk.services.ledger.writing() as connection:
        desk.clerks.change(connection, clerk, password="", totp=NOTHING)
        for one in desk.clerks.passkeys(clerk):
            desk.clerks.drop_passkey(connection, clerk, one.credential)
        desk.write(connection, space, found.clerk, "renew", clerk=clerk)
        link = invite(desk, connection, town, Invited(email, roles[0].role, roles[0].consultation, clerk), found.clerk)
    desk.sessions.end(clerk)
    return _page(space, None, invited=email, link="" if desk.has_post else link)


@blueprint.post(f"{PATH}/invitations/<identity>/cancel")
@needs(Need.PEOPLE)
def cancel(space: str, identity: str) -> Response:
    """Takes an invitation back."""
    desk, found = office(), signed_in()
    with desk.services.ledger.writing() as connection:
        if desk.invitations.use(connection, space, identity):
            desk.write(connection, space, found.clerk, "cancel", invitation=identity)
    return _back(space)


def _chosen(town: Town) -> tuple[str, str]:
    role, consultation = request.form.get("role", ""), request.form.get("consultation", "")
    if role not in ROLES or (consultation and (consultation not in town.rules or role in WHOLE_TOWN)):
        raise Refused(Code.BAD_PAYLOAD, "role")
    return role, consultation


def _colleague(desk: Office, space: str, clerk: str) -> tuple[Clerk, list[Role]]:
    found = next((one for one in desk.clerks.of_space(space) if one[0].id == clerk), None)
    if found is None:
        raise Refused(Code.NOT_FOUND)
    return found


def _town(desk: Office, space: str) -> Town:
    town = desk.town(space)
    if town is None:
        raise Refused(Code.NOT_FOUND)
    return town


def _page(space: str, no: Refused | Problem | None, invited: str = "", link: str = "") -> Response:
    desk, found = office(), signed_in()
    town = _town(desk, space)
    persons = [
        Person(one.id, one.name, email_of(desk, one), roles, one.id == found.clerk.id)
        for one, roles in desk.clerks.of_space(space)
    ]
    waiting = [
        Waiting(one.id, invited_email(desk, one), one.role, one.consultation, one.until)
        for one in desk.invitations.waiting(space, desk.now())
    ]
    return draw(
        "people", no=no, persons=persons, waiting=waiting, roles=[*ROLES], consultations=sorted(town.rules),
        is_fresh=is_fresh(found), invited=invited, link=link, typed=request.form.get("email", "") if no else "",
    )  # fmt: skip


def _back(space: str) -> Response:
    return redirect(url_for("people.show", space=space), 303)  # type: ignore[return-value]
