"""Who takes letters away: a mail server, or a folder where no mail server is (the demo)."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from email.message import EmailMessage
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT = 20.0
SUBMISSION, SUBMISSIONS = 587, 465  # RFC 6409, RFC 8314
Carry = Callable[[EmailMessage, str], None]


class NotCarried(Exception):
    """The letter was not taken now; the message says why, never to whom."""


class Undeliverable(Exception):
    """The letter will never be taken: there is no such mailbox."""


class Carrier(Protocol):
    """Takes letters away."""

    def opened(self) -> AbstractContextManager[Carry]:
        """A way to carry several letters, each with an id; it returns once the letter is in other hands.

        NotCarried or Undeliverable otherwise.
        """


class SmtpCarrier:
    """A mail server by its address. Beyond this machine nothing is said to it without TLS."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._is_tls, self._host = parts.scheme == "smtps", parts.hostname or "localhost"
        self._port = parts.port or (SUBMISSIONS if self._is_tls else SUBMISSION)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")

    @contextmanager
    def opened(self) -> Iterator[Carry]:
        """See Carrier."""
        try:
            with self._connected() as server:
                yield partial(_send, server)
        except (OSError, smtplib.SMTPException) as error:
            raise NotCarried(f"the mail server {self._host} did not take it: {type(error).__name__}") from error

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._is_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)
            server.ehlo()
            if server.has_extn("starttls") or not _is_here(self._host):
                server.starttls(context=context)
        if self._user:
            server.login(self._user, self._password)
        return server


def _send(server: smtplib.SMTP, message: EmailMessage, _identity: str) -> None:
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        server.rset()
        codes = [code for code, _ in error.recipients.values()]
        if all(500 <= code < 600 for code in codes):
            raise Undeliverable("no such mailbox") from error
        raise NotCarried("the mailbox takes nothing now") from error


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class MailboxCarrier:
    """A folder in which each letter is a file, whole as soon as it has its name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def opened(self) -> Iterator[Carry]:
        """See Carrier."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield self._write

    def _write(self, message: EmailMessage, identity: str) -> None:
        draft = self._folder / f".{identity}"
        draft.write_bytes(message.as_bytes())
        draft.rename(self._folder / f"{identity}.eml")


def carrier_of(smtp_url: str, mailbox: Path) -> Carrier | None:
    """The carrier that the settings name, None where letters cannot be sent."""
    if smtp_url.startswith("mailbox:"):
        return MailboxCarrier(mailbox)
    return SmtpCarrier(smtp_url) if smtp_url else None
