"""What is open at an instant: the server's receive time decides. Twin of themes/town/static/js/phases.mjs."""

from __future__ import annotations

from typing import NamedTuple

from civic.consultation import Consultation, Phase
from civic.refusals import Code, Refused


class Moment(NamedTuple):
    """Where a consultation stands: `phase` is the id of the open phase, "" when none is."""

    state: str  # before | open | between | grace | results
    phase: str
    since: int = 0  # the last boundary passed, 0 before the first: tells which phases are over


def check_open(consultation: Consultation, kind: str, rx: int) -> Phase:
    """The phase in which an act of `kind` received at `rx` counts, its grace included.

    Refused NOT_TAKEN where no phase takes the kind, NOT_OPEN before its phase, CLOSED after it.
    """
    windows = consultation.windows(kind)
    if not windows:
        raise Refused(Code.NOT_TAKEN, kind)
    for phase in windows:
        if phase.starts_at <= rx <= phase.ends_at + consultation.grace:
            return phase
    if any(rx < phase.starts_at for phase in windows):
        raise Refused(Code.NOT_OPEN, kind)
    raise Refused(Code.CLOSED, kind)


def moment_at(consultation: Consultation, now: int) -> Moment:
    """Where the consultation stands at `now`."""
    since = max((instant for instant in _boundaries(consultation) if instant <= now), default=0)
    phase = _open_phase(consultation, now)
    if now > consultation.accept_until:
        return Moment("results", phase, since)
    if now < consultation.opens_at:
        return Moment("before", "")
    if now > consultation.closes_at:
        return Moment("grace", phase, since)
    return Moment("open" if phase else "between", phase, since)


def next_boundary(consultation: Consultation, now: int) -> int | None:
    """The first instant after `now` at which `moment_at` may change; None when nothing will."""
    return min((instant for instant in _boundaries(consultation) if instant > now), default=None)


def are_counts_public(consultation: Consultation, state: str) -> bool:
    """Whether totals may be in any file or answer: always where the rules say so, else only with the results."""
    return consultation.counts == "open" or state == "results"


def _boundaries(consultation: Consultation) -> list[int]:
    instants = [consultation.closes_at + 1, consultation.accept_until + 1, *consultation.instants]
    for phase in consultation.phases:
        instants += [phase.starts_at, phase.ends_at + 1]
    return instants


def _open_phase(consultation: Consultation, now: int) -> str:
    return next((one.id for one in consultation.phases if one.starts_at <= now <= one.ends_at), "")
