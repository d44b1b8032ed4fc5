"""A letter to one person, in text and in HTML, in the language of the page it was asked from."""

from __future__ import annotations

from collections.abc import Mapping
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import formatdate
from html import escape
from typing import NamedTuple
from urllib.parse import urlsplit

from civic.space import Space
from sync_server.words import Words

LINES = {
    "code": ("asked", "code", "type", "link", "nobody"),
    "declined": ("throwaway", "other"),
    "device": ("new", "revoke"),
    "leaving": ("leaving", "stay"),
}
_STYLE = "font:16px/1.6 sans-serif;color:#1a241f;overflow-wrap:anywhere"


class _Address(UnstructuredHeader):
    """A header that is one long word: never folded, for Python would encode it, and mail programs would not read it."""

    name: str  # BaseHeader's

    def fold(self, *, policy: Policy) -> str:
        """The header as it is sent."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Address)  # type: ignore[arg-type]  # the registry adds BaseHeader
_POLICY = SMTP.clone(header_factory=_HEADERS)


class Letter(NamedTuple):
    """What is kept until it is sent: JSON values only."""

    sender: str
    to: str
    lang: str
    subject: str
    lines: tuple[str, ...]
    link: str  # "" for none; it has a line of its own
    stop: str = ""  # the address that ends such letters, "" where they are asked for one by one
    stopping: str = ""  # what it says there


def sender_of(mail_from: str, space: Space) -> str:
    """Who letters are from: as the operator says, else the town hall, else an address nobody reads."""
    return mail_from or space.town_hall.email or f"no-reply@{urlsplit(space.site_url).hostname or 'localhost'}"


def compose(words: Words, kind: str, sender: str, to: str, values: Mapping[str, str]) -> Letter:
    """The letter of `kind` (one of LINES) with its {values}; their "link" is what a button leads to."""
    lines = tuple(words(f"mail.{kind}.{line}", **values) for line in LINES[kind])
    subject = " ".join(words(f"mail.{kind}.subject", **values).split())  # a header is one line
    return Letter(sender, to, words.lang, subject, lines, values.get("link", "") if kind == "code" else "")


def message_of(letter: Letter, identity: str, now: int) -> EmailMessage:
    """The letter as a message (RFC 5322) that no machine answers; `identity` makes its Message-ID."""
    message = EmailMessage(policy=_POLICY)
    message["From"], message["To"], message["Subject"] = letter.sender, letter.to, letter.subject
    message["Date"] = formatdate(now)
    message["Message-ID"] = f"<{identity}@{letter.sender.rpartition('@')[2].rstrip('>') or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: holiday answers stay away
    if letter.stop:  # RFC 2369, RFC 8058
        message["List-Unsubscribe"] = f"<{letter.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    stop = f"{letter.stopping}\n{letter.stop}" if letter.stop else ""
    lines = [line for line in (*letter.lines, letter.link, stop) if line]
    message.set_content("\n\n".join(lines) + "\n", cte="quoted-printable")
    message.add_alternative(_html(letter), subtype="html", cte="quoted-printable")
    message["Content-Language"] = letter.lang  # last: with its content a message loses such headers
    return message


def _html(letter: Letter) -> str:
    lines = "".join(f"<p>{_linked(line)}</p>\n" for line in letter.lines)
    link = f'<p><a href="{escape(letter.link)}">{escape(letter.link)}</a></p>\n' if letter.link else ""
    stop = f'<p><a href="{escape(letter.stop)}">{escape(letter.stopping)}</a></p>\n' if letter.stop else ""
    head = f'<html lang="{escape(letter.lang)}"><meta charset="utf-8"><title>{escape(letter.subject)}</title>'
    return f'<!doctype html>\n{head}\n<body style="{_STYLE}">\n{lines}{link}{stop}</body></html>\n'


def _linked(line: str) -> str:
    """The line, and below it the address that it may end with."""
    said, below, address = line.partition("\n")
    return f'{escape(said)}<br><a href="{escape(address)}">{escape(address)}</a>' if below else escape(said)
