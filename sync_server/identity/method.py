"""A way of proving an identity: one file each, met only through this protocol. `opening.py` lists those offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa

from civic.space import Space
from sync_server.post.letters import Letter

State = Mapping[str, Any]  # JSON values only: sealed while the proof is on its way


class Wish(NamedTuple):
    """Somebody's wish to be recognised, its device key checked."""

    space: Space
    site: str  # address of the town's site, without a slash at its end
    enrol: str  # the proof's number: 22 characters
    kid: str  # thumbprint of the device key
    to: str  # what was entered: an address for e-mail, "" else
    lang: str
    network: str  # where it comes from: the address, or the /64 of one IPv6 customer


class Begun(NamedTuple):
    """A proof that has begun: what to remember, what to send, where to send the phone ("" = nowhere)."""

    state: State
    letter: Letter | None = None
    is_muted: bool = False  # the letter is kept like any other but not sent: too many were asked for
    go: str = ""


class Identity(NamedTuple):
    """An identity that was proved. Only a keyed hash of (method, issuer, subject) is kept."""

    method: str  # email | census | oidc:<provider>
    level: str
    issuer: str
    subject: str
    address: str = ""  # an e-mail address to reach the person, where the proof gave one
    # What the proof used up, for the person of this id, in the transaction that recognises them; it may refuse.
    spend: Callable[[sa.Connection, str], None] | None = None


class Method(Protocol):
    """How an identity is proved. Nothing it does may tell whether a person is known already."""

    def begin(self, wish: Wish) -> Begun:
        """Begins a proof; Refused BAD_PAYLOAD where what was entered cannot be used at all."""

    def confirm(self, state: State, enrol: str, token: str) -> bool:
        """Whether `token` is the one of the link that was sent."""

    def finish(self, state: State, enrol: str, proof: str, *, confirmed: bool) -> Identity | None:
        """The identity; None while it must be waited for; Refused BAD_PROOF for a wrong `proof`."""
