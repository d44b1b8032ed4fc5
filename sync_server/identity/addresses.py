"""E-mail addresses: what is one, which of them are the same mailbox, and which domains are thrown away."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from civic.refusals import Code, Refused

OURS = Path(__file__).with_name("throwaway_domains.txt")
PROVIDERS = Path(__file__).with_name("mailbox_providers.txt")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
# Providers that deliver "a.na@" and "ana@" to one mailbox, by the name under which it is one.
_WITHOUT_DOTS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


class Address(NamedTuple):
    """An address as it was entered, and the one mailbox it means."""

    written: str
    domain: str
    mailbox: str


def parse_address(text: str) -> Address:
    """The address in `text` (RFC 5321 without its rare forms: no quotes, no comments); Refused BAD_PAYLOAD otherwise.

    The mailbox is in small letters, without what follows a plus sign, and without dots where these are ignored.
    """
    local, at, host = text.strip().rpartition("@")
    try:
        domain = host.lower().encode("idna").decode("ascii") if not host.isascii() else host.lower()
    except UnicodeError as error:
        raise Refused(Code.BAD_PAYLOAD, "to") from error
    if not at or len(text) > 254 or len(local) > 64 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise Refused(Code.BAD_PAYLOAD, "to")
    name = local.lower()
    bare = name.partition("+")[0] or name
    if domain in _WITHOUT_DOTS:
        return Address(f"{local}@{domain}", domain, f"{bare.replace('.', '')}@{_WITHOUT_DOTS[domain]}")
    return Address(f"{local}@{domain}", domain, f"{bare}@{domain}")


def read_throwaway(own: Path) -> frozenset[str]:
    """The domains thrown away: our list, with the operator's additions in `own` and without its lines "!domain"."""
    added = _lines(own) if own.is_file() else []
    taken = {line[1:] for line in added if line.startswith("!")}
    return frozenset({*_lines(OURS), *(line for line in added if not line.startswith("!"))} - taken)


def read_providers() -> frozenset[str]:
    """The domains of great providers, where no limit per domain is kept."""
    return frozenset(_lines(PROVIDERS))


def is_throwaway(domain: str, listed: frozenset[str]) -> bool:
    """Whether the domain, or one above it, is listed."""
    parts = domain.split(".")
    return any(".".join(parts[start:]) in listed for start in range(len(parts) - 1))


def _lines(file: Path) -> Iterable[str]:
    lines = (line.strip().lower() for line in file.read_text("utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def masked(address: str) -> str:
    """Enough of an address for its owner to know it: "a…@v…"."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}…@{domain[:1]}…"
