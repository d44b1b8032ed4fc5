"""Proof through a provider, as a method of enrolment: the phone goes there, and comes back with a code of ours.

The provider's answer arrives in whatever browser the person was in, which need not be that of the phone that began:
an address to FranceConnect can be sent to somebody else, who would say who *they* are for a stranger's phone. So the
answer alone recognises nobody. It makes a code of eight digits, shown to whoever has just proved who they are and
carried back by the link to the town's site; the phone must say it (docs/decisions/0016).
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from civic.canonical import b64u_decode, b64u_encode
from civic.refusals import Code, Refused
from sync_server.identity.method import Begun, Identity, State, Wish
from sync_server.identity.oidc.exchange import Exchange, Proved, Question
from sync_server.identity.oidc.faults import ProviderDown, ProviderFault
from sync_server.limits import Windows
from sync_server.vault import Vault, VaultUnreadable

log = logging.getLogger(__name__)
DIGITS = 8
VERIFIER_BYTES = 32
_CODE = re.compile(rf"[0-9]{{{DIGITS}}}")


class Ticket(NamedTuple):
    """What travels through the provider as `state`, sealed: which enrolment an answer is for."""

    space: str
    enrol: str


class Federated:
    """See Method. `network` limits how many proofs one network begins."""

    def __init__(self, exchange: Exchange, vault: Vault, network: Windows, random: Callable[[int], bytes]) -> None:
        self.exchange, self._vault, self._network, self._random = exchange, vault, network, random

    @property
    def provider(self) -> str:
        """Its name."""
        return self.exchange.provider.name

    def begin(self, wish: Wish) -> Begun:
        """See Method; besides Refused UNAVAILABLE where the provider does not answer, RATE_LIMITED for too many."""
        if self._network.take(wish.network) > 0:
            raise Refused(Code.RATE_LIMITED)
        verifier = b64u_encode(self._random(VERIFIER_BYTES))
        ticket = self.seal_ticket(Ticket(wish.space.id, wish.enrol))
        question = Question(ticket, nonce_of(wish.enrol, wish.kid), verifier, wish.lang)
        try:
            go = self.exchange.address(question)
        except (ProviderDown, ProviderFault) as error:
            log.warning("%s cannot be asked: %s", self.provider, error)
            raise Refused(Code.UNAVAILABLE) from error
        prefix = "" if wish.lang == wish.space.languages[0] else f"{wish.lang}/"
        return Begun({"verifier": verifier, "lang": wish.lang, "back": f"{wish.site}/{prefix}moi/"}, go=go)

    def confirm(self, state: State, enrol: str, token: str) -> bool:
        """See Method; no link is sent."""
        return False

    def finish(self, state: State, enrol: str, proof: str, *, confirmed: bool) -> Identity | None:
        """See Method; Refused EXPIRED where the person stopped at the provider, or it could not say who they are."""
        if state.get("over"):
            raise Refused(Code.EXPIRED)
        if not proof:
            return None
        code = state.get("code", "")
        if not (code and _CODE.fullmatch(proof) and hmac.compare_digest(code, self._mark(enrol, proof))):
            raise Refused(Code.BAD_PROOF)
        return Identity(
            self.exchange.provider.method, self.exchange.provider.kind.level, state["issuer"], state["subject"]
        )  # fmt: skip

    def prove(self, state: State, enrol: str, kid: str, code: str) -> tuple[State, str, Proved]:
        """The provider's answer taken: what to remember now, the code to show, and who was proved.

        Nothing that was said of the person is kept, not even sealed: only a keyed hash of it. ProviderDown or
        ProviderFault where there is no answer to be believed.
        """
        proved = self.exchange.prove(code, nonce_of(enrol, kid), state["verifier"])
        shown = f"{int.from_bytes(self._random(8), 'big') % 10**DIGITS:0{DIGITS}d}"
        subject = self._vault.mark("subject", proved.subject)
        kept = {"code": self._mark(enrol, shown), "issuer": proved.issuer, "subject": subject}
        return kept, shown, proved

    def seal_ticket(self, ticket: Ticket) -> str:
        """The ticket as `state` of this provider, and of no other."""
        return self._seal([*ticket], "ticket")

    def open_ticket(self, text: str) -> Ticket:
        """What `seal_ticket` was given; Refused BAD_REQUEST for anything else."""
        return Ticket(*self._open(text, "ticket"))

    def seal_return(self, address: str) -> str:
        """Where somebody goes on whose session this provider has ended, as its `state`."""
        return self._seal(address, "return")

    def open_return(self, text: str) -> str:
        """What `seal_return` was given; Refused BAD_REQUEST for anything else."""
        return str(self._open(text, "return"))

    def _seal(self, value: object, use: str) -> str:
        return b64u_encode(self._vault.seal(value, use, self.provider))

    def _open(self, text: str, use: str) -> Any:
        try:
            return self._vault.open(b64u_decode(text), use, self.provider)
        except (VaultUnreadable, ValueError) as error:
            raise Refused(Code.BAD_REQUEST) from error

    def _mark(self, enrol: str, code: str) -> str:
        return self._vault.mark("provider code", enrol, code)


def nonce_of(enrol: str, kid: str) -> str:
    """What ties an identity token to the proof and to the device key that began it: 43 characters."""
    return b64u_encode(hashlib.sha256(f"{enrol}|{kid}".encode("ascii")).digest())
