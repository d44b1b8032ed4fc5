"""What several rooms do: letters to clerks, lines for the journals of all their towns, the password asked again."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from flask import request

from civic.canonical import b64u_encode
from civic.refusals import Code, Refused
from sync_server.catalogue import Town
from sync_server.office.parts import LANGUAGES, Office
from sync_server.office.secrets_said import check_again
from sync_server.office.sessions import Here, is_fresh
from sync_server.post.letters import Letter, sender_of
from sync_server.storage.clerks import Clerk
from sync_server.storage.mails import Mail
from sync_server.storage.office_doors import Invitation

INVITED_SECONDS = 72 * 3600
TOKEN_BYTES = 16


class Invited(NamedTuple):
    """A role for somebody: `email` as it was written."""

    email: str
    role: str
    consultation: str
    renews: str = ""  # clerk who has lost what they signed in with


def invite(desk: Office, connection: sa.Connection, town: Town, one: Invited, by: Clerk | None) -> str:
    """Makes an invitation inside the caller's transaction, with its line of the journal and its letter; its link.

    `by` is None for whoever runs the server.
    """
    space, now, identity = town.content.space.id, desk.now(), desk.new_id()
    token = b64u_encode(desk.services.random(TOKEN_BYTES))
    sealed = desk.vault.seal(one.email, "invitations", space, identity)
    until = now + INVITED_SECONDS
    author = "" if by is None else by.id
    desk.invitations.put(
        connection,
        Invitation(
            space, identity, token_mark(desk, token), one.consultation, one.role, sealed, author, one.renews, now, until
        ),
    )
    desk.write(connection, space, by, "invite", invitation=identity, role=one.role, consultation=one.consultation)
    link = f"{desk.url}/invitation/{token}"
    if desk.has_post:
        _post(desk, connection, town, one, link)
    return link


def invited_email(desk: Office, one: Invitation) -> str:
    """The address that an invitation is for."""
    return str(desk.vault.open(one.email, "invitations", one.space, one.id))


def token_mark(desk: Office, token: str) -> str:
    """The keyed hash of an invitation's token."""
    return desk.vault.mark("invitation", token)


def email_of(desk: Office, clerk: Clerk) -> str:
    """A clerk's address."""
    return str(desk.vault.open(clerk.email, "clerks", clerk.id, "email"))


def write_everywhere(desk: Office, connection: sa.Connection, found: Here, do: str, **about: str) -> None:
    """What a clerk does to their own account is in the journal of every town they work for."""
    for space in sorted({one.space for one in found.roles}):
        desk.write(connection, space, found.clerk, do, **about)


def confirm(desk: Office, found: Here) -> None:
    """What is hard to undo asks for the password again; Refused BAD_PROOF, or Problem, where it is not right."""
    if is_fresh(found):
        return
    if not request.form.get("password", ""):
        raise Refused(Code.BAD_PAYLOAD, "again")
    check_again(desk, found.clerk, request.form["password"])
    desk.sessions.note(found.session.mark, seen=desk.now(), proved=desk.now())


def _post(desk: Office, connection: sa.Connection, town: Town, one: Invited, link: str) -> None:
    space = town.content.space
    lang = next((lang for lang in space.languages if lang in LANGUAGES), LANGUAGES[0])
    t = desk.words[lang]
    role = t(f"office.role.{one.role}")
    lines = (
        t("office.letter.asked", town=space.name, role=role), t("office.letter.how"), t("office.letter.nobody")
    )  # fmt: skip
    subject = t("office.letter.subject", town=space.name)
    letter = Letter(sender_of(desk.services.settings.mail_from, space), one.email, lang, subject, lines, link)
    identity, now = desk.new_id(), desk.now()
    sealed = desk.vault.seal([*letter], "mails", space.id, identity)
    desk.mails.put(connection, Mail(space.id, identity, sealed, now, now + INVITED_SECONDS, 0))
