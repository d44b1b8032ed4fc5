"""The one gate: from an envelope to an act that counts, or a refusal (order of checks: docs/formats.md §3).

`check` needs only the rules, so request threads run it side by side; `settle` needs the ledger, so it runs inside the
one transaction that appends.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from civic.assurance import Person, check_eligible
from civic.consultation import Consultation, Phase
from civic.envelope import Envelope
from civic.module import Module, Modules, module_of, needs_of
from civic.phases import check_open
from civic.queues import check_place
from civic.refusals import Code, Refused
from civic.secrecy import coarse, secret_question
from civic.slots import Counted, Head, Remains, is_winning
from civic.token import TokenScope, check_token

FORM_VOTER = "form:"


class Rules(NamedTuple):
    """What the gate knows of one consultation: its declaration and every manifest hash it ever had."""

    consultation: Consultation
    manifests: frozenset[str]
    languages: tuple[str, ...]


class Act(NamedTuple):
    """An envelope that fits the rules; whether it counts depends on the ledger."""

    envelope: Envelope
    consultation: Consultation
    module: Module
    kind: str  # of the slot: for a withdrawal, the kind withdrawn
    voter: str  # the ballot key, in a named consultation the person (pid), or "form:<jti>" for an unsigned act
    payload: Any  # None for a withdrawal, Remains once erased
    rx: int  # of a secret ballot, what is kept of it (civic.secrecy.coarse)
    was_admitted: bool = False  # it is in a ledger already: what was withdrawn or erased since does not judge it again
    needs: tuple[tuple[str, ...], ...] = ()  # of each tuple one slot must be held (civic.module.needs_of)

    @property
    def is_unsigned(self) -> bool:
        """Whether it came through the plain HTML form."""
        return self.voter.startswith(FORM_VOTER)

    @property
    def is_secret(self) -> bool:
        """Whether it came with a token: then nobody knows whose it is."""
        return self.envelope.token is not None

    @property
    def is_withdrawal(self) -> bool:
        """Whether it empties its slot."""
        return self.envelope.kind == "withdraw"

    @property
    def is_erased(self) -> bool:
        """Whether its words are gone: it was admitted once, and only its place and its count are left."""
        return isinstance(self.payload, Remains)


class LedgerView(Protocol):
    """What `settle` may ask of the ledger, as it stands inside the transaction."""

    def head(self, consultation: str, slot: str, voter: str) -> Head | None:
        """The revision that counts for this voter."""

    def owner(self, consultation: str, slot: str) -> Head | None:
        """The head of a slot that only one voter may hold: of the kinds that pages show."""

    def slots_held(self, consultation: str, kind: str, voter: str) -> int:
        """How many slots of `kind` the voter has filled, withdrawn ones included."""


class Settlement(NamedTuple):
    """What an admitted act does: the head of its slot afterwards, and the one it replaced if it won."""

    head: Head
    is_winning: bool
    replaced: Head | None


def check(
    envelope: Envelope,
    space: str,
    rules: Mapping[str, Rules],
    modules: Modules,
    rx: int,
    form_key: str,
    person: Person | None = None,
) -> Act:
    """The act, if the rules take it at `rx`; Refused otherwise.

    `form_key` is the thumbprint of the server's form key, whose envelopes are unsigned acts. `person` is who the
    ballot key stands for, None where nothing grants it; only a named consultation asks.
    """
    if envelope.aud != space:
        raise Refused(Code.WRONG_AUDIENCE)
    known = rules.get(envelope.consultation)
    if known is None:
        raise Refused(Code.UNKNOWN_CONSULTATION)
    if envelope.mh not in known.manifests:
        raise Refused(Code.WRONG_MANIFEST)
    consultation, kind = known.consultation, envelope.slot_kind
    module = module_of(modules, consultation, kind)
    if module is None:
        raise Refused(Code.NOT_TAKEN, kind)
    is_unsigned = envelope.voter == form_key
    if is_unsigned and (kind not in consultation.unsigned or envelope.rev != 1 or envelope.kind == "withdraw"):
        raise Refused(Code.NOT_TAKEN, "unsigned")
    payload = _parse_body(envelope, kind, module, known)
    phase = check_open(consultation, kind, rx)
    check_place(module, kind, payload, consultation, rx)
    if kind not in module.tables and rx > consultation.accept_until:
        raise Refused(Code.CLOSED, kind)  # a phase after the closing may take words, never what the result counts
    is_secret = check_right(envelope, consultation, module)
    if is_secret:
        voter, rx = envelope.voter, coarse(consultation, phase.starts_at, rx)
    else:
        voter = FORM_VOTER + envelope.jti if is_unsigned else _voter_of(envelope, consultation, phase, person)
    needs = () if payload is None else needs_of(modules, module, consultation, kind, envelope.slot_id, payload)
    return Act(envelope, consultation, module, kind, voter, payload, rx, needs=needs)


def check_right(envelope: Envelope, consultation: Consultation, module: Module) -> bool:
    """Whether it is a ballot of a secret question, with the right to it.

    Refused TOKEN_INVALID or TOKEN_SCOPE without that right; BAD_PAYLOAD for a token where none is asked.
    """
    asked = secret_question(consultation, module, envelope.slot_kind, envelope.slot_id)
    if asked is None:
        if envelope.token is not None:
            raise Refused(Code.BAD_PAYLOAD, "token")
        return False
    if envelope.token is None:
        raise Refused(Code.TOKEN_INVALID)
    scope = TokenScope(consultation.space, consultation.slug, asked.id, envelope.voter)
    check_token(envelope.token, scope, consultation.issuers[asked.id])
    return True


def _voter_of(envelope: Envelope, consultation: Consultation, phase: Phase, person: Person | None) -> str:
    """Who a signed act counts for: the ballot key itself, or the person it stands for."""
    if consultation.mode == "open":
        if consultation.assurance != "device":
            raise Refused(Code.NOT_ELIGIBLE)
        return envelope.voter
    if person is None:
        raise Refused(Code.NOT_GRANTED)
    check_eligible(consultation.eligibility, person, phase.ends_at, envelope.slot_kind)
    return person.pid


def _parse_body(envelope: Envelope, kind: str, module: Module, known: Rules) -> Any:
    if envelope.kind == "withdraw":
        if envelope.body:
            raise Refused(Code.BAD_PAYLOAD, "body")
        return None
    if kind in module.tables and envelope.rev == 1 and envelope.slot_id != envelope.jti:
        raise Refused(Code.BAD_PAYLOAD, "slot")
    payload = module.parse(kind, envelope.body, known.consultation, known.languages)
    if module.slot_of(kind, payload, known.consultation) not in ("", envelope.slot_id):
        raise Refused(Code.BAD_PAYLOAD, "slot")
    return payload


def settle(act: Act, no: int, ledger: LedgerView) -> Settlement:
    """What the act does as record `no`; Refused where the ledger says no. Changes nothing itself."""
    envelope, slug, owned = act.envelope, act.consultation.slug, act.kind in act.module.tables
    before = ledger.head(slug, envelope.slot, act.voter)
    if owned:
        owner = ledger.owner(slug, envelope.slot)
        if owner is not None and owner.voter != act.voter:
            raise Refused(Code.NOT_AUTHOR)
        if owner is None and act.is_withdrawal:
            raise Refused(Code.UNKNOWN_TARGET)
    _check_targets(act, ledger)
    if before is None:
        _check_quota(act, ledger)
    if before is not None and not is_winning(envelope.rev, envelope.id, before):
        return Settlement(before, is_winning=False, replaced=None)
    first_no, first_rx = (no, act.rx) if before is None else (before.first_no, before.first_rx)
    subject, counted = _effect(act, before)
    head = Head(
        envelope.slot,
        act.voter,
        envelope.rev,
        envelope.id,
        no,
        first_no,
        first_rx,
        subject,
        counted,
        act.payload.withdrawn if act.is_erased else act.is_withdrawal,
    )
    return Settlement(head, is_winning=True, replaced=before)


def _effect(act: Act, before: Head | None) -> tuple[str, tuple[Counted, ...]]:
    slot_id = act.envelope.slot_id
    if act.is_erased:
        return act.payload.subject, act.payload.counted
    if act.payload is None:
        return (slot_id if before is None else before.subject), ()
    return act.module.subject(act.kind, slot_id, act.payload), act.module.counted(act.kind, slot_id, act.payload)


def _check_targets(act: Act, ledger: LedgerView) -> None:
    for slots in act.needs:
        found = [ledger.owner(act.consultation.slug, slot) for slot in slots]
        target = next((one for one in found if one is not None), None)
        if target is None:
            raise Refused(Code.UNKNOWN_TARGET, slots[0])
        if target.withdrawn and not act.was_admitted:
            raise Refused(Code.WITHDRAWN_TARGET, slots[0])


def _check_quota(act: Act, ledger: LedgerView) -> None:
    limit = act.consultation.limits.get(act.kind)
    if limit is not None and ledger.slots_held(act.consultation.slug, act.kind, act.voter) >= limit:
        raise Refused(Code.QUOTA, act.kind)
