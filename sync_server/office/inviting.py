"""What whoever runs the server does for the office: the first invitation, and reading the journal."""

from __future__ import annotations

from civic.journal import Fault, check_journal
from civic.refusals import Code, Refused
from sync_server.identity.addresses import parse_address
from sync_server.keys import open_signing_key
from sync_server.office.parts import KEY_FILE, open_office
from sync_server.office.writing import Invited, invite
from sync_server.services import open_services
from sync_server.settings import Settings
from sync_server.storage import open_ledger
from sync_server.storage.clerks import Clerks
from sync_server.storage.journal import Journal


class NoSuchNote(ValueError):
    """What was noted is no number and hash of a line."""


def invite_by_operator(settings: Settings, space: str, email: str, role: str) -> str:
    """Invites `email` to a town; the link. Refused BAD_PAYLOAD where that is no address."""
    services = open_services(settings)
    try:
        desk, written = open_office(services), parse_address(email).written
        town = desk.town(space)
        if town is None:
            raise Refused(Code.NOT_FOUND)
        with services.ledger.writing() as connection:
            return invite(desk, connection, town, Invited(written, role, ""), None)
    finally:
        services.close()


def invite_first(settings: Settings, space: str, email: str) -> str:
    """A link that makes the first owner of a town, "" where somebody works there already."""
    ledger = open_ledger(settings.database)
    try:
        is_peopled = bool(Clerks(ledger).of_space(space))
    finally:
        ledger.close()
    return "" if is_peopled else invite_by_operator(settings, space, email, "owner")


def read_journal(settings: Settings, space: str, noted: str | None) -> tuple[list[str], list[Fault]]:
    """The lines of a town's journal, and what is wrong with them; `noted` is `number:hash` of one of them."""
    ledger = open_ledger(settings.database)
    try:
        lines = Journal(ledger).lines(space)
    finally:
        ledger.close()
    known = None
    if noted is not None:
        number, _, digest = noted.partition(":")
        if not number.isdecimal() or not digest:
            raise NoSuchNote(f"'{noted}' is not a number and a hash, as the page Journal shows them")
        known = (int(number), digest)
    return lines, check_journal(space, lines, open_signing_key(settings.keys / KEY_FILE).kid, known)
