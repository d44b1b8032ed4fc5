"""The way back from a provider: its answer is taken once, and the person is told how to go on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from civic.refusals import Code, Refused
from sync_server.identity.method import State
from sync_server.identity.oidc.faults import ProviderDown, ProviderFault
from sync_server.storage.enrolments import Enrolments
from sync_server.vault import Vault

if TYPE_CHECKING:
    from sync_server.identity.oidc.federated import Federated, Ticket

log = logging.getLogger(__name__)
# What a provider says where the person has stopped (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).
STOPPED = frozenset({"access_denied", "login_required", "consent_required", "interaction_required"})


class Outcome(StrEnum):
    """How it went; each has its words in `oidc.<outcome>.…`."""

    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    USED = "used"  # an answer to this question was taken before
    LATE = "late"


class Landing(NamedTuple):
    """What a person is shown who comes back."""

    outcome: Outcome
    space: str
    lang: str = ""
    back: str = ""  # the page of the site where they began, "" where that is not known any more
    code: str = ""  # to carry there
    leave: str = ""  # where the provider's session ends, on the way there; "" for nowhere


class Reply(NamedTuple):
    """What a provider sends a phone back with; None for what was not said, or said twice."""

    state: str | None
    code: str | None
    error: str | None
    issuer: str | None


class Returning:
    """`methods` are those of the providers, by the provider's name; `now` gives epoch seconds."""

    def __init__(
        self, enrolments: Enrolments, methods: Mapping[str, Federated], vault: Vault, now: Callable[[], int]
    ) -> None:
        self._enrolments, self._methods, self._vault, self._now = enrolments, methods, vault, now

    def method(self, name: str) -> Federated:
        """The method of a provider; Refused NOT_FOUND where it is not offered."""
        found = self._methods.get(name)
        if found is None:
            raise Refused(Code.NOT_FOUND)
        return found

    def take(self, name: str, reply: Reply, left: str) -> Landing:
        """Takes an answer of the provider `name`, durably and once; `left` is where it sends people it has let go.

        Refused NOT_FOUND for a provider that is not offered, BAD_REQUEST for an answer to no question of ours.
        """
        method = self.method(name)
        ticket = method.open_ticket(reply.state or "")
        waiting = self._enrolments.find(*ticket, self._now())
        if waiting is None or waiting.outcome:
            return Landing(Outcome.LATE, ticket.space)
        state = self._vault.open(waiting.state, "enrolments", *ticket)
        here = Landing(Outcome.FAILED, ticket.space, state["lang"], state["back"])
        try:
            # Before the claim: an answer of somebody else's does not end the question.
            if not method.exchange.is_from_us(reply.issuer):
                raise ProviderFault("an answer is mixed up with another provider's")
        except (ProviderDown, ProviderFault) as error:
            log.warning("%s: %s", name, error)
            return here
        # The claim before the code is redeemed: a replay finds it taken, whatever becomes of the first.
        if not self._enrolments.claim(*ticket):
            return here._replace(outcome=Outcome.USED)
        if reply.code is None:
            return self._end(ticket, here._replace(outcome=Outcome.STOPPED if reply.error in STOPPED else here.outcome))
        try:
            kept, code, proved = method.prove(state, ticket.enrol, waiting.kid, reply.code)
            leave = method.exchange.leaving(proved.id_token, left, method.seal_return(f"{here.back}#c={code}"))
        except (ProviderDown, ProviderFault) as error:
            log.warning("%s: %s", name, error)
            return self._end(ticket, here)
        self._keep(ticket, {**kept, "lang": here.lang, "back": here.back})
        return here._replace(outcome=Outcome.DONE, code=code, leave=leave)

    def way_on(self, name: str, state: str) -> str:
        """Where somebody goes on whom the provider has let go; Refused NOT_FOUND or BAD_REQUEST as `take`."""
        return self.method(name).open_return(state)

    def _end(self, ticket: Ticket, landing: Landing) -> Landing:
        """Nothing more will come of it: the phone that waits is told so."""
        self._keep(ticket, {"over": True, "lang": landing.lang, "back": landing.back})
        return landing

    def _keep(self, ticket: Ticket, state: State) -> None:
        self._enrolments.confirm(*ticket, self._vault.seal(dict(state), "enrolments", *ticket))
