"""Proof by e-mail: a link to press, for who reads mail on the same phone or not, and a code to type.

The code is eight digits, the link carries 16 random bytes; both serve once, within the half hour of the enrolment.
A mailbox is one person; it says neither who that is nor where they live.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from civic.canonical import b64u_encode
from civic.refusals import Code, Refused
from sync_server.identity.addresses import Address, is_throwaway, parse_address
from sync_server.identity.method import Begun, Identity, State, Wish
from sync_server.limits import Windows
from sync_server.post.letters import Letter, compose, sender_of
from sync_server.vault import Vault
from sync_server.words import Words

METHOD = LEVEL = "email"
DIGITS = 8
TOKEN_BYTES = 16
PER_MAILBOX, PER_DOMAIN = 5, 40  # letters an hour
_CODE = re.compile(rf"[0-9]{{{DIGITS}}}")


class Domains(NamedTuple):
    """Domains known by name: those thrown away, and the great providers, which have no limit per domain."""

    throwaway: frozenset[str]
    providers: frozenset[str]


class MailLimits(NamedTuple):
    """What may be asked for in an hour: by mailbox, by domain that is not a great provider's, by network."""

    mailbox: Windows
    domain: Windows
    network: Windows


class Mailed:
    """See Method. `sender` is who the letters are from, where that is not the town hall."""

    def __init__(
        self,
        vault: Vault,
        words: Mapping[str, Words],
        domains: Domains,
        limits: MailLimits,
        sender: str,
        random: Callable[[int], bytes],
    ) -> None:
        self._vault, self._words, self._domains = vault, words, domains
        self._limits, self._sender, self._random = limits, sender, random

    def begin(self, wish: Wish) -> Begun:
        """See Method. The same work for every address: what differs is which letter is written, or that it stays."""
        address = parse_address(wish.to)
        code = f"{int.from_bytes(self._random(8), 'big') % 10**DIGITS:0{DIGITS}d}"
        token = b64u_encode(self._random(TOKEN_BYTES))
        prefix = "" if wish.lang == wish.space.languages[0] else f"{wish.lang}/"
        link = f"{wish.site}/{prefix}confirmer/#e={wish.enrol}&t={token}"
        kind = "declined" if is_throwaway(address.domain, self._domains.throwaway) else "code"
        state = {
            "mailbox": address.mailbox,
            "address": address.written,
            "code": self._hash("code", wish.enrol, code),
            "token": self._hash("token", wish.enrol, token),
            "lang": wish.lang,
            "usable": kind == "code",
        }
        letter = self._letter(wish, address, kind, code, link)
        return Begun(state, letter, is_muted=self._is_too_much(address, wish.network))

    def confirm(self, state: State, enrol: str, token: str) -> bool:
        """See Method."""
        return bool(state["usable"]) and self._is(state["token"], "token", enrol, token)

    def finish(self, state: State, enrol: str, proof: str, *, confirmed: bool) -> Identity | None:
        """See Method."""
        if proof:
            if not (_CODE.fullmatch(proof) and state["usable"] and self._is(state["code"], "code", enrol, proof)):
                raise Refused(Code.BAD_PROOF)
        elif not confirmed:
            return None
        return Identity(METHOD, LEVEL, "", state["mailbox"], state["address"])

    def _letter(self, wish: Wish, address: Address, kind: str, code: str, link: str) -> Letter:
        sender = sender_of(self._sender, wish.space)
        spaced = f"{code[:4]} {code[4:]}"
        values = {"town": wish.space.name, "code": spaced, "link": link}
        return compose(self._words[wish.lang], kind, sender, address.written, values)

    def _is_too_much(self, address: Address, network: str) -> bool:
        """Counts the letter; True where the mailbox, the domain or the network has had enough."""
        domain = "" if address.domain in self._domains.providers else address.domain
        waits = [
            self._limits.mailbox.take(self._vault.mark("limit", address.mailbox)),
            self._limits.network.take(network),
            self._limits.domain.take(domain) if domain else 0.0,
        ]
        return any(wait > 0 for wait in waits)

    def _hash(self, what: str, enrol: str, secret: str) -> str:
        return self._vault.mark(what, enrol, secret)

    def _is(self, kept: str, what: str, enrol: str, said: str) -> bool:
        return hmac.compare_digest(kept, self._hash(what, enrol, said))
