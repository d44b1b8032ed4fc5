"""Questions whose ballots are secret (docs/formats.md §15).

What makes an act such a ballot, until when it may come, and what is kept of when it did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from civic.consultation import Consultation
from civic.module import Module, Modules
from civic.questions import Question

DAY = 86_400


def secret_question(consultation: Consultation, module: Module, kind: str, slot_id: str) -> Question | None:
    """The secret question that an act of `kind` in this slot answers; None for every other act."""
    asked = next((one for one in consultation.questions if one.secret and one.slot == slot_id), None)
    is_answer = asked is not None and kind not in module.tables
    return asked if is_answer and any(one.id == slot_id for one in module.declared(consultation)) else None


def last_answer(consultation: Consultation, modules: Modules, question: Question) -> int | None:
    """The last instant at which an answer to `question` is taken without grace; None where no phase takes any."""
    ends = [
        phase.ends_at for kind in _answering(consultation, modules, question) for phase in consultation.windows(kind)
    ]
    return max(ends, default=None)


def _answering(consultation: Consultation, modules: Modules, question: Question) -> Iterator[str]:
    own = [modules[name] for name in consultation.modules if name in modules]
    for module in own:
        yield from (kind for kind in module.kinds if secret_question(consultation, module, kind, question.slot))


def coarse(consultation: Consultation, starts_at: int, rx: int) -> int:
    """What is kept of the instant at which a secret ballot came: its UTC day, within the vote that began then.

    Never after the end of the vote, so that a result dates from the same day whoever counts it.
    """
    return min(max(rx - rx % DAY, starts_at), consultation.closes_at)


def least_persons(named: int, secret: Iterable[int]) -> int:
    """How many persons took part at the least: `named` are known apart, `secret` are the ballots of each question.

    Whether two secret ballots to two questions are one person's nobody can tell, so they are not added up.
    """
    return max(named, *secret, 0)
